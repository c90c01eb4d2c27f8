import Languages
import Nanopass

extension Resolved.Ty {
  /// Whether no part of the type is open.
  var isKnown: Bool { typed != nil }

  /// What two types of one value tell together, where `erroneous` tells nothing; nil if they differ.
  func joined(with other: Resolved.Ty) -> Resolved.Ty? {
    func both(_ left: (Resolved.Ty, Resolved.Ty), _ right: (Resolved.Ty, Resolved.Ty)) -> (Resolved.Ty, Resolved.Ty)? {
      guard let first = left.0.joined(with: right.0), let second = left.1.joined(with: right.1) else { return nil }
      return (first, second)
    }
    switch (self, other) {
    case (.erroneous, _): return other
    case (_, .erroneous): return self
    case (.list(let one), .list(let two)): return one.joined(with: two).map { .list(element: $0) }
    case (.vector(let one), .vector(let two)): return one.joined(with: two).map { .vector(element: $0) }
    case (.option(let one), .option(let two)): return one.joined(with: two).map { .option(payload: $0) }
    case (.map(let key, let value), .map(let otherKey, let otherValue)):
      return both((key, value), (otherKey, otherValue)).map { .map(key: $0, value: $1) }
    case (.result(let success, let failure), .result(let otherSuccess, let otherFailure)):
      return both((success, failure), (otherSuccess, otherFailure)).map { .result(success: $0, failure: $1) }
    case (.tuple(let ones), .tuple(let twos)) where ones.count == twos.count:
      let elements = zip(ones, twos).compactMap { $0.joined(with: $1) }
      return elements.count == ones.count ? .tuple(elements: elements) : nil
    default: return self == other ? self : nil
    }
  }
}

extension TypeTable {
  /// A type as declarations have it, `erroneous` where it is open; nil if it is large or holds functions.
  mutating func written(_ type: TypeRef, depth: Int = 0) -> Resolved.Ty? {
    guard let head = head(type) else { return .erroneous }
    var parts: [Resolved.Ty] = []
    for part in arguments(type) {
      guard depth < 8, let part = written(part, depth: depth + 1) else { return nil }
      parts.append(part)
    }
    switch (head, parts.first, parts.last) {
    case (.int, _, _): return .int
    case (.float, _, _): return .float
    case (.bool, _, _): return .bool
    case (.string, _, _): return .string
    case (.bytes, _, _): return .bytes
    case (.digest, _, _): return .digest
    case (.unit, _, _): return .unit
    case (.data(let name), _, _): return .data(name: name)
    case (.list, let element?, _): return .list(element: element)
    case (.vector, let element?, _): return .vector(element: element)
    case (.map, let key?, let value?): return .map(key: key, value: value)
    case (.option, let payload?, _): return .option(payload: payload)
    case (.result, let success?, let failure?): return .result(success: success, failure: failure)
    case (.tuple, _?, _): return .tuple(elements: parts)
    default: return nil
    }
  }
}

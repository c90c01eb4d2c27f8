import Languages
import Nanopass

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
    case (.option, let payload?, _): return .option(payload: payload)
    case (.result, let success?, let failure?): return .result(success: success, failure: failure)
    case (.tuple, _?, _): return .tuple(elements: parts)
    default: return nil
    }
  }
}

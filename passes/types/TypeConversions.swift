import Languages
import Nanopass

extension Resolved.Ty {
  /// The same type; nil if part of it is wrong.
  var typed: Typed.Ty? {
    switch self {
    case .int: .int
    case .float: .float
    case .bool: .bool
    case .string: .string
    case .bytes: .bytes
    case .digest: .digest
    case .unit: .unit
    case .list(let element): element.typed.map { .list(element: $0) }
    case .vector(let element): element.typed.map { .vector(element: $0) }
    case .map(let key, let value): Self.both(key, value).map { .map(key: $0, value: $1) }
    case .option(let payload): payload.typed.map { .option(payload: $0) }
    case .result(let success, let failure): Self.both(success, failure).map { .result(success: $0, failure: $1) }
    case .tuple(let elements): Self.all(elements).map { .tuple(elements: $0) }
    case .data(let name): .data(name: name)
    case .variable(let name): .variable(name: name)
    case .function(let parameters, let result, _):
      Self.all(parameters + [result]).flatMap { all in
        all.last.map { .function(parameters: all.dropLast(), result: $0) }
      }
    case .erroneous: nil
    }
  }

  private static func both(_ left: Resolved.Ty, _ right: Resolved.Ty) -> (Typed.Ty, Typed.Ty)? {
    guard let left = left.typed, let right = right.typed else { return nil }
    return (left, right)
  }

  private static func all(_ types: [Resolved.Ty]) -> [Typed.Ty]? {
    let typed = types.compactMap(\.typed)
    return typed.count == types.count ? typed : nil
  }
}

extension Typed.Ty {
  /// The same type in the language before.
  var resolved: Resolved.Ty {
    switch self {
    case .int: .int
    case .float: .float
    case .bool: .bool
    case .string: .string
    case .bytes: .bytes
    case .digest: .digest
    case .unit: .unit
    case .list(let element): .list(element: element.resolved)
    case .vector(let element): .vector(element: element.resolved)
    case .map(let key, let value): .map(key: key.resolved, value: value.resolved)
    case .option(let payload): .option(payload: payload.resolved)
    case .result(let success, let failure): .result(success: success.resolved, failure: failure.resolved)
    case .tuple(let elements): .tuple(elements: elements.map(\.resolved))
    case .data(let name): .data(name: name)
    case .variable(let name): .variable(name: name)
    case .function(let parameters, let result):
      .function(parameters: parameters.map(\.resolved), result: result.resolved, effects: [])
    }
  }
}

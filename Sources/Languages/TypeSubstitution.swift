public import Nanopass

extension Typed.Ty {
  /// The type with its variables replaced.
  public func substituting(_ types: [Name: Typed.Ty]) -> Typed.Ty {
    guard !types.isEmpty else { return self }
    switch self {
    case .int, .float, .bool, .string, .bytes, .digest, .unit, .data: return self
    case .variable(let name): return types[name] ?? self
    case .list(let element): return .list(element: element.substituting(types))
    case .vector(let element): return .vector(element: element.substituting(types))
    case .map(let key, let value): return .map(key: key.substituting(types), value: value.substituting(types))
    case .option(let payload): return .option(payload: payload.substituting(types))
    case .result(let success, let failure):
      return .result(success: success.substituting(types), failure: failure.substituting(types))
    case .tuple(let elements): return .tuple(elements: elements.map { $0.substituting(types) })
    case .function(let parameters, let result):
      return .function(
        parameters: parameters.map { $0.substituting(types) }, result: result.substituting(types))
    }
  }
}

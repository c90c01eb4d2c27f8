import Languages
import Nanopass

extension Kernel.Ty {
  /// The type with its variables replaced.
  func substituting(_ types: [Name: Kernel.Ty]) -> Kernel.Ty {
    guard !types.isEmpty else { return self }
    switch self {
    case .int, .float, .bool, .string, .unit, .data: return self
    case .variable(let name): return types[name] ?? self
    case .list(let element): return .list(element: element.substituting(types))
    case .vector(let element): return .vector(element: element.substituting(types))
    case .map(let key, let value): return .map(key: key.substituting(types), value: value.substituting(types))
    case .option(let payload): return .option(payload: payload.substituting(types))
    case .result(let success, let failure):
      return .result(success: success.substituting(types), failure: failure.substituting(types))
    case .tuple(let elements): return .tuple(elements: elements.map { $0.substituting(types) })
    case .function(let parameters, let result, let effects):
      return .function(
        parameters: parameters.map { $0.substituting(types) }, result: result.substituting(types), effects: effects)
    }
  }
}

extension Kernel.TypeDecl {
  /// The name that it declares.
  var name: Name {
    switch self {
    case .sum(_, let name, _), .record(_, let name, _): return name
    }
  }
}

extension Mono.Ty {
  /// How the type is spelt in the name of an instance.
  var instanceText: String {
    switch self {
    case .int: return "Int"
    case .float: return "Float"
    case .bool: return "Bool"
    case .string: return "String"
    case .unit: return "Unit"
    case .data(let name): return name.text
    }
  }
}

/// How deep the angle brackets of an instance's name nest.
func nesting(_ text: String) -> Int {
  var depth = 0
  var greatest = 0
  for byte in text.utf8 {
    if byte == UInt8(ascii: "<") { depth += 1 }
    if byte == UInt8(ascii: ">") { depth -= 1 }
    greatest = max(greatest, depth)
  }
  return greatest
}

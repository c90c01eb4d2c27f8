import Languages
import Nanopass

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
    case .bytes: return "Bytes"
    case .digest: return "Digest32"
    case .unit: return "Unit"
    case .data(let name): return name.text
    case .function(let parameters, let result):
      return "Fn<\((parameters + [result]).map(\.instanceText).joined(separator: ","))>"
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

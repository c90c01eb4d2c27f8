public import Nanopass

extension Resolved.Ty {
  /// The namespace with the library's functions for values of the type; nil if there is none.
  public var namespace: Name? {
    switch self {
    case .int: "Int"
    case .float: "Float"
    case .bool: "Bool"
    case .string: "String"
    case .bytes: "Bytes"
    case .digest: "Crypto.Digest32"
    case .list: "List"
    case .vector: "Vector"
    case .map: "Map"
    case .option: "Option"
    case .result: "Result"
    case .unit, .tuple, .data, .variable, .function, .erroneous: nil
    }
  }
}

import Nanopass

extension FirstOrder.Ty {
  /// Whether its values need no cell, but for big integers.
  public var isScalar: Bool {
    switch self {
    case .int, .float, .bool, .unit: true
    case .string, .bytes, .digest, .data: false
    }
  }
}

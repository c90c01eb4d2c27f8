public import Nanopass

extension Integer {
  /// The word that holds it where integers are tagged, `n * 2 + 1`; nil if it does not fit 63 bits.
  public var taggedWord: Int? {
    guard case .small(let number) = self, number >> 62 == 0 || number >> 62 == -1 else { return nil }
    return number << 1 | 1
  }
}

/// The numbers of cases that lie so close to each other that a table tells them apart.
struct NearNumbers {
  /// The number at the table's first place.
  let base: Int
  private let last: Int
  private let step: Int

  /// - Parameters:
  ///   - numbers: the numbers, each once.
  ///   - step: what all distances are multiples of.
  /// - Returns: nil if they are few, or far from each other.
  init?(_ numbers: [Int], step: Int = 1) {
    guard numbers.count > 2, let first = numbers.min(), let last = numbers.max(),
      case (let range, false) = last.subtractingReportingOverflow(first), range / step < 4 * numbers.count
    else { return nil }
    // A few numbers below the first are cheaper in the table than a subtraction.
    base = step == 1 && 0..<5 ~= first ? 0 : first
    self.last = last
    self.step = step
  }

  /// How many places the table has.
  var count: Int { place(of: last) + 1 }

  /// Where a number stands in the table.
  func place(of number: Int) -> Int { (number - base) / step }

  /// Whether a number lies among those of the table.
  func contains(_ number: Int) -> Bool { base...last ~= number }
}

import Languages
import Nanopass

/// What is known of the words of a function on the way to where control is: by literals, by how they were computed, and
/// by comparisons. Of what comes from elsewhere only that it is a word.
struct WordRanges {
  /// All words.
  static let all = Interval(Interval.least, Interval.greatest)
  /// The operands for which `word.productFits` holds.
  static let halves = [Interval(-1 << 31, 1 << 31 - 1), Interval(1 - 1 << 31, 1 << 31)]

  private var ranges: LocalTable<Interval> = [:]
  private var comparisons: LocalTable<(rule: RangeRule, left: Services.Atom, right: Services.Atom)> = [:]

  func range(_ atom: Services.Atom) -> Interval {
    switch atom {
    case .local(_, let variable): ranges[variable.id] ?? Self.all
    case .integer(_, .small(let value)), .word(_, .small(let value)): Interval(value).intersection(Self.all)
    case .integer, .word, .absent, .bool, .float, .string, .unit: Self.all
    }
  }

  /// A variable is a word of a range.
  mutating func set(_ variable: Local, to range: Interval) { ranges[variable.id] = range.intersection(Self.all) }

  /// A variable says how two words compare.
  mutating func compare(_ variable: Local, _ rule: RangeRule, _ operands: [Services.Atom]) {
    if operands.count == 2 { comparisons[variable.id] = (rule, operands[0], operands[1]) }
  }

  /// The range of what an operator gives, which may be no word.
  func result(of rule: RangeRule, _ operands: [Services.Atom]) -> Interval {
    guard let first = operands.first, let last = operands.last else { return .all }
    return rule.range(of: range(first), range(last))
  }

  /// Control is where a truth value is this.
  mutating func assume(_ condition: Services.Atom, _ value: Bool) {
    guard case .local(_, let variable) = condition, let (rule, left, right) = comparisons[variable.id] else { return }
    let (one, other) = (range(left), range(right))
    guard let told = rule.conditions(where: value) else { return }
    refine(left, told.left, by: other)
    refine(right, told.right, by: one)
  }

  /// More is known of a word.
  mutating func refine(_ atom: Services.Atom, _ rule: RangeRule, by other: Interval) {
    guard case .local(_, let variable) = atom else { return }
    ranges[variable.id] = rule.range(of: range(atom), other)
  }
}

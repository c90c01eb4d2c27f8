import Languages
import Nanopass

/// What is known of the words in a function where control is.
///
/// What conditions tell is taken back behind their blocks, change by change, so that blocks cost nothing by themselves.
struct WordBounds {
  /// The words from one to another.
  struct Range: Equatable {
    var low = Int.min
    var high = Int.max

    static let all = Range()
  }

  /// An operation on words that is checked.
  enum Operation {
    case add, subtract

    var name: Name { self == .add ? "i64.add" : "i64.sub" }
  }

  /// The functions that compute and check; with one operand they subtract it from 0.
  static let checked: [Name: Operation] = [
    "int.add.words": .add, "int.subtract.words": .subtract, "int.negate.words": .subtract,
  ]
  /// What adds a second word that is not negative.
  static let addNatural: Name = "int.addNatural.words"

  private var known: LocalTable<Range> = [:]
  /// What was known before each change.
  private var trail: [(variable: Int, before: Range?)] = []
  /// The conditions that variables stand for.
  private var conditions: LocalTable<WasmIR.Expr> = [:]

  func range(_ node: WasmIR.Expr) -> Range {
    switch node {
    case .local(_, let variable): known[variable.id] ?? .all
    case .i64(_, .small(let value)): Range(low: value, high: value)
    default: .all
    }
  }

  private func operands(_ operands: [WasmIR.Expr]) -> (Range, Range)? {
    guard let last = operands.last else { return nil }
    if operands.count == 1 { return (Range(low: 0, high: 0), range(last)) }
    return operands.count == 2 ? (range(operands[0]), range(last)) : nil
  }

  /// Whether the result is a word.
  func fits(_ operation: Operation, _ operands: [WasmIR.Expr]) -> Bool {
    guard let (left, right) = self.operands(operands) else { return false }
    return Self.sums(operation, left, right).fits
  }

  /// What an operation gives, as far as it is words.
  private static func sums(_ operation: Operation, _ left: Range, _ right: Range) -> (range: Range, fits: Bool) {
    let (low, high) =
      operation == .add
      ? (left.low.addingReportingOverflow(right.low), left.high.addingReportingOverflow(right.high))
      : (left.low.subtractingReportingOverflow(right.high), left.high.subtractingReportingOverflow(right.low))
    let range = Range(
      low: low.overflow ? Int.min : low.partialValue, high: high.overflow ? Int.max : high.partialValue)
    return (range, !low.overflow && !high.overflow)
  }

  // MARK: Learning

  /// What is known now, to go back to.
  var mark: Int { trail.count }

  /// Forgets what has been learnt since then.
  mutating func goBack(to mark: Int) {
    while trail.count > mark, let (variable, before) = trail.popLast() { known[variable] = before }
  }

  private mutating func set(_ variable: Local, _ range: Range) {
    trail.append((variable.id, known[variable.id]))
    known[variable.id] = range
  }

  /// A variable is set to a value.
  mutating func define(_ variable: Local, _ value: WasmIR.Expr) {
    switch value {
    case .call(_, let name, let operands):
      if name == Self.addNatural, let (left, right) = self.operands(operands) {
        set(variable, Self.sums(.add, left, right).range)
      } else if let operation = Self.checked[name], let (left, right) = self.operands(operands) {
        set(variable, Self.sums(operation, left, right).range)
      }
    case .compute(_, "i64.extend_i32_u", _): set(variable, Range(low: 0, high: Int(UInt32.max)))
    case .compute(_, "i64.add", let operands): setSum(variable, .add, operands)
    case .compute(_, "i64.sub", let operands): setSum(variable, .subtract, operands)
    case .compute: conditions[variable.id] = value
    case .local, .i64:
      let range = range(value)
      if range != .all { set(variable, range) }
    default: break
    }
  }

  /// What wraps around is not known.
  private mutating func setSum(_ variable: Local, _ operation: Operation, _ operands: [WasmIR.Expr]) {
    guard let (left, right) = self.operands(operands) else { return }
    let (range, fits) = Self.sums(operation, left, right)
    if fits { set(variable, range) }
  }

  /// A condition holds from here on, or does not.
  mutating func learn(_ condition: WasmIR.Expr, holds: Bool) {
    switch condition {
    case .local(_, let variable):
      if let meant = conditions[variable.id] { learn(meant, holds: holds) }
    case .compute(_, "i32.eqz", let operands):
      if let only = operands.first { learn(only, holds: !holds) }
    case .compute(_, "i32.and", let operands) where holds, .compute(_, "i32.or", let operands) where !holds:
      for operand in operands { learn(operand, holds: holds) }
    case .compute(_, "i64.eqz", let operands):
      if holds, let only = operands.first { restrict(only, to: Range(low: 0, high: 0)) }
    case .compute(_, let name, let operands) where operands.count == 2: compare(name, operands[0], operands[1], holds)
    default: break
    }
  }

  private mutating func compare(_ name: Name, _ left: WasmIR.Expr, _ right: WasmIR.Expr, _ holds: Bool) {
    switch (name, holds) {
    case ("i64.lt_s", true), ("i64.ge_s", false): less(left, right)
    case ("i64.gt_s", true), ("i64.le_s", false): less(right, left)
    case ("i64.le_s", true), ("i64.gt_s", false): atMost(left, right)
    case ("i64.ge_s", true), ("i64.lt_s", false): atMost(right, left)
    case ("i64.eq", true), ("i64.ne", false):
      let (one, other) = (range(left), range(right))
      restrict(left, to: other)
      restrict(right, to: one)
    default: break
    }
  }

  private mutating func less(_ left: WasmIR.Expr, _ right: WasmIR.Expr) {
    let (low, high) = (range(left).low, range(right).high)
    // Nothing is less than the least word; then control does not come here.
    guard low < Int.max, high > Int.min else { return }
    restrict(left, to: Range(high: high - 1))
    restrict(right, to: Range(low: low + 1))
  }

  private mutating func atMost(_ left: WasmIR.Expr, _ right: WasmIR.Expr) {
    let (low, high) = (range(left).low, range(right).high)
    restrict(left, to: Range(high: high))
    restrict(right, to: Range(low: low))
  }

  private mutating func restrict(_ node: WasmIR.Expr, to range: Range) {
    guard case .local(_, let variable) = node else { return }
    let old = known[variable.id] ?? .all
    set(variable, Range(low: max(old.low, range.low), high: min(old.high, range.high)))
  }
}

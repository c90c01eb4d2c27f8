import Languages
import Nanopass

/// Decides for all arms of a match at once whether they can be reached, and whether some value has no arm.
///
/// The matrix of patterns is split by the constructors of one column after the other; an arm can be reached if it comes
/// first where nothing is left to tell apart, and values are missing where no row is left. The test and its matrices are
/// those of L. Maranget, "Warnings for pattern matching", JFP 17(3), 2007; rows are grouped by constructor in one sweep,
/// so that a match of many literals takes linear time. The column is one that the first row looks at, which keeps the
/// tree small; a budget bounds it, since the problem is NP-complete.
struct Usefulness {
  /// The match is too complex to decide.
  struct OutOfBudget: Error {}

  private struct Row {
    let arm: Int
    var patterns: [MatchPattern?]
    var matchesAll: Bool { patterns.allSatisfy { $0 == nil } }
  }

  /// Rows that share a constructor, or have none.
  private struct Group {
    /// The number of the constructor's fields.
    var arity = 0
    var rows: [Row] = []
    /// Whether a row takes all that is left, so that later ones don't count.
    var isClosed = false
    /// How many of the rows that belong to every group have been added.
    var seen = 0

    mutating func add(_ row: Row) {
      guard !isClosed else { return }
      rows.append(row)
      isClosed = row.matchesAll
    }
  }

  /// The most cells of matrices that are looked at.
  static let budget = 4_000_000

  /// The constructors of a type with the numbers of their fields.
  let constructors: (Name) -> [(name: Name, arity: Int)]
  /// Whether an arm can be reached.
  private(set) var isReached: [Bool] = []
  private var left = Usefulness.budget

  init(constructors: @escaping (Name) -> [(name: Name, arity: Int)]) { self.constructors = constructors }

  /// Looks at the patterns of a match.
  ///
  /// - Returns: a pattern whose values have no arm, as the only element; nil if there is none.
  mutating func check(_ patterns: [MatchPattern?], budget: Int = Usefulness.budget) throws(OutOfBudget)
    -> [MatchPattern?]?
  {
    isReached = Array(repeating: false, count: patterns.count)
    left = budget
    let rows = patterns.enumerated().map { Row(arm: $0.offset, patterns: [$0.element]) }
    return try missing(rows, width: 1)
  }

  /// The constructor of a type that a name in small letters may stand for, or what stands for no value in it.
  func pattern(like name: String, of type: Typed.Ty) -> String? {
    let isNothing = ["null", "nil", "undefined", "nullptr", "nothing"].contains(name)
    let owner: Name
    switch type {
    case .list: return isNothing || name == "empty" ? "`[]`" : nil
    case .option: owner = "Option"
    case .result: owner = "Result"
    case .data(let type): owner = type
    default: return nil
    }
    if isNothing, owner == "Option" { return "`Option.None`" }
    let wanted = name.lowercased()
    let meant = constructors(owner).first { $0.name.text.lowercased() == wanted }
    guard let meant else { return nil }
    let parts = meant.arity == 0 ? "" : "(" + Array(repeating: "_", count: meant.arity).joined(separator: ", ") + ")"
    return "`\(owner.lastSegment).\(meant.name)\(parts)`"
  }

  /// Patterns for all columns whose values match no row; nil if there are none.
  private mutating func missing(_ rows: [Row], width: Int) throws(OutOfBudget) -> [MatchPattern?]? {
    guard let first = rows.first else { return Array(repeating: nil, count: width) }
    guard let column = first.patterns.firstIndex(where: { $0 != nil }) else {
      isReached[first.arm] = true
      return nil
    }
    let (heads, groups, others) = try split(rows, at: column)
    guard let sample = heads.first else { return nil }
    var witness: [MatchPattern?]?
    let signature = signature(of: sample)
    for head in signature.isEmpty ? heads.map({ ($0, 0) }) : signature {
      guard let group = groups[head.0] else { continue }
      let found = try missing(group.rows, width: width - 1 + head.1)
      if witness == nil, let found { witness = wrap(found, head.0, arity: head.1, at: column) }
    }
    let absent = signature.first { groups[$0.0] == nil }
    guard signature.isEmpty || absent != nil else { return witness }
    guard var found = try missing(others.rows, width: width - 1) else { return witness }
    // A constructor that is left out altogether is the better example.
    let example = absent.map { MatchPattern($0.0, Array(repeating: nil, count: $0.1)) }
    found.insert(example, at: column)
    return found
  }

  /// Sorts the rows by their constructors in one column. Rows that look at nothing there belong to every group.
  private mutating func split(_ rows: [Row], at column: Int) throws(OutOfBudget)
    -> (heads: [MatchHead], groups: [MatchHead: Group], others: Group)
  {
    var heads: [MatchHead] = []
    var groups: [MatchHead: Group] = [:]
    var others = Group()
    var wild: [Row] = []
    for row in rows {
      guard let pattern = row.patterns[column] else {
        // Behind one that takes everything, no row counts in any group.
        guard !others.isClosed else { continue }
        try charge(row.patterns.count)
        wild.append(row)
        others.add(replace(row, column, []))
        continue
      }
      let head = pattern.head
      if groups[head] == nil {
        heads.append(head)
        groups[head] = Group(arity: pattern.parts.count)
      }
      try catchUp(&groups[head], with: wild, at: column)
      try charge(row.patterns.count)
      groups[head]?.add(replace(row, column, pattern.parts))
    }
    for head in heads { try catchUp(&groups[head], with: wild, at: column) }
    return (heads, groups, others)
  }

  /// Adds those of the rows that belong to every group which this one does not have yet.
  private mutating func catchUp(_ group: inout Group?, with wild: [Row], at column: Int) throws(OutOfBudget) {
    guard var open = group, !open.isClosed else { return }
    group = nil
    let parts = [MatchPattern?](repeating: nil, count: open.arity)
    for row in wild[open.seen...] {
      try charge(row.patterns.count + open.arity)
      open.add(replace(row, column, parts))
    }
    open.seen = wild.count
    group = open
  }

  private mutating func charge(_ cells: Int) throws(OutOfBudget) {
    left -= cells + 1
    guard left >= 0 else { throw OutOfBudget() }
  }

  private func replace(_ row: Row, _ column: Int, _ parts: [MatchPattern?]) -> Row {
    var patterns = row.patterns
    patterns.replaceSubrange(column...column, with: parts)
    return Row(arm: row.arm, patterns: patterns)
  }

  private func wrap(_ found: [MatchPattern?], _ head: MatchHead, arity: Int, at column: Int) -> [MatchPattern?] {
    var result = found
    let end = min(column + arity, found.count)
    result.replaceSubrange(column..<end, with: [MatchPattern(head, Array(found[column..<end]))])
    return result
  }

  /// All heads of the values in a column with the numbers of their parts; empty if there are infinitely many.
  private func signature(of sample: MatchHead) -> [(MatchHead, Int)] {
    switch sample {
    case .bool: [(.bool(true), 0), (.bool(false), 0)]
    case .empty, .cons: [(.empty, 0), (.cons, 2)]
    case .tuple(let count): [(sample, count)]
    case .constructor(let type, _, _): constructors(type).map { (.constructor(type, $0.name, $0.arity), $0.arity) }
    case .integer, .float, .string: []
    }
  }
}

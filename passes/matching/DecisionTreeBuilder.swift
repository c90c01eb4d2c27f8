import Diagnostics
import Languages
import Nanopass

/// Builds the decision tree of one match, by Maranget's algorithm.
///
/// Rows are arms, columns are values yet to be compared. A column is chosen that the first row compares; the rows are
/// divided by what they have there, and each group goes on with what is left. Rows that have anything there go into
/// every group. Parts are read where they are first compared, or at the leaf that binds them, so a part that no pattern
/// looks at is never read.
struct DecisionTreeBuilder {
  /// The tree would have more nodes than it may.
  struct TooLarge: Error {}

  /// The data types by name.
  let types: [Name: Closed.TypeDecl]
  /// The numbers of the locals that are read at all; others are not bound.
  let used: NumberSet
  /// Fresh locals of the function.
  var locals: FunctionLocals<Closed.Function>
  /// How many leaves each arm has.
  private(set) var uses: [Int]

  /// Whether some arm matches each value that comes here, though these arms alone need not cover all values.
  private let assumesMatch: Bool
  /// How many nodes the tree may still have.
  private var room: Int
  private var occurrences = 0
  /// The locals that hold occurrences on the way from the root to where the builder is.
  private var loaded: LocalTable<Local> = [:]

  init(
    types: [Name: Closed.TypeDecl], used: NumberSet, locals: FunctionLocals<Closed.Function>, arms: Int,
    assumesMatch: Bool, most: Int
  ) {
    self.assumesMatch = assumesMatch
    room = most
    self.types = types
    self.used = used
    self.locals = locals
    uses = Array(repeating: 0, count: arms)
  }

  /// An occurrence that a local holds already.
  mutating func subject(_ local: Local, _ ty: Closed.Ty) -> Occurrence {
    let occurrence = occurrence(ty, nil)
    loaded[occurrence.id] = local
    return occurrence
  }

  private mutating func occurrence(_ ty: Closed.Ty, _ origin: Origin?) -> Occurrence {
    occurrences += 1
    return Occurrence(id: occurrences, ty: ty, origin: origin)
  }

  /// The tree for arms whose patterns are compared with the columns, all held by locals.
  ///
  /// - Throws: `TooLarge`.
  mutating func tree(_ columns: [Occurrence], _ arms: [[Closed.Pattern]]) throws -> DecisionTree {
    let rows = arms.enumerated().map { index, patterns in
      row(Row(patterns: patterns, bindings: .none, arm: index), noting: columns)
    }
    return try build(columns, rows)
  }

  // MARK: One node

  private mutating func build(_ columns: [Occurrence], _ rows: [Row]) throws -> DecisionTree {
    room -= 1
    if room < 0 { throw TooLarge() }
    guard let first = rows.first else {
      throw PassBug(CompileMatches.name, "a match does not cover all values", broke: "well-typed")
    }
    let candidates = columns.indices.filter { first.patterns[$0].isRefutable }
    guard let column = ColumnChoice(types: types, columns: columns, rows: rows).best(of: candidates) else {
      uses[first.arm] += 1
      return .leaf(arm: first.arm, values: values(of: first.bindings))
    }
    let subject = columns[column]
    if let local = loaded[subject.id] { return try branch(on: column, held: local, columns, rows) }
    guard let origin = subject.origin else {
      throw PassBug(CompileMatches.name, "a subject is held by no local", broke: "bound-locals")
    }
    let local = locals.make("part")
    loaded[subject.id] = local
    defer { loaded[subject.id] = nil }
    return .load(local, origin, subject.ty, try branch(on: column, held: local, columns, rows))
  }

  private mutating func branch(on column: Int, held local: Local, _ columns: [Occurrence], _ rows: [Row]) throws
    -> DecisionTree
  {
    var division = RowDivision(column: column)
    for row in rows {
      let pattern = row.patterns[column]
      guard let head = pattern.head else {
        division.addToAll(row)
        continue
      }
      let group: Int
      if let known = division.position(of: head) {
        group = known
      } else {
        group = division.open(head, pattern, try fields(of: columns[column].ty, head, in: local))
      }
      let fields = division.groups[group].fields
      let parts = pattern.parts
      guard parts.count == fields.count else {
        throw PassBug(CompileMatches.self, "a pattern has too few parts", broke: "known-types", in: pattern)
      }
      division.add(self.row(division.replacing(row, by: parts), noting: fields, from: column), to: group)
    }
    return try tree(of: division, held: local, columns)
  }

  private mutating func tree(of division: RowDivision, held local: Local, _ columns: [Occurrence]) throws
    -> DecisionTree
  {
    let subject = columns[division.column]
    var branches: [(index: Int, branch: Branch)] = []
    for group in division.groups {
      let tree = try build(columns, division.column, group.fields, group.rows)
      branches.append((group.index, Branch(pattern: group.pattern, tree: tree)))
    }
    if case .data(let type) = subject.ty {
      let count = types[type]?.variants.count ?? 0
      if count == 1, let only = branches.first { return only.branch.tree }
      var cases = branches.sorted { $0.index < $1.index }.map(\.branch)
      if cases.count == count { return .choose(local, type: type, cases: cases, rest: nil) }
      if isCovered(by: division), let last = cases.popLast() {
        return cases.isEmpty ? last.tree : .choose(local, type: type, cases: cases, rest: last.tree)
      }
      let rest = try build(columns, division.column, [], division.rest)
      return .choose(local, type: type, cases: cases, rest: rest)
    }
    var cases = branches.map(\.branch)
    if subject.ty == .bool && cases.count == 2 || isCovered(by: division), let last = cases.popLast() {
      return cases.isEmpty ? last.tree : .compare(local, cases: cases, rest: last.tree)
    }
    return .compare(local, cases: cases, rest: try build(columns, division.column, [], division.rest))
  }

  /// Whether values of no group do not come here.
  private func isCovered(by division: RowDivision) -> Bool { assumesMatch && division.rest.isEmpty }

  /// Goes on with a column replaced by those of its parts; columns that no row compares are left out.
  private mutating func build(_ columns: [Occurrence], _ column: Int, _ fields: [Occurrence], _ rows: [Row]) throws
    -> DecisionTree
  {
    var columns = columns
    columns.replaceSubrange(column...column, with: fields)
    let kept = columns.indices.filter { index in rows.contains { $0.patterns[index].isRefutable } }
    guard kept.count < columns.count else { return try build(columns, rows) }
    let rows = rows.map { row in
      Row(patterns: kept.map { row.patterns[$0] }, bindings: row.bindings, arm: row.arm)
    }
    return try build(kept.map { columns[$0] }, rows)
  }

  // MARK: Parts and variables

  /// The parts of a value that is like `head`; none for literals.
  private mutating func fields(of ty: Closed.Ty, _ head: Head, in local: Local) throws -> [Occurrence] {
    guard case .variant(let variant) = head else { return [] }
    guard case .data(let type) = ty, let declaration = types[type], declaration.variants.indices.contains(variant)
    else { throw PassBug(CompileMatches.self, "a pattern is of another type", broke: "known-types", in: ty) }
    return declaration.variants[variant].fields.enumerated().map { index, field in
      occurrence(field, Origin(subject: local, type: type, variant: variant, index: index))
    }
  }

  /// The row with the variables of some columns noted as bindings; `first` is the position of the first column.
  private func row(_ row: Row, noting columns: [Occurrence], from first: Int = 0) -> Row {
    var row = row
    for (offset, column) in columns.enumerated() {
      guard case .bind(let span, let variable, _) = row.patterns[first + offset] else { continue }
      row.patterns[first + offset] = .wildcard(span)
      if used.contains(variable.id) { row.bindings = .one(variable, column, row.bindings) }
    }
    return row
  }

  private func values(of bindings: Bindings) -> LocalTable<BoundValue> {
    var values: LocalTable<BoundValue> = [:]
    var bindings = bindings
    while case .one(let variable, let occurrence, let rest) = bindings {
      if let local = loaded[occurrence.id] {
        values[variable] = .local(local, occurrence.ty)
      } else if let origin = occurrence.origin {
        values[variable] = .part(origin, occurrence.ty)
      }
      bindings = rest
    }
    return values
  }
}

/// The rows of a node divided by what they have in one column, in one pass over them.
struct RowDivision {
  /// Rows whose values are alike in the column.
  struct Group {
    let pattern: Closed.Pattern
    let fields: [Occurrence]
    var rows: [Row]
    /// Whether its last row matches anything, so that later ones are never reached.
    var isClosed: Bool
    /// The position of its constructor; 0 for literals.
    var index: Int {
      if case .constructor(_, _, let index, _) = pattern { return index }
      return 0
    }
  }

  let column: Int
  /// The groups in the order in which they come up.
  private(set) var groups: [Group] = []
  /// The rows for values of no group, without the column.
  private(set) var rest: [Row] = []
  private var positions: [Head: Int] = [:]
  private var anywhere: [Row] = []

  init(column: Int) { self.column = column }

  /// The group of a head.
  func position(of head: Head) -> Int? { positions[head] }

  /// Begins a group with the rows so far that have anything in the column.
  mutating func open(_ head: Head, _ pattern: Closed.Pattern, _ fields: [Occurrence]) -> Int {
    let position = groups.count
    positions[head] = position
    groups.append(Group(pattern: pattern, fields: fields, rows: [], isClosed: false))
    for row in anywhere { add(widened(row, fields.count), to: position) }
    return position
  }

  /// Adds a row to a group, unless it can't be reached.
  mutating func add(_ row: Row, to group: Int) {
    if groups[group].isClosed { return }
    groups[group].isClosed = row.isIrrefutable
    groups[group].rows.append(row)
  }

  /// Adds a row that has anything in the column to all groups, also those to come.
  mutating func addToAll(_ row: Row) {
    anywhere.append(row)
    rest.append(replacing(row, by: []))
    for group in groups.indices where !groups[group].isClosed {
      add(widened(row, groups[group].fields.count), to: group)
    }
  }

  /// The row with the column replaced by others.
  func replacing(_ row: Row, by parts: [Closed.Pattern]) -> Row {
    var row = row
    row.patterns.replaceSubrange(column...column, with: parts)
    return row
  }

  private func widened(_ row: Row, _ count: Int) -> Row {
    replacing(row, by: Array(repeating: .wildcard(row.patterns[column].span), count: count))
  }
}

public import Languages
public import Nanopass

/// Removes the `dup` and the `drop` of a field that is only looked at while its cell is alive anyhow.
///
///     (let h.2 cell (read (local xs.1) 0 2))
///     (dup h.2)
///     (let n.3 integer (primitive string.length [(local h.2)]))
///     (drop h.2)
///     (drop xs.1)
///
/// becomes
///
///     (let h.2 cell (read (local xs.1) 0 2))
///     (let n.3 integer (primitive string.length [(local h.2)]))
///     (drop xs.1)
///
/// Only pairs of one block are found, and nothing is moved, so no reference lives longer than before.
///
/// Needs: balanced-counts. Ensures: balanced-counts.
public struct CancelCounts: CountedToCounted, FunctionPass {
  public static let summary = "Cancel a dup and a drop of a field whose cell is alive in between"

  private var cancelled = 0

  private var passing = Passing()

  public init() {}

  public mutating func learn(from start: SweepStart) throws -> Bool {
    guard let passing = try start.fact(Passing.self) else { return false }
    self.passing = passing
    return true
  }

  public mutating func end(in context: PassContext) {
    context.explain("Cancelled \(cancelled) pairs of dup and drop.", data: [("pairs", cancelled)])
  }

  public mutating func block(_ node: Counted.Block) throws -> Counted.Block {
    var pairs = FieldPairs(passing)
    for (index, step) in node.steps.enumerated() { pairs.take(step, at: index) }
    guard !pairs.cancelled.isEmpty else { return try derive(node) }
    cancelled += pairs.cancelled.count / 2
    var block = node
    block.steps = node.steps.enumerated().filter { !pairs.cancelled.contains($0.offset) }.map(\.element)
    return try derive(block)
  }
}

/// Goes through the steps of a block and remembers fields that were read and duplicated, until the cell or the field
/// itself may be gone.
private struct FieldPairs {
  /// The positions of steps that cancel each other.
  private(set) var cancelled: NumberSet = []
  /// The cell that each field was read from.
  private var owners: LocalTable<Int> = [:]
  /// The place of the `dup` of each field whose cell has been alive since.
  private var pending: LocalTable<Int> = [:]
  /// The fields read from each cell.
  private var fields: LocalTable<[Int]> = [:]
  private let passing: Passing

  init(_ passing: Passing) { self.passing = passing }

  mutating func take(_ step: Counted.Step, at index: Int) {
    switch step {
    case .join: break
    case .dup(_, let variable):
      if owners[variable.id] != nil, pending[variable.id] == nil { pending[variable.id] = index }
    case .drop(_, let variable):
      if let start = pending.removeValue(forKey: variable.id) {
        cancelled.insert(start)
        cancelled.insert(index)
      } else {
        forget(variable.id)
      }
    case .take(_, let cell, _), .reclaim(_, _, let cell, _, _): forget(cell.id)
    case .release: break
    case .fill(_, _, let value): consume([value])
    case .let(_, let variable, _, let value): take(value, for: variable)
    case .receive(_, let function, let arguments, _): consume(passing.given(arguments, to: function))
    }
  }

  private mutating func take(_ value: Counted.Value, for variable: Local) {
    switch value {
    case .primitive(_, let name, let arguments) where Primitive.ownsArguments(name): consume(arguments)
    case .service, .hole: break
    case .primitive, .read:
      guard let owner = value.holder else { return }
      owners[variable.id] = owner.id
      fields[owner.id, default: []].append(variable.id)
    case .atom(_, let atom): consume([atom])
    case .call(_, let function, let arguments): consume(passing.given(arguments, to: function))
    case .cell(_, _, let counted, _), .reuse(_, _, _, let counted, _): consume(counted)
    }
  }

  private mutating func consume(_ atoms: [Counted.Atom]) {
    for case .local(_, let variable) in atoms { forget(variable.id) }
  }

  /// The variable's reference is gone: it and what was read from it may be freed from here on, save fields with a
  /// reference of their own.
  private mutating func forget(_ id: Int) {
    pending[id] = nil
    for field in fields.removeValue(forKey: id) ?? [] {
      owners[field] = nil
      if pending.removeValue(forKey: field) == nil { forget(field) }
    }
  }
}

import Diagnostics
public import Languages
public import Nanopass

/// Joins the `dup` of all counted fields of a cell and the `drop` of the cell, so that the last owner of a cell takes its fields over
/// without counting.
///
///     (let h.2 cell (read (local xs.1) 0 2))
///     (dup h.2)
///     (let t.3 cell (read (local xs.1) 1 2))
///     (dup t.3)
///     (drop xs.1)
///
/// becomes
///
///     (let h.2 cell (read (local xs.1) 0 2))
///     (let t.3 cell (read (local xs.1) 1 2))
///     (take xs.1 [h.2 t.3])
///
/// Drop specialisation: Reinking, Xie, de Moura, Leijen, Perceus, PLDI 2021, section 2.3.
///
/// Needs: balanced-counts. Ensures: balanced-counts.
public struct TakeFields: CountedToCounted, FunctionPass {
  public static let summary = "Take fields over from cells whose last owner reads them"

  private var taken = 0

  private var passing = Passing()

  public init() {}

  public mutating func learn(from start: SweepStart) throws -> Bool {
    guard let passing = try start.fact(Passing.self) else { return false }
    self.passing = passing
    return true
  }

  public mutating func end(in context: PassContext) {
    context.explain("Joined \(taken) dups of fields with the drop of their cell.", data: [("fields", taken)])
  }

  public mutating func block(_ node: Counted.Block) throws -> Counted.Block {
    var finder = TakenFields(passing)
    for (index, step) in node.steps.enumerated() { finder.take(step, at: index) }
    guard !finder.replaced.isEmpty else { return try derive(node) }
    taken += finder.replaced.count
    var block = node
    block.steps = node.steps.enumerated().compactMap { index, step in
      if finder.replaced.contains(index) { return nil }
      guard let fields = finder.taken[index], case .drop(let span, let cell) = step else { return step }
      return .take(span, cell: cell, fields: fields)
    }
    return try derive(block)
  }
}

/// Goes through the steps of a block and remembers which fields got references while their cell is owned.
private struct TakenFields {
  private struct Candidate {
    var field: Local
    var slot: Int
    /// The place of the `dup`.
    var index: Int
  }

  /// The places of the `dup`s that go.
  private(set) var replaced: NumberSet = []
  /// What the `drop` at a place takes over.
  private(set) var taken: LocalTable<[Local]> = [:]
  private var origins: LocalTable<(cell: Int, slot: Int)> = [:]
  /// How many counted fields each cell has.
  private var sizes: LocalTable<Int> = [:]
  /// The fields of each cell that hold a reference which nothing has consumed.
  private var candidates: LocalTable<[Candidate]> = [:]
  /// The fields among these.
  private var waiting: NumberSet = []
  private let passing: Passing

  init(_ passing: Passing) { self.passing = passing }

  mutating func take(_ step: Counted.Step, at index: Int) {
    switch step {
    case .join: break
    case .dup(_, let variable):
      guard let (cell, slot) = origins[variable.id], waiting.insert(variable.id) else { return }
      candidates[cell, default: []].append(Candidate(field: variable, slot: slot, index: index))
    case .drop(_, let variable):
      consume(variable)
      drop(variable, at: index)
    case .take(_, let cell, _), .reclaim(_, _, let cell, _, _): consume(cell)
    case .release: break
    case .fill(_, _, let value): consume([value])
    case .let(_, let variable, _, let value): take(value, for: variable)
    case .receive(_, let function, let arguments, _): consume(passing.given(arguments, to: function))
    }
  }

  private mutating func take(_ value: Counted.Value, for variable: Local) {
    switch value {
    case .primitive(_, let name, let arguments) where Primitive.ownsArguments(name): consume(arguments)
    case .primitive, .service, .hole: break
    case .read(_, .local(_, let cell), let slot, let counted, _):
      origins[variable.id] = (cell.id, slot)
      sizes[cell.id] = counted
    case .read: break
    case .atom(_, let atom): consume([atom])
    case .call(_, let function, let arguments): consume(passing.given(arguments, to: function))
    case .cell(_, _, let counted, _), .reuse(_, _, _, let counted, _): consume(counted)
    }
  }

  private mutating func consume(_ atoms: [Counted.Atom]) {
    for case .local(_, let variable) in atoms {
      consume(variable)
      candidates[variable.id] = nil
    }
  }

  /// The reference that a `dup` gave may be used up.
  private mutating func consume(_ variable: Local) {
    origins[variable.id] = nil
    waiting.remove(variable.id)
  }

  private mutating func drop(_ cell: Local, at index: Int) {
    var slots: NumberSet = []
    let fields = (candidates.removeValue(forKey: cell.id) ?? []).filter { candidate in
      waiting.contains(candidate.field.id) && slots.insert(candidate.slot)
    }
    guard !fields.isEmpty, fields.count == sizes[cell.id] else { return }
    for candidate in fields {
      consume(candidate.field)
      replaced.insert(candidate.index)
      taken[index, default: []].append(candidate.field)
    }
  }
}

import Diagnostics
public import Languages
public import Nanopass

/// Makes cells whose fields are all constants constants themselves: they are there before the program starts, and
/// nothing of them is allocated, counted or freed.
///
///     (let zero.1 cell (cell 0 [(integer 0)] []))
///     (let sum.2 cell (cell 2 [(local x.0) (local zero.1)] []))
///
/// becomes
///
///     (let sum.2 cell (cell 2 [(local x.0) (constant cell 0 [(integer 0)] [])] []))
///
/// A cell that is taken apart here keeps its variable. Long literals are built when they are needed, since a constant
/// stands in full wherever it is used.
///
/// Needs: bound-locals. Ensures: bound-locals.
public struct ShareConstantCells: ShapedToShaped, FunctionPass {
  public static let summary = "Make cells of constants constants themselves."

  /// How many cells a constant consists of at most.
  private static let mostCells = 16

  private var constants: LocalTable<Shaped.Atom> = [:]
  /// The variables whose cells are read or chosen by.
  private var examined: NumberSet = []
  private var count = 0

  public init() {}

  public mutating func end(in context: PassContext) {
    context.explain("Made \(count) cells constants.", data: [("cells", count)])
  }

  public mutating func function(_ node: Shaped.Function) throws -> Shaped.Function {
    var finder = ExaminedCells()
    try finder.visit(node)
    examined = finder.examined
    constants.removeAll(keepingCapacity: true)
    return try derive(node)
  }

  public mutating func block(_ node: Shaped.Block) throws -> Shaped.Block {
    var steps: [Shaped.Step] = []
    steps.reserveCapacity(node.steps.count)
    for step in node.steps {
      let step = try self.step(step)
      guard case .let(let span, let variable, let shape, let value) = step, let constant = constant(value, shape) else {
        steps.append(step)
        continue
      }
      count += 1
      if examined.contains(variable.id) {
        steps.append(.let(span, variable: variable, shape: shape, value: .atom(span, atom: constant)))
      } else {
        constants[variable.id] = constant
      }
    }
    var block = node
    block.steps = reusing(node.steps, for: steps)
    block.end = try end(node.end)
    return block
  }

  public mutating func atom(_ node: Shaped.Atom) -> Shaped.Atom {
    if case .local(_, let variable) = node { return constants[variable.id] ?? node }
    return node
  }

  /// A cell of constants as a constant.
  private func constant(_ value: Shaped.Value, _ shape: Shaped.Shape) -> Shaped.Atom? {
    guard case .cell(let span, let tag, let counted, let raw) = value else { return nil }
    for case .local in counted + raw { return nil }
    let constant = Shaped.Atom.constant(span, shape: shape, tag: tag, counted: counted, raw: raw)
    return Self.cells(constant) <= Self.mostCells ? constant : nil
  }

  private static func cells(_ atom: Shaped.Atom) -> Int {
    guard case .constant(_, _, _, let counted, _) = atom else { return 0 }
    return counted.reduce(1) { $0 + cells($1) }
  }
}

/// Finds the variables whose cells are read or chosen by.
private struct ExaminedCells: ShapedWalker {
  private(set) var examined: NumberSet = []

  mutating func visit(_ node: Shaped.Value) throws {
    switch node {
    case .read(_, .local(_, let variable), _, _, _), .hole(_, .local(_, let variable), _):
      examined.insert(variable.id)
    default: break
    }
  }

  mutating func visit(_ node: Shaped.End) throws {
    if case .switchTag(_, .local(_, let variable), _, _) = node { examined.insert(variable.id) }
    try walk(node)
  }
}

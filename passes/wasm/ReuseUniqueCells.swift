import Diagnostics
public import Languages
public import Nanopass

/// Writes a new cell over one of the same type that nothing else holds any more, where the program keeps values alone: of
/// the fields only those are set that differ.
///
///     (let head.1 i64 (get List 0 (local list.0)))
///     (let rest.2 (nullable List) (get List 1 (local list.0)))
///     (let more.3 i64 (compute i64.add [(local head.1) (i64 1)]))
///     (let new.4 (nullable List) (new List [(local more.3) (local rest.2)]))
///
/// ends, if `list.0` is held alone and not read again, with
///
///     (run (set List 0 (local list.0) (local more.3)))
///     (let new.4 (nullable List) (local list.0))
///
/// Where values lie in memory the counts of references tell at run time which cells may be written over; an engine's heap
/// has none, so it must be known before (`UniqueCells`). A version of a value that takes the place of the one before then
/// allocates nothing, and the engine's collector never runs for it: on V8 n_body and red_black_tree take half the
/// time. Left out if small output is asked for, since several changes of fields take more bytes than a new struct.
///
/// Needs: bound-locals, well-typed. Ensures: bound-locals, well-typed.
public struct ReuseUniqueCells: Pass {
  public typealias Input = WasmIR
  public typealias Output = WasmIR
  public static let summary = "Write new cells over those that nothing else holds any more"

  /// The old cell for each variable that is set to a new one, in the function at hand.
  private var reuses: LocalTable<UniqueCells.OldCell> = [:]
  /// The fields that are set, by type.
  private var changed: [Name: Set<Int>] = [:]
  private var count = 0
  private var sets = 0

  public init() {}

  public mutating func run(_ input: WasmIR.Root, in context: PassContext) throws -> WasmIR.Root {
    guard case .engine = input.heap, let unique = try UniqueCells(input) else {
      context.explain("Left out: references are counted.", data: [("cells", 0)])
      return input
    }
    var output = input
    var details: [String] = []
    for (position, function) in input.functions.enumerated() where !unique.found[position].isEmpty {
      let before = count
      reuses = unique.found[position]
      output.functions[position].body = block(function.body)
      details.append("\(function.name): \(count - before) cells are written over")
    }
    output.types = input.types.map(type)
    context.explain(
      "\(count) new cells are written over old ones, by \(sets) changes of fields in \(changed.count) types.",
      details: details, data: [("cells", count), ("fields", sets), ("types", changed.count)])
    return output
  }

  /// The type, whose fields may change that are set.
  private func type(_ node: WasmIR.TypeDef) -> WasmIR.TypeDef {
    guard case .struct(let span, let name, let parent, let fields) = node, let changed = changed[name] else {
      return node
    }
    let all = fields.enumerated().map { index, field in
      WasmIR.Field(field.span, storage: field.storage, isMutable: field.isMutable || changed.contains(index))
    }
    return .struct(span, name: name, parent: parent, fields: all)
  }

  // MARK: Blocks

  private mutating func block(_ node: WasmIR.Block) -> WasmIR.Block {
    var steps: [WasmIR.Step] = []
    for step in node.steps {
      switch step {
      case .join(let span, let label, let parameters, let body):
        steps.append(.join(span, label: label, parameters: parameters, body: block(body)))
      case .let(let span, let variable, let ty, .new(_, let type, let fields)):
        guard let old = reuses[variable.id] else {
          steps.append(step)
          continue
        }
        write(type, fields, over: old, &steps, at: span)
        var cell = WasmIR.Expr.local(span, variable: old.whole)
        if old.isNullable, case .ref = ty { cell = .notNull(span, subject: cell) }
        steps.append(.let(span, variable: variable, ty: ty, value: cell))
      case .let, .receive, .run: steps.append(step)
      }
    }
    return WasmIR.Block(node.span, steps: steps, end: node.end.mapBlocks { block($0) })
  }

  /// Sets the fields of an old cell.
  private mutating func write(
    _ type: Name, _ fields: [WasmIR.Expr], over old: UniqueCells.OldCell, _ steps: inout [WasmIR.Step], at span: Span
  ) {
    count += 1
    let cell = WasmIR.Expr.local(span, variable: old.variable)
    for (index, value) in fields.enumerated() where !old.kept.contains(index) {
      changed[type, default: []].insert(index)
      sets += 1
      steps.append(.run(span, value: .set(span, type: type, field: index, subject: cell, value: value)))
    }
  }
}

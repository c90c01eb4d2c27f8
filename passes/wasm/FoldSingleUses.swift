import Diagnostics
public import Languages
public import Nanopass

/// Puts the value of a variable that is read once in place of the read, so that expressions become trees, which need no
/// variables on a machine with a stack. Constants, other variables and constant globals take the place of all reads.
/// What nothing reads and does nothing else is dropped.
///
///     (let a.1 i32 (call f []))
///     (let b.2 i32 (call g []))
///     (return [(compute i32.add [(local a.1) (local b.2)])])
///
/// becomes
///
///     (return [(compute i32.add [(call f []) (call g [])])])
///
/// A value that reads or changes something is only moved past what leaves that alone, within its block. One that does
/// neither may move into inner blocks, where control may not come, but into no loop.
///
/// Needs: bound-locals, well-typed. Ensures: bound-locals, well-typed.
public struct FoldSingleUses: Pass {
  public typealias Input = WasmIR
  public typealias Output = WasmIR
  public static let summary = "Put the value of a variable that is read once in place of the read"

  public init() {}

  public mutating func run(_ input: WasmIR.Root, in context: PassContext) throws -> WasmIR.Root {
    var folding = Folding(input)
    var output = input
    output.functions = try input.functions.map { try folding.fold($0) }
    context.explain(
      "Moved \(folding.moved) values to where they are read, replaced \(folding.copied) copies and dropped "
        + "\(folding.dropped) steps.",
      data: [("moved", folding.moved), ("copied", folding.copied), ("dropped", folding.dropped)])
    return output
  }
}

/// Folds the functions of a program.
private struct Folding {
  /// A value that waits for the place where it is read.
  private struct Pending {
    var variable: Local
    var ty: WasmIR.Ty
    var value: WasmIR.Expr
    var effects: Effects
    /// The number of its expressions.
    var size: Int
    var span: Span
    /// Whether it has been read without being put there: then it must be set before that.
    var isRead = false

    var step: WasmIR.Step { .let(span, variable: variable, ty: ty, value: value) }
  }

  private var table: EffectTable
  private var counts: UseCounts?
  /// What stands for variables wherever they are read: copies, and values that may be anywhere.
  private var values: LocalTable<WasmIR.Expr> = [:]
  private var loops = 0
  private(set) var moved = 0
  private(set) var copied = 0
  private(set) var dropped = 0
  /// More values never wait, so that the search for what they may pass is short.
  private static let longestWait = 32
  /// Bigger expressions stay where they are, so that trees stay shallow and none is looked at too often.
  private static let greatestSize = 64

  init(_ root: WasmIR.Root) { table = EffectTable(root) }

  mutating func fold(_ node: WasmIR.Function) throws -> WasmIR.Function {
    table.variables = try VariableTypes.of(node)
    counts = try UseCounts(node, table)
    values = [:]
    loops = 0
    var result = node
    result.body = try block(node.body)
    return result
  }

  // MARK: Blocks

  /// Folds a block that control comes to if a condition holds, if one is given.
  private mutating func block(_ node: WasmIR.Block, if condition: WasmIR.Expr? = nil) throws -> WasmIR.Block {
    var steps: [WasmIR.Step] = []
    var waiting: [Pending] = []
    var rest = node.steps[...]
    // A cast behind the test for it stays there, so that the two can be one.
    if case .is(_, let type, .local(_, let tested))? = condition,
      case .let(let span, let variable, let ty, .cast(let place, type, let subject))? = rest.first,
      counts?.uses[variable.id] != nil
    {
      let (value, _, _) = try expression(subject, &waiting)
      if case .local(_, let moved) = value, moved == tested {
        steps.append(.let(span, variable: variable, ty: ty, value: .cast(place, type: type, subject: value)))
        rest = rest.dropFirst()
      }
    }
    for step in rest { try self.step(step, &steps, &waiting) }
    let end = try end(node.end, &steps, &waiting)
    return WasmIR.Block(node.span, steps: steps, end: end)
  }

  private mutating func step(_ node: WasmIR.Step, _ steps: inout [WasmIR.Step], _ waiting: inout [Pending]) throws {
    switch node {
    case .let(let span, let variable, let type, let value):
      let uses = counts?.uses[variable.id]
      if uses == nil, table.all(value).isEmpty {
        dropped += 1
        return
      }
      let (value, effects, size) = try expression(value, &waiting)
      if uses == nil {
        emit(.run(span, value: value), effects, &steps, &waiting)
      } else if isCopied(value, uses: uses?.count ?? 0) {
        values[variable.id] = value
        copied += 1
      } else if let uses, uses.count == 1, size <= Self.greatestSize, let place = counts?.definitions[variable.id],
        uses.place.loops == place.loops
      {
        if effects.isEmpty {
          values[variable.id] = value
          moved += 1
        } else if uses.place == place {
          let pending = Pending(
            variable: variable, ty: type, value: value, effects: effects, size: size, span: span)
          waiting.append(pending)
          if waiting.count > Self.longestWait { steps.append(waiting.removeFirst().step) }
        } else {
          emit(.let(span, variable: variable, ty: type, value: value), effects, &steps, &waiting)
        }
      } else {
        emit(.let(span, variable: variable, ty: type, value: value), effects, &steps, &waiting)
      }
    case .receive(let span, let parameters, let value):
      let (value, effects, _) = try expression(value, &waiting)
      emit(.receive(span, parameters: parameters, value: value), effects, &steps, &waiting)
    case .run(let span, let value):
      let (value, effects, _) = try expression(value, &waiting)
      if effects.isEmpty { dropped += 1 } else { emit(.run(span, value: value), effects, &steps, &waiting) }
    case .join(let span, let label, let parameters, let body):
      guard counts?.jumps[label.id] != nil else {
        dropped += 1
        return
      }
      let body = try block(body)
      flush(past: [], &steps, &waiting)
      // The join point runs later, so that values may wait on.
      steps.append(.join(span, label: label, parameters: parameters, body: body))
    }
  }

  /// Adds a step behind the values that may not pass it.
  private func emit(
    _ step: WasmIR.Step, _ effects: Effects, _ steps: inout [WasmIR.Step], _ waiting: inout [Pending]
  ) {
    flush(past: effects, &steps, &waiting)
    steps.append(step)
  }

  private func flush(past effects: Effects, _ steps: inout [WasmIR.Step], _ waiting: inout [Pending]) {
    guard !waiting.isEmpty else { return }
    var passed = effects
    var staying: [Pending] = []
    var leaving: [WasmIR.Step] = []
    for pending in waiting.reversed() {
      if pending.isRead || pending.effects.conflicts(with: passed) {
        passed.formUnion(pending.effects)
        leaving.append(pending.step)
      } else {
        staying.append(pending)
      }
    }
    steps += leaving.reversed()
    waiting = staying.reversed()
  }

  private mutating func end(_ node: WasmIR.End, _ steps: inout [WasmIR.Step], _ waiting: inout [Pending]) throws
    -> WasmIR.End
  {
    /// Folds the expressions of the end as if they were the operands of one, then nothing waits any more.
    func fold(_ operands: [WasmIR.Expr]) throws -> [WasmIR.Expr] {
      let folded = try expressions(operands, &waiting).folded
      steps += waiting.map(\.step)
      waiting = []
      return folded
    }
    switch node {
    case .return(let span, let values): return .return(span, values: try fold(values))
    case .jump(let span, let label, let arguments): return .jump(span, label: label, arguments: try fold(arguments))
    case .tailCall(let span, let function, let arguments):
      return .tailCall(span, function: function, arguments: try fold(arguments))
    case .loop(let span, let label, let parameters, let arguments, let body):
      let arguments = try fold(arguments)
      return .loop(span, label: label, parameters: parameters, arguments: arguments, body: try block(body))
    case .if(let span, let condition, let then, let rest):
      let condition = try fold([condition]).first ?? condition
      if case .i32(_, let value) = condition { return .inline(try block(value == .small(0) ? rest : then), &steps) }
      return .if(span, condition: condition, then: try block(then, if: condition), else: try block(rest))
    case .switch(let span, let subject, let cases, let rest):
      let folded = try fold([subject])
      let cases = try cases.map { WasmIR.Case($0.span, value: $0.value, body: try block($0.body)) }
      return .switch(span, subject: folded.first ?? subject, cases: cases, default: try block(rest))
    case .attempt(let span, let parameters, let function, let arguments, let then, let rest):
      let arguments = try fold(arguments)
      return .attempt(
        span, parameters: parameters, function: function, arguments: arguments, then: try block(then),
        else: try block(rest))
    case .unreachable, .abandon:
      _ = try fold([])
      return node
    }
  }

  // MARK: Expressions

  /// Whether a value takes the place of a variable wherever that is read.
  private func isCopied(_ value: WasmIR.Expr, uses: Int) -> Bool {
    switch value {
    case .local, .i32, .null, .address, .size: true
    // Four bytes or less, which is what a variable costs with two reads.
    case .i64(_, .small(let number)): uses == 1 || (-0x10_0000..<0x10_0000).contains(number)
    case .i64, .f64: uses == 1
    case .global(_, let name): table.isConstant(name)
    default: false
    }
  }

  private mutating func expression(_ node: WasmIR.Expr, _ waiting: inout [Pending]) throws
    -> (value: WasmIR.Expr, effects: Effects, size: Int)
  {
    switch node {
    case .i32, .i64, .f64, .null: return (node, [], 1)
    default: break
    }
    let (folded, effects, size) = try expressions([node], &waiting)
    return (folded.first ?? node, effects, size)
  }

  /// Puts values that wait in place of what reads them, in expressions that are evaluated one behind the other.
  private mutating func expressions(_ nodes: [WasmIR.Expr], _ waiting: inout [Pending]) throws
    -> (folded: [WasmIR.Expr], effects: Effects, size: Int)
  {
    var sequence = EvaluationOrder(table: table, values: values)
    let replaced = try nodes.map { try sequence.expr($0) }
    var chosen: LocalTable<WasmIR.Expr> = [:]
    var effects = sequence.events.last?.through ?? []
    var size = sequence.size
    if !waiting.isEmpty {
      // From the last read to the first: what waits behind a value has then found its place, if there is one.
      for event in sequence.events.reversed() {
        guard let variable = event.variable,
          let position = waiting.lastIndex(where: { $0.variable.id == variable.id })
        else { continue }
        let pending = waiting[position]
        let passed = waiting[(position + 1)...].reduce(event.through) { $0.union($1.effects) }
        guard !pending.isRead, !event.isConditional, !pending.effects.conflicts(with: passed) else {
          waiting[position].isRead = true
          continue
        }
        chosen[variable.id] = pending.value
        effects.formUnion(pending.effects)
        size += pending.size
        waiting.remove(at: position)
        moved += 1
      }
    }
    guard !chosen.isEmpty else { return (replaced, effects, size) }
    var placing = Replacement(values: chosen)
    return (try replaced.map { try placing.expr($0) }, effects, size)
  }
}

/// Replaces variables by values, and lists what happens in the order of evaluation.
private struct EvaluationOrder: WasmIRToWasmIR {
  static let summary = ""
  struct Event {
    /// The variable that is read, if one is.
    var variable: Local?
    /// The effects of all events up to this one.
    var through: Effects
    var isConditional: Bool
  }

  let table: EffectTable
  let values: LocalTable<WasmIR.Expr>
  private(set) var events: [Event] = []
  /// The number of expressions.
  private(set) var size = 0
  private var isConditional = false

  init() { self.init(table: EffectTable(), values: [:]) }

  init(table: EffectTable, values: LocalTable<WasmIR.Expr>) {
    self.table = table
    self.values = values
  }

  mutating func expr(_ node: WasmIR.Expr) throws -> WasmIR.Expr {
    size += 1
    switch node {
    case .local(_, let variable):
      // A value put here has been through this already; its reads of values that wait are found all the same.
      if let value = values[variable.id] { return try expr(value) }
      note(variable, [])
      return node
    case .choose(let span, let condition, let type, let then, let rest):
      let condition = try expr(condition)
      let outer = isConditional
      isConditional = true
      let (then, rest) = (try expr(then), try expr(rest))
      isConditional = outer
      let choice = WasmIR.Expr.choose(span, condition: condition, ty: type, then: then, else: rest)
      return WasmFolding.simplified(choice) ?? choice
    default:
      let folded = try derive(node)
      let own = table.own(node)
      if !own.isEmpty { note(nil, own) }
      // Its own effects are noted all the same, which is only careful.
      return WasmFolding.simplified(folded) ?? folded
    }
  }

  private mutating func note(_ variable: Local?, _ effects: Effects) {
    let through = (events.last?.through ?? []).union(effects)
    events.append(Event(variable: variable, through: through, isConditional: isConditional))
  }
}

/// Puts values in place of variables.
private struct Replacement: WasmIRToWasmIR {
  static let summary = ""
  let values: LocalTable<WasmIR.Expr>

  init() { self.init(values: [:]) }
  init(values: LocalTable<WasmIR.Expr>) { self.values = values }

  mutating func expr(_ node: WasmIR.Expr) throws -> WasmIR.Expr {
    if case .local(_, let variable) = node, let value = values[variable.id] { return value }
    return try derive(node)
  }
}

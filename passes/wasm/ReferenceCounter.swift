import Diagnostics
import Languages
import Nanopass

/// Inserts the counting of references in one function, whose references have names: in one walk from its end to its
/// start, which knows at each place what is needed later.
struct ReferenceCounter {
  private let typing: ReferenceTyping
  private let roles: ReferenceRoles
  private var fresh: FreshLocals
  /// The variables that own references which are needed behind the current place.
  private var live = PersistentLocalSet()
  /// What the code behind a label needs of the variables around it.
  private var captured: LocalTable<PersistentLocalSet> = [:]
  private var names: LocalTable<Local> = [:]
  private(set) var dups = 0
  private(set) var drops = 0
  /// What lasts as long as the function and is kept all the same.
  private(set) var kept: NumberSet = []

  init(_ function: WasmIR.Function, _ typing: ReferenceTyping, _ roles: ReferenceRoles) {
    self.typing = typing
    self.roles = roles
    fresh = FreshLocals(above: function)
  }

  mutating func function(_ node: WasmIR.Function) throws -> WasmIR.Function {
    var result = node
    result.body = try block(node.body)
    result.body.steps = end(typing.owned(node), at: node.span) + result.body.steps
    return result
  }

  // MARK: Counts

  private mutating func dup(_ variable: Local, at span: Span) -> WasmIR.Step {
    dups += 1
    return typing.count("dup", variable, at: span)
  }

  private mutating func drop(_ variable: Local, at span: Span) -> WasmIR.Step {
    drops += 1
    return typing.count("drop", variable, at: span)
  }

  private mutating func drop(_ variables: [Int], at span: Span) -> [WasmIR.Step] {
    variables.compactMap { id in names[id].map { drop($0, at: span) } }
  }

  /// What the reading of expressions means for counts.
  private struct Reading {
    /// The references that are kept though another owner needs them.
    var kept: [Local] = []
    /// The variables whose reference is needed for the last time, and stays.
    var ended: [Local] = []
  }

  /// Notes that expressions are evaluated one after the other, those of `isKept` for good.
  private mutating func read(
    _ values: [WasmIR.Expr], isKept: [Bool], isCall: Bool = false
  ) throws -> Reading {
    var reading = Reading()
    var moved: NumberSet = []
    // A function that takes over a reference may end it while it uses another to the same object.
    var lent = OwnerReads(roles: roles)
    if isCall { for (value, isKept) in zip(values, isKept) where !isKept { try lent.visit(value) } }
    for (value, isKept) in zip(values, isKept).reversed() where isKept && typing.isReference(value) {
      switch (roles.source(of: value), value.variable) {
      case (.lasting, let variable?):
        reading.kept.append(variable)
        kept.insert(variable.id)
      case (.lasting, nil): break
      case (.variable(let owner, let isSame), let variable?):
        if isSame, !live.contains(owner.id), !moved.contains(owner.id), !lent.contains(owner) {
          moved.insert(owner.id)
        } else {
          reading.kept.append(variable)
        }
      default: throw PassBug(CountReferences.self, "this has no name", broke: "well-typed", in: value)
      }
    }
    var owners = OwnerReads(roles: roles)
    for value in values { try owners.visit(value) }
    for owner in owners.found where !live.contains(owner.id) {
      live.insert(owner.id)
      names[owner.id] = owner
      if !moved.contains(owner.id) { reading.ended.append(owner) }
    }
    return reading
  }

  // MARK: Blocks

  private mutating func block(_ node: WasmIR.Block) throws -> WasmIR.Block {
    var bodies: LocalTable<WasmIR.Block> = [:]
    for case .join(_, let label, let parameters, let body) in node.steps {
      bodies[label.id] = try self.body(body, label, parameters)
    }
    var (last, end) = try self.end(node.end)
    last.reverse()
    for step in node.steps.reversed() {
      if case .join(let span, let label, let parameters, let body) = step {
        last.append(.join(span, label: label, parameters: parameters, body: bodies[label.id] ?? body))
      } else {
        last += try self.step(step).reversed()
      }
    }
    return WasmIR.Block(node.span, steps: last.reversed(), end: end)
  }

  /// A step with the counts before and behind it.
  private mutating func step(_ node: WasmIR.Step) throws -> [WasmIR.Step] {
    var behind: [WasmIR.Step] = []
    let (span, value): (Span, WasmIR.Expr)
    switch node {
    case .let(let place, let variable, _, let expression):
      (span, value) = (place, expression)
      if !roles.counted.contains(variable.id) {
        behind = end([variable], at: span)
      } else if live.contains(variable.id) {
        behind = [dup(variable, at: span)]
        live.remove(variable.id)
      }
    case .receive(let place, let parameters, let expression):
      (span, value) = (place, expression)
      behind += end(parameters.map(\.variable), at: span)
    case .run(let place, let expression): (span, value) = (place, expression)
    case .join: return [node]
    }
    let operands = value.operands
    let isKept = typing.consumes(value, operands)
    let reading =
      try isKept.contains(true)
      ? read(operands, isKept: isKept, isCall: value.isCall) : read([value], isKept: [false])
    let before = reading.kept.map { dup($0, at: span) }
    return before + [node] + behind + reading.ended.map { drop($0, at: span) }
  }

  /// The drops of those of a step's variables that own a reference nobody needs; none is needed before.
  private mutating func end(_ variables: [Local], at span: Span) -> [WasmIR.Step] {
    let owners = variables.filter { roles.owns($0) }
    let unused = owners.filter { !live.contains($0.id) }
    for owner in owners { live.remove(owner.id) }
    return unused.map { drop($0, at: span) }
  }

  /// The block behind a label, which starts with the drops of what it is given and has no use for.
  private mutating func body(
    _ node: WasmIR.Block, _ label: Local, _ parameters: [WasmIR.Parameter]
  ) throws -> WasmIR.Block {
    let outer = live
    defer { live = outer }
    live = PersistentLocalSet()
    var body = try block(node)
    body.steps = end(parameters.map(\.variable), at: node.span) + body.steps
    captured[label.id] = live
    return body
  }

  // MARK: Ends

  /// An end with the steps before it; what is needed behind it becomes what is needed before it.
  private mutating func end(_ node: WasmIR.End) throws -> ([WasmIR.Step], WasmIR.End) {
    live = PersistentLocalSet()
    switch node {
    case .return(let span, let values):
      let (steps, values) = try hand(values, values.map { typing.isReference($0) }, at: span)
      return (steps, .return(span, values: values))
    case .jump(let span, let label, let arguments):
      live = captured[label.id] ?? live
      let (steps, arguments) = try hand(arguments, roles.owned[label.id] ?? [], at: span)
      return (steps, .jump(span, label: label, arguments: arguments))
    case .tailCall(let span, let function, let arguments):
      return try tailCall(function, arguments, at: span)
    case .loop(let span, let label, let parameters, let arguments, let body):
      var uses = LoopNeeds(roles: roles, captured: captured)
      for parameter in parameters { try uses.visit(parameter) }
      try uses.visit(body)
      captured[label.id] = uses.needed
      for name in uses.names { names[name.id] = name }
      let inner = try self.body(body, label, parameters)
      live = uses.needed
      let (steps, handed) = try hand(arguments, roles.owned[label.id] ?? [], at: span)
      return (steps, .loop(span, label: label, parameters: parameters, arguments: handed, body: inner))
    case .if(let span, let condition, let then, let other):
      let (steps, condition, blocks) = try choose(condition, [then, other], at: span)
      return (steps, .if(span, condition: condition, then: blocks[0], else: blocks[1]))
    case .switch(let span, let subject, let cases, let rest):
      let (steps, subject, blocks) = try choose(subject, cases.map(\.body) + [rest], at: span)
      let counted = zip(cases, blocks).map { WasmIR.Case($0.span, value: $0.value, body: $1) }
      return (steps, .switch(span, subject: subject, cases: counted, default: blocks.last ?? rest))
    case .attempt, .abandon:
      throw PassBug(
        CountReferences.self, "what is counted can't be abandoned", broke: "well-typed", in: node)
    case .unreachable: return ([], node)
    }
  }

  /// Hands values on, behind what they need and before which all else ends.
  private mutating func hand(
    _ values: [WasmIR.Expr], _ isKept: [Bool], at span: Span
  ) throws -> ([WasmIR.Step], [WasmIR.Expr]) {
    let reading = try read(values, isKept: isKept)
    var steps = reading.kept.map { dup($0, at: span) }
    guard !reading.ended.isEmpty else { return (steps, values) }
    let named = try values.map { value in
      if value.variable != nil || value.operands.isEmpty && value.isAtom && !value.isGlobal { return value }
      return try name(value, &steps)
    }
    return (steps + reading.ended.map { drop($0, at: span) }, named)
  }

  private mutating func name(_ value: WasmIR.Expr, _ steps: inout [WasmIR.Step]) throws -> WasmIR.Expr {
    guard let ty = try typing.types(of: value).first else { return value }
    let variable = fresh.make("r")
    steps.append(.let(value.span, variable: variable, ty: ty, value: value))
    return .local(value.span, variable: variable)
  }

  /// A call at the end only looks at its arguments: if one of them ends with it, that comes behind it.
  private mutating func tailCall(
    _ function: Name, _ arguments: [WasmIR.Expr], at span: Span
  ) throws -> ([WasmIR.Step], WasmIR.End) {
    let call = WasmIR.Expr.call(span, function: function, arguments: arguments)
    let reading = try read(arguments, isKept: typing.consumes(call, arguments), isCall: true)
    let before = reading.kept.map { dup($0, at: span) }
    guard !reading.ended.isEmpty else {
      return (before, .tailCall(span, function: function, arguments: arguments))
    }
    let results = try typing.types(of: call).map { WasmIR.Parameter(span, variable: fresh.make("r"), ty: $0) }
    let drops = reading.ended.map { drop($0, at: span) }
    let values = results.map { WasmIR.Expr.local(span, variable: $0.variable) }
    return (before + [.setting(results, to: call, at: span)] + drops, .return(span, values: values))
  }

  /// Blocks of which control goes to one: each begins with the drops of what it alone has no use for.
  private mutating func choose(
    _ condition: WasmIR.Expr, _ blocks: [WasmIR.Block], at span: Span
  ) throws -> ([WasmIR.Step], WasmIR.Expr, [WasmIR.Block]) {
    var needs: [PersistentLocalSet] = []
    var counted: [WasmIR.Block] = []
    for block in blocks {
      counted.append(try self.block(block))
      needs.append(live)
    }
    live = PersistentLocalSet()
    for need in needs { live.formUnion(need) }
    for index in counted.indices where !counted[index].isUnreachable {
      // What is null where control comes here needs no drop.
      let null = index == 0 ? condition.nullVariable.flatMap { roles.source(of: $0).owner } : nil
      let ended = live.subtracting(needs[index]).filter { $0 != null?.id }
      counted[index].steps = drop(ended, at: counted[index].span) + counted[index].steps
    }
    let reading = try read([condition], isKept: [false])
    guard !reading.ended.isEmpty else { return ([], condition, counted) }
    var steps: [WasmIR.Step] = []
    let named = try name(condition, &steps)
    return (steps + reading.ended.map { drop($0, at: span) }, named, counted)
  }
}

extension ReferenceSource {
  /// The variable that owns this very reference.
  fileprivate var owner: Local? {
    if case .variable(let owner, isSame: true) = self { owner } else { nil }
  }
}

extension WasmIR.Block {
  fileprivate var isUnreachable: Bool {
    if steps.isEmpty, case .unreachable = end { true } else { false }
  }
}

import Diagnostics
import Languages
import Nanopass

/// Lowers one function: its control to blocks, its expressions to instructions on a stack.
///
/// Each part of the function is lowered with what comes behind it in mind, so that a jump to what comes next is no
/// instruction, and a result at the end stays on the stack. Arguments of a join point travel on the stack too, those of
/// a loop in its variables.
struct FunctionLowering {
  /// Where control goes behind the part that is lowered.
  enum Next {
    /// Out of the function, with the results on the stack.
    case result
    /// To what is behind a block, with the arguments on the stack.
    case label(Label)
    /// Nowhere: what stands behind belongs to something else.
    case nothing
  }

  /// What a jump to a label needs.
  private struct Target {
    var label: Label
    /// The parameters of a loop; nil for a join point.
    var variables: [Int]?
    var types: [WasmCode.Ty]
  }

  var tables: ProgramTables
  var code = DraftCode()
  private var variables: LocalTable<Int> = [:]
  /// The types of variables before they were numbered, for casts.
  var types: LocalTable<WasmIR.Ty> = [:]
  private var targets: LocalTable<Target> = [:]
  /// How many jumps go to each label.
  private var jumps: LocalTable<Int> = [:]
  private var results: [WasmCode.Ty] = []
  private var labelTypes: [Label: [WasmCode.Ty]] = [:]

  init(_ tables: ProgramTables) { self.tables = tables }

  /// Lowers a function of that number.
  mutating func function(_ node: WasmIR.Function) throws -> WasmCode.Function {
    code = DraftCode()
    variables = [:]
    types = [:]
    targets = [:]
    labelTypes = [:]
    var counter = JumpCounter()
    try counter.visit(node.body)
    jumps = counter.jumps
    for parameter in node.parameters { _ = try bind(parameter.variable, parameter.ty) }
    results = try node.results.map { try tables.types.type($0) }
    try block(node.body, next: .result)
    code.simplify(parameters: node.parameters.count)
    let sharing = LocalSharing(code, parameters: node.parameters.count)
    let type = tables.types.function(try node.parameters.map { try tables.types.type($0.ty) }, results)
    return WasmCode.Function(
      node.span, name: node.name, type: type, parameters: node.parameters.map(\.variable.name),
      locals: sharing.locals, body: try code.nested(sharing.numbers, &tables.types))
  }

  /// Lowers the constant value of a global.
  mutating func constant(_ node: WasmIR.Expr) throws -> [WasmCode.Instruction] {
    code = DraftCode()
    variables = [:]
    try expression(node)
    return try code.nested([], &tables.types)
  }

  func bug(_ message: String, _ invariant: String, in node: some Writable) -> PassBug {
    PassBug(LowerToWasmCode.self, message, broke: invariant, in: node)
  }

  // MARK: Variables

  mutating func bind(_ variable: Local, _ type: WasmIR.Ty) throws -> Int {
    let number = code.variable(variable.name, try tables.types.type(type))
    variables[variable.id] = number
    types[variable.id] = type
    return number
  }

  /// The number of a variable in scope.
  func number(of variable: Local, in node: some Writable) throws -> Int {
    guard let number = variables[variable.id] else {
      throw bug("`\(variable)` is not bound here", "bound-locals", in: node)
    }
    return number
  }

  /// Takes values from the stack into variables, the last first.
  private mutating func set(_ variables: [Int], at span: Span) {
    for variable in variables.reversed() { code.append(.set(variable), at: span) }
  }

  /// The same for the variables of a loop.
  private mutating func set(_ variables: [(variable: Int, copy: Int?)], at span: Span) {
    for (variable, copy) in variables.reversed() { code.append(.set(variable), at: span, copy: copy) }
  }

  /// Leaves the value for a loop's variable on the stack; gives the number of the copy if it is another variable's.
  private mutating func copy(_ value: WasmIR.Expr) throws -> Int? {
    guard case .local(let span, let variable) = value else {
      try expression(value)
      return nil
    }
    let copy = code.copy()
    code.append(.get(try number(of: variable, in: value)), at: span, copy: copy)
    return copy
  }

  // MARK: Blocks

  mutating func block(_ node: WasmIR.Block, next: Next) throws {
    try steps(node.steps[...], node.end, next)
  }

  mutating func steps(_ steps: ArraySlice<WasmIR.Step>, _ end: WasmIR.End, _ next: Next) throws {
    for (position, step) in zip(steps.indices, steps) {
      switch step {
      case .let(let span, let variable, let type, let value):
        try expression(value)
        let number = try bind(variable, type)
        code.append(.set(number), at: span)
      case .receive(let span, let parameters, let value):
        let start = code.count
        try expression(value)
        let variables = try parameters.map { try bind($0.variable, $0.ty) }
        set(variables, at: span)
        code.received(variables, since: start)
      case .run(let span, let value):
        try expression(value)
        for _ in 0..<tables.resultCount(of: value) { code.append(.drop, at: span) }
      case .join(let span, let label, let parameters, let body):
        guard jumps[label.id] != nil else { continue }
        let target = Target(
          label: code.label(), variables: nil, types: try parameters.map { try tables.types.type($0.ty) })
        targets[label.id] = target
        labelTypes[target.label] = target.types
        code.append(.block(target.label, target.types), at: span)
        try self.steps(steps[(position + 1)...], end, .label(target.label))
        code.append(.end, at: span)
        set(try parameters.map { try bind($0.variable, $0.ty) }, at: span)
        return try block(body, next: next)
      }
    }
    try self.end(end, next)
  }

  /// What a block leaves on the stack for what comes next.
  private func types(of next: Next) -> [WasmCode.Ty] {
    switch next {
    case .result: results
    case .label(let label): labelTypes[label] ?? []
    case .nothing: []
    }
  }

  // MARK: Ends

  private mutating func end(_ node: WasmIR.End, _ next: Next) throws {
    switch node {
    case .return(let span, let values):
      for value in values { try expression(value) }
      if case .result = next { return }
      code.append(.plain("return"), at: span)
    case .jump(let span, let label, let arguments): try jump(label, arguments, next, at: span)
    case .loop(let span, let label, let parameters, let arguments, let body):
      let copies = try arguments.map { try self.copy($0) }
      let numbers = try parameters.map { try bind($0.variable, $0.ty) }
      set(Array(zip(numbers, copies)), at: span)
      let target = Target(label: code.label(), variables: numbers, types: [])
      targets[label.id] = target
      code.append(.loop(target.label, types(of: next)), at: span)
      try block(body, next: next)
      code.append(.end, at: span)
      // The format does not see that control never leaves the loop to what follows.
      if case .nothing = next { code.append(.plain("unreachable"), at: span) }
    case .if(let span, let condition, let then, let rest): try choose(condition, then, rest, next, at: span)
    case .switch(let span, let subject, let cases, let rest): try self.switch(subject, cases, rest, next, at: span)
    case .tailCall(let span, let function, let arguments):
      for argument in arguments { try expression(argument) }
      let number = try tables.find(function, in: tables.functions)
      code.append(.leaf(.indexed(span, name: "return_call", index: number)), at: span)
    case .attempt(let span, let parameters, let function, let arguments, let then, let rest):
      try attempt(parameters, function, arguments, then, rest, next, at: span)
    case .abandon(let span):
      code.append(.leaf(.indexed(span, name: "throw", index: tables.exceptionTag())), at: span)
    case .unreachable(let span): code.append(.plain("unreachable"), at: span)
    }
  }

  /// A call inside a block that a jump to what follows it leaves: what comes next if the call is abandoned.
  ///
  /// The type of the block that catches takes one byte at most: V8 12.4, the engine of Node 22, traps at longer ones. More
  /// than a number leaves it by a branch, and what it takes is read inside.
  private mutating func attempt(
    _ parameters: [WasmIR.Parameter], _ function: Name, _ arguments: [WasmIR.Expr], _ then: WasmIR.Block,
    _ rest: WasmIR.Block, _ next: Next, at span: Span
  ) throws {
    let label = code.label()
    labelTypes[label] = []
    code.append(.block(label, []), at: span)
    let left = try parameters.map { try tables.types.type($0.ty) }
    let number = left.count == 1 ? left.first.flatMap { [.i32, .i64, .f64].contains($0) ? $0 : nil } : nil
    let done = left.isEmpty || number != nil ? nil : code.label()
    if let done {
      labelTypes[done] = left
      code.append(.block(done, left), at: span)
    }
    code.append(.attempt(tag: tables.exceptionTag(), label, number), at: span)
    for argument in arguments { try expression(argument) }
    let callee = try tables.find(function, in: tables.functions)
    code.append(.leaf(.indexed(span, name: "call", index: callee)), at: span)
    if let done { code.append(.branch(done), at: span) }
    code.append(.end, at: span)
    if done != nil {
      code.append(.plain("unreachable"), at: span)
      code.append(.end, at: span)
    }
    set(try parameters.map { try bind($0.variable, $0.ty) }, at: span)
    try block(then, next: .nothing)
    code.append(.end, at: span)
    try block(rest, next: next)
  }

  private func target(_ label: Local, in node: some Writable) throws -> Target {
    guard let target = targets[label.id] else { throw bug("`\(label)` is not in scope", "bound-labels", in: node) }
    return target
  }

  private mutating func jump(_ label: Local, _ arguments: [WasmIR.Expr], _ next: Next, at span: Span) throws {
    let target = try target(label, in: WasmIR.End.jump(span, label: label, arguments: arguments))
    if let variables = target.variables {
      var changed: [(variable: Int, copy: Int?)] = []
      for (variable, argument) in zip(variables, arguments) {
        // What a loop hands on unchanged is in place.
        if case .local(_, let same) = argument, self.variables[same.id] == variable { continue }
        changed.append((variable, try copy(argument)))
      }
      set(changed, at: span)
    } else {
      for argument in arguments { try expression(argument) }
      if case .label(target.label) = next { return }
    }
    code.append(.branch(target.label), at: span)
  }

  /// The label that a block jumps to if it does nothing else.
  func exit(_ node: WasmIR.Block) -> Label? {
    guard node.steps.isEmpty else { return nil }
    switch node.end {
    case .jump(_, let label, let arguments): return arguments.isEmpty ? targets[label.id]?.label : nil
    case .return(_, let values): return values.isEmpty ? DraftCode.whole : nil
    default: return nil
    }
  }

  /// Whether control leaves a block other than to what comes next, as far as its end tells.
  private func leaves(_ node: WasmIR.Block, _ next: Next) -> Bool {
    switch (node.end, next) {
    case (.jump(_, let label, _), .label(let after)): targets[label.id]?.label != after
    case (.jump, _), (.unreachable, _), (.abandon, _), (.tailCall, _): true
    case (.return, .result): false
    case (.return, _): true
    default: false
    }
  }

  private func isNext(_ label: Label, _ next: Next) -> Bool {
    switch next {
    case .label(let after): label == after
    case .result: label == DraftCode.whole
    case .nothing: false
    }
  }

  mutating func choose(
    _ condition: WasmIR.Expr, _ then: WasmIR.Block, _ rest: WasmIR.Block, _ next: Next, at span: Span
  ) throws {
    if let cast = castTest(condition, then) { return try choose(cast, then, rest, next, at: span) }
    let exits = (exit(then), exit(rest))
    switch exits {
    case (let label?, _) where !isNext(label, next):
      try self.condition(condition, negated: false)
      code.append(.branchIf(label), at: span)
      return try block(rest, next: next)
    case (_, let label?) where !isNext(label, next):
      try self.condition(condition, negated: true)
      code.append(.branchIf(label), at: span)
      return try block(then, next: next)
    case (_?, _):
      try self.condition(condition, negated: true)
      return try only(rest, next, at: span)
    case (_, _?):
      try self.condition(condition, negated: false)
      return try only(then, next, at: span)
    default: break
    }
    // What leaves stands first: then the other needs no block.
    let swaps = leaves(rest, next) && !leaves(then, next)
    let (first, second) = swaps ? (rest, then) : (then, rest)
    try self.condition(condition, negated: swaps)
    let start = code.count
    code.append(.if(types(of: next)), at: span)
    try block(first, next: next)
    if code.leaves {
      code.replace(start, by: .if([]))
      code.append(.end, at: span)
      return try block(second, next: next)
    }
    code.append(.else, at: span)
    try block(second, next: next)
    code.append(.end, at: span)
  }

  /// Lowers what is done only if the condition on the stack holds. Then comes what comes next, which takes nothing.
  private mutating func only(_ node: WasmIR.Block, _ next: Next, at span: Span) throws {
    code.append(.if([]), at: span)
    try block(node, next: next)
    code.append(.end, at: span)
  }
}

/// Counts the jumps to each label.
private struct JumpCounter: WasmIRWalker {
  var jumps: LocalTable<Int> = [:]

  mutating func visit(_ node: WasmIR.End) throws {
    if case .jump(_, let label, _) = node { jumps[label.id, default: 0] += 1 }
    try walk(node)
  }

  /// Expressions do not jump.
  mutating func visit(_ node: WasmIR.Expr) {}
}

public import Diagnostics
public import Languages
public import Nanopass

/// Hands the values of top-level bindings to the functions that read them, as parameters.
///
///     (define table (call build ...))                       (bind table.0 (call build ...))
///     (function find [(parameter n.0 int)] ...              (function find [(parameter n.0 int) (parameter table.1 ...)]
///       (global table ...))                            =>     (local table.1 ...))
///     (call find [...] ...)                                 (call find [... (local table.0 ...)] ...)
///
/// The entry binds them in order before it does anything else; a function gets those that it reads itself and those that
/// the functions it calls need (T. Johnsson, "Lambda Lifting", FPCA 1985). A binding that is a literal is written where
/// it is read.
///
/// Needs: no function values; `define` stands in the entry only. Ensures: nothing beyond the output language.
public struct ThreadBindings: ScalarToClosed, FunctionPass {
  public static let summary = "Hand top-level bindings to the functions that read them, as parameters"

  private var literals: [Name: Scalar.Expr] = [:]
  private var types: [Name: Scalar.Ty] = [:]
  /// The bindings that each function gets, in the order in which they are bound.
  private var needs: [Name: [Name]] = [:]
  private var locals = FunctionLocals<Scalar.Function>()
  /// The locals that hold bindings in the function at hand.
  private var held: [Name: Local] = [:]

  public init() {}

  public mutating func learn(from start: SweepStart) throws -> Bool {
    guard let input = start.program.root as? Scalar.Root else { return false }
    let entry = input.functions.first { $0.name == input.entry }
    guard case .block(_, let statements, _, _)? = entry?.body else { return true }
    var order: [Name] = []
    for case .define(_, let name, let value) in statements {
      types[name] = value.ty
      if let literal = literal(value) { literals[name] = literal } else { order.append(name) }
    }
    if order.isEmpty { return true }
    var readers: [Name: [Name]] = [:]
    var callers: [Name: [Name]] = [:]
    for function in input.functions where function.name != input.entry {
      var uses = GlobalUses()
      try uses.visit(function.body)
      for name in uses.reads { readers[name, default: []].append(function.name) }
      for name in uses.calls { callers[name, default: []].append(function.name) }
    }
    for name in order {
      var pending = readers[name] ?? []
      var seen = Set(pending)
      while let function = pending.popLast() {
        needs[function, default: []].append(name)
        for caller in callers[function] ?? [] where seen.insert(caller).inserted { pending.append(caller) }
      }
    }
    return true
  }

  public mutating func end(in context: PassContext) {
    context.explain(
      "\(types.count) bindings, \(literals.count) of them literals; \(needs.count) functions got parameters",
      data: [("bindings", types.count), ("literals", literals.count), ("functions", needs.count)])
  }

  /// The literal that an initialiser is, directly or by another binding.
  private func literal(_ value: Scalar.Expr) -> Scalar.Expr? {
    switch value {
    case .integer, .float, .string, .bool, .unit: value
    case .global(_, let name, _): literals[name]
    default: nil
    }
  }

  public mutating func function(_ node: Scalar.Function) throws -> Closed.Function {
    locals.enter(node)
    held = [:]
    var output = node
    for name in needs[node.name] ?? [] {
      guard let ty = types[name] else { continue }
      let local = locals.make(name.lastSegment)
      held[name] = local
      output.parameters.append(Scalar.Parameter(node.span, variable: local, ty: ty))
    }
    return try derive(output)
  }

  public mutating func define(at span: Span, name: Name, value: Scalar.Expr) throws -> Closed.Statement {
    let value = try expr(value)
    let local = locals.make(name.lastSegment)
    held[name] = local
    return .bind(span, variable: local, value: value)
  }

  public mutating func global(at span: Span, name: Name, ty: Scalar.Ty) throws -> Closed.Expr {
    if let literal = literals[name] { return try derive(literal) }
    return try read(name, ty, at: span)
  }

  private func read(_ name: Name, _ ty: Scalar.Ty, at span: Span) throws -> Closed.Expr {
    guard let local = held[name] else {
      throw PassBug(Self.name, "`\(name)` is read before it is defined", broke: "known-globals")
    }
    return .local(span, variable: local, ty: ty)
  }

  public mutating func expr(_ node: Scalar.Expr) throws -> Closed.Expr {
    guard case .call(let span, let function, let arguments, let ty) = node else { return try derive(node) }
    var values = try arguments.map { try expr($0) }
    for name in needs[function] ?? [] {
      if let type = types[name] { values.append(try read(name, type, at: span)) }
    }
    return .call(span, function: function, arguments: values, ty: ty)
  }
}

/// Gathers the bindings that a body reads and the functions that it calls, each once, in order.
private struct GlobalUses: ScalarWalker {
  private var seenReads: Set<Name> = []
  private var seenCalls: Set<Name> = []
  private(set) var reads: [Name] = []
  private(set) var calls: [Name] = []

  mutating func visit(_ node: Scalar.Expr) throws {
    switch node {
    case .global(_, let name, _): if seenReads.insert(name).inserted { reads.append(name) }
    case .call(_, let name, _, _): if seenCalls.insert(name).inserted { calls.append(name) }
    default: break
    }
    try walk(node)
  }
}

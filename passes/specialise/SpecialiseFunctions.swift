public import Diagnostics
public import Languages
public import Nanopass

/// Makes a copy of each function that takes functions for each choice of those that are passed to it, so that every
/// call names what it calls.
///
///     (call M.twice [(callback (function M.show) (function [int] unit)) (integer 7)] unit)
///     (call M.twice<M.show> [(integer 7)] unit)
///
///     (apply f.0 [(local n.1 int)] unit)   in M.twice
///     (call M.show [(local n.1 int)] unit)   in M.twice<M.show>
///
/// Copies are made from a worklist that starts with the program's entry, each combination once. That ends: a function
/// is no value, so what can be passed is one of the names that stand in the program, of which there are finitely many,
/// and so there are finitely many combinations for each function; recursion that hands its parameters on, in whatever
/// order, meets known ones. There may be many: a function that swaps eight parameters in all ways has a copy for each
/// permutation. More copies of one function than `mostCopies` are an error. A copy has the effects of what it calls.
///
/// This is J. C. Reynolds's defunctionalisation ("Definitional Interpreters for Higher-Order Programming Languages", ACM
/// Annual Conference, 1972) with its `apply` evaluated at compile time.
///
/// Needs: functions are passed only as arguments.
/// Ensures: every function is reachable, by calls or from comparisons of maps.
public struct SpecialiseFunctions: MonoToFirstOrder {
  public static let summary = "Make a copy of each function that takes functions for each choice of them"

  /// How many copies a function may have.
  static let mostCopies = 10_000

  /// What is passed, and how the name of a copy tells it. With one function around, equal names are equal callees.
  private struct Passed {
    let callee: Mono.Callee
    let name: String
  }

  private struct Copy {
    let name: Name
    let function: Mono.Function
    let passed: [Passed]
  }

  private var functions: [Name: Mono.Function] = [:]
  private var copies: [Copy] = []
  private var names: Set<Name> = []
  private var counts: [Name: Int] = [:]
  /// What the parameters of the function that is copied now stand for.
  private var current: [Local: Passed] = [:]
  private var excess: Mono.Function?

  public init() {}

  public mutating func end(in context: PassContext) {
    if let excess {
      context.report(
        .error(
          "type-error", at: excess.span,
          "`\(excess.name.lastSegment)` is used with more than \(Self.mostCopies) combinations of functions",
          help: "let it take fewer functions, or hand them on in the same order",
          note: "every combination of the functions passed to it makes a copy of it",
          fnName: excess.name.lastSegment.text))
    }
    let special = copies.filter { !$0.passed.isEmpty }
    context.explain(
      "\(copies.count) functions, \(special.count) of them copies for the functions passed to them",
      details: special.map(\.name.text), data: [("functions", copies.count), ("copies", special.count)])
  }

  public mutating func root(_ node: Mono.Root) throws -> FirstOrder.Root {
    functions = Dictionary(node.functions.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    let entry = try copy(of: node.entry, [])
    // What `derive-equality` makes of comparisons will call these.
    for function in node.functions where function.name.text.hasPrefix("Map._equal<") {
      _ = try copy(of: function.name, [])
    }
    var output: [FirstOrder.Function] = []
    while output.count < copies.count { output.append(try function(copies[output.count])) }
    return FirstOrder.Root(node.span, types: try node.types.map { try typeDecl($0) }, functions: output, entry: entry)
  }

  // MARK: Copies

  /// The name of a function with what its parameters stand for; a new one is put on the worklist.
  private mutating func copy(of name: Name, _ passed: [Passed]) throws -> Name {
    guard let function = functions[name], function.parameters.count(where: \.takesFunction) == passed.count else {
      throw PassBug(Self.name, "`\(name)` does not take \(passed.count) functions", broke: "known-functions")
    }
    let full = passed.isEmpty ? name : Name("\(name.text)<\(passed.map(\.name).joined(separator: ","))>")
    guard !names.contains(full), excess == nil else { return full }
    let count = counts[name, default: 0] + 1
    counts[name] = count
    guard count <= Self.mostCopies else {
      excess = function
      return full
    }
    names.insert(full)
    copies.append(Copy(name: full, function: function, passed: passed))
    return full
  }

  private mutating func function(_ copy: Copy) throws -> FirstOrder.Function {
    let node = copy.function
    let taken = node.parameters.filter(\.takesFunction)
    current = Dictionary(zip(taken.map(\.variable), copy.passed)) { first, _ in first }
    let parameters = try node.parameters.filter { !$0.takesFunction }.map { try parameter($0) }
    return FirstOrder.Function(
      node.span, name: copy.name, parameters: parameters, result: try ty(node.result),
      effects: effects(of: node, calling: copy.passed), body: try expr(node.body))
  }

  /// The effects that a function declares and those of what it is given, which it may have left to its callers.
  private func effects(of node: Mono.Function, calling passed: [Passed]) -> Mono.Effects {
    var effects = node.effects
    var known = Set(effects.effects.map(\.name))
    for callee in passed.map(\.callee) {
      let more: [Mono.Effect]
      switch callee {
      case .function(_, let name): more = functions[name]?.effects.effects ?? []
      case .operation(let span, let effect): more = [Mono.Effect(span, name: effect)]
      case .constructor: more = []
      }
      effects.effects += more.filter { known.insert($0.name).inserted }
    }
    return effects
  }

  // MARK: Uses

  public mutating func expr(_ node: Mono.Expr) throws -> FirstOrder.Expr {
    guard case .call(let span, let name, let arguments, let ty) = node else { return try derive(node) }
    guard arguments.contains(where: \.isFunction) else {
      let function = names.contains(name) ? name : try copy(of: name, [])
      return .call(span, function: function, arguments: try arguments.map { try expr($0) }, ty: try self.ty(ty))
    }
    let function = try copy(of: name, try arguments.filter(\.isFunction).map { try passed($0) })
    return .call(
      span, function: function, arguments: try arguments.filter { !$0.isFunction }.map { try expr($0) },
      ty: try self.ty(ty))
  }

  private func passed(_ argument: Mono.Expr) throws -> Passed {
    switch argument {
    case .local(_, let variable, _):
      if let passed = current[variable] { return passed }
    case .callback(_, let callee, .function(_, let result)):
      switch callee {
      case .function(_, let name), .operation(_, let name): return Passed(callee: callee, name: name.text)
      case .constructor(_, let variant, _):
        return Passed(callee: callee, name: "\(result.instanceText).\(variant.text)")
      }
    default: break
    }
    throw PassBug(Self.self, "what is passed is no function", broke: "well-typed", in: argument)
  }

  public mutating func apply(at span: Span, parameter: Local, arguments: [Mono.Expr], ty: Mono.Ty) throws
    -> FirstOrder.Expr
  {
    guard let passed = current[parameter] else {
      throw PassBug(Self.name, "`\(parameter)` is no parameter that takes a function", broke: "well-typed")
    }
    let ty = try self.ty(ty)
    switch passed.callee {
    case .function(_, let name):
      let function = try copy(of: name, [])
      return .call(span, function: function, arguments: try arguments.map { try expr($0) }, ty: ty)
    case .operation(_, let effect):
      return .perform(span, effect: effect, arguments: try arguments.map { try expr($0) }, ty: ty)
    case .constructor(_, let variant, let index):
      return .construct(
        span, variant: variant, index: index, arguments: try arguments.map { try expr($0) }, ty: ty)
    }
  }

  public mutating func callback(at span: Span, callee: Mono.Callee, ty: Mono.Ty) throws -> FirstOrder.Expr {
    throw PassBug(Self.self, "a function stands where a value must", broke: "well-typed", in: callee)
  }

  public mutating func function(parameters: [Mono.Ty], result: Mono.Ty) throws -> FirstOrder.Ty {
    throw PassBug(Self.self, "a value has the type of a function", broke: "well-typed", in: result)
  }
}

extension Mono.Parameter {
  /// Whether a function is passed for it.
  fileprivate var takesFunction: Bool { ty.isFunction }
}

extension Mono.Expr {
  /// Whether it is a function rather than a value.
  fileprivate var isFunction: Bool { ty.isFunction }
}

extension Mono.Ty {
  fileprivate var isFunction: Bool {
    if case .function = self { true } else { false }
  }
}

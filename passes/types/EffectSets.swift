import Diagnostics
import Languages
import Nanopass

/// A use of a function that asks the one around it for effects.
struct EffectfulCall {
  enum Kind {
    /// An effect operation is performed, or the library's function for it called.
    case operation
    /// A function is called.
    case function
    /// A parameter is called, which is declared there.
    case parameter(Span)
    /// It is passed to that function, whose parameter, declared there, leaves the effects to the callers.
    case callback(to: Name, Span)
  }

  let callee: Name
  let kind: Kind
  let effects: [Name]
  /// The place of the call, or of the argument.
  let span: Span
}

/// A function passed for a parameter that does not allow its effects.
struct RefusedCallback {
  let callee: Name
  /// Those that are not allowed; `_` stands for any.
  let effects: [Name]
  let span: Span
  /// The function that it is passed to.
  let taker: Name
  let parameter: Resolved.Parameter
}

/// Gathers the calls of a body that need effects, and the callbacks with effects that their parameters do not allow, in
/// order.
struct EffectfulCalls: ResolvedWalker {
  let functions: [Name: Resolved.Function]
  /// The parameters of the function around that are of `Fn` types.
  let parameters: [Int: Resolved.Parameter]
  var found: [EffectfulCall] = []
  var refused: [RefusedCallback] = []

  init(in function: Resolved.Function, of functions: [Name: Resolved.Function]) {
    self.functions = functions
    parameters = Dictionary(function.parameters.map { ($0.variable.id, $0) }) { first, _ in first }
  }

  mutating func visit(_ node: Resolved.Expr) throws {
    switch node {
    case .perform(let span, let effect, _):
      found.append(EffectfulCall(callee: effect, kind: .operation, effects: [effect], span: span))
    case .apply(let span, let local, _):
      guard let parameter = parameters[local.id] else { break }
      add(EffectfulCall(callee: local.name, kind: .parameter(parameter.span), effects: parameter.effects, span: span))
    case .call(let span, let name, let arguments):
      guard let callee = functions[name] else { break }
      let kind = callee.isLibrary ? EffectfulCall.Kind.operation : .function
      add(EffectfulCall(callee: name, kind: kind, effects: callee.effects.distinct, span: span))
      for (argument, parameter) in zip(arguments, callee.parameters) { pass(argument, parameter, to: callee) }
    default: break
    }
    try walk(node)
  }

  /// Notes a call without the effects that are left to the callers.
  private mutating func add(_ call: EffectfulCall) {
    let effects = call.effects.filter { $0 != "_" }
    if effects.isEmpty { return }
    found.append(EffectfulCall(callee: call.callee, kind: call.kind, effects: effects, span: call.span))
  }

  private mutating func pass(
    _ argument: Resolved.Expr, _ parameter: Resolved.Parameter, to taker: Resolved.Function
  ) {
    guard case .function = parameter.ty, let (callee, effects) = declared(by: argument),
      mayFit(argument, parameter.ty)
    else { return }
    if parameter.effects.contains("_") {
      let kind = EffectfulCall.Kind.callback(to: taker.name, parameter.span)
      add(EffectfulCall(callee: callee, kind: kind, effects: effects, span: argument.span))
      return
    }
    let allowed = EffectSet(parameter.effects)
    let others = effects.filter { !allowed.covers($0) }
    guard !others.isEmpty else { return }
    refused.append(
      RefusedCallback(
        callee: callee, effects: others, span: argument.span, taker: taker.name, parameter: parameter))
  }

  /// Whether an argument may have the types that a parameter asks for. If not, that is the mistake, which is reported
  /// where types are found.
  private func mayFit(_ argument: Resolved.Expr, _ wanted: Resolved.Ty) -> Bool {
    guard case .function(let parameters, let result, _) = wanted else { return true }
    let given: [Resolved.Ty]
    switch argument {
    case .callback(_, .function(_, let name)):
      guard let function = functions[name] else { return true }
      given = function.parameters.map(\.ty) + [function.result.ty]
    case .callback(_, .operation(_, let effect)):
      guard let operation = EffectOperation.named(effect) else { return true }
      given = (operation.parameters + [operation.result]).map(\.resolved)
    case .local(_, let local):
      guard case .function(let own, let result, _)? = self.parameters[local.id]?.ty else { return true }
      given = own + [result]
    default: return true
    }
    let types = parameters + [result]
    return given.count == types.count && zip(given, types).allSatisfy { $0.mayEqual($1) }
  }

  /// What an argument is called, and the effects that it declares; nil if it is no function.
  private func declared(by argument: Resolved.Expr) -> (Name, [Name])? {
    switch argument {
    case .callback(_, .function(_, let name)): (name, functions[name]?.effects.distinct ?? [])
    case .callback(_, .operation(_, let effect)): (effect, [effect])
    case .callback(_, .constructor(_, _, let variant)): (variant, [])
    case .local(_, let local): parameters[local.id].map { (local.name, $0.effects) }
    default: nil
    }
  }
}

extension Resolved.Effects {
  /// Each effect once, and no method whose namespace is listed too.
  fileprivate var distinct: [Name] {
    var seen: Set<Name> = []
    let all = effects.map(\.name).filter { seen.insert($0).inserted }
    return all.filter { name in
      guard let dot = name.text.firstIndex(of: ".") else { return true }
      return !seen.contains(Name(String(name.text[..<dot])))
    }
  }
}

extension Resolved.Ty {
  /// Whether two types can be one, given that variables and what is wrong may be anything.
  fileprivate func mayEqual(_ other: Resolved.Ty) -> Bool {
    switch (self, other) {
    case (.variable, _), (_, .variable), (.erroneous, _), (_, .erroneous): true
    case (.list(let one), .list(let two)), (.vector(let one), .vector(let two)), (.option(let one), .option(let two)):
      one.mayEqual(two)
    case (.map(let a, let b), .map(let c, let d)), (.result(let a, let b), .result(let c, let d)):
      a.mayEqual(c) && b.mayEqual(d)
    case (.tuple(let ones), .tuple(let twos)):
      ones.count == twos.count && zip(ones, twos).allSatisfy { $0.mayEqual($1) }
    default: self == other
    }
  }
}

extension Resolved.Parameter {
  /// The effects that its `Fn` type allows; none for other types.
  var effects: [Name] {
    if case .function(_, _, let effects) = ty { effects } else { [] }
  }
}

/// Gathers the functions that a body calls or passes, each once.
struct Callees: ResolvedWalker {
  private var seen: Set<Name> = []
  private(set) var found: [Name] = []

  mutating func visit(_ node: Resolved.Expr) throws {
    if case .call(_, let name, _) = node, seen.insert(name).inserted { found.append(name) }
    try walk(node)
  }

  mutating func visit(_ node: Resolved.Callee) throws {
    if case .function(_, let name) = node, seen.insert(name).inserted { found.append(name) }
  }
}

import Diagnostics
import Languages
import Nanopass

extension NameResolver {
  /// An argument for a parameter of a `Fn` type: the name of a function, or a parameter handed on. What is neither is
  /// an expression of another type.
  mutating func callback(_ argument: Program.Expr) -> Resolved.Expr {
    guard case .path(let span, let path) = argument, let first = path.segments.first else {
      return expression(argument)
    }
    guard first.isUpper else { return localCallback(span, path, first) ?? expression(argument) }
    let (meaning, used) = global(path)
    if used == path.segments.count, let callee = callee(meaning, at: span) { return .callback(span, callee: callee) }
    if case .type(let type) = meaning, type.isRecord {
      error(
        "constructor-form", at: path.span, "the record `\(type.short)` is built by the names of its fields, not passed",
        help: "pass a function of your own that builds it")
      return .erroneous(span)
    }
    return value(span, path, meaning, used)
  }

  /// A parameter or function of this module; nil if the path is neither.
  private func localCallback(_ span: Span, _ path: Program.Path, _ first: Program.Ident) -> Resolved.Expr? {
    guard path.segments.count == 1 else { return nil }
    if let entry = locals[first.name] {
      return entry.isKnown && entry.isFunction ? .local(span, variable: entry.local) : nil
    }
    return module.functions[first.name].map { .callback(span, callee: .function(span, name: $0.name)) }
  }

  private func callee(_ meaning: GlobalMeaning, at span: Span) -> Resolved.Callee? {
    switch meaning {
    case .function(let function): .function(span, name: function.name)
    case .operation(let operation): .operation(span, effect: operation.name)
    case .variant(let type, let variant, let arity) where arity > 0:
      .constructor(span, type: type, variant: variant)
    case .variant, .primitive, .type, .update, .unit, .wrong: nil
    }
  }

  /// An expression that may name a function, since its place is wrong for another reason already.
  mutating func possibleFunction(_ argument: Program.Expr) -> Resolved.Expr {
    switch callback(argument) {
    case .callback(let span, _): .erroneous(span)
    case .local(let span, let variable) where isFunction(variable): .erroneous(span)
    case let other: other
    }
  }

  private func isFunction(_ variable: Local) -> Bool {
    locals[variable.name].map { $0.local == variable && $0.isFunction } ?? false
  }

  func reportFunctionValue(_ name: String, at span: Span) {
    let takesNothing =
      ["Float.pi", "Bytes.empty", "Args.get", "Time.now", "Time.unixMs", "Random.float", "Console.readLine"]
      .contains(name) || module.functions[Name(name)]?.takesNothing == true
    error(
      "fn-value", at: span, "the function `\(name)` is used as a value",
      help: takesNothing
        ? "call it: \(code: "\(name)()")" : "call it, or pass it for a parameter of a `Fn` type")
  }
}

extension LocalScope.Entry {
  /// Whether it is a parameter of a `Fn` type.
  var isFunction: Bool {
    if case .function? = type { true } else { false }
  }
}

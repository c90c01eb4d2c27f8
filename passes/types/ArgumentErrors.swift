import Diagnostics
import Languages
import Nanopass

// What is said of arguments that do not fit, beyond their types.

extension Inference {
  /// Makes the errors about the arguments of a library function one, if the function of that name for the type of the
  /// first argument was meant, as `Float.abs` by `Int.abs(1.5)`.
  ///
  /// - Returns: the type that it gives, as far as it is known; nil if no function was meant.
  mutating func explainNamespace(
    _ name: Name, _ callee: Signature, _ arguments: [Resolved.Expr], at span: Span, since start: Int
  ) throws -> TypeRef? {
    guard callee.isLibrary, !name.text.hasPrefix("Crypto."), let first = arguments.first,
      let error = diagnostics[start...].first,
      error.slug == "type-mismatch", error.span == first.span, !isTrying,
      diagnostics[start...].allSatisfy({ $0.slug == "type-mismatch" && $0.fields == error.fields }),
      let dot = name.text.lastIndex(of: "."),
      let space = table.written(try typesAlone(of: [first])[0])?.namespace
    else { return nil }
    let other = Name("\(space)\(name.text[dot...])")
    if case .integer = first { return nil }
    guard other != name, space != "Option", space != "Result",
      let meant = declarations.function(other), meant.parameters.count == arguments.count,
      sources.text(of: span)?.hasPrefix(name.text) == true
    else { return nil }
    let place = Span(start: span.start, length: UInt32(name.text.utf8.count))
    diagnostics.removeSubrange((start + 1)...)
    diagnostics[start].repair = Repair("for `\(space)` use \(code: other)", at: place)
    return meant.variables.isEmpty ? table.make(meant.result) : .wrong
  }

  /// Adds to the error about a call that can't fail, where a `Result` is wanted, why it gives a plain value.
  mutating func explainDischarge(of argument: Resolved.Expr) {
    guard case .call(_, let name, let arguments) = argument, LiteralDischarge.plain(name, arguments) != nil,
      let last = diagnostics.last, last.slug == "type-mismatch", last.span == argument.span
    else { return }
    diagnostics[diagnostics.count - 1].note =
      "with this literal argument `\(name)` can't fail, so it gives a plain value"
    diagnostics[diagnostics.count - 1].repair.primary = "use the value itself"
  }

  /// Adds to the error about a function that is passed and has other types what effects are wrong about it too, and
  /// which function fits.
  mutating func explainCallback(_ argument: Resolved.Expr, for parameter: Resolved.Ty) {
    guard case .function(_, _, let allowed) = parameter, let last = diagnostics.last, last.slug == "type-mismatch",
      last.span == argument.span
    else { return }
    var effects: [Name] = []
    switch argument {
    case .callback(_, .function(_, let name)): effects = declarations.function(name)?.effects ?? []
    case .callback(_, .operation(_, let effect)): effects = [effect]
    case .callback, .local: break
    default: return
    }
    let others = effects.filter { !EffectSet(allowed).covers($0) }
    if !others.isEmpty, !allowed.contains("_") {
      let list = others.map { "`\($0)`" }.joined(separator: ", ")
      diagnostics[diagnostics.count - 1].note =
        "its \(others.count == 1 ? "effect" : "effects") \(list) \(others.count == 1 ? "is" : "are") not allowed here either"
    }
    let fitting = declarations.functions(fitting: parameter).prefix(4).filter { $0.name != function.name }
    if (1...3).contains(fitting.count) {
      diagnostics[diagnostics.count - 1].advise(didYouMean(fitting.map { shown($0.name) }))
    } else if last.repair.primary == nil {
      diagnostics[diagnostics.count - 1].advise("pass a function that takes and gives these types")
    }
  }

  /// Adds to the error about a call that stands for a parameter of a `Fn` type how the function itself is passed.
  mutating func adviseToPass(_ argument: Resolved.Expr, for parameter: TypeRef) {
    guard table.head(parameter) == .function, let last = diagnostics.last, last.slug == "type-mismatch",
      last.span == argument.span
    else { return }
    let name: String
    switch argument {
    case .call(_, let function, _):
      name = shown(function)
      if let own = declarations.function(function), own.parameters.count + 1 != table.arguments(parameter).count {
        return
      }
    case .apply(_, let parameter, _): name = parameter.name.text
    case .perform(_, let effect, _): name = effect.text
    case .construct(_, let type, let variant, let arguments) where !arguments.isEmpty:
      name = "\(type.lastSegment).\(variant)"
    default: return
    }
    diagnostics[diagnostics.count - 1].advise("pass the function itself, without calling it: \(code: name)")
    // That it is called with too few arguments is the same mistake.
    let before = diagnostics.count - 2
    if before >= 0, diagnostics[before].slug == "arity-mismatch", diagnostics[before].span == last.span {
      diagnostics.remove(at: before)
    }
  }
}

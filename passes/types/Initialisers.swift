import Diagnostics
import Languages
import Nanopass

/// The top-level statements with their types. They are checked one after the other, before all functions, since these
/// read the types of top-level bindings; what a binding reads is bound before it.
struct Initialisers {
  /// The function that runs them; nil if there are none or something in them is wrong.
  private(set) var function: Typed.Function?
  /// What is wrong with them.
  private(set) var diagnostics: [Diagnostic] = []

  /// Checks the statements and tells `declarations` the types of what they bind.
  ///
  /// - Throws: `PassBug` if names are not resolved as they should be.
  init(_ program: Resolved.Root, _ declarations: inout Declarations, _ sources: SourceMap) throws {
    guard let node = program.functions.last(where: { $0.name == .initialisation }),
      case .block(let span, let statements, let result) = node.body
    else { return }
    var fresh = FreshLocals(above: node)
    var typed: [Typed.Statement] = []
    var inference = Inference(declarations, sources)
    for case .define(let place, let module, let name, let annotation, let value) in statements {
      inference.declarations.globals = declarations.globals
      inference.begin(
        Signature(name: "", span: .none, isLibrary: false, variables: [], parameters: [], result: .unit, keys: []),
        in: module)
      let statement = Resolved.Statement.define(
        place, module: module, name: name, annotation: annotation, value: value)
      try inference.statement(statement)
      inference.finishDelayed()
      var elaboration = Elaboration(inference, fresh: fresh)
      let elaborated = inference.diagnostics.isEmpty ? Self.elaborated(statement, &elaboration, &inference) : nil
      fresh = elaboration.fresh
      if let elaborated { typed.append(elaborated) }
      diagnostics += inference.diagnostics
      guard let name else { continue }
      if case .define(_, _, let value)? = elaborated {
        declarations.globals[name] = value.ty.resolved
      } else if let last = diagnostics.indices.last, annotation != nil, diagnostics[last].isAnnotation(of: value) {
        // Either may be wrong: nothing is said of the uses.
        declarations.globals[name] = .erroneous
        diagnostics[last].repair.edits = []
        diagnostics[last].repair.alternatives.append("or leave the type out")
      } else {
        declarations.globals[name] = annotation ?? .erroneous
      }
    }
    guard typed.count == statements.count, case .unit(let end) = result else { return }
    function = Typed.Function(
      node.span, name: node.name, module: node.module, isLibrary: false, variables: [], parameters: [], result: .unit,
      effects: node.effects, body: .block(span, statements: typed, result: .unit(end), ty: .unit))
  }

  /// The typed statement; nil if something in it is wrong.
  private static func elaborated(
    _ statement: Resolved.Statement, _ elaboration: inout Elaboration, _ inference: inout Inference
  ) -> Typed.Statement? {
    do {
      return try elaboration.statement(statement)
    } catch Elaboration.Obstacle.typeTooLarge(let span) {
      inference.reportLargeType(at: span)
    } catch {
      // It has been reported elsewhere.
    }
    return nil
  }
}

extension Diagnostic {
  /// Whether the error says that a value is not of the type that its binding is declared with.
  fileprivate func isAnnotation(of value: Resolved.Expr) -> Bool {
    slug == "type-mismatch" && span == value.span && summary.contains("is declared as")
  }
}

extension Inference {
  mutating func reportLargeType(at span: Span) {
    report(
      .error(
        "nesting-too-deep", at: span, "the type of this is larger than the compiler takes",
        help: "declare a record for some of its parts",
        note: "types may have \(Elaboration.largestType) parts, which may be nested \(Elaboration.deepestType) deep"))
  }
}

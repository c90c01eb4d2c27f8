public import Languages
public import Nanopass
import Diagnostics

/// Checks that the entry has something to run: a `main` without parameters that returns `Unit` or
/// `Result<Unit, String>`.
///
///     (function (ident main) () (named (ident Int)) ...)    =>   main-signature at Int
///
/// Needs: dependencies-first. Ensures: the entry's `main` can be called by the run-time system.
public struct CheckMain: CheckPass {
  public typealias Input = Program
  public typealias Output = Program
  public static let summary = "Check that the entry has a `main` of the right signature"

  public init() {}

  public mutating func check(_ program: Program.Root, in context: PassContext) throws {
    guard let entry = program.modules.last, !entry.isLibrary else { return }
    var hasExpressions = false
    for item in entry.items {
      switch item {
      case .function(_, let name, let parameters, let result, _, _, _) where name.name == "main":
        checkSignature(name, parameters, result, context)
        context.explain("the program starts with main")
        return
      case .statement(_, .evaluate): hasExpressions = true
      default: break
      }
    }
    if context.options.needsMain, !hasExpressions, !context.hasErrors {
      context.report(
        .error(
          "missing-main", at: entry.span.atStart, "there is no `main` to run",
          help: "add `fn main() -> Unit`"))
    }
  }

  private func checkSignature(
    _ name: Program.Ident, _ parameters: [Program.Parameter], _ result: Program.TypeExpr?, _ context: PassContext
  ) {
    let help: Advice = "fn main() -> Unit, or fn main() -> Result<Unit, String>"
    if let first = parameters.first {
      let span = parameters.reduce(first.span) { $0.union($1.span) }
      context.report(.error("main-signature", at: span, "`main` takes no parameters", help: help))
    } else if let result, !isUnit(result), !isResultOfUnit(result), !isNowhere(result) {
      context.report(
        .error(
          "main-signature", at: result.span, "`main` returns `Unit` or `Result<Unit, String>`", help: help))
    }
  }

  /// Whether a type has a name of lower case, which no type has: that is reported as such.
  private func isNowhere(_ type: Program.TypeExpr) -> Bool {
    if case .named(_, let name, _) = type { !name.isUpper } else { false }
  }

  private func isUnit(_ type: Program.TypeExpr) -> Bool { isNamed("Unit", type) }

  private func isNamed(_ wanted: Name, _ type: Program.TypeExpr) -> Bool {
    if case .named(_, let name, let arguments) = type { name.name == wanted && arguments.isEmpty } else { false }
  }

  private func isResultOfUnit(_ type: Program.TypeExpr) -> Bool {
    guard case .named(_, let name, let arguments) = type, name.name == "Result", arguments.count == 2 else {
      return false
    }
    return isUnit(arguments[0]) && isNamed("String", arguments[1])
  }
}

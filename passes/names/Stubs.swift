import Languages
import Nanopass

/// What stubs need to know of a function.
struct FunctionItem {
  let parameters: [Program.Parameter]
  let result: Program.TypeExpr?
  let isPure: Bool
}

/// How an effect is replaced in verify blocks.
struct StubKind {
  private enum Class {
    case snapshot, output, generative, unavailable
  }

  private let kind: Class

  /// Nil if there is no such effect.
  init?(_ effect: String) {
    let parts = effect.split(separator: ".").map(String.init)
    guard parts.count == 2, Vocabulary.effects[Name(parts[0])]?.contains(parts[1]) == true else { return nil }
    switch effect {
    case "Args.get", "Env.get", "Terminal.size": kind = .snapshot
    case "Console.print", "Console.error", "Console.warn": kind = .output
    case "HttpServer.listen", "HttpServer.listenWith": kind = .unavailable
    default: kind = .generative
    }
  }

  /// Why it can't be replaced.
  var refusal: String? {
    switch kind {
    case .output: "output is recorded, never performed, so there is nothing to replace"
    case .unavailable: "servers don't run in verify blocks"
    case .snapshot, .generative: nil
    }
  }

  /// What its stubs look like.
  func form(of effect: String) -> String {
    kind == .snapshot
      ? "a stub of `\(effect)` has its parameters and its result"
      : "a stub of `\(effect)` is a function `(path: BranchPath, k: Int, ...)` with the effect's parameters behind"
  }

  func fits(_ function: FunctionItem, _ effect: String) -> Bool {
    let operation = EffectOperation.named(Name(effect))
    if kind == .snapshot {
      if effect == "Args.get" { return function.parameters.isEmpty && function.result?.isListOfString == true }
      return function.parameters.count == (effect == "Env.get" ? 1 : 0)
    }
    guard function.parameters.count >= 2, function.parameters[0].ty.isNamed("BranchPath"),
      function.parameters[1].ty.isInt
    else { return false }
    return operation.map { function.parameters.count == $0.parameters.count + 2 } ?? true
  }
}

extension Program.TypeExpr {
  func isNamed(_ wanted: Name) -> Bool {
    if case .named(_, let name, let arguments) = self { name.name == wanted && arguments.isEmpty } else { false }
  }

  var isInt: Bool { isNamed("Int") }

  var isListOfString: Bool {
    guard case .named(_, let name, let arguments) = self, name.name == "List", arguments.count == 1 else {
      return false
    }
    return arguments[0].isNamed("String")
  }
}

import Diagnostics
import Nanopass

extension Source {
  /// Exactly the first file has no name that it was asked for.
  @Sendable static func checkOneEntry(_ root: Root) -> [Violation] {
    var violations: [Violation] = []
    for (index, file) in root.files.enumerated() {
      let module: String
      switch file {
      case .text(_, _, let name, _, _), .malformed(_, _, let name, _), .unreadable(_, _, let name, _): module = name
      }
      if module.isEmpty != (index == 0) {
        violations.append(
          Violation(index == 0 ? "the first file is not the entry" : "file \(index) is a second entry", in: file))
      }
    }
    return violations
  }
}

extension Lexemes {
  /// Follows strings and interpolations with a stack.
  @Sendable static func checkBalancedStrings(_ root: Root) -> [Violation] {
    root.files.compactMap { file in
      guard case .file(_, _, _, _, let tokens) = file else { return nil }
      var open = OpenStrings()
      for token in tokens {
        let problem: String?
        switch token {
        case .stringStart: problem = open.startString()
        case .stringText: problem = open.isInString ? nil : "a piece of a string stands outside strings"
        case .interpolationStart: problem = open.startInterpolation()
        case .interpolationEnd: problem = open.endInterpolation()
        case .stringEnd: problem = open.endString()
        default: problem = open.isInString ? "a token stands inside a string" : nil
        }
        if let problem { return Violation(problem, in: token) }
      }
      return open.isEmpty ? nil : Violation("a string has no end", in: file)
    }
  }
}

/// The strings and interpolations around a token.
private struct OpenStrings {
  private enum Kind {
    case string, interpolation
  }

  private var stack: [Kind] = []
  var isEmpty: Bool { stack.isEmpty }
  var isInString: Bool { stack.last == .string }

  mutating func startString() -> String? {
    if isInString { return "a string begins inside the text of another" }
    stack.append(.string)
    return nil
  }

  mutating func endString() -> String? {
    guard isInString else { return "a string ends that has not begun" }
    stack.removeLast()
    return nil
  }

  mutating func startInterpolation() -> String? {
    guard isInString else { return "an interpolation begins outside a string" }
    stack.append(.interpolation)
    return nil
  }

  mutating func endInterpolation() -> String? {
    guard stack.last == .interpolation else { return "an interpolation ends that has not begun" }
    stack.removeLast()
    return nil
  }
}

extension Tokens {
  /// Counts levels; the last token that is no dedent must be a line end.
  @Sendable static func checkBalancedLayout(_ root: Root) -> [Violation] {
    root.files.compactMap { file in
      guard case .file(_, _, _, _, let tokens) = file else { return nil }
      var level = 0
      var isInLine = false
      for token in tokens {
        switch token {
        case .indent:
          level += 1
          if isInLine { return Violation("a block begins inside a line", in: token) }
        case .dedent:
          level -= 1
          if isInLine { return Violation("a block ends inside a line", in: token) }
          if level < 0 { return Violation("a block ends that has not begun", in: token) }
        case .newline: isInLine = false
        default: isInLine = true
        }
      }
      if level > 0 { return Violation("\(level) blocks have no end", in: file) }
      return isInLine ? Violation("the file ends inside a line", in: file) : nil
    }
  }
}

extension Syntax {
  /// The grammar has no `module` among items, so what is left to check is that a header's clauses come with a name.
  @Sendable static func checkOneHeader(_ root: Root) -> [Violation] {
    root.modules.compactMap { module in
      guard case .module(_, _, _, _, let header?, _) = module, header.name.name.text.isEmpty else { return nil }
      return Violation("a header has no name", in: header)
    }
  }
}

extension Program {
  /// Each dependency of a module stands before it.
  @Sendable static func checkDependenciesFirst(_ root: Root) -> [Violation] {
    var earlier: Set<Name> = []
    var violations: [Violation] = []
    for module in root.modules {
      for name in module.depends where !earlier.contains(name.name) {
        violations.append(Violation("`\(module.name)` stands before `\(name.name)`, which it depends on", in: name))
      }
      earlier.insert(module.name)
    }
    return violations
  }

  /// No two modules of the program have one name, nor two of the library.
  @Sendable static func checkDistinctModules(_ root: Root) -> [Violation] {
    var own: Set<Name> = []
    var inLibrary: Set<Name> = []
    return root.modules.compactMap { module in
      let isNew = module.isLibrary ? inLibrary.insert(module.name).inserted : own.insert(module.name).inserted
      return isNew ? nil : Violation("a second module is called `\(module.name)`", in: module.exposure)
    }
  }
}

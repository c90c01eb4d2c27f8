import Diagnostics
public import Languages
public import Nanopass

/// Checks that the cases of verify blocks test their function: outside laws, the left side of a case calls it and the
/// right side does not.
///
///     verify f: 1 => f(1)                                =>   verify-lhs, verify-rhs
///
/// Needs: dependencies-first. Ensures: nothing; it only runs when checking.
public struct CheckCaseSides: CheckPass {
  public typealias Input = Program
  public typealias Output = Program
  public static let summary = "Check that cases call their function on the left side only"

  public init() {}

  public mutating func check(_ program: Program.Root, in context: PassContext) throws {
    let table = SymbolTable(program, in: context)
    var count = 0
    for (module, symbols) in zip(program.modules, table.modules) where !module.isLibrary {
      for case .verify(_, let target, _, nil, let lines) in module.items {
        if symbols.functions[target.name] == nil || target.name == "main" { continue }
        count += 1
        try checkSides(target, lines, symbols, context)
      }
    }
    context.explain("checked the cases of \(count) verify blocks", data: [("blocks", count)])
  }

  private func checkSides(
    _ target: Program.Ident, _ lines: [Program.VerifyLine], _ module: ModuleSymbols, _ context: PassContext
  ) throws {
    var calling: Set<Name> = [target.name]
    var bound: Set<Name> = []
    func names(in node: Program.Expr) throws -> Set<Name> {
      var names = MentionedNames()
      try names.visit(node)
      var owned = QualifiedCalls(target: target.name)
      try owned.visit(node)
      return owned.found ? names.found.union([target.name]) : names.found
    }
    /// Whether a side does not call the function for sure: an unknown name, reported elsewhere, may be it misspelt.
    func lacksCall(_ node: Program.Expr) throws -> Bool {
      let names = try names(in: node)
      let isKnown = names.allSatisfy { bound.contains($0) || module.functions[$0] != nil || module.bindings[$0] != nil }
      return isKnown && names.isDisjoint(with: calling)
    }
    for line in lines {
      switch line {
      case .given(_, let name, _, _): bound.insert(name.name)
      case .local(_, let name, _, let value):
        bound.insert(name.name)
        if try !names(in: value).isDisjoint(with: calling) { calling.insert(name.name) }
      case .holds(_, let claim): if try lacksCall(claim) { reportLeft(claim.span, target, context) }
      case .case(_, let left, let right):
        switch (try lacksCall(left), try !names(in: right).isDisjoint(with: calling)) {
        case (true, true): reportSwapped(left.span, right.span, target, context)
        case (true, false): reportLeft(left.span, target, context)
        case (false, true): reportRight(right.span, target, context)
        case (false, false): break
        }
      case .when: break
      }
    }
  }

  private func reportSwapped(_ left: Span, _ right: Span, _ target: Program.Ident, _ context: PassContext) {
    let texts = (context.sources.excerpt(of: left), context.sources.excerpt(of: right))
    let help: Advice = "write the call on the left and its value on the right: `\(texts.1) => \(texts.0)`"
    let sides = (context.sources.text(of: left) ?? "", context.sources.text(of: right) ?? "")
    let isWhole = !sides.0.isEmpty && !sides.1.isEmpty && !(sides.0 + sides.1).contains("\n")
    context.report(
      .error(
        "verify-lhs", at: left,
        "the sides of this case stand in each other's place: the call of `\(target.text)` comes first",
        help: isWhole ? help.by(Edit(left, sides.1), Edit(right, sides.0)) : help,
        regions: [Region(right, "this calls `\(target.text)`")]))
  }

  private func reportRight(_ span: Span, _ target: Program.Ident, _ context: PassContext) {
    context.report(
      .error(
        "verify-rhs", at: span,
        "the right side of this case calls `\(target.text)`, which it should test against something else",
        help: "write the value that is expected, or make it a law: `verify \(target.text) law name`"))
  }

  private func reportLeft(_ span: Span, _ target: Program.Ident, _ context: PassContext) {
    context.report(
      .error(
        "verify-lhs", at: span, "the left side of this case does not call `\(target.text)`, so it tests something else",
        help: "write the call on the left and its value on the right: `\(target.text)(...) => ...`"))
  }
}

/// Finds calls whose path ends in a name behind a module's.
private struct QualifiedCalls: ProgramWalker {
  let target: Name
  private(set) var found = false

  init(target: Name) { self.target = target }

  mutating func visit(_ node: Program.Expr) throws {
    if case .call(_, let path, _) = node, path.segments.count > 1, path.segments.last?.name == target,
      path.segments[0].isUpper
    {
      found = true
    }
    try walk(node)
  }
}

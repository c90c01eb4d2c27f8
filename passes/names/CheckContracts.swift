public import Languages
public import Nanopass
import Diagnostics

/// Checks what verify blocks and decisions say, apart from types.
///
///     verify ghost                                       =>   verify-target
///     given out: Console.print = [f]                     =>   verify-given
///     given a: Int = 1..20000                            =>   verify-too-many-cases
///     verify f: 1 => f(1)                                =>   verify-lhs, verify-rhs, when checking
///     decision D: impacts = [ghost]                      =>   unknown-impact, when checking
///
/// Needs: dependencies-first. Ensures: verify blocks are about functions of their modules.
public struct CheckContracts: CheckPass {
  public typealias Input = Program
  public typealias Output = Program
  public static let summary = "Checks the heads, givens and cases of verify blocks, and what decisions refer to"

  /// The most cases that a block may have.
  static let mostCases = 10_000

  private var functions: [Name: FunctionItem] = [:]
  private var count = 0

  public init() {}

  public mutating func check(_ program: Program.Root, in context: PassContext) throws {
    let table = SymbolTable(program, in: context)
    for (module, symbols) in zip(program.modules, table.modules) where !module.isLibrary {
      for case .function(_, let name, let parameters, let result, _, let effects, _) in module.items {
        functions[symbols.fullName(name.name)] = FunctionItem(
          parameters: parameters, result: result, isPure: effects?.effects.isEmpty ?? true)
      }
    }
    for (module, symbols) in zip(program.modules, table.modules) where !module.isLibrary {
      for item in module.items {
        switch item {
        case .verify(_, let target, _, let law, let lines):
          count += 1
          try check(target, isLaw: law != nil, lines, symbols, context)
        case .decision(_, _, let fields):
          if context.options.isCheck { check(fields, symbols, table, context) }
        default: break
        }
      }
    }
    context.explain("checked \(count) verify blocks", data: [("blocks", count)])
  }

  // MARK: Verify blocks

  private func check(
    _ target: Program.Ident, isLaw: Bool, _ lines: [Program.VerifyLine], _ module: ModuleSymbols, _ context: PassContext
  ) throws {
    guard module.functions[target.name] != nil, target.name != "main" else {
      if module.unread.contains(target.name) { return }
      let near = didYouMean(nearestNames(to: target.text, among: module.functions.keys.map(\.text)))
      context.report(
        target.name == "main"
          ? .error("verify-target", at: target.span, "`main` can't be verified", help: "verify the functions it calls")
          : .error(
            "verify-target", at: target.span, "this file has no function `\(target.text)` to verify",
            help: near ?? "a verify block stands in the file of its function"))
      return
    }
    checkGivens(lines, module, context)
    checkCount(target, lines, context)
    if context.options.isCheck, !isLaw { try checkSides(target, lines, module, context) }
  }

  private func checkGivens(_ lines: [Program.VerifyLine], _ module: ModuleSymbols, _ context: PassContext) {
    var stubbed: [Name: Span] = [:]
    for case .given(let span, let name, let type, let domain) in lines {
      if case .values(let place, let values) = domain, values.isEmpty {
        context.report(
          .error("verify-given", at: place, "`\(name.text)` has no value to take", help: "list at least one"))
      }
      guard case .named(let place, let effect, _) = type, type.isEffect else {
        if case .range(let place, _, _) = domain, !type.isInt {
          context.report(
            .error("verify-given", at: place, "a range holds integers only", help: "list the values: `[a, b]`"))
        }
        continue
      }
      if let first = stubbed.updateValue(span, forKey: effect.name) {
        context.report(
          .error(
            "verify-given", at: place, "`\(effect.text)` has two stubs in one block",
            help: "list all functions in one: `[a, b]`", regions: [Region(first, "first given here")]))
      }
      check(effect, domain, module, context)
    }
  }

  /// Checks the stubs of an effect.
  private func check(
    _ effect: Program.Ident, _ domain: Program.Domain, _ module: ModuleSymbols, _ context: PassContext
  ) {
    guard let kind = StubKind(effect.text) else {
      let near = EffectOperation.namespaces.flatMap { space in space.methods.map { "\(space.name).\($0)" } }
      context.report(
        .error(
          "unknown-effect", at: effect.span, "there is no effect `\(effect.text)`",
          help: didYouMean(nearestNames(to: effect.text, among: near))))
      return
    }
    if let reason = kind.refusal {
      context.report(
        .error(
          "verify-given", at: effect.span, "`\(effect.text)` can't be stubbed: \(reason)", help: "leave the line out"))
      return
    }
    guard case .values(_, let stubs) = domain else {
      context.report(
        .error(
          "verify-given", at: domain.span, "an effect is replaced by functions", help: "list their names: `[stub]`"))
      return
    }
    for stub in stubs where !isUnknown(stub, module) { check(stub, kind, effect.text, module, context) }
  }

  private func check(
    _ stub: Program.Expr, _ kind: StubKind, _ effect: String, _ module: ModuleSymbols, _ context: PassContext
  ) {
    guard case .path(_, let path) = stub, let function = function(path, module) else {
      context.report(
        .error("verify-given", at: stub.span, "a stub is the name of a function", help: kind.form(of: effect)))
      return
    }
    if !function.isPure {
      context.report(
        .error(
          "verify-given", at: stub.span, "a stub is pure, but `\(path.text)` declares effects",
          help: "compute its answer from `path` and `k` alone"))
    } else if !kind.fits(function, effect) {
      context.report(
        .error(
          "verify-given", at: stub.span, "`\(path.text)` has not the parameters of a stub for `\(effect)`",
          help: kind.form(of: effect)))
    }
  }

  /// Whether it is a bare name that means nothing, which is reported elsewhere.
  private func isUnknown(_ stub: Program.Expr, _ module: ModuleSymbols) -> Bool {
    guard case .path(_, let path) = stub, path.segments.count == 1, let name = path.segments.first else { return false }
    return !name.isUpper && module.functions[name.name] == nil && module.bindings[name.name] == nil
  }

  private func function(_ path: Program.Path, _ module: ModuleSymbols) -> FunctionItem? {
    guard let last = path.segments.last else { return nil }
    if path.segments.count == 1 { return functions[module.fullName(last.name)] }
    let owner = path.prefix(path.segments.count - 1)
    guard owner == module.name || module.dependencies[owner]?.exposes(last.name) == true else { return nil }
    return functions[Name("\(owner).\(last.text)")]
  }

  private func checkCount(_ target: Program.Ident, _ lines: [Program.VerifyLine], _ context: PassContext) {
    var total = 1
    var cases = 0
    for line in lines {
      switch line {
      case .given(_, _, _, .values(_, let values)): total = product(total, values.count)
      case .given(_, _, _, .range(_, let first, let last)): total = product(total, size(first, last))
      case .case, .holds: cases += 1
      case .when, .local: break
      }
    }
    if product(total, cases) > Self.mostCases {
      context.report(
        .error(
          "verify-too-many-cases", at: target.span,
          "this block has more than \(Self.mostCases) cases: the values of its givens, multiplied",
          help: "give fewer values, or split the block"))
    }
  }

  private func product(_ left: Int, _ right: Int) -> Int {
    let (result, overflow) = left.multipliedReportingOverflow(by: right)
    return overflow ? .max : result
  }

  private func size(_ first: Integer, _ last: Integer) -> Int {
    guard case .small(let low) = first, case .small(let high) = last else { return first == last ? 1 : .max }
    if low > high { return 0 }
    let (distance, overflow) = high.subtractingReportingOverflow(low)
    return overflow || distance == .max ? .max : distance + 1
  }

  /// Outside laws, the left side of a case calls the function and the right side does not.
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
    func checkLeft(_ node: Program.Expr) throws {
      let names = try names(in: node)
      // An unknown name is reported elsewhere, and may be the function misspelt.
      let isKnown = names.allSatisfy { bound.contains($0) || module.functions[$0] != nil || module.bindings[$0] != nil }
      if isKnown, names.isDisjoint(with: calling) { reportLeft(node.span, target, context) }
    }
    for line in lines {
      switch line {
      case .given(_, let name, _, _): bound.insert(name.name)
      case .local(_, let name, _, let value):
        bound.insert(name.name)
        if try !names(in: value).isDisjoint(with: calling) { calling.insert(name.name) }
      case .holds(_, let claim): try checkLeft(claim)
      case .case(_, let left, let right):
        try checkLeft(left)
        if try !names(in: right).isDisjoint(with: calling) { reportRight(right.span, target, context) }
      case .when: break
      }
    }
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

  // MARK: Decisions

  private func check(
    _ fields: [Program.DecisionField], _ module: ModuleSymbols, _ table: SymbolTable, _ context: PassContext
  ) {
    for field in fields {
      let references: [Program.Reference] =
        switch field {
        case .chosen(_, let reference): [reference]
        case .rejected(_, let references), .impacts(_, let references): references
        case .date, .author, .reason: []
        }
      for case .path(_, let path) in references where !names(path, module, table) {
        let effects = EffectOperation.namespaces.flatMap { space in space.methods.map { "\(space.name).\($0)" } }
        let near = (Array(module.functions.keys) + Array(module.types.keys)).map(\.text) + effects
        context.report(
          .error(
            "unknown-impact", at: path.span, "there is no function, type, module or effect `\(path.text)` here",
            help: didYouMean(nearestNames(to: path.text, among: near)) ?? "write free text as a string"))
      }
    }
  }

  /// Whether a path names a function, a type, a module or an effect.
  private func names(_ path: Program.Path, _ module: ModuleSymbols, _ table: SymbolTable) -> Bool {
    let whole = Name(path.text)
    guard let last = path.segments.last else { return false }
    if module.mayBeUnread(last.name) || whole == module.name || module.dependencies[whole] != nil
      || Vocabulary.reserved.contains(whole)
    {
      return true
    }
    if path.segments.count == 1 {
      return module.functions[whole] != nil || module.types[whole] != nil || module.importedTypes(whole).count == 1
    }
    let owner = path.prefix(path.segments.count - 1)
    if owner == module.name { return module.functions[last.name] != nil || module.types[last.name] != nil }
    if let other = module.dependencies[owner] {
      return other.exposes(last.name) && other.functions[last.name] != nil || other.exportedTypes[last.name] != nil
    }
    return Vocabulary.functions[owner]?.contains(last.text) == true
      || Vocabulary.effects[owner]?.contains(last.text) == true
  }
}

/// What stubs need to know of a function.
struct FunctionItem {
  let parameters: [Program.Parameter]
  let result: Program.TypeExpr?
  let isPure: Bool
}

/// How an effect is replaced in verify blocks.
private struct StubKind {
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
  fileprivate func isNamed(_ wanted: Name) -> Bool {
    if case .named(_, let name, let arguments) = self { name.name == wanted && arguments.isEmpty } else { false }
  }

  fileprivate var isInt: Bool { isNamed("Int") }

  fileprivate var isListOfString: Bool {
    guard case .named(_, let name, let arguments) = self, name.name == "List", arguments.count == 1 else {
      return false
    }
    return arguments[0].isNamed("String")
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

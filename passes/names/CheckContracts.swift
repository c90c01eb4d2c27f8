public import Languages
public import Nanopass
import Diagnostics

/// Checks what verify blocks say of functions, values and stubs, apart from types.
///
///     verify ghost                                       =>   verify-target
///     given out: Console.print = [f]                     =>   verify-given
///     given a: Int = 1..20000                            =>   verify-too-many-cases
///
/// Needs: dependencies-first. Ensures: verify blocks are about functions of their modules.
public struct CheckContracts: CheckPass {
  public typealias Input = Program
  public typealias Output = Program
  public static let summary = "Check the heads and givens of verify blocks, and the number of their cases"

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
      for case .verify(_, let target, _, _, let lines) in module.items {
        count += 1
        check(target, lines, symbols, context)
      }
    }
    context.explain("checked \(count) verify blocks", data: [("blocks", count)])
  }

  private func check(
    _ target: Program.Ident, _ lines: [Program.VerifyLine], _ module: ModuleSymbols, _ context: PassContext
  ) {
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
        .error("verify-given", at: stub.span, "a stub is the name of a function", help: Advice(kind.form)))
      return
    }
    if !function.isPure {
      context.report(
        .error(
          "verify-given", at: stub.span, "a stub is pure, but `\(path.text)` declares effects",
          help: "compute its answer from `path` and `k` alone"))
    } else if !kind.fits(function) {
      context.report(
        .error(
          "verify-given", at: stub.span, "`\(path.text)` has not the types of a stub for `\(effect)`",
          help: Advice(kind.form)))
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
}

public import Languages
public import Nanopass
import Diagnostics

/// Warns of what functions declare or compute in vain, and of recursion that costs memory.
///
///     x = f(1)                 never read                     =>   unused-binding
///     Int.fromString(s)        a result that is dropped       =>   discarded-result
///     1 + length(rest)         in `length` itself             =>   non-tail-recursion
///     ! [Console]              while only printing            =>   effect-granularity
///     (print(a), print(b))!    both write to the console      =>   independence-hazard
///
/// Needs: well-typed. Ensures: nothing; it only runs when checking.
public struct CheckUses: CheckPass {
  public typealias Input = Typed
  public typealias Output = Typed
  public static let summary = "Warn of unused bindings and effects, dropped results and costly recursion"

  private var functions: [Name: Typed.Function] = [:]
  /// Whether functions with errors are left out, or parts of them.
  private var lacksFunctions = false

  public init() {}

  public mutating func check(_ program: Typed.Root, in context: PassContext) throws {
    functions = Dictionary(program.functions.map { ($0.name, $0) }) { first, _ in first }
    lacksFunctions = context.diagnostics.contains { $0.severity == .error && !Self.leavesAll($0.slug) }
    var read: Set<Name> = []
    for function in program.functions where !function.isLibrary {
      var uses = BodyUses(function: function, functions: functions)
      try uses.visitTail(function.body)
      read.formUnion(uses.globals)
      report(uses, in: function, context)
    }
    // What a function with errors reads is not known.
    if !lacksFunctions, case .block(_, let statements, _, _)? = functions[.initialisation]?.body {
      for case .define(let span, let name, _) in statements where !read.contains(name) {
        warnUnused(Name(name.lastSegment), at: span, nil, context)
      }
    }
    context.explain("looked at \(functions.count) functions", data: [("functions", functions.count)])
  }

  /// Whether all functions are still there, and whole, in spite of an error.
  private static func leavesAll(_ slug: Slug) -> Bool {
    slug == "missing-verify" || slug == "missing-module" || slug == "effect-boundary" || slug == "effect-violation"
      || slug == "unknown-impact"
  }

  private func warnUnused(_ name: Name, at span: Span, _ function: String?, _ context: PassContext) {
    guard !name.text.hasPrefix("_") else { return }
    let place = Span(start: span.start, length: min(span.length, UInt32(clamping: name.text.utf8.count)))
    context.report(
      .warning(
        "unused-binding", at: place, "`\(name)` is never read", help: "remove it, or call it \(code: "_\(name)")",
        fnName: function))
  }

  private func report(_ uses: BodyUses, in function: Typed.Function, _ context: PassContext) {
    let name: String? = function.name == .initialisation ? nil : function.name.lastSegment
    for (variable, span) in uses.bound where !uses.locals.contains(variable) {
      warnUnused(variable.name, at: span, name, context)
    }
    for (span, type) in uses.dropped {
      context.report(
        .warning(
          "discarded-result", at: span, "this result is dropped, and a failure with it",
          help: type ? "pass a failure on with `?`, match on it, or bind it to `_`" : "match on it, or bind it to `_`",
          fnName: name))
    }
    if let first = uses.recursive.first, let name {
      context.report(
        .warning(
          "non-tail-recursion", at: first, "`\(name)` calls itself and goes on with the result, which costs memory",
          help: "hand what is found so far on in a parameter, so that the call comes last",
          regions: uses.recursive.dropFirst().map { Region($0, "here too") }, fnName: name))
    }
    for hazard in uses.hazards { context.report(hazard.diagnostic(in: name)) }
    reportEffects(uses, in: function, context)
  }

  private func reportEffects(_ uses: BodyUses, in function: Typed.Function, _ context: PassContext) {
    if uses.callsParameter || lacksFunctions { return }
    let used = uses.effects.map(\.text)
    let needed = Set(used)
    for effect in function.effects.effects where effect.name != "_" {
      let text = effect.name.text
      let under = Set(used.filter { $0 == text || $0.hasPrefix(text + ".") })
      let namespace = text.split(separator: ".").first.map(String.init) ?? text
      if under.isEmpty, !needed.contains(namespace) {
        context.report(
          .warning(
            "unused-effect", at: effect.span, "`\(function.name.lastSegment)` never needs `\(text)`",
            help: "remove it from the list", fields: used.map { Field("used", $0) }, fnName: function.name.lastSegment))
      } else if !text.contains("."), !under.contains(text),
        let methods = EffectOperation.namespaces.first(where: { $0.name == text })?.methods, under.count < methods.count
      {
        context.report(
          .warning(
            "effect-granularity", at: effect.span,
            "`\(text)` allows all of its methods, but `\(function.name.lastSegment)` needs \(under.count)",
            help: "name what is needed: \(code: under.sorted().joined(separator: ", "))",
            fnName: function.name.lastSegment))
      }
    }
  }
}

/// What the body of a function reads, drops, calls and needs.
private struct BodyUses: TypedWalker {
  let function: Typed.Function
  let functions: [Name: Typed.Function]
  private(set) var bound: [(variable: Local, span: Span)] = []
  private(set) var locals: NumberSet = []
  private(set) var globals: Set<Name> = []
  /// Dropped results, and whether the function could pass their failures on.
  private(set) var dropped: [(span: Span, propagates: Bool)] = []
  private(set) var recursive: [Span] = []
  private(set) var effects: [Name] = []
  private(set) var hazards: [ProductHazard] = []
  /// Whether effects may be needed by what is passed.
  private(set) var callsParameter = false
  private var seenEffects: Set<Name> = []

  init(function: Typed.Function, functions: [Name: Typed.Function]) {
    self.function = function
    self.functions = functions
  }

  /// Visits an expression in tail position.
  mutating func visitTail(_ node: Typed.Expr) throws {
    switch node {
    case .block(_, let statements, let result, _):
      for statement in statements { try visit(statement) }
      try visitTail(result)
    case .match(_, let subject, let arms, _):
      try visit(subject)
      for arm in arms { try visitTail(arm.body) }
    case .call(_, let name, _, let arguments, _) where name == function.name:
      need(effectsOf: name)
      for argument in arguments { try visit(argument) }
    default: try visit(node)
    }
  }

  mutating func visit(_ node: Typed.Statement) throws {
    switch node {
    case .bind(let span, let variable, _): bound.append((variable, span))
    case .evaluate(let span, let value):
      if case .result = value.ty {
        var propagates = false
        if case .result = function.result { propagates = true }
        dropped.append((span, propagates))
      }
    case .define: break
    }
    try walk(node)
  }

  mutating func visit(_ node: Typed.Expr) throws {
    switch node {
    case .local(_, let variable, _): locals.insert(variable)
    case .global(_, let name, _): globals.insert(name)
    case .call(let span, let name, _, _, _):
      need(effectsOf: name)
      if name == function.name { recursive.append(span) }
    case .perform(_, let effect, _, _): need(effect)
    case .apply: callsParameter = true
    case .callback(_, .function(_, let name, _), _): need(effectsOf: name)
    case .callback(_, .operation(_, let effect), _): need(effect)
    case .product(let span, let elements, _, _): try product(span, elements)
    default: break
    }
    try walk(node)
  }

  private mutating func need(_ effect: Name) { if seenEffects.insert(effect).inserted { effects.append(effect) } }

  private mutating func need(effectsOf name: Name) {
    guard let callee = functions[name], name != function.name else { return }
    for effect in callee.effects.effects where effect.name != "_" { need(effect.name) }
  }

  private mutating func product(_ span: Span, _ elements: [Typed.Expr]) throws {
    var parts: [(span: Span, effects: [Name])] = []
    for element in elements {
      var inner = BodyUses(function: function, functions: functions)
      try inner.visit(element)
      if !inner.recursive.isEmpty { for effect in function.effects.effects { inner.need(effect.name) } }
      parts.append((element.span, inner.effects))
    }
    hazards += ProductHazard.all(in: parts)
  }
}

/// Two elements of a product whose effects can get in each other's way.
private struct ProductHazard {
  let first: (number: Int, span: Span, effect: Name)
  let second: (number: Int, span: Span, effect: Name)
  let kind: String

  private static let diskChanges: Set<String> = [
    "writeText", "appendText", "writeBytes", "appendBytes", "delete", "deleteDir", "makeDir", "sync",
  ]
  private static let httpChanges: Set<String> = ["post", "put", "patch", "delete"]

  static func all(in elements: [(span: Span, effects: [Name])]) -> [ProductHazard] {
    var found: [ProductHazard] = []
    for (index, left) in elements.enumerated() {
      for (other, right) in elements.enumerated().dropFirst(index + 1) {
        for a in left.effects {
          guard let (b, kind) = right.effects.lazy.compactMap({ b in Self.kind(a, b).map { (b, $0) } }).first else {
            continue
          }
          found.append(
            ProductHazard(
              first: (index + 1, left.span, a), second: (other + 1, right.span, b), kind: kind))
          break
        }
      }
    }
    return found
  }

  /// What two effects share; nil if they may go side by side.
  private static func kind(_ left: Name, _ right: Name) -> String? {
    let (a, b) = (left.text.split(separator: "."), right.text.split(separator: "."))
    let (spaceA, spaceB) = (String(a[0]), String(b[0]))
    func changes(_ methods: Set<String>) -> Bool {
      [a, b].contains { $0.count == 1 || methods.contains(String($0[1])) }
    }
    let output: Set<String> = ["Console", "Terminal"]
    if output.contains(spaceA), output.contains(spaceB) { return "shared output" }
    guard spaceA == spaceB else { return nil }
    switch spaceA {
    case "Tcp": return "shared connection"
    case "Disk": return changes(diskChanges) ? "disk mutation" : nil
    case "Http": return changes(httpChanges) ? "http mutation" : nil
    case "Env": return changes(["set"]) ? "environment mutation" : nil
    default: return nil
    }
  }

  func diagnostic(in function: String?) -> Diagnostic {
    .warning(
      "independence-hazard", at: second.span,
      "elements \(first.number) and \(second.number) of this product may get in each other's way: \(kind)",
      label: "needs \(second.effect)", help: "bind them one after the other, if their order matters",
      regions: [Region(first.span, "needs \(first.effect)")],
      fields: [
        Field("kind", kind), Field("branches", "\(first.number), \(second.number)"),
        Field("effects", "\(first.effect), \(second.effect)"),
      ], fnName: function)
  }
}

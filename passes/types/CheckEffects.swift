import Diagnostics
public import Languages
public import Nanopass

/// Checks that every function declares the effects of what it calls, and no more than its module allows.
///
/// A set covers an effect if it has the effect itself, its namespace, or all methods of the namespace. What counts is what
/// a callee declares, not what it does.
///
///     fn main() -> Unit
///         Console.print("x")
///
/// is `effect-violation` at the call. What is passed for a parameter of a `Fn` type may have the effects that the type
/// lists; those of a callback for `! [_]` are asked of the caller that passes it. What the target can never carry out is
/// refused. The pass reads names only, so that functions with wrong types are checked as well.
///
/// Needs: bound-locals and known-functions.
/// Ensures: in a program without errors, every function's effects cover those of the operations it performs and of the
/// functions it calls.
public struct CheckEffects: CheckPass {
  public typealias Input = Resolved
  public typealias Output = Resolved
  public static let summary = "Check that functions declare the effects of what they call"

  private var functions: [Name: Resolved.Function] = [:]
  private var callers: [Name: [Name]]?
  private var sources: SourceMap?

  public init() {}

  public mutating func check(_ program: Resolved.Root, in context: PassContext) throws {
    sources = context.sources
    functions = Dictionary(program.functions.map { ($0.name, $0) }) { first, _ in first }
    let bounds = Dictionary(program.modules.map { ($0.name, $0.bound) }) { first, _ in first }
    var count = 0
    for function in program.functions where !function.isLibrary {
      if function.name == .initialisation {
        try checkPure(function, program, in: context)
        continue
      }
      if function.name.isVerification {
        try checkVerification(function, program, in: context)
        continue
      }
      let declared = EffectSet(function.effects)
      if let bound = bounds[function.module] ?? nil { checkBound(function, bound, in: context) }
      var calls = EffectfulCalls(in: function, of: functions)
      try calls.visit(function.body)
      count += calls.found.count
      try report(calls.refused, in: function, program, context)
      try report(calls.found.filter { !$0.effects.allSatisfy(declared.covers) }, in: function, program, context)
    }
    if let platform = context.options.platform.flatMap(Platform.init) {
      for error in try TargetEffects(platform, functions: functions).errors(in: program) { context.report(error) }
    }
    context.explain("\(count) calls with effects checked", data: [("calls", count)])
  }

  /// Reports calls that need what the function does not declare: each missing effect once, where it is needed first.
  private mutating func report(
    _ calls: [EffectfulCall], in function: Resolved.Function, _ program: Resolved.Root, _ context: PassContext
  ) throws {
    let declared = EffectSet(function.effects)
    var reported = EffectSet()
    var missing: [(call: Int, effects: [Name])] = []
    for (index, call) in calls.enumerated() {
      let new = call.effects.filter { !declared.covers($0) && !reported.covers($0) }
      reported.formUnion(new)
      if !new.isEmpty { missing.append((index, new)) }
    }
    let all = missing.flatMap(\.effects)
    if function.effects.effects.isEmpty, missing.count > 1, let (first, effects) = missing.first {
      // The line of the effects is missing as a whole, which is one mistake.
      var error = try error(on: effects, of: calls[first], in: function, needing: all, program)
      error.regions += calls[(first + 1)...].filter { $0.effects.contains(where: all.contains) }.map { call in
        let needed = call.effects.filter(all.contains).map { "`\($0)`" }.joined(separator: ", ")
        return Region(place(of: call, in: function), "needs \(needed)")
      }
      error.fields += missing.dropFirst().flatMap(\.effects).map { Field("effect", $0.text) }
      context.report(error)
      return
    }
    for (index, effects) in missing {
      var error = try error(on: effects, of: calls[index], in: function, needing: all, program)
      error.regions += calls[(index + 1)...].filter { call in call.effects.contains(where: effects.contains) }
        .map { Region(place(of: $0, in: function), "needs \(effects.count == 1 ? "it" : "them") too") }
      context.report(error)
    }
  }

  /// Reports callbacks with effects that their parameters do not allow, each once.
  private mutating func report(
    _ callbacks: [RefusedCallback], in function: Resolved.Function, _ program: Resolved.Root, _ context: PassContext
  ) throws {
    var errors: [Diagnostic] = []
    for callback in callbacks {
      let error = try error(on: callback, in: function, program)
      if let first = errors.firstIndex(where: { $0.summary == error.summary }) {
        errors[first].regions.append(Region(callback.span, "here too"))
      } else {
        errors.append(error)
      }
    }
    for error in errors { context.report(error) }
  }

  private mutating func error(
    on callback: RefusedCallback, in function: Resolved.Function, _ program: Resolved.Root
  ) throws -> Diagnostic {
    let callee = callback.callee.shown(in: function.module)
    let parameter = callback.parameter.variable.name
    let taker = callback.taker.shown(in: function.module)
    let list = callback.effects.map { "`\($0)`" }.joined(separator: ", ")
    let has =
      callback.effects.contains("_")
      ? "may have any effects" : "has the \(callback.effects.count == 1 ? "effect" : "effects") \(list)"
    let allowed = callback.parameter.effects.map { "`\($0)`" }.joined(separator: ", ")
    let limit = allowed.isEmpty ? "takes only functions without effects" : "allows only \(allowed)"
    var error = Diagnostic.error(
      "effect-violation", at: callback.span, "`\(callee)` \(has), but `\(parameter)` of `\(taker)` \(limit)",
      help: "end the type of `\(parameter)` with `! [_]`, which leaves the effects to those who pass the function")
    if callback.parameter.effects.isEmpty, !callback.effects.contains("_"),
      functions[callback.taker]?.isLibrary == false
    {
      let declared = EffectSet(function.effects)
      let lacking = callback.effects.filter { !declared.covers($0) }
      let more = lacking.isEmpty ? [] : try edits(declaring: lacking, in: function, program)
      error.repair.edits = [.insert(" ! [_]", behind: callback.parameter.span)] + more
    }
    if !callback.parameter.span.isNone, functions[callback.taker]?.isLibrary == false {
      error.regions.append(Region(callback.parameter.span, "declared here"))
    }
    if let declared = functions[callback.callee], !declared.span.isNone, !declared.isLibrary {
      error.regions.append(Region(declared.span, "its effects are declared here"))
    }
    error.fields =
      [Field("caller", function.name.text), Field("callee", callback.callee.text)]
      + callback.effects.map { Field("effect", $0.text) }
    error.fnName = function.name.lastSegment
    return error
  }

  /// The place of the callee's name.
  private func place(of call: EffectfulCall, in function: Resolved.Function) -> Span {
    if case .callback = call.kind { return call.span }
    let name = call.callee.shown(in: function.module)
    return Span(start: call.span.start, length: min(call.span.length, UInt32(clamping: name.utf8.count)))
  }

  /// The error for effects that a call needs; `all` are those that the function lacks altogether.
  private mutating func error(
    on missing: [Name], of call: EffectfulCall, in function: Resolved.Function, needing all: [Name],
    _ program: Resolved.Root
  ) throws -> Diagnostic {
    let name = function.name.lastSegment
    let list = missing.map { "`\($0)`" }.joined(separator: ", ")
    let declared = function.effects.effects.map(\.name)
    let repaired = Self.list(declared, all)
    let isOne = missing.count == 1
    let callee = call.callee.shown(in: function.module)
    let has = "which has the \(isOne ? "effect" : "effects") \(list)"
    let what =
      switch call.kind {
      case .operation: "performs \(list)"
      case .function, .parameter: "calls `\(callee)`, \(has)"
      case .callback(let taker, _): "passes `\(callee)`, \(has), to `\(taker.shown(in: function.module))`"
      }
    let them = all.count == 1 ? "it" : isOne && !declared.isEmpty ? "it with the others" : "them"
    let place = declared.isEmpty ? "below the header of" : "in"
    var error = Diagnostic.error(
      "effect-violation", at: self.place(of: call, in: function),
      "`\(name)` \(what), but does not declare \(isOne ? "it" : "them")",
      help: Advice(
        "declare \(them) \(place) `\(name)`: `! [\(repaired)]`", edits: try edits(declaring: all, in: function, program)
      ))
    error.regions = regions(of: call)
    if !function.span.isNone { error.regions.append(Region(function.span, nil)) }
    error.fields =
      [Field("caller", function.name.text), Field("callee", call.callee.text)]
      + missing.map { Field("effect", $0.text) }
    error.note = try note(on: function, lacking: missing, program)
    error.fnName = name
    return error
  }

  /// A list of effects with more of them; a namespace takes the place of its methods.
  private static func list(_ declared: [Name], _ more: [Name]) -> String {
    let all = declared + more.filter { !EffectSet(declared).covers($0) }
    let left = all.filter { effect in !all.contains { $0 != effect && EffectSet([$0]).covers(effect) } }
    return left.map(\.text).joined(separator: ", ")
  }

  /// How many functions a repair changes at most.
  private static let mostChanged = 50

  /// The changes that give effects to a function, to those that call it and lack them, and to the bounds of their
  /// modules; none if there are too many.
  private mutating func edits(
    declaring effects: [Name], in function: Resolved.Function, _ program: Resolved.Root
  ) throws -> [Edit] {
    let known = try callers ?? Self.callers(in: program)
    callers = known
    var (edits, waiting, seen): ([Edit], [Name], Set<Name>) = ([], [function.name], [function.name])
    var modules: Set<Name> = []
    while let name = waiting.popLast() {
      guard seen.count <= Self.mostChanged, let changed = functions[name],
        let edit = edit(declaring: effects, in: changed)
      else { return [] }
      edits.append(edit)
      if modules.insert(changed.module).inserted,
        let bound = program.modules.first(where: { $0.name == changed.module })?.bound,
        !effects.allSatisfy(EffectSet(bound).covers), !bound.span.isNone
      {
        edits.append(Edit(bound.span, "effects [\(Self.list(bound.effects.map(\.name), effects))]"))
      }
      for caller in known[name, default: []] where caller != .initialisation {
        guard let declared = functions[caller]?.effects, !effects.allSatisfy(EffectSet(declared).covers) else {
          continue
        }
        if seen.insert(caller).inserted { waiting.append(caller) }
      }
    }
    return edits
  }

  /// The change that gives effects to one function: in its list, or in a line above its statements.
  private func edit(declaring effects: [Name], in function: Resolved.Function) -> Edit? {
    let list = "! [\(Self.list(function.effects.effects.map(\.name), effects))]"
    if sources?.text(of: function.effects.span)?.hasPrefix("!") == true { return Edit(function.effects.span, list) }
    guard let (place, indentation) = sources?.lineStart(of: function.body.span) else { return nil }
    return .insert("\(list)\n\(indentation)", before: place)
  }

  /// Where what a call needs is declared.
  private func regions(of call: EffectfulCall) -> [Region] {
    var regions: [Region] = []
    func add(_ span: Span, _ label: String) { if !span.isNone { regions.append(Region(span, label)) } }
    switch call.kind {
    case .operation: break
    case .function: add(functions[call.callee]?.span ?? .none, "declared here")
    case .parameter(let span): add(span, "declared here")
    case .callback(let taker, let span):
      if let callee = functions[call.callee], !callee.isLibrary { add(callee.span, "declared here") }
      if functions[taker]?.isLibrary == false { add(span, "this leaves its effects to those who pass it") }
    }
    return regions
  }

  /// Says which functions will need the effects next.
  private mutating func note(on function: Resolved.Function, lacking missing: [Name], _ program: Resolved.Root) throws
    -> String?
  {
    let known = try callers ?? Self.callers(in: program)
    callers = known
    let lacking = known[function.name, default: []].filter { caller in
      guard caller != function.name, caller != .initialisation, let effects = functions[caller]?.effects else {
        return false
      }
      let declared = EffectSet(effects)
      return !missing.allSatisfy(declared.covers)
    }
    guard !lacking.isEmpty else { return nil }
    let names = lacking.prefix(5).map { "`\($0.shown(in: function.module))`" }.joined(separator: ", ")
    let more = lacking.count > 5 ? " and \(lacking.count - 5) more" : ""
    return "its callers will need it too: \(names)\(more)"
  }

  /// The user's functions by what they call, each once.
  private static func callers(in program: Resolved.Root) throws -> [Name: [Name]] {
    var callers: [Name: [Name]] = [:]
    for function in program.functions where !function.isLibrary && !function.name.isVerification {
      var callees = Callees()
      try callees.visit(function.body)
      for callee in callees.found { callers[callee, default: []].append(function.name) }
    }
    return callers
  }

  /// Reports effects in a verify block other than those of the function that it is about, which run under stubs.
  private mutating func checkVerification(
    _ block: Resolved.Function, _ program: Resolved.Root, in context: PassContext
  ) throws {
    let target = block.name.text.dropFirst(Name.verifications.count).drop { $0 != "." }.dropFirst()
    var calls = EffectfulCalls(in: block, of: functions)
    try calls.visit(block.body)
    try report(calls.refused, in: block, program, context)
    for call in calls.found where call.callee.text != target {
      let list = call.effects.map { "`\($0)`" }.joined(separator: ", ")
      var error = Diagnostic.error(
        "effect-violation", at: place(of: call, in: block),
        "only `\(block.name.lastSegment)` may have effects in its verify block, but this needs \(list)",
        help: "call pure functions only, or verify this one in a block of its own")
      error.fields = [Field("callee", call.callee.text)] + call.effects.map { Field("effect", $0.text) }
      error.fnName = block.name.lastSegment
      context.report(error)
    }
  }

  /// Reports the effects of top-level statements, which have none.
  private mutating func checkPure(
    _ initialisation: Resolved.Function, _ program: Resolved.Root, in context: PassContext
  ) throws {
    guard case .block(_, let statements, _) = initialisation.body else { return }
    for case .define(_, let module, _, _, let value) in statements {
      var calls = EffectfulCalls(in: initialisation, of: functions)
      try calls.visit(value)
      try report(calls.refused, in: initialisation, program, context)
      guard let call = calls.found.first else { continue }
      let callee = call.callee.shown(in: module)
      let isOperation = if case .operation = call.kind { true } else { false }
      let list = call.effects.map { "`\($0)`" }.joined(separator: ", ")
      let noun = call.effects.count == 1 ? "effect" : "effects"
      let what = isOperation ? "performs \(list)" : "calls `\(callee)`, which has the \(noun) \(list)"
      let place = Span(start: call.span.start, length: min(call.span.length, UInt32(clamping: callee.utf8.count)))
      var error = Diagnostic.error(
        "effect-violation", at: place, "a top-level statement is pure, but this one \(what)",
        help: "move it into `main`")
      if let span = functions[call.callee]?.span, !isOperation { error.regions = [Region(span, "declared here")] }
      error.fields = [Field("callee", call.callee.text)] + call.effects.map { Field("effect", $0.text) }
      context.report(error)
    }
  }

  private func checkBound(_ function: Resolved.Function, _ bound: Resolved.Effects, in context: PassContext) {
    let allowed = EffectSet(bound)
    for effect in function.effects.effects where effect.name != "_" && !allowed.covers(effect.name) {
      let names = bound.effects.map(\.name.text)
      // A namespace takes the place of its methods.
      let wider = names.filter { !$0.hasPrefix("\(effect.name).") } + [effect.name.text]
      let limit = names.isEmpty ? "no effects" : "only " + names.map { "`\($0)`" }.joined(separator: ", ")
      var error = Diagnostic.error(
        "effect-boundary", at: effect.span,
        "`\(function.name.lastSegment)` declares `\(effect.name)`, but its module allows \(limit)",
        help: "widen the module's bound: \(code: "effects [\(wider.joined(separator: ", "))]", at: bound.span)")
      if !bound.span.isNone { error.regions = [Region(bound.span, "the module's bound")] }
      error.fields = [Field("effect", effect.name.text)]
      error.fnName = function.name.lastSegment
      context.report(error)
    }
  }
}

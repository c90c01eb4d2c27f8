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
/// is `effect-violation` at the call. The pass reads names only, so that functions with wrong types are checked as well.
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

  public init() {}

  public mutating func check(_ program: Resolved.Root, in context: PassContext) throws {
    functions = Dictionary(program.functions.map { ($0.name, $0) }) { first, _ in first }
    let bounds = Dictionary(program.modules.map { ($0.name, $0.bound) }) { first, _ in first }
    var count = 0
    for function in program.functions where !function.library {
      let declared = EffectSet(function.effects)
      if let bound = bounds[function.module] ?? nil { checkBound(function, bound, in: context) }
      var calls = EffectfulCalls(functions: functions)
      try calls.visit(function.body)
      count += calls.found.count
      var reported = EffectSet()
      for call in calls.found {
        let missing = call.effects.filter { !declared.covers($0) && !reported.covers($0) }
        guard !missing.isEmpty else { continue }
        reported.formUnion(missing)
        try report(missing, of: call, in: function, program, context)
      }
    }
    context.explain("\(count) calls with effects checked", data: [("calls", count)])
  }

  private mutating func report(
    _ missing: [Name], of call: EffectfulCall, in function: Resolved.Function, _ program: Resolved.Root,
    _ context: PassContext
  ) throws {
    let name = function.name.lastSegment
    let list = missing.map { "`\($0)`" }.joined(separator: ", ")
    let declared = function.effects.effects.map(\.name)
    let repaired = (declared + missing).map(\.text).joined(separator: ", ")
    let isOne = missing.count == 1
    let callee = call.callee.shown(in: function.module)
    let what =
      call.isOperation
      ? "performs \(list)" : "calls `\(callee)`, which has the \(isOne ? "effect" : "effects") \(list)"
    let place = declared.isEmpty ? "below the header of" : "in"
    var error = Diagnostic.error(
      "effect-violation", at: call.span, "`\(name)` \(what), but does not declare \(isOne ? "it" : "them")",
      help: "declare \(isOne ? "it" : "them") \(place) `\(name)`: `! [\(repaired)]`")
    if !call.isOperation, let callee = functions[call.callee], !callee.span.isNone {
      error.regions.append(Region(callee.span, "declared here"))
    }
    if !function.span.isNone { error.regions.append(Region(function.span, nil)) }
    error.fields =
      [Field("caller", function.name.text), Field("callee", call.callee.text)]
      + missing.map { Field("effect", $0.text) }
    error.note = try note(on: function, lacking: missing, program)
    error.fnName = name
    context.report(error)
  }

  /// Says which functions will need the effects next.
  private mutating func note(on function: Resolved.Function, lacking missing: [Name], _ program: Resolved.Root) throws
    -> String?
  {
    let known = try callers ?? Self.callers(in: program)
    callers = known
    let lacking = known[function.name, default: []].filter { caller in
      guard caller != function.name, let effects = functions[caller]?.effects else { return false }
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
    for function in program.functions where !function.library {
      var callees = Callees()
      try callees.visit(function.body)
      for callee in callees.found { callers[callee, default: []].append(function.name) }
    }
    return callers
  }

  private func checkBound(_ function: Resolved.Function, _ bound: Resolved.Effects, in context: PassContext) {
    let allowed = EffectSet(bound)
    for effect in function.effects.effects where effect.name != "_" && !allowed.covers(effect.name) {
      let names = bound.effects.map(\.name.text)
      let limit = names.isEmpty ? "no effects" : "only " + names.map { "`\($0)`" }.joined(separator: ", ")
      var error = Diagnostic.error(
        "effect-boundary", at: effect.span,
        "`\(function.name.lastSegment)` declares `\(effect.name)`, but its module allows \(limit)",
        help: "widen the module's bound: `effects [\((names + [effect.name.text]).joined(separator: ", "))]`")
      if !bound.span.isNone { error.regions = [Region(bound.span, "the module's bound")] }
      error.fields = [Field("effect", effect.name.text)]
      error.fnName = function.name.lastSegment
      context.report(error)
    }
  }
}

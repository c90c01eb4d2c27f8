import Diagnostics
public import Languages
public import Nanopass

/// Runs pure functions on words first: as long as every integer fits one, there is no reference beside it to pass and to
/// test. A sum that does not fit abandons the run, and the function runs again as it was, which purity makes invisible.
///
///     (function sum [(parameter n.0 i64) (parameter big.1 (nullable big))] [i64 (nullable big)] BODY)
///     ... (call sum [(i64 9) (null big)])
///
/// becomes, beside the same function,
///
///     (function sum.words [(parameter n.0 i64)] [i64] BODY-ON-WORDS)
///     (function sum.attempt [(parameter n.0 i64) (parameter big.1 (nullable big))] [i64 (nullable big)]
///       (block [(join again.2 [] (block [] (tailCall sum [(local n.0) (local big.1)])))]
///         (if (compute i32.and [(isNull (local big.1)) MAY-TRY])
///           (block [] (attempt [(parameter word.3 i64)] sum.words [(local n.0)]
///             (block [] (return [(local word.3) (null big)])) (block [ONE-LESS] (jump again.2 []))))
///           (block [] (jump again.2 [])))))
///     ... (call sum.attempt [(i64 9) (null big)])
///
/// Functions on words call one another, so that one attempt is made around all of a computation. A function that has been
/// abandoned often enough is not attempted any more: what abandoned runs cost adds up and does not multiply. This is
/// speculation with deoptimisation as engines have it (Hölzle, Chambers, Ungar: Debugging Optimized Code with Dynamic
/// Deoptimization, PLDI 1992), but a whole run is the unit.
///
/// Functions with effects, and those that change vectors of their callers, are not run twice. Left out if small output is
/// asked for.
///
/// Needs: bound-locals, bound-labels. Ensures: bound-locals, bound-labels.
public struct SpeculateOnWords: Pass {
  public typealias Input = WasmIR
  public typealias Output = WasmIR
  public static let summary = "Run pure functions on integers that are words first, and again where one is not"

  /// How often a function may be abandoned before it is not attempted any more.
  private static let mostAbandoned = 64

  public init() {}

  public mutating func run(_ input: WasmIR.Root, in context: PassContext) throws -> WasmIR.Root {
    let plan = try SpeculationPlan(input, try UniqueCells(input))
    var words = WordVersion(plan.versions)
    var output = input
    output.functions = []
    for (position, function) in input.functions.enumerated() {
      var calls = AttemptCalls(attempts: plan.attempts, own: plan.component(of: position))
      output.functions.append(try calls.function(function))
      guard let version = plan.versions[function.name] else { continue }
      output.functions.append(try words.version(of: function))
      guard let attempt = plan.attempts[function.name] else { continue }
      let left = Name("\(attempt).left")
      output.globals.append(
        WasmIR.Global(
          function.span, name: left, ty: .i32, isMutable: true,
          value: .i32(function.span, value: .small(Self.mostAbandoned))))
      output.functions.append(Self.attempt(function, on: version, named: attempt, left: left))
    }
    context.explain(
      "\(plan.versions.count) functions have a version for words, \(plan.attempts.count) of them are attempted so first.",
      details: plan.attempts.keys.sorted().map { "\($0): runs on words first" } + plan.reasons,
      data: [("functions", plan.versions.count), ("attempts", plan.attempts.count)])
    return output
  }

  /// The function that runs the version on words if it may, and the function itself if it may not or is abandoned.
  private static func attempt(
    _ function: WasmIR.Function, on version: WordVersion.Signature, named name: Name, left: Name
  ) -> WasmIR.Function {
    let span = function.span
    var fresh = FreshLocals(above: function)
    let again = fresh.make("again")
    let arguments = function.parameters.map { WasmIR.Expr.local(span, variable: $0.variable) }
    let whole = WasmIR.Block(
      span, steps: [], end: .tailCall(span, function: function.name, arguments: arguments))
    let jump = WasmIR.End.jump(span, label: again, arguments: [])
    let remaining = WasmIR.Expr.global(span, name: left)
    let one = WasmIR.Expr.i32(span, value: .small(1))
    let less = WasmIR.Expr.setGlobal(
      span, name: left, value: .compute(span, operator: "i32.sub", operands: [remaining, one]))

    let results = function.results.map { WasmIR.Parameter(span, variable: fresh.make("result"), ty: $0) }
    let given = results.map { result -> WasmIR.Expr in
      result.ty.isBig ? .null(span, type: HeapLayout.big) : .local(span, variable: result.variable)
    }
    let attempt = WasmIR.End.attempt(
      span, parameters: results.filter { !$0.ty.isBig }, function: version.name,
      arguments: zip(arguments, version.keptParameters).filter(\.1).map(\.0),
      then: WasmIR.Block(span, steps: [], end: .return(span, values: given)),
      else: WasmIR.Block(span, steps: [.run(span, value: less)], end: jump))
    let mayTry = WasmIR.Expr.compute(
      span, operator: "i32.gt_s", operands: [remaining, .i32(span, value: .small(0))])
    let bigs = function.parameters.filter(\.ty.isBig).map(\.variable)
    let condition =
      WasmIR.Expr.areNull(bigs, at: span).map { .compute(span, operator: "i32.and", operands: [$0, mayTry]) } ?? mayTry
    let body = WasmIR.Block(
      span, steps: [.join(span, label: again, parameters: [], body: whole)],
      end: .if(
        span, condition: condition, then: WasmIR.Block(span, steps: [], end: attempt),
        else: WasmIR.Block(span, steps: [], end: jump)))
    return WasmIR.Function(
      span, name: name, parameters: function.parameters, results: function.results, body: body)
  }
}

/// Puts attempts in place of calls of functions that are attempted, but for those of one component.
private struct AttemptCalls: WasmIRToWasmIR {
  static let summary = "Put attempts in place of calls"

  private let attempts: [Name: Name]
  private let own: Set<Name>

  init() { self.init(attempts: [:], own: []) }

  init(attempts: [Name: Name], own: Set<Name>) {
    self.attempts = attempts
    self.own = own
  }

  /// The attempt in place of a function; nil if its calls stay as they are.
  private func callee(_ name: Name) -> Name? { own.contains(name) ? nil : attempts[name] }

  mutating func expr(_ node: WasmIR.Expr) throws -> WasmIR.Expr {
    let copy = try derive(node)
    guard case .call(let span, let name, let arguments) = copy, let callee = callee(name) else { return copy }
    return .call(span, function: callee, arguments: arguments)
  }

  mutating func end(_ node: WasmIR.End) throws -> WasmIR.End {
    let copy = try derive(node)
    guard case .tailCall(let span, let name, let arguments) = copy, let callee = callee(name) else { return copy }
    return .tailCall(span, function: callee, arguments: arguments)
  }
}

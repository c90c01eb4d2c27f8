import Diagnostics
public import Languages
public import Nanopass

/// Tests for the end of a recursion in front of each call that it makes of itself, so that no call is made only to return
/// at once: where calls branch, most are such.
///
///     (function f [(parameter n.0 i64)] [i64]
///       (block [(let isEnd.1 i32 (compute i64.lt_s [(local n.0) (i64 2)]))]
///         (if (local isEnd.1) (block [] (return [(local n.0)])) (block [... (let r.4 i64 (call f [(local m.3)])) REST]))))
///
/// becomes, where it calls itself,
///
///     (join k.5 [(parameter r.4 i64)] (block REST))
///     (let isEnd.6 i32 (compute i64.lt_s [(local m.3) (i64 2)]))
///     (if (local isEnd.6) (block [] (jump k.5 [(local m.3)]))
///       (block [(let t.7 i64 (call f [(local m.3)]))] (jump k.5 [(local t.7)])))
///
/// Engines do not put a function in place of its own calls, and a call costs them a test of the stack and the saving of
/// variables (V8: tak takes half the time). Left out where no way through the function makes two calls, where integers
/// may be big, which versions on words do without, where more is done up to the test than computed, since the call does
/// it again, and if small output is asked for.
///
/// Needs: bound-locals, bound-labels. Ensures: bound-locals, bound-labels.
public struct PeelBaseCases: Pass {
  public typealias Input = WasmIR
  public typealias Output = WasmIR
  public static let summary = "Test for the end of a recursion in front of the calls that it makes of itself"

  /// The most expressions up to the end of a recursion.
  private static let greatestSize = 10

  public init() {}

  public mutating func run(_ input: WasmIR.Root, in context: PassContext) throws -> WasmIR.Root {
    var output = input
    var peeled: [Name] = []
    var calls = 0
    for (position, function) in input.functions.enumerated() {
      guard let end = try Self.end(of: function) else { continue }
      var placer = CallPlacer([function.name: end], in: input)
      output.functions[position] = try placer.function(function)
      peeled.append(function.name)
      calls += placer.count
    }
    context.explain(
      "\(calls) calls in \(peeled.count) recursions are made only if they are not at the end.",
      details: peeled.map { "\($0): tests for its end where it calls itself" },
      data: [("functions", peeled.count), ("calls", calls)])
    return output
  }

  /// What a function does up to the end of its recursion; it calls the function to go on. Nil if that is too much, or
  /// calls do not branch.
  private static func end(of function: WasmIR.Function) throws -> WasmIR.Function? {
    guard !(function.parameters.map(\.ty) + function.results).contains(where: \.isBig) else { return nil }
    var ways = CallWays(function.name)
    var body = function.body
    var steps: [WasmIR.Step] = []
    if body.steps.isEmpty, case .loop(_, let label, let parameters, let arguments, let round) = body.end {
      steps = zip(parameters, arguments).map { parameter, argument in
        .let(parameter.span, variable: parameter.variable, ty: parameter.ty, value: argument)
      }
      body = round
      ways.again = label
    }
    guard try ways.most(body) > 1, case .if(let span, let condition, let then, let other) = body.end else { return nil }
    var test = TestRepetition()
    for step in body.steps { try test.visit(step) }
    try test.visit(condition)
    guard test.isAllowed else { return nil }
    steps += body.steps
    let arguments = function.parameters.map { WasmIR.Expr.local($0.span, variable: $0.variable) }
    let goesOn = WasmIR.Block(span, steps: [], end: .tailCall(span, function: function.name, arguments: arguments))
    let end: WasmIR.End
    if try isEnd(then, of: function) {
      end = .if(span, condition: condition, then: then, else: goesOn)
    } else if try isEnd(other, of: function) {
      end = .if(span, condition: condition, then: goesOn, else: other)
    } else {
      return nil
    }
    var result = function
    result.body = WasmIR.Block(function.body.span, steps: steps, end: end)
    var size = WasmSize()
    try size.visit(result.body)
    let isOnTagged = size.calls.contains { $0.text.hasPrefix("integer.") }
    return size.hasLabels || isOnTagged || size.count > greatestSize ? nil : result
  }

  /// Whether a block returns without calling the function.
  private static func isEnd(_ block: WasmIR.Block, of function: WasmIR.Function) throws -> Bool {
    var size = WasmSize()
    try size.visit(block)
    switch block.end {
    case .return, .tailCall: return !size.hasLabels && !size.calls.contains(function.name)
    default: return false
    }
  }
}

/// Whether what comes before the end of a recursion may be done twice, in front of the call and in it: it computes on
/// words, and neither changes anything, nor calls functions of the program, nor makes or drops references.
private struct TestRepetition: WasmIRWalker {
  private(set) var isAllowed = true

  mutating func visit(_ node: WasmIR.Step) throws {
    switch node {
    case .let, .receive: try walk(node)
    case .join, .run: isAllowed = false
    }
  }

  mutating func visit(_ node: WasmIR.Expr) throws {
    switch node {
    case .call(_, let name, _): if !name.text.hasPrefix("int.") { isAllowed = false }
    case .compute(_, let name, _): if WasmOperator.named(name)?.hasEffect ?? true { isAllowed = false }
    case .host, .set, .setGlobal, .setElement, .copy, .fill, .new, .newArray, .newZeroed, .newFixed, .newFromDatum:
      isAllowed = false
    default: break
    }
    try walk(node)
  }
}

/// How often a function calls itself on one way through it; a further round of a loop that is all of it is a call, too.
private struct CallWays: WasmIRWalker {
  private let name: Name
  /// The label of the loop that is all of the function.
  var again: Local?
  private var calls = 0

  init(_ name: Name) { self.name = name }

  mutating func visit(_ node: WasmIR.Expr) throws {
    if case .call(_, name, _) = node { calls += 1 }
    try walk(node)
  }

  /// The most calls on the ways through a block. Ways that lead to a join point pass through all of its block's.
  mutating func most(_ block: WasmIR.Block) throws -> Int { try most(block.steps) + most(block.end) }

  mutating func most(_ steps: [WasmIR.Step]) throws -> Int {
    var sum = 0
    for step in steps {
      if case .join(_, _, _, let body) = step { sum += try most(body) } else { sum += try count { try $0.visit(step) } }
    }
    return sum
  }

  private mutating func count(_ visit: (inout Self) throws -> Void) rethrows -> Int {
    calls = 0
    try visit(&self)
    return calls
  }

  private mutating func most(_ end: WasmIR.End) throws -> Int {
    switch end {
    case .jump(_, let label, _) where label == again: return 1
    case .tailCall(_, name, _): return 1
    case .if(_, _, let then, let other): return max(try most(then), try most(other))
    case .switch(_, _, let cases, let rest): return max(try most(rest), try cases.map { try most($0.body) }.max() ?? 0)
    case .loop(_, _, _, _, let body): return try most(body)
    case .return, .jump: return try count { try $0.walk(end) }
    case .tailCall, .attempt, .abandon, .unreachable: return 0
    }
  }
}

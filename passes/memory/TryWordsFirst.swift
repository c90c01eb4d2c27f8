import Diagnostics
public import Languages
public import Nanopass

/// Runs functions of numbers on raw words first, however large their integers may become. A further result says whether
/// words were enough; if they were not, the function runs again as it was, which nobody sees, since it is pure.
///
///     (function sum [(parameter n.0 int)] [int] ... (let r.3 int (call sum [(local m.2)]))
///       (let t.4 int (primitive int.add [(local r.3) (local n.0)]))] (return [(local t.4)]) -))
///     ... (let s.1 int (call sum [(integer 9)]))
///
/// becomes, beside the same function,
///
///     (function sum.words [(parameter n.0 word)] [word bool] ...
///       (receive sum.words [(local m.2)] [(parameter r.3 word) (parameter isEnough.5 bool)])] (test (local isEnough.5)
///       [(literalCase (bool true) (block [(let t.4 word (primitive word.add [(local r.3) (local n.0)]))
///         (let fits.6 bool (primitive word.fits [(local t.4)]))] (test (local fits.6)
///         [(literalCase (bool true) (block [] (return [(local t.4) (bool true)]) -))]
///         (block [] (return [(absent word) (bool false)]) -)) -))]
///       (block [] (return [(absent word) (bool false)]) -)))
///     (function sum.attempt [(parameter n.0 int)] [int] ...)
///     ... (let s.1 int (call sum.attempt [(integer 9)]))
///
/// Where conditions tell that a sum fits there is no test. In a module with linear memory a tagged integer is tested
/// wherever it is used, and counted, since it may be an address: fib takes 0.42 of the time on words, tak 0.33. The test
/// behind each call is a twentieth of that; exceptions, as `speculate-on-words` has them, cost nothing there, but not all
/// engines for linear memory know them.
///
/// Only functions whose parameters and results are all numbers and truth values have such a version, so that an attempt
/// keeps nothing for a second run. What a version abandons is counted as what is returned. An attempt is made where such
/// a function is called from outside of all versions, so that no computation is abandoned more often than once.
///
/// Left out if small output is asked for.
///
/// Needs: bound-locals, bound-labels, known-functions. Ensures: bound-locals, bound-labels, known-functions; what
/// `word.fits` holds for is a word.
public struct TryWordsFirst: Pass {
  public typealias Input = Services
  public typealias Output = Services
  public static let summary = "Run functions of numbers on raw words first, and again where these were not enough"

  public init() {}

  public mutating func run(_ input: Services.Root, in context: PassContext) throws -> Services.Root {
    let plan = try WordRunPlan(input)
    var output = input
    output.functions = []
    var calls = AttemptCalls(plan.attempts)
    var run = WordRun(plan.versions, types: input.types)
    for function in input.functions {
      output.functions.append(plan.inside.contains(function.name) ? function : try calls.function(function))
      guard let version = plan.versions[function.name] else { continue }
      output.functions.append(try run.version(of: function, named: version))
      guard let name = plan.attempts[function.name] else { continue }
      var writer = AttemptWriter(function)
      output.functions.append(writer.attempt(on: version, named: name))
    }
    context.explain(
      "\(plan.versions.count) functions have a version for words, \(plan.attempts.count) of them are attempted so first.",
      details: plan.attempts.keys.sorted().map { "\($0): runs on words first" },
      data: [("functions", plan.versions.count), ("attempts", plan.attempts.count)])
    return output
  }
}

/// Puts attempts in place of calls.
private struct AttemptCalls: ServicesToServices {
  static let summary = "Put attempts in place of calls"

  private let attempts: [Name: Name]

  init() { self.init([:]) }

  init(_ attempts: [Name: Name]) { self.attempts = attempts }

  private func callee(_ name: Name) -> Name { attempts[name] ?? name }

  mutating func step(_ node: Services.Step) throws -> Services.Step {
    guard case .receive(let span, let name, let arguments, let parameters) = node else { return try derive(node) }
    return .receive(span, function: callee(name), arguments: arguments, parameters: parameters)
  }

  mutating func value(_ node: Services.Value) throws -> Services.Value {
    guard case .call(let span, let name, let arguments) = node else { return node }
    return .call(span, function: callee(name), arguments: arguments)
  }

  mutating func end(_ node: Services.End) throws -> Services.End {
    guard case .tailCall(let span, let name, let arguments) = node else { return try derive(node) }
    return .tailCall(span, function: callee(name), arguments: arguments)
  }
}

/// Writes the function that runs a version on words if the arguments are words, and the function itself if they are not
/// or the version gives up.
private struct AttemptWriter {
  private let function: Services.Function
  private let span: Span
  private var fresh: FreshLocals

  init(_ function: Services.Function) {
    self.function = function
    span = function.span
    fresh = FreshLocals(above: function)
  }

  mutating func attempt(on version: Name, named name: Name) -> Services.Function {
    let again = fresh.make("again")
    let arguments = function.parameters.map { Services.Atom.local($0.span, variable: $0.variable) }
    let whole = Services.Block(
      span, steps: [], end: .tailCall(span, function: function.name, arguments: arguments), failure: nil)
    let jump = Services.Block(span, steps: [], end: .jump(span, label: again, arguments: []), failure: nil)

    var words: [Services.Step] = []
    let passed = function.parameters.map { parameter -> Services.Atom in
      let whole = Services.Atom.local(span, variable: parameter.variable)
      return parameter.ty == .int ? convert(whole, "word.fromInt", .word, &words) : whole
    }
    let results = function.results.map {
      Services.Parameter(span, variable: fresh.make("result"), ty: $0.onWords)
    }
    let isEnough = Services.Parameter(span, variable: fresh.make("isEnough"), ty: .bool)
    words.append(.receive(span, function: version, arguments: passed, parameters: results + [isEnough]))
    var given: [Services.Step] = []
    let values = zip(results, function.results).map { result, ty -> Services.Atom in
      let word = Services.Atom.local(span, variable: result.variable)
      return ty == .int ? convert(word, "int.fromWord", .int, &given) : word
    }
    let done = Services.Block(span, steps: given, end: .return(span, values: values), failure: nil)
    var body = Services.Block(
      span, steps: words, end: .test(isEnough.variable, then: done, else: jump, at: span), failure: nil)
    for parameter in function.parameters.reversed() where parameter.ty == .int {
      let fits = fresh.make("fits")
      let test = Services.Value.primitive(
        span, name: "int.fits", arguments: [.local(span, variable: parameter.variable)])
      body = Services.Block(
        span, steps: [.let(span, variable: fits, ty: .bool, value: test)],
        end: .test(fits, then: body, else: jump, at: span), failure: nil)
    }
    body.steps.insert(.join(span, label: again, parameters: [], body: whole), at: 0)
    var attempt = function
    attempt.name = name
    attempt.body = body
    return attempt
  }

  private mutating func convert(
    _ atom: Services.Atom, _ primitive: Name, _ ty: Services.Ty, _ steps: inout [Services.Step]
  ) -> Services.Atom {
    let variable = fresh.make(ty == .word ? "word" : "n")
    steps.append(
      .let(span, variable: variable, ty: ty, value: .primitive(span, name: primitive, arguments: [atom])))
    return .local(span, variable: variable)
  }
}

extension Services.Ty {
  /// The type of what is held so where integers are words.
  var onWords: Services.Ty { self == .int ? .word : self }
}

extension Services.End {
  /// A choice by a truth value.
  static func test(
    _ variable: Local, then: Services.Block, else other: Services.Block, at span: Span
  ) -> Services.End {
    .test(
      span, subject: .local(span, variable: variable),
      cases: [Services.LiteralCase(span, literal: .bool(span, value: true), body: then)], default: other)
  }
}

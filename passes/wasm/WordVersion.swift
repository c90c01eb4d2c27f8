import Diagnostics
import Languages
import Nanopass

/// Rewrites a function for integers that are words: the references to big integers beside them are gone from what it
/// takes and gives, and what would make or meet a big integer abandons the attempt that runs it.
struct WordVersion: WasmIRToWasmIR {
  static let summary = "Rewrite a function for integers that are words"

  /// What is left of a function: its name, and which of its parameters and results.
  struct Signature {
    var name: Name
    var keptParameters: [Bool]
    var keptResults: [Bool]
  }

  /// The functions of the library that do the same with words alone; results that are big integers abandon.
  static let onWords: [Name: Name] = [
    "int.add": "int.add.words", "int.subtract": "int.subtract.words", "int.multiply": "int.multiply.words",
    "int.negate": "int.negate.words", "int.divideBy": "word.divide",
  ]

  /// The instructions that compare words as functions of the library compare integers.
  private static let comparisons: [Name: Name] = [
    "int.equal": "i64.eq", "int.less": "i64.lt_s", "int.lessEqual": "i64.le_s", "int.lessThanWord": "i64.lt_s",
    "int.lessEqualThanWord": "i64.le_s", "int.lessFromWord": "i64.lt_s", "int.lessEqualFromWord": "i64.le_s",
  ]

  private let signatures: [Name: Signature]
  private var fresh = FreshLocals(from: 0)
  /// Null for each variable that would hold a big integer.
  private var values: LocalTable<WasmIR.Expr> = [:]
  /// Which parameters of each label are left.
  private var labels: LocalTable<[Bool]> = [:]
  private var results: [WasmIR.Ty] = []
  /// What has been left out but is not surely null.
  private var unproved: [WasmIR.Expr] = []

  init() { self.init([:]) }

  /// - Parameter signatures: the functions that have a version for words.
  init(_ signatures: [Name: Signature]) { self.signatures = signatures }

  /// The version of a function; the function itself if it is to have none.
  mutating func version(of node: WasmIR.Function) throws -> WasmIR.Function {
    guard let signature = signatures[node.name] else { return node }
    fresh = FreshLocals(above: node)
    (values, labels, unproved) = ([:], [:], [])
    results = node.results
    return WasmIR.Function(
      node.span, name: signature.name, parameters: kept(node.parameters),
      results: kept(node.results, signature.keptResults), body: try block(node.body))
  }

  // MARK: What is left out

  private func kept<Item>(_ items: [Item], _ isKept: [Bool]) -> [Item] { zip(items, isKept).filter(\.1).map(\.0) }

  /// The parameters that are left; the others are null.
  private mutating func kept(_ parameters: [WasmIR.Parameter]) -> [WasmIR.Parameter] {
    for parameter in parameters where parameter.ty.isBig { makeNull(parameter.variable, at: parameter.span) }
    return parameters.filter { !$0.ty.isBig }
  }

  private mutating func makeNull(_ variable: Local, at span: Span) {
    values[variable.id] = .null(span, type: HeapLayout.big)
  }

  /// The arguments that are left; the others must be null.
  private mutating func kept(_ arguments: [WasmIR.Expr], _ isKept: [Bool]) throws -> [WasmIR.Expr] {
    var result: [WasmIR.Expr] = []
    for (argument, isKept) in zip(arguments, isKept) {
      let argument = try expr(argument)
      if isKept {
        result.append(argument)
      } else if !argument.isNullBig {
        unproved.append(argument)
      }
    }
    return result
  }

  // MARK: Tests

  /// Steps, then a block that runs if variables are null; else the attempt is abandoned.
  private func testing(_ variables: [Local], behind steps: [WasmIR.Step], before rest: WasmIR.Block) -> WasmIR.Block {
    let span = rest.span
    guard let condition = WasmIR.Expr.areNull(variables, at: span) else {
      return WasmIR.Block(span, steps: steps + rest.steps, end: rest.end)
    }
    let abandon = WasmIR.Block(span, steps: [], end: .abandon(span))
    return WasmIR.Block(span, steps: steps, end: .if(span, condition: condition, then: rest, else: abandon))
  }

  /// The same for what has been left out since the last test.
  private mutating func testing(behind steps: [WasmIR.Step], before rest: WasmIR.Block) -> WasmIR.Block {
    var steps = steps
    let variables = unproved.map { value in
      let variable = fresh.make("big")
      steps.append(.let(value.span, variable: variable, ty: .nullable(type: HeapLayout.big), value: value))
      return variable
    }
    unproved = []
    return testing(variables, behind: steps, before: rest)
  }

  // MARK: Blocks

  mutating func block(_ node: WasmIR.Block) throws -> WasmIR.Block {
    try steps(node.steps[...], node.end, at: node.span)
  }

  /// The steps from some on, and the end.
  private mutating func steps(
    _ steps: ArraySlice<WasmIR.Step>, _ end: WasmIR.End, at span: Span
  ) throws -> WasmIR.Block {
    var done: [WasmIR.Step] = []
    for (index, step) in zip(steps.indices, steps) {
      let (changed, bigs) = try rewritten(step)
      let isProved = unproved.isEmpty
      if isProved { done += changed }
      guard !isProved || !bigs.isEmpty else { continue }
      let left = unproved
      unproved = []
      let rest = testing(bigs, behind: [], before: try self.steps(steps[(index + 1)...], end, at: span))
      if isProved { return WasmIR.Block(span, steps: done + rest.steps, end: rest.end) }
      unproved = left
      return testing(behind: done, before: WasmIR.Block(span, steps: changed + rest.steps, end: rest.end))
    }
    let last = try self.end(end, &done)
    return testing(behind: done, before: WasmIR.Block(span, steps: [], end: last))
  }

  /// A step, and the variables that must be null behind it.
  private mutating func rewritten(_ node: WasmIR.Step) throws -> (steps: [WasmIR.Step], bigs: [Local]) {
    switch node {
    case .let(let span, let variable, let ty, let value):
      let value = try expr(value)
      let step = WasmIR.Step.let(span, variable: variable, ty: ty, value: value)
      guard ty.isBig else { return ([step], []) }
      makeNull(variable, at: span)
      return value.isNullBig ? ([], []) : ([step], [variable])
    case .receive(let span, let parameters, .call(let place, let name, let arguments)):
      let words = kept(parameters)
      if let call = try self.call(name, arguments, at: place) {
        return ([.setting(words, to: call, at: span)], [])
      }
      let call = WasmIR.Expr.call(place, function: name, arguments: try arguments.map { try expr($0) })
      let bigs = parameters.filter(\.ty.isBig).map(\.variable)
      return ([.receive(span, parameters: parameters, value: call)], bigs)
    case .receive(let span, let parameters, let value):
      let value = try expr(value)
      let bigs = parameters.filter(\.ty.isBig).map(\.variable)
      _ = kept(parameters)
      return ([.receive(span, parameters: parameters, value: value)], bigs)
    case .join(let span, let label, let parameters, let body):
      labels[label.id] = parameters.map { !$0.ty.isBig }
      let parameters = kept(parameters)
      return ([.join(span, label: label, parameters: parameters, body: try block(body))], [])
    case .run(let span, let value): return ([.run(span, value: try expr(value))], [])
    }
  }

  /// The call that does without big integers; nil if there is none.
  private mutating func call(_ name: Name, _ arguments: [WasmIR.Expr], at span: Span) throws -> WasmIR.Expr? {
    if let signature = signatures[name] {
      let arguments = try kept(arguments, signature.keptParameters)
      return .call(span, function: signature.name, arguments: arguments)
    }
    guard let same = Self.onWords[name] else { return nil }
    let arguments = try arguments.map { try expr($0) }
    guard arguments.allSatisfy({ $0.isNullBig || !isBig($0) }) else { return nil }
    let words = arguments.filter { !$0.isNullBig }
    if name == "int.subtract", case .i64(_, .small(0))? = words.first {
      return .call(span, function: "int.negate.words", arguments: Array(words.dropFirst()))
    }
    return .call(span, function: same, arguments: words)
  }

  /// Whether an argument of arithmetic may be a big integer, as far as its form tells.
  private func isBig(_ node: WasmIR.Expr) -> Bool {
    if case .global = node { true } else { false }
  }

  // MARK: Ends

  private mutating func end(_ node: WasmIR.End, _ steps: inout [WasmIR.Step]) throws -> WasmIR.End {
    switch node {
    case .return(let span, let values):
      return .return(span, values: try kept(values, results.map { !$0.isBig }))
    case .jump(let span, let label, let arguments):
      let isKept = labels[label.id] ?? arguments.map { _ in true }
      return .jump(span, label: label, arguments: try kept(arguments, isKept))
    case .loop(let span, let label, let parameters, let arguments, let body):
      let isKept = parameters.map { !$0.ty.isBig }
      labels[label.id] = isKept
      let arguments = try kept(arguments, isKept)
      let parameters = kept(parameters)
      let body = try inner(body)
      return .loop(span, label: label, parameters: parameters, arguments: arguments, body: body)
    case .if(let span, let condition, let then, let other):
      let condition = try expr(condition)
      if case .i32(_, let value) = condition { return .inline(try inner(value == .small(0) ? other : then), &steps) }
      return .if(span, condition: condition, then: try inner(then), else: try inner(other))
    case .switch(let span, let subject, let cases, let rest):
      let subject = try expr(subject)
      let cases = try cases.map { WasmIR.Case($0.span, value: $0.value, body: try inner($0.body)) }
      return .switch(span, subject: subject, cases: cases, default: try inner(rest))
    case .tailCall(let span, let name, let arguments):
      return try tailCall(name, arguments, &steps, at: span)
    case .attempt, .abandon, .unreachable: return node
    }
  }

  /// A block in an end, before which what the end has left out is still to be tested.
  private mutating func inner(_ node: WasmIR.Block) throws -> WasmIR.Block {
    let left = unproved
    unproved = []
    defer { unproved = left }
    return try block(node)
  }

  private mutating func tailCall(
    _ name: Name, _ arguments: [WasmIR.Expr], _ steps: inout [WasmIR.Step], at span: Span
  ) throws -> WasmIR.End {
    if let call = try call(name, arguments, at: span), case .call(_, let same, let arguments) = call {
      return .tailCall(span, function: same, arguments: arguments)
    }
    let arguments = try arguments.map { try expr($0) }
    guard results.contains(where: \.isBig) else { return .tailCall(span, function: name, arguments: arguments) }
    let parameters = results.map { WasmIR.Parameter(span, variable: fresh.make("t"), ty: $0) }
    steps.append(.setting(parameters, to: .call(span, function: name, arguments: arguments), at: span))
    let words = parameters.filter { !$0.ty.isBig }.map { WasmIR.Expr.local(span, variable: $0.variable) }
    let bigs = parameters.filter(\.ty.isBig).map(\.variable)
    let rest = WasmIR.Block(span, steps: [], end: .return(span, values: words))
    return testing(bigs, behind: [], before: rest).end
  }

  // MARK: Expressions

  mutating func expr(_ node: WasmIR.Expr) throws -> WasmIR.Expr {
    switch node {
    case .local(_, let variable): return values[variable.id] ?? node
    case .call(let span, let name, let arguments) where signatures[name] != nil:
      return try call(name, arguments, at: span) ?? node
    case .call(let span, let name, let arguments) where Self.comparisons[name] != nil:
      let arguments = try arguments.map { try expr($0) }
      let words = arguments.filter { !$0.isNullBig }
      guard let same = Self.comparisons[name], words.count == 2 else {
        return .call(span, function: name, arguments: arguments)
      }
      return .compute(span, operator: same, operands: words)
    default:
      let copy = try derive(node)
      return WasmFolding.simplified(copy) ?? copy
    }
  }
}

extension WasmIR.Ty {
  /// Whether it is that of the references beside the words of integers.
  var isBig: Bool { self == .nullable(type: HeapLayout.big) }
}

extension WasmIR.Expr {
  /// Whether it says that an integer is a word.
  fileprivate var isNullBig: Bool {
    if case .null(_, HeapLayout.big) = self { true } else { false }
  }

  /// Whether all of some variables are null; nil if there are none.
  static func areNull(_ variables: [Local], at span: Span) -> WasmIR.Expr? {
    let tests = variables.map { WasmIR.Expr.isNull(span, subject: .local(span, variable: $0)) }
    return tests.dropFirst().reduce(tests.first) { result, test in
      result.map { .compute(span, operator: "i32.and", operands: [$0, test]) }
    }
  }
}

import Diagnostics
import Languages
import Nanopass

/// Rewrites a function of numbers for integers that are words. What could not be one is tested; where it is none, the
/// function returns at once and says by a further result that words were not enough.
struct WordRun {
  /// The functions that have a version for words.
  private let versions: [Name: Name]
  private let fields: [Name: [[Services.Ty]]]
  private var fresh = FreshLocals(from: 0)
  private var function: Services.Function?
  /// The types that variables had.
  private var types: LocalTable<Services.Ty> = [:]
  /// The types of the parameters of labels.
  private var labels: LocalTable<[Services.Ty]> = [:]
  private var ranges = WordRanges()
  /// The tests that the open block still has to make: variables that must be true for what follows.
  private var tests: [Local] = []
  /// Whether what follows can't run on words.
  private var isLost = false

  init(_ versions: [Name: Name], types: [Services.TypeDecl]) {
    self.versions = versions
    fields = Dictionary(types.map { ($0.name, $0.variants.map(\.fields)) }) { first, _ in first }
  }

  mutating func version(of node: Services.Function, named name: Name) throws -> Services.Function {
    fresh = FreshLocals(above: node)
    (types, labels, ranges, tests, isLost) = ([:], [:], WordRanges(), [], false)
    function = node
    var version = node
    version.name = name
    version.parameters = node.parameters.map { parameter($0) }
    version.results = node.results.map(\.onWords) + [.bool]
    version.body = block(node.body)
    return version
  }

  private mutating func parameter(_ node: Services.Parameter) -> Services.Parameter {
    types[node.variable.id] = node.ty
    return Services.Parameter(node.span, variable: node.variable, ty: node.ty.onWords)
  }

  // MARK: Blocks

  private mutating func block(_ node: Services.Block) -> Services.Block {
    let outer = (ranges, tests, isLost)
    defer { (ranges, tests, isLost) = outer }
    (tests, isLost) = ([], false)
    return rest(node.steps[...], node.end, at: node.span)
  }

  /// The steps from some on, and the end. Behind a test the rest is a block of its own.
  private mutating func rest(
    _ steps: ArraySlice<Services.Step>, _ end: Services.End, at span: Span
  ) -> Services.Block {
    var done: [Services.Step] = []
    for (index, step) in zip(steps.indices, steps) {
      self.step(step, &done)
      if isLost { return Services.Block(span, steps: [], end: givingUp(at: span), failure: nil) }
      if tests.isEmpty { continue }
      return testing(done, at: step.span) { $0.rest(steps[(index + 1)...], end, at: span) }
    }
    // What an end has to convert stands in front of it.
    let last = self.end(end, &done)
    if isLost { return Services.Block(span, steps: [], end: givingUp(at: span), failure: nil) }
    let block = Services.Block(span, steps: [], end: last, failure: nil)
    return testing(done, at: span) { _ in block }
  }

  /// Steps, then the tests that are still to be made, then the rest.
  private mutating func testing(
    _ steps: [Services.Step], at span: Span, _ rest: (inout Self) -> Services.Block
  ) -> Services.Block {
    let made = tests
    tests = []
    var block = rest(&self)
    for variable in made.reversed() {
      let other = Services.Block(span, steps: [], end: givingUp(at: span), failure: nil)
      block = Services.Block(span, steps: [], end: .test(variable, then: block, else: other, at: span), failure: nil)
    }
    block.steps = steps + block.steps
    return block
  }

  private func givingUp(at span: Span) -> Services.End {
    let results = function?.results ?? []
    return .return(
      span, values: results.map { .absent(span, ty: $0.onWords) } + [.bool(span, value: false)])
  }

  // MARK: Atoms

  private func isInteger(_ atom: Services.Atom) -> Bool {
    switch atom {
    case .local(_, let variable): types[variable.id] == .int
    case .integer, .absent(_, .int): true
    case .absent, .bool, .float, .string, .unit, .word: false
    }
  }

  /// An atom where integers are words.
  private mutating func onWords(_ atom: Services.Atom) -> Services.Atom {
    switch atom {
    case .integer(let span, let value):
      if value.small.map({ Interval($0).fitsWord }) != true { isLost = true }
      return .word(span, value: value)
    case .absent(let span, .int): return .absent(span, ty: .word)
    case .local, .absent, .bool, .float, .string, .unit, .word: return atom
    }
  }

  /// An atom where integers may be large.
  private mutating func whole(_ atom: Services.Atom, _ steps: inout [Services.Step]) -> Services.Atom {
    guard case .local(let span, let variable) = atom, types[variable.id] == .int else { return atom }
    let integer = fresh.make(variable.name)
    let value = Services.Value.primitive(span, name: "int.fromWord", arguments: [atom])
    steps.append(.let(span, variable: integer, ty: .int, value: value))
    return .local(span, variable: integer)
  }

  // MARK: Steps

  private mutating func step(_ node: Services.Step, _ steps: inout [Services.Step]) {
    switch node {
    case .let(let span, let variable, let ty, let value):
      types[variable.id] = ty
      self.let(variable, ty, value, at: span, &steps)
    case .receive(let span, let callee, let arguments, let parameters):
      call(callee, arguments, parameters, at: span, &steps)
    case .join(let span, let label, let parameters, let body):
      labels[label.id] = parameters.map(\.ty)
      let parameters = parameters.map { parameter($0) }
      steps.append(.join(span, label: label, parameters: parameters, body: block(body)))
    }
  }

  private mutating func call(
    _ callee: Name, _ arguments: [Services.Atom], _ results: [Services.Parameter], at span: Span,
    _ steps: inout [Services.Step]
  ) {
    if let version = versions[callee] {
      let isEnough = Services.Parameter(span, variable: fresh.make("isEnough"), ty: .bool)
      let arguments = arguments.map { onWords($0) }
      steps.append(
        .receive(span, function: version, arguments: arguments, parameters: results.map { parameter($0) } + [isEnough]))
      tests.append(isEnough.variable)
      return
    }
    var behind: [Services.Step] = []
    let received = results.map { result -> Services.Parameter in
      guard result.ty == .int else { return parameter(result) }
      let integer = fresh.make(result.variable.name)
      receive(result.variable, from: integer, at: span, &behind)
      return Services.Parameter(result.span, variable: integer, ty: .int)
    }
    steps.append(.call(span, callee, arguments.map { whole($0, &steps) }, received))
    steps += behind
  }

  /// Sets a variable to an integer that may be large, if it is a word.
  private mutating func receive(
    _ variable: Local, from integer: Local, at span: Span, _ steps: inout [Services.Step]
  ) {
    types[variable.id] = .int
    let atom = Services.Atom.local(span, variable: integer)
    test("int.fits", [atom], at: span, &steps)
    // Whatever else it is, it is not read.
    let word = Services.Value.primitive(span, name: "word.fromInt", arguments: [atom])
    steps.append(.let(span, variable: variable, ty: .word, value: word))
  }

  /// What follows is reached only if a primitive says yes.
  private mutating func test(
    _ primitive: Name, _ arguments: [Services.Atom], at span: Span, _ steps: inout [Services.Step]
  ) {
    let fits = fresh.make("fits")
    let value = Services.Value.primitive(span, name: primitive, arguments: arguments)
    steps.append(.let(span, variable: fits, ty: .bool, value: value))
    tests.append(fits)
  }

  private mutating func `let`(
    _ variable: Local, _ ty: Services.Ty, _ value: Services.Value, at span: Span, _ steps: inout [Services.Step]
  ) {
    func set(_ value: Services.Value) { steps.append(.let(span, variable: variable, ty: ty.onWords, value: value)) }
    switch value {
    case .atom(let place, let atom):
      let atom = onWords(atom)
      ranges.set(variable, to: ranges.range(atom))
      set(.atom(place, atom: atom))
    case .call(_, let callee, let arguments):
      call(callee, arguments, [Services.Parameter(span, variable: variable, ty: ty)], at: span, &steps)
    case .construct(let place, let type, let variant, let index, let arguments):
      let types = fields[type]?[index] ?? []
      let arguments = zip(arguments, types).map { $1 == .int ? whole($0, &steps) : $0 }
      set(.construct(place, type: type, variant: variant, index: index, arguments: arguments))
    case .primitive(let place, let name, let arguments):
      primitive(variable, ty, name, arguments, at: place, &steps)
    case .payload, .service:
      guard ty == .int else { return set(value) }
      let integer = fresh.make(variable.name)
      steps.append(.let(span, variable: integer, ty: .int, value: value))
      receive(variable, from: integer, at: span, &steps)
    }
  }

  // MARK: Primitives

  private mutating func primitive(
    _ variable: Local, _ ty: Services.Ty, _ name: Name, _ arguments: [Services.Atom], at span: Span,
    _ steps: inout [Services.Step]
  ) {
    func set(_ value: Services.Value) { steps.append(.let(span, variable: variable, ty: ty.onWords, value: value)) }
    let facts = KnownRanges.facts(of: name)
    if let rule = facts?.rule, ty == .int || rule.isComparison {
      let operands = arguments.map { onWords($0) }
      if let name = self.operator(name, rule, operands, at: span, &steps) {
        set(.primitive(span, name: name, arguments: operands))
        if rule.isComparison { return ranges.compare(variable, rule, operands) }
        let range = ranges.result(of: rule, operands)
        if !range.fitsWord { test("word.fits", [.local(span, variable: variable)], at: span, &steps) }
        return ranges.set(variable, to: range)
      }
    }
    switch (name, arguments.first) {
    case ("word.fromInt", let atom?) where isInteger(atom), ("int.fromWord", let atom?), ("int.fromNatural", let atom?):
      return set(.atom(span, atom: onWords(atom)))
    default: break
    }
    let passed = arguments.enumerated().map { position, argument in
      facts?.takesIndex(position) == true ? onWords(argument) : whole(argument, &steps)
    }
    let value = Services.Value.primitive(span, name: name, arguments: passed)
    guard ty == .int, facts?.givesIndex != true else { return set(value) }
    let integer = fresh.make(variable.name)
    steps.append(.let(span, variable: integer, ty: .int, value: value))
    receive(variable, from: integer, at: span, &steps)
  }

  /// The primitive on words that does the same as an operator, if there is one; what it asks for is tested before.
  private mutating func `operator`(
    _ name: Name, _ rule: RangeRule, _ operands: [Services.Atom], at span: Span, _ steps: inout [Services.Step]
  ) -> Name? {
    guard let onWords = KnownRanges.facts(of: name)?.onWords, let last = operands.last else { return nil }
    switch rule {
    case .multiply:
      if !ranges.result(of: rule, operands).fitsWord {
        test("word.productFits", operands, at: span, &steps)
        for (operand, half) in zip(operands, WordRanges.halves) { ranges.refine(operand, .both, by: half) }
      }
    case .divide, .modulo:
      // The quotient stands in front of the test: by a divisor below 0, which nothing is, it is another, and not read.
      if ranges.range(last).low < 1 {
        test("word.less", [.word(span, value: .small(0)), last], at: span, &steps)
        ranges.refine(last, .greater, by: Interval(0))
      }
      if let first = operands.first, ranges.range(first).low >= 0 { return KnownRanges.onNaturals[name] }
    case .shiftLeft:
      guard Interval(0, 62).contains(ranges.range(last)), ranges.result(of: rule, operands).fitsWord else { return nil }
    case .shiftRight: guard Interval(0, 62).contains(ranges.range(last)) else { return nil }
    default: break
    }
    return onWords
  }

  // MARK: Ends

  private mutating func end(_ node: Services.End, _ steps: inout [Services.Step]) -> Services.End {
    switch node {
    case .return(let span, let values):
      return .return(span, values: values.map { onWords($0) } + [.bool(span, value: true)])
    case .jump(let span, let label, let arguments):
      return .jump(span, label: label, arguments: arguments.map { onWords($0) })
    case .loop(let span, let label, let parameters, let arguments, let body):
      labels[label.id] = parameters.map(\.ty)
      let arguments = arguments.map { onWords($0) }
      let parameters = parameters.map { parameter($0) }
      return .loop(span, label: label, parameters: parameters, arguments: arguments, body: block(body))
    case .switch(let span, let subject, let type, let cases, let rest):
      let cases = cases.map { Services.Case($0.span, variant: $0.variant, index: $0.index, body: block($0.body)) }
      return .switch(span, subject: subject, type: type, cases: cases, default: rest.map { block($0) })
    case .test(let span, let subject, let cases, let rest): return test(subject, cases, rest, at: span, &steps)
    case .tailCall(let span, let callee, let arguments):
      if let version = versions[callee] {
        return .tailCall(span, function: version, arguments: arguments.map { onWords($0) })
      }
      let results = (function?.results ?? []).map { Services.Parameter(span, variable: fresh.make("t"), ty: $0) }
      call(callee, arguments, results, at: span, &steps)
      return .return(
        span, values: results.map { .local(span, variable: $0.variable) } + [.bool(span, value: true)])
    }
  }

  private mutating func test(
    _ subject: Services.Atom, _ cases: [Services.LiteralCase], _ rest: Services.Block, at span: Span,
    _ steps: inout [Services.Step]
  ) -> Services.End {
    let outer = ranges
    defer { ranges = outer }
    var kept: [Services.LiteralCase] = []
    for one in cases {
      ranges = outer
      switch one.literal {
      case .bool(_, let value): ranges.assume(subject, value)
      case .integer(_, let value) where isInteger(subject):
        guard let small = value.small, Interval(small).fitsWord else { continue }
        ranges.refine(subject, .both, by: Interval(small))
      case .integer, .float, .string: break
      }
      kept.append(Services.LiteralCase(one.span, literal: one.literal, body: block(one.body)))
    }
    ranges = outer
    if cases.count == 1, case .bool(_, let value) = cases[0].literal { ranges.assume(subject, !value) }
    let other = block(rest)
    guard kept.isEmpty else { return .test(span, subject: onWords(subject), cases: kept, default: other) }
    steps += other.steps
    return other.end
  }
}

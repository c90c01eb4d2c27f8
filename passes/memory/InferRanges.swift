import Diagnostics
public import Languages
public import Nanopass

/// Holds integers that provably fit a machine word in raw words, so that what is done with them needs no test and no
/// check of overflow, and they are not counted.
///
/// The range of each integer of the program follows from where it comes from, through calls, fields and loops, and from
/// the conditions on the way to where it is used; `RangeGraph` says how it is found, `LoopBounds` what loops tell, and
/// `WordPlan` which integers become words. Where one that does meets one that does not, it is converted; so is an index
/// that is none, behind a condition that keeps it within bounds. Comparisons whose outcome the ranges tell are left out
/// with the code behind them.
///
///     (let n.1 int (primitive vector.length [(local v.0)]))
///     (loop again.2 [(parameter i.3 int)] [(integer 0)]
///       (block [(let c.4 bool (primitive int.less [(local i.3) (local n.1)]))]
///         (test (local c.4) [(literalCase (bool true)
///           (block [(let j.5 int (primitive int.add [(local i.3) (integer 1)]))] (jump again.2 [(local j.5)]) -))]
///           (block [] (return [unit]) -))
///         -))
///
/// becomes
///
///     (let n.1 word (primitive vector.length [(local v.0)]))
///     (loop again.2 [(parameter i.3 word)] [(word 0)]
///       (block [(let c.4 bool (primitive word.less [(local i.3) (local n.1)]))]
///         (test (local c.4) [(literalCase (bool true)
///           (block [(let j.5 word (primitive word.add [(local i.3) (word 1)]))] (jump again.2 [(local j.5)]) -))]
///           (block [] (return [unit]) -))
///         -))
///
/// Needs: bound-locals, bound-labels, known-functions. Ensures: bound-locals, bound-labels; what is a word fits one.
public struct InferRanges: ServicesToServices, FunctionPass {
  public static let summary = "Hold integers that provably fit a machine word in raw words"

  var plan: WordPlan?
  var nodes: LocalTable<Int32> = [:]
  private var results: [Int32] = []
  /// The positions and counts that fit by what conditions tell, by the variables of the primitives' results.
  private var checked: LocalTable<[Int]> = [:]
  private var labels: LocalTable<[Int32]> = [:]
  /// What comparisons always give, by their variables.
  private var outcomes: LocalTable<Bool> = [:]
  var locals = FunctionLocals<Services.Function>()
  private var words = 0
  private var integers = 0
  private var unchecked = 0
  private var operators = 0
  private var decided = 0
  private let onEngine: Bool

  public init() { self.init(onEngine: false) }

  /// - Parameter onEngine: whether values lie on the heap of an engine, which runs loops as they are written.
  init(onEngine: Bool) { self.onEngine = onEngine }

  public mutating func learn(from start: SweepStart) throws -> Bool {
    guard let input = start.program.root as? Services.Root else { return false }
    let plan = try WordPlan(input, onEngine: onEngine)
    words = plan.finder.holders.count { plan.isWord($0.node) }
    integers = plan.finder.holders.count
    operators = plan.operators
    self.plan = plan
    return true
  }

  public mutating func end(in context: PassContext) {
    let proved = plan?.proved ?? 0
    context.explain(
      """
      \(proved) of \(integers) integers provably fit a machine word, \(words) are held raw; \(unchecked) of \(operators) \
      operators need no check, \(decided) comparisons are decided.
      """,
      data: [
        ("integers", integers), ("proved", proved), ("words", words), ("operators", operators),
        ("unchecked", unchecked), ("decided", decided),
      ])
    plan = nil
  }

  // MARK: Declarations

  public mutating func typeDecl(_ node: Services.TypeDecl) -> Services.TypeDecl {
    guard let plan, let fields = plan.finder.fields[node.name] else { return node }
    var type = node
    for (index, variant) in fields.enumerated() {
      for (position, field) in variant.enumerated() where plan.isWord(field) {
        type.variants[index].fields[position] = .word
      }
    }
    return type
  }

  public mutating func function(_ node: Services.Function) throws -> Services.Function {
    guard let plan, let index = plan.finder.functions[node.name], plan.changes[index] else { return node }
    nodes = plan.finder.variables[index]
    results = plan.finder.results[index]
    (checked, labels, outcomes) = ([:], [:], [:])
    for index in plan.finder.indices[index] where plan.fits(index) {
      checked[index.variable, default: []].append(index.place)
    }
    locals.enter(node)
    var function = node
    function.parameters = node.parameters.map { parameter($0) }
    function.results = zip(node.results, results).map { plan.isWord($1) ? .word : $0 }
    function.body = try block(node.body)
    return function
  }

  public mutating func parameter(_ node: Services.Parameter) -> Services.Parameter {
    var parameter = node
    parameter.ty = type(node.ty, of: node.variable)
    return parameter
  }

  func type(_ type: Services.Ty, of variable: Local) -> Services.Ty {
    type == .int && isWord(variable) ? .word : type
  }

  func isWord(_ variable: Local) -> Bool {
    guard let node = nodes[variable.id] else { return false }
    return plan?.isWord(node) ?? false
  }

  func isWord(_ node: Int32) -> Bool { plan?.isWord(node) ?? false }

  // MARK: Blocks

  public mutating func block(_ node: Services.Block) throws -> Services.Block {
    var block = node
    block.steps = []
    block.steps.reserveCapacity(node.steps.count)
    var inner = node
    while true {
      for step in inner.steps { try add(step, to: &block.steps) }
      guard let next = onlyWay(inner.end) else { break }
      inner = next
    }
    block.end = try end(inner.end, after: &block.steps)
    return block
  }

  /// Where a test goes whose outcome is known.
  private func onlyWay(_ end: Services.End) -> Services.Block? {
    guard case .test(_, .local(_, let variable), let cases, let rest) = end else { return nil }
    if let outcome = outcomes[variable.id] {
      for one in cases { if case .bool(_, outcome) = one.literal { return one.body } }
      return rest
    }
    return isWord(variable) && !cases.contains { mayBe($0.literal, variable) } ? rest : nil
  }

  /// Whether a variable that is a word may have a value.
  private func mayBe(_ literal: Services.Literal, _ variable: Local) -> Bool {
    guard case .integer(_, let value) = literal, let small = value.small, let node = nodes[variable.id], let plan
    else { return false }
    return plan.range(node).contains(Interval(small))
  }

  private mutating func add(_ step: Services.Step, to steps: inout [Services.Step]) throws {
    switch step {
    case .let(let span, let variable, let ty, let value):
      try self.let(variable, ty, value, at: span, &steps)
    case .receive(let span, let callee, let arguments, let parameters):
      let arguments = pass(arguments, to: callee, at: span, &steps)
      receive(callee, arguments, parameters, at: span, &steps)
    case .join(let span, let label, let parameters, let body):
      labels[label.id] = parameters.map { nodes[$0.variable.id] ?? -1 }
      let parameters = parameters.map { parameter($0) }
      steps.append(.join(span, label: label, parameters: parameters, body: try block(body)))
    }
  }

  private mutating func end(_ node: Services.End, after steps: inout [Services.Step]) throws -> Services.End {
    switch node {
    case .return(let span, let values):
      return .return(span, values: convert(values, to: results, at: span, &steps))
    case .jump(let span, let label, let arguments):
      let arguments = convert(arguments, to: labels[label.id] ?? [], at: span, &steps)
      return .jump(span, label: label, arguments: arguments)
    case .tailCall(let span, let callee, let arguments):
      return .tailCall(span, function: callee, arguments: pass(arguments, to: callee, at: span, &steps))
    case .loop(let span, let label, let parameters, let arguments, let body):
      let places = parameters.map { nodes[$0.variable.id] ?? -1 }
      labels[label.id] = places
      let arguments = convert(arguments, to: places, at: span, &steps)
      return .loop(
        span, label: label, parameters: parameters.map { parameter($0) }, arguments: arguments, body: try block(body))
    case .test(let span, .local(let place, let variable), let cases, let rest) where isWord(variable):
      let cases = try cases.filter { mayBe($0.literal, variable) }.map { try literalCase($0) }
      return .test(span, subject: .local(place, variable: variable), cases: cases, default: try block(rest))
    case .switch, .test: return try derive(node)
    }
  }

  // MARK: Values

  private mutating func `let`(
    _ variable: Local, _ ty: Services.Ty, _ value: Services.Value, at span: Span, _ steps: inout [Services.Step]
  ) throws {
    func set(_ value: Services.Value, isWord comesAsWord: Bool, _ steps: inout [Services.Step]) {
      guard ty == .int, comesAsWord != isWord(variable) else {
        steps.append(.let(span, variable: variable, ty: type(ty, of: variable), value: value))
        return
      }
      let come = locals.make(variable.name)
      steps.append(.let(span, variable: come, ty: comesAsWord ? .word : .int, value: value))
      steps.append(conversion(of: come, to: variable, comesAsWord: comesAsWord, at: span))
    }
    switch value {
    case .atom(let place, let atom):
      let atom = convert(atom, toWord: ty == .int && isWord(variable), at: span, &steps)
      steps.append(.let(span, variable: variable, ty: type(ty, of: variable), value: .atom(place, atom: atom)))
    case .call(_, let callee, let arguments):
      let arguments = pass(arguments, to: callee, at: span, &steps)
      let parameter = Services.Parameter(span, variable: variable, ty: ty)
      receive(callee, arguments, [parameter], at: span, &steps)
    case .construct(let place, let type, let variant, let index, let arguments):
      let fields = plan?.finder.fields[type] ?? []
      let places = fields.indices.contains(index) ? fields[index] : []
      let arguments = convert(arguments, to: places, at: span, &steps)
      let cell = Services.Value.construct(place, type: type, variant: variant, index: index, arguments: arguments)
      steps.append(.let(span, variable: variable, ty: ty, value: cell))
    case .payload(_, _, let type, let variant, let index):
      let fields = plan?.finder.fields[type] ?? []
      let isField = fields.indices.contains(variant) && fields[variant].indices.contains(index)
      set(value, isWord: isField && isWord(fields[variant][index]), &steps)
    case .service(let place, let name, let arguments):
      let arguments = convert(arguments, to: [], at: span, &steps)
      set(.service(place, name: name, arguments: arguments), isWord: false, &steps)
    case .primitive(let place, let name, let arguments):
      guard let facts = KnownRanges.facts(of: name) else {
        throw PassBug(Self.self, "there is no primitive `\(name)`", broke: "known-functions", in: value)
      }
      if let rule = facts.rule, let node = nodes[variable.id] {
        let (value, isWord) = self.operator(name, rule, facts.onWords, arguments, node, variable, at: place, &steps)
        return set(value, isWord: isWord, &steps)
      }
      let element = plan.map { $0.isWord($0.finder.element) } ?? false
      let converted = arguments.enumerated().map { position, argument in
        if facts.takesIndex(position) {
          let fits = checked[variable.id]?.contains(position) == true
          return fits ? convert(argument, toWord: true, at: span, &steps) : argument
        }
        return convert(argument, toWord: facts.element == position && element, at: span, &steps)
      }
      let givesWord = facts.getsElement ? element : facts.givesIndex && isWord(variable)
      set(.primitive(place, name: name, arguments: converted), isWord: givesWord, &steps)
    }
  }

  /// An operator or a comparison, on words if it can be and something is one; and whether the result is one.
  private mutating func `operator`(
    _ name: Name, _ rule: RangeRule, _ onWords: Name?, _ arguments: [Services.Atom], _ node: Int32, _ variable: Local,
    at span: Span, _ steps: inout [Services.Step]
  ) -> (value: Services.Value, isWord: Bool) {
    if rule.isComparison, let outcome = plan?.outcome(of: node) {
      decided += 1
      outcomes[variable.id] = outcome
      return (.atom(span, atom: .bool(span, value: outcome)), false)
    }
    guard let plan, let onWords, plan.fits(node), plan.isWord(node) || plan.readsWord(node)
    else {
      let arguments = arguments.map { convert($0, toWord: false, at: span, &steps) }
      return (.primitive(span, name: name, arguments: arguments), false)
    }
    if !rule.isComparison { unchecked += 1 }
    let arguments = arguments.map { convert($0, toWord: true, at: span, &steps) }
    let onNaturals = plan.isNatural(node) ? KnownRanges.onNaturals[name] : nil
    return (.primitive(span, name: onNaturals ?? onWords, arguments: arguments), true)
  }
}

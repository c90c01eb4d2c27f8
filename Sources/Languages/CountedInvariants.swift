import Nanopass

extension Counted {
  /// Every local is bound before it is read, and no two binders of a function share a number.
  @Sendable static func checkBoundLocals(_ root: Root) -> [Violation] {
    findViolations(root).filter { $0.kind == .locals }.map(\.violation)
  }

  /// Every jump lies in the scope of its label and passes as many arguments as it takes.
  @Sendable static func checkBoundLabels(_ root: Root) -> [Violation] {
    findViolations(root).filter { $0.kind == .labels }.map(\.violation)
  }

  /// Variables, arguments, fields and results have the shapes that their places ask for.
  @Sendable static func checkMatchingShapes(_ root: Root) -> [Violation] {
    findViolations(root).filter { $0.kind == .shapes }.map(\.violation)
  }

  private static func findViolations(_ root: Root) -> [ShapeChecker.Finding] {
    var checker = ShapeChecker(root)
    for function in root.functions { checker.check(function) }
    return checker.findings
  }
}

extension Shaped.Shape {
  /// The shape of a type that a primitive takes or gives.
  public init(builtin type: Typed.Ty) {
    switch type {
    case .bool, .unit: self = .word
    case .float: self = .float
    case .int: self = .integer
    default: self = .cell
    }
  }
}

/// Walks functions with the variables and labels in scope and what each holds or takes.
private struct ShapeChecker {
  enum Kind { case locals, labels, shapes }
  struct Finding {
    var kind: Kind
    var violation: Violation
  }

  private(set) var findings: [Finding] = []
  private var functions: [Name: (parameters: [Counted.Shape], results: [Counted.Shape])] = [:]
  /// The shapes of the variables in scope, by number.
  private var scope: [Int: Counted.Shape] = [:]
  private var labels: [Int: [Counted.Shape]] = [:]
  private var bound: Set<Int> = []
  private var results: [Counted.Shape] = []

  init(_ root: Counted.Root) {
    for function in root.functions {
      functions[function.name] = (function.parameters.map(\.shape), function.results)
    }
  }

  private mutating func report(_ kind: Kind, _ message: String, _ node: some Writable) {
    findings.append(Finding(kind: kind, violation: Violation(message, in: node)))
  }

  mutating func check(_ function: Counted.Function) {
    scope = [:]
    labels = [:]
    bound = []
    results = function.results
    bind(function.parameters, in: function)
    block(function.body)
  }

  // MARK: Binders

  private mutating func bind(_ variable: Local, _ shape: Counted.Shape, in node: some Writable) {
    claim(variable, in: node)
    scope[variable.id] = shape
  }

  private mutating func bind(_ parameters: [Counted.Parameter], in node: some Writable) {
    for parameter in parameters { bind(parameter.variable, parameter.shape, in: node) }
  }

  private mutating func claim(_ binder: Local, in node: some Writable) {
    if !bound.insert(binder.id).inserted { report(.locals, "`\(binder)` shares its number with another binder", node) }
  }

  // MARK: Blocks

  /// Checks a block; its variables and labels go out of scope behind it.
  private mutating func block(_ block: Counted.Block) {
    var variables: [Int] = []
    var joins: [Int] = []
    for step in block.steps {
      switch step {
      case .let(_, let variable, let shape, let value):
        self.value(value, shape, in: step)
        bind(variable, shape, in: step)
        variables.append(variable.id)
      case .receive(_, let function, let arguments, let parameters):
        if let results = call(function, arguments, in: step) {
          expect(parameters.map(\.shape), results, function, step)
        }
        bind(parameters, in: step)
        variables += parameters.map(\.variable.id)
      case .join(_, let label, let parameters, let body):
        claim(label, in: step)
        enter(parameters, body, in: step)
        labels[label.id] = parameters.map(\.shape)
        joins.append(label.id)
      case .dup(_, let variable), .drop(_, let variable): count([variable], in: step)
      case .take(_, let cell, let fields): count([cell] + fields, in: step)
      case .reclaim(_, let token, let cell, _, let fields):
        count([cell] + fields, in: step)
        bind(token, .word, in: step)
        variables.append(token.id)
      case .release(_, let token): _ = self.shape(of: token, in: step)
      case .fill(_, let hole, let value):
        expect([hole], [.word], in: step)
        fields([value], areCounted: true, in: step)
      }
    }
    end(block.end)
    for id in variables { scope[id] = nil }
    for id in joins { labels[id] = nil }
  }

  private mutating func count(_ variables: [Local], in step: Counted.Step) {
    for variable in variables {
      if let shape = shape(of: variable, in: step), !shape.isCounted {
        report(.shapes, "`\(variable)` is counted, but holds no reference", step)
      }
    }
  }

  private mutating func enter(_ parameters: [Counted.Parameter], _ body: Counted.Block, in node: some Writable) {
    bind(parameters, in: node)
    block(body)
    for parameter in parameters { scope[parameter.variable.id] = nil }
  }

  private mutating func end(_ end: Counted.End) {
    switch end {
    case .return(_, let values): expect(values, results, of: "return", in: end)
    case .jump(_, let label, let arguments):
      guard let parameters = labels[label.id] else { return report(.labels, "`\(label)` is not in scope", end) }
      expect(arguments, parameters, of: label, in: end)
    case .tailCall(_, let function, let arguments):
      if let results = call(function, arguments, in: end), results != self.results {
        report(.shapes, "`\(function)` gives \(results), the function around it does not", end)
      }
    case .loop(_, let label, let parameters, let arguments, let body):
      expect(arguments, parameters.map(\.shape), of: label, in: end)
      claim(label, in: end)
      labels[label.id] = parameters.map(\.shape)
      enter(parameters, body, in: end)
      labels[label.id] = nil
    case .test(_, let subject, let cases, let rest):
      for one in cases { expect([subject], [shape(of: one.literal)], in: one.literal) }
      blocks(cases.map(\.body), rest)
    case .switchTag(_, let subject, let cases, let rest):
      expectCell(subject, in: end)
      blocks(cases.map(\.body), rest)
    case .switchWord(_, let subject, let cases, let rest):
      expect([subject], [.word], in: end)
      blocks(cases.map(\.body), rest)
    }
  }

  private mutating func blocks(_ bodies: [Counted.Block], _ rest: Counted.Block?) {
    for body in bodies { block(body) }
    if let rest { block(rest) }
  }

  // MARK: Values

  private mutating func value(_ value: Counted.Value, _ shape: Counted.Shape, in step: Counted.Step) {
    switch value {
    case .atom(_, let atom): expect([atom], [shape], in: step)
    case .call(_, let function, let arguments):
      if let results = call(function, arguments, in: step) { expect([shape], results, function, step) }
    case .primitive(_, let name, let arguments):
      guard let primitive = Primitive.named(name) else { return report(.shapes, "there is no `\(name)`", step) }
      self.primitive(primitive, arguments, shape, in: step)
    case .service(_, let name, let arguments):
      guard let service = EffectOperation.service(name) else { return report(.shapes, "there is no `\(name)`", step) }
      expect(arguments, service.parameters.map(Counted.Shape.init(builtin:)), of: name, in: step)
      expect(shape, Counted.Shape(builtin: service.result), name, step)
    case .reuse(let span, let token, let tag, let counted, let raw):
      _ = self.shape(of: token, in: step)
      self.value(.cell(span, tag: tag, counted: counted, raw: raw), shape, in: step)
    case .cell(_, _, let counted, let raw):
      fields(counted, areCounted: true, in: step)
      fields(raw, areCounted: false, in: step)
      if !shape.isCounted { expect(shape, .cell, "cell", step) }
    case .read(_, let cell, _, _, _): expectCell(cell, in: step)
    case .hole(_, let cell, _):
      expectCell(cell, in: step)
      expect(shape, .word, "hole", step)
    }
  }

  /// What a primitive's variables stand for is counted; integers and cells are held alike.
  private mutating func primitive(
    _ primitive: Primitive, _ arguments: [Counted.Atom], _ shape: Counted.Shape, in step: Counted.Step
  ) {
    let parameters = primitive.isVariadic ? arguments.map { _ in Typed.Ty.string } : primitive.parameters
    var shapes: [Counted.Shape] = []
    for (parameter, argument) in zip(parameters, arguments) {
      if case .variable = parameter {
        shapes.append(self.shape(of: argument, in: step) == .integer ? .integer : .cell)
      } else {
        let passing = primitive.passing(at: shapes.count)
        shapes.append(held(parameter, passing) { self.shape(of: argument, in: step) })
      }
    }
    expect(
      arguments, shapes + parameters.dropFirst(shapes.count).map(Counted.Shape.init(builtin:)), of: primitive.name,
      in: step)
    if case .variable = primitive.result, shape.isCounted { return }
    expect(shape, held(primitive.result, primitive.resultPassing) { shape }, primitive.name, step)
  }

  /// The shape of what a primitive takes or gives; positions and counts may be integers or words, as they are found.
  private func held(
    _ type: Typed.Ty, _ passing: Passing?, _ found: () -> Counted.Shape?
  ) -> Counted.Shape {
    guard type == .int else { return Counted.Shape(builtin: type) }
    switch passing {
    case .word: return .word
    case .index: return found() == .word ? .word : .integer
    case .counted, .float, nil: return .integer
    }
  }

  private mutating func fields(_ atoms: [Counted.Atom], areCounted: Bool, in step: some Writable) {
    for atom in atoms {
      guard let shape = shape(of: atom, in: step), shape.isCounted != areCounted else { continue }
      report(.shapes, "a field stands with those that are \(areCounted ? "" : "not ")counted", step)
    }
  }

  /// Checks a call and gives the results' shapes, if the function is known.
  private mutating func call(_ function: Name, _ arguments: [Counted.Atom], in node: some Writable) -> [Counted.Shape]?
  {
    guard let signature = functions[function] else {
      report(.shapes, "`\(function)` is not declared", node)
      return nil
    }
    expect(arguments, signature.parameters, of: function, in: node)
    return signature.results
  }

  private mutating func expect(_ atoms: [Counted.Atom], _ shapes: [Counted.Shape], in node: some Writable) {
    for (atom, expected) in zip(atoms, shapes) {
      guard let found = shape(of: atom, in: node), found != expected else { continue }
      report(.shapes, "a \(spelling(found)) stands where a \(spelling(expected)) is needed", node)
    }
  }

  /// A cell may be held as an integer, where its type has some.
  private mutating func expectCell(_ atom: Counted.Atom, in node: some Writable) {
    expect([atom], [shape(of: atom, in: node) == .integer ? .integer : .cell], in: node)
  }

  private mutating func expect(
    _ atoms: [Counted.Atom], _ shapes: [Counted.Shape], of target: some CustomStringConvertible, in node: some Writable
  ) {
    if atoms.count != shapes.count {
      let kind: Kind = target is Local ? .labels : .shapes
      report(kind, "`\(target)` takes \(shapes.count) arguments, not \(atoms.count)", node)
    }
    expect(atoms, shapes, in: node)
  }

  private mutating func expect(
    _ declared: Counted.Shape, _ given: Counted.Shape, _ source: Name, _ step: Counted.Step
  ) {
    if declared != given {
      report(.shapes, "`\(source)` gives a \(spelling(given)), not a \(spelling(declared))", step)
    }
  }

  private mutating func expect(
    _ declared: [Counted.Shape], _ given: [Counted.Shape], _ function: Name, _ step: Counted.Step
  ) {
    if declared != given { report(.shapes, "`\(function)` gives \(given), not \(declared)", step) }
  }

  private func spelling(_ shape: Counted.Shape) -> String { "\(shape)" }

  private mutating func shape(of atom: Counted.Atom, in node: some Writable) -> Counted.Shape? {
    switch atom {
    case .local(_, let variable): return shape(of: variable, in: node)
    case .integer: return .integer
    case .float: return .float
    case .word: return .word
    case .string, .immediate: return .cell
    case .constant(_, let shape, _, let counted, let raw):
      fields(counted, areCounted: true, in: node)
      fields(raw, areCounted: false, in: node)
      if !shape.isCounted { report(.shapes, "a cell is held in a reference or an integer", node) }
      return shape
    }
  }

  private mutating func shape(of variable: Local, in node: some Writable) -> Counted.Shape? {
    if scope[variable.id] == nil { report(.locals, "`\(variable)` is not bound here", node) }
    return scope[variable.id]
  }

  private func shape(of literal: Counted.Literal) -> Counted.Shape {
    switch literal {
    case .integer: return .integer
    case .float: return .float
    case .string: return .cell
    case .bool: return .word
    }
  }
}

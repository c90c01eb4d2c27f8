public import Languages
public import Nanopass

/// A pass that reads values which have been computed before.
public protocol ValueReusingPass: CoreToCore, FunctionPass {
  /// What finds them.
  var reuse: ValueReuse { get set }
}

extension ValueReusingPass {
  public mutating func learn(from start: SweepStart) throws -> Bool { try reuse.learn(from: start) }

  public mutating func begin(_ input: Core.Root, in context: PassContext) { reuse.enter(input) }

  public mutating func function(_ node: Core.Function) throws -> Core.Function {
    guard try reuse.enter(node) else { return node }
    return try derive(node)
  }

  public mutating func block(_ node: Core.Block) throws -> Core.Block {
    let scope = reuse.values.enter()
    defer { reuse.values.leave(scope) }
    // A call at the end may become a tail call, so it stays there, and nothing before it knows its result.
    let bindings = node.steps.endsWithCall ? node.steps.dropLast() : node.steps[...]
    var hasJoins = false
    var steps: [Core.Step?] = []
    steps.reserveCapacity(node.steps.count)
    for step in bindings {
      if step.isJoin {
        if !hasJoins { reuse.values.firstJoin(of: scope) }
        hasJoins = true
        steps.append(step)
      } else {
        steps.append(reuse.binding(try self.step(step)))
      }
    }
    if hasJoins { steps = try joins(in: steps, of: scope) }
    if node.steps.endsWithCall, let last = node.steps.last { steps.append(reuse.binding(try step(last))) }
    return Core.Block(
      node.span, steps: reusing(node.steps, for: steps.compactMap { $0 }), end: try end(node.end), failure: node.failure
    )
  }

  public mutating func atom(_ node: Core.Atom) -> Core.Atom { reuse.substitution.resolve(node) }

  /// Rewrites the join points of a block whose bindings are known, and moves them behind these if they use one of them.
  private mutating func joins(in steps: [Core.Step?], of scope: AvailableValues.Scope) throws -> [Core.Step?] {
    reuse.values.enterJoins(of: scope)
    let new = try steps.map { step in
      if let step, step.isJoin { try self.step(step) } else { step }
    }
    guard reuse.values.haveJoinsUsed(scope) else { return new }
    return new.filter { $0?.isJoin != true } + new.filter { $0?.isJoin == true }
  }
}

/// Finds values of a function that have been computed before, and puts the variables that hold them in their place.
///
/// Values get numbers along the dominator tree (Briggs, Cooper, Simpson: Value Numbering, Software: Practice and
/// Experience 1997, section 3.2): what has been computed before a choice is known in all its arms, what stands in an arm
/// only there. A block comes to its end only when all its bindings are made, so they are known in the bodies of its join
/// points too; these move behind the bindings if they use one.
///
/// Numbers, truth values and data made of these alone are read again. What holds other cells is not: to keep it would
/// take memory, and whoever gets it second could not change it in place.
public struct ValueReuse {
  fileprivate(set) var substitution = Substitution()
  fileprivate var values = AvailableValues()
  /// Whether operations, reads of fields and all calls count, or calls of recursive functions alone.
  private let takesOperations: Bool
  /// The functions whose calls depend on nothing but their arguments, and do nothing else.
  private var pure: Set<Name> = []
  /// The data types whose fields are all scalars.
  private var flat: Set<Name> = []
  /// How many calls have been saved.
  private(set) var calls = 0
  /// How many operations have been saved.
  private(set) var operations = 0

  init(ofOperations takesOperations: Bool) { self.takesOperations = takesOperations }

  /// Learns what calls do.
  ///
  /// - Returns: whether the program tells it.
  fileprivate mutating func learn(from start: SweepStart) throws -> Bool {
    guard let behaviours = try start.fact(CallBehaviours.self) else { return false }
    pure = takesOperations ? behaviours.pure : behaviours.diverging
    return true
  }

  /// A program begins.
  fileprivate mutating func enter(_ program: Core.Root) {
    for type in program.types where !type.facts.contains("array") {
      if type.variants.allSatisfy({ $0.fields.allSatisfy(\.isScalar) }) { flat.insert(type.name) }
    }
  }

  /// A function begins.
  ///
  /// - Returns: whether there may be something to find in it.
  fileprivate mutating func enter(_ function: Core.Function) throws -> Bool {
    substitution.reset()
    values = AvailableValues()
    var finder = RepeatedValues(reuse: self)
    try finder.visit(function.body)
    return finder.isFound
  }

  /// Takes note of a binding.
  ///
  /// - Returns: the binding; nil if its value is there already.
  fileprivate mutating func binding(_ step: Core.Step) -> Core.Step? {
    guard case .let(_, let variable, let ty, let value) = step, let expression = expression(of: value, ty) else {
      return step
    }
    if let known = values.find(expression) {
      if case .call = value { calls += 1 } else { operations += 1 }
      substitution.replace(variable, by: .local(value.span, variable: known))
      return nil
    }
    values.add(expression, variable)
    return step
  }

  /// What is computed, if it may be read again.
  private func expression(of value: Core.Value, _ ty: Core.Ty) -> Expression? {
    guard mayBeShared(value, ty) else { return nil }
    switch value {
    case .call(_, let name, let arguments): return Expression(.call(name), arguments)
    case .primitive(_, let name, let arguments): return Expression(.primitive(name), arguments)
    case .payload(_, let subject, _, let variant, let index): return Expression(.payload(variant, index), [subject])
    case .atom, .perform, .construct: return nil
    }
  }

  /// Whether a value may be read again.
  fileprivate func mayBeShared(_ value: Core.Value, _ ty: Core.Ty) -> Bool {
    switch value {
    case .call(_, let name, _): return (ty.isScalar || isFlat(ty)) && pure.contains(name)
    case .primitive, .payload: return takesOperations && ty.isScalar
    case .atom, .perform, .construct: return false
    }
  }

  private func isFlat(_ ty: Core.Ty) -> Bool {
    if case .data(let name) = ty { flat.contains(name) } else { false }
  }
}

/// Finds whether two values of a function may be the same, which those of few functions are.
private struct RepeatedValues: CoreWalker {
  private let reuse: ValueReuse
  private(set) var isFound = false
  private var seen: NumberSet = []

  init(reuse: ValueReuse) { self.reuse = reuse }

  mutating func visit(_ node: Core.Step) throws {
    if isFound { return }
    switch node {
    case .let(_, _, let ty, let value):
      if reuse.mayBeShared(value, ty), !seen.insert(Self.mark(of: value)) { isFound = true }
    case .join: try walk(node)
    }
  }

  /// A number that equal values have in common.
  private static func mark(of value: Core.Value) -> Int {
    switch value {
    case .call(_, let name, let arguments), .primitive(_, let name, let arguments):
      return arguments.reduce(name.hashValue) { $0 &+ mark(of: $1) }
    case .payload(_, let subject, _, let variant, let index): return mark(of: subject) &* 31 &+ variant << 8 &+ index
    case .atom, .perform, .construct: return 0
    }
  }

  private static func mark(of atom: Core.Atom) -> Int {
    switch atom {
    case .local(_, let variable): return variable.id &* 0x9E37_79B9 &+ 1
    case .integer(_, .small(let value)): return value &* 0x85EB_CA6B &+ 2
    case .integer, .float, .string, .bool, .unit: return 3
    }
  }
}

/// What is computed from what. Equal ones have equal values.
private struct Expression: Hashable {
  enum Operation: Hashable {
    case primitive(Name)
    case call(Name)
    case payload(Int, Int)
  }

  private enum Operand: Hashable {
    case local(Int)
    case integer(Integer)
    /// The bits of a binary64: 0.0 and -0.0 are not the same operand.
    case float(UInt64)
    case text([UInt8])
    case bool(Bool)
    case unit
  }

  private static let commutative: Set<Name> = ["int.add", "int.multiply", "int.equal"]

  private let operation: Operation
  private let operands: [Operand]

  init(_ operation: Operation, _ atoms: [Core.Atom]) {
    self.operation = operation
    var atoms = atoms
    if case .primitive(let name) = operation, Self.commutative.contains(name), atoms.count == 2,
      let left = atoms[0].variable, let right = atoms[1].variable, left.id > right.id
    {
      atoms.swapAt(0, 1)
    }
    operands = atoms.map { atom in
      switch atom {
      case .local(_, let variable): .local(variable.id)
      case .integer(_, let value): .integer(value)
      case .float(_, let value): .float(value.bitPattern)
      case .string(_, let value): .text(Array(value.utf8))
      case .bool(_, let value): .bool(value)
      case .unit: .unit
      }
    }
  }
}

/// The values that are known at a place of a function.
private struct AvailableValues {
  /// A block and those around it.
  struct Scope {
    fileprivate var number: Int
    fileprivate var mark: Int
  }

  private var known: [Expression: (variable: Local, scope: Int)] = [:]
  private var added: [Expression] = []
  private var scopes = 0
  /// The block whose bindings are walked, if they stand behind one of its join points; else 0.
  private var late = 0
  /// The blocks of which such bindings have been used.
  private var used: NumberSet = []

  mutating func enter() -> Scope {
    scopes += 1
    late = 0
    return Scope(number: scopes, mark: added.count)
  }

  /// Forgets what was learned since the block began.
  mutating func leave(_ scope: Scope) {
    while added.count > scope.mark, let last = added.popLast() { known[last] = nil }
  }

  /// The bindings that follow stand behind a join point of the block.
  mutating func firstJoin(of scope: Scope) { late = scope.number }

  /// The bodies of the block's join points follow.
  mutating func enterJoins(of scope: Scope) { used.remove(scope.number) }

  /// Whether they have used bindings that stand behind the first of them.
  func haveJoinsUsed(_ scope: Scope) -> Bool { used.contains(scope.number) }

  mutating func add(_ expression: Expression, _ variable: Local) {
    known[expression] = (variable, late)
    added.append(expression)
  }

  mutating func find(_ expression: Expression) -> Local? {
    guard let (variable, late) = known[expression] else { return nil }
    if late != 0 { used.insert(late) }
    return variable
  }
}

extension Core.Step {
  fileprivate var isJoin: Bool {
    if case .join = self { true } else { false }
  }
}

extension [Core.Step] {
  fileprivate var endsWithCall: Bool {
    if case .let(_, _, _, .call) = last { true } else { false }
  }
}

import Diagnostics
import Languages
import Nanopass

/// Finds the types of one function's body, given the signatures of all others.
///
/// It visits every expression and pattern once, in order, and notes its type in `slots`; `Elaboration` takes them from
/// there in the same order when all are known.
struct Inference {
  /// A check that waits for a type to be found out.
  struct Delayed {
    enum Kind {
      case operation(Name)
      case interpolation
      case mapKey
    }
    let kind: Kind
    let type: TypeRef
    let span: Span
  }

  var declarations: Declarations
  let sources: SourceMap
  var table = TypeTable()
  /// What is wrong with the function.
  var diagnostics: [Diagnostic] = []
  /// The types of expressions and patterns in the order of their visit. Behind that of a call of a generic function
  /// stands the first of its instantiated variables.
  var slots: [TypeRef] = []
  /// The types of locals by number.
  var locals: LocalTable<TypeRef> = [:]
  /// Where the parameters stand, by the numbers of their locals.
  private(set) var parameters: LocalTable<Span> = [:]
  /// The names at the end of list patterns of several parts without a rest, by the numbers of their locals.
  var lastParts: LocalTable<LastPart> = [:]
  /// The values that names are bound to by statements, by the numbers of their locals.
  var boundValues: LocalTable<Span> = [:]
  /// The greatest number of a local.
  var greatestLocal = -1
  var delayed: [Delayed] = []
  /// What has been said of the patterns of the match that is checked.
  var patternMistakes: Set<String> = []
  /// Whether types are found only to try something out.
  var isTrying = false
  /// The locals that are looked at in place of those that stand at some places.
  var exchanged: [Span: Local] = [:]
  /// What the body gives, if that is not what the header says.
  var wrongResult: WrongResult?
  /// The function that is checked.
  private(set) var function: Signature
  private(set) var module: Name = ""
  private(set) var result = TypeRef.unit

  init(_ declarations: Declarations, _ sources: SourceMap) {
    self.declarations = declarations
    self.sources = sources
    function = Signature(
      name: "", span: .none, isLibrary: false, variables: [], parameters: [], result: .unit, keys: [])
  }

  /// Checks a function.
  ///
  /// - Throws: `PassBug` if names are not resolved as they should be.
  mutating func check(_ node: Resolved.Function) throws {
    try checkAsWritten(node)
    if diagnostics.count > 1 { try joinSwappedNames(in: node) }
  }

  /// Checks a function as it stands, but for the names that are exchanged.
  mutating func checkAsWritten(_ node: Resolved.Function) throws {
    guard let signature = declarations.function(node.name) else { throw bug("an unknown function", in: node) }
    begin(signature, in: node.module)
    for (parameter, type) in zip(node.parameters, signature.parameters) {
      bind(parameter.variable, table.make(type))
      parameters[parameter.variable.id] = function.isLibrary ? Span.none : parameter.span
    }
    _ = try infer(node.body, Expectation(result, .result))
    finishDelayed()
  }

  /// Forgets the last function and turns to another. One without a name stands for a top-level statement.
  mutating func begin(_ signature: Signature, in module: Name) {
    table.reset()
    diagnostics = []
    slots.removeAll(keepingCapacity: true)
    locals.removeAll(keepingCapacity: true)
    delayed.removeAll(keepingCapacity: true)
    lastParts.removeAll(keepingCapacity: true)
    boundValues.removeAll(keepingCapacity: true)
    greatestLocal = -1
    wrongResult = nil
    function = signature
    self.module = module
    result = table.make(signature.result)
    parameters.removeAll(keepingCapacity: true)
  }

  // MARK: Tools

  func bug(_ message: String, broke invariant: String = "known-functions", in node: some Writable) -> PassBug {
    PassBug(InferTypes.self, message, broke: invariant, in: node)
  }

  mutating func bind(_ local: Local, _ type: TypeRef) {
    locals[local.id] = type
    greatestLocal = max(greatestLocal, local.id)
  }

  /// Makes a found type equal to the one its place asks for, or reports that they differ.
  ///
  /// - Returns: the type to go on with.
  mutating func meet(_ found: TypeRef, _ expected: Expectation?, at span: Span, local: Local? = nil) -> TypeRef {
    guard let expected else { return found }
    if !table.unify(found, expected.type) {
      let start = diagnostics.count
      reportMismatch(found, expected, at: span)
      if let local {
        offerRest(local, insteadOf: expected.type)
        explainBinding(of: local, since: start)
      }
    }
    return expected.type
  }

  // MARK: Expressions

  /// Finds the type of an expression. With an expectation, that is pushed inwards, and what differs is reported.
  mutating func infer(_ node: Resolved.Expr, _ expected: Expectation? = nil) throws -> TypeRef {
    let slot = slots.count
    slots.append(.wrong)
    let type = try shape(node, expected)
    slots[slot] = type
    return type
  }

  private mutating func shape(_ node: Resolved.Expr, _ expected: Expectation?) throws -> TypeRef {
    switch node {
    case .integer(let span, _): return meet(.int, expected, at: span)
    case .float(let span, _): return meet(.float, expected, at: span)
    case .string(let span, _): return meet(.string, expected, at: span)
    case .bool(let span, _): return meet(.bool, expected, at: span)
    case .unit(let span): return meet(.unit, expected, at: span)
    case .erroneous:
      // What it would have told about the place is not known.
      if let expected { table.forgive(expected.type) }
      return .wrong
    case .local(let span, let written):
      let variable = exchanged.isEmpty ? written : exchanged[span] ?? written
      guard let type = locals[variable.id] else {
        throw bug("`\(variable)` is not bound", broke: "bound-locals", in: node)
      }
      if table.head(type) == .function, let expected, !table.isWrong(expected.type),
        table.head(expected.type) != .function
      {
        reportFunctionValue(variable.name, parameters[variable.id] ?? .none, at: span)
        return .wrong
      }
      return meet(type, expected, at: span, local: variable)
    case .global(let span, let name):
      return meet(table.make(declarations.globals[name] ?? .erroneous), expected, at: span)
    case .interpolate(let span, let parts):
      for case .value(_, let value) in parts { try interpolated(value) }
      return meet(.string, expected, at: span)
    case .call(let span, let function, let arguments):
      return try call(node, span, function, arguments, expected)
    case .apply(let span, let parameter, let arguments):
      return try apply(node, span, parameter, arguments, expected)
    case .callback(let span, let callee): return try callback(node, span, callee, expected)
    case .primitive(let span, let name, let arguments):
      return try primitive(node, span, name, arguments, expected)
    case .perform(let span, let effect, let arguments):
      return try perform(node, span, effect, arguments, expected)
    case .construct(let span, let type, let variant, let arguments):
      return try construct(node, span, type, variant, arguments, expected)
    case .build, .update, .field: return try record(node, expected)
    case .propagate(let span, let value): return try propagate(span, value, expected)
    case .negate(let span, let value): return try negate(span, value, expected)
    case .binary(let span, let sign, let left, let right):
      return try binary(span, sign, left, right, expected)
    case .tuple(let span, let elements): return try tuple(span, elements, expected)
    case .product(let span, let elements, false): return try plainProduct(span, elements, expected)
    case .product(let span, let elements, true): return try product(span, elements, expected)
    case .list(let span, let elements): return try list(span, elements, expected)
    case .map(let span, let entries): return try map(span, entries, expected)
    case .match(_, let subject, let arms): return try match(subject, arms, expected)
    case .block(_, let statements, let result): return try block(statements, result, expected)
    }
  }

  private mutating func block(
    _ statements: [Resolved.Statement], _ result: Resolved.Expr, _ expected: Expectation?
  ) throws -> TypeRef {
    var isWrong = false
    if case .erroneous = result { isWrong = true }
    for statement in statements {
      if isWrong, case .evaluate(_, let value) = statement {
        // A part of something wrong, which would have told more of its type.
        table.forgive(try infer(value))
      } else {
        try self.statement(statement)
      }
    }
    return try infer(result, expected)
  }

  mutating func statement(_ node: Resolved.Statement) throws {
    switch node {
    case .define(let span, _, nil, nil, let value): try statement(.evaluate(span, value: value))
    case .define(let span, _, let name, let annotation, let value):
      let variable = Local(name.map { Name($0.lastSegment) } ?? "_", Self.bound)
      try statement(.bind(span, variable: variable, annotation: annotation, value: value))
    case .evaluate(_, let value): _ = try infer(value)
    case .bind(_, let variable, let annotation?, let value):
      let taken = declarations.annotations[.annotation(in: function.name, variable.id)]
      let type = table.make(taken ?? annotation)
      _ = try infer(value, Expectation(type, .annotation(variable.name)))
      bind(variable, type)
    case .bind(_, let variable, nil, let value):
      switch value {
      case .list(let span, let elements) where elements.isEmpty: untypedEmpty(variable, at: span, isMap: false)
      case .map(let span, let entries) where entries.isEmpty: untypedEmpty(variable, at: span, isMap: true)
      default:
        bind(variable, try infer(value))
        if !function.isLibrary { boundValues[variable.id] = value.span }
      }
    }
  }

  private mutating func untypedEmpty(_ variable: Local, at span: Span, isMap: Bool) {
    slots.append(.wrong)
    reportUntypedEmpty(variable, at: span, isMap: isMap)
    bind(variable, .wrong)
  }

  /// The number that stands for what a top-level statement binds.
  static let bound = -1

  mutating func tuple(_ span: Span, _ elements: [Resolved.Expr], _ expected: Expectation?) throws -> TypeRef {
    if let expected, table.head(expected.type) == .tuple {
      let wanted = table.arguments(expected.type)
      if wanted.count == elements.count {
        for (index, element) in elements.enumerated() {
          _ = try infer(element, Expectation(wanted[index], .component(index + 1)))
        }
        return expected.type
      }
    }
    var types: [TypeRef] = []
    types.reserveCapacity(elements.count)
    for element in elements { types.append(try infer(element)) }
    return meet(table.make(.tuple, types), expected, at: span)
  }

  private mutating func list(_ span: Span, _ elements: [Resolved.Expr], _ expected: Expectation?) throws -> TypeRef {
    if let expected, table.head(expected.type) == .list, let wanted = table.arguments(expected.type).first,
      !table.isOpen(wanted) || elements.isEmpty
    {
      let start = diagnostics.count
      for element in elements {
        if table.head(wanted) == .tuple, case .list(let span, let parts) = element, parts.count > 1 {
          reportListForTuple(wanted, parts, at: span, since: start)
        } else {
          _ = try infer(element, Expectation(wanted, .element(first: .none)))
          dropRepeated(at: element.span, since: start)
        }
      }
      return expected.type
    }
    guard let first = elements.first else { return meet(table.make(.list, [table.open()]), expected, at: span) }
    let type = try infer(first)
    let start = diagnostics.count
    for element in elements.dropFirst() {
      _ = try infer(element, Expectation(type, .element(first: first.span)))
      dropRepeated(at: element.span, since: start)
    }
    return meet(table.make(.list, [type]), expected, at: span)
  }

  private mutating func match(_ subject: Resolved.Expr, _ arms: [Resolved.Arm], _ expected: Expectation?) throws
    -> TypeRef
  {
    let type = try infer(subject)
    var wanted = expected
    var mistakes: Set<String> = []
    let start = diagnostics.count
    for arm in arms {
      swap(&mistakes, &patternMistakes)
      defer { swap(&mistakes, &patternMistakes) }
      try pattern(arm.pattern, type, of: subject)
      let found = try infer(arm.body, wanted)
      switch wanted?.reason {
      case .arm: dropRepeated(at: arm.body.span, since: start)
      // The line that gives the result is missing behind the match.
      case .result where table.head(found) == .unit || diagnostics.last?.fields.last?.value == "Unit":
        dropRepeated(at: arm.body.span, since: start)
      default: break
      }
      wanted = wanted ?? Expectation(found, .arm(first: arm.body.span))
    }
    return wanted?.type ?? .wrong
  }
}

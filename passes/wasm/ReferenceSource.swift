import Diagnostics
import Languages
import Nanopass

/// Where a reference comes from, which tells how long it lives.
enum ReferenceSource: Equatable {
  /// No reference, null, or what lives as long as the function: a parameter's or a constant's.
  case lasting
  /// A variable that owns a reference: of the same object, or of one that holds what is read.
  case variable(Local, isSame: Bool)
  /// A place that may change.
  case changing
  /// Made by the expression, whose reference it is.
  case fresh
}

/// The types of a function's expressions, and what that means for references.
struct ReferenceTyping {
  let declarations: WasmDeclarations
  /// The types of the variables bound so far.
  var variables: LocalTable<WasmIR.Ty> = [:]
  /// The parameters that own what they are given, by function; all others borrow.
  var owned: [Name: [Bool]] = [:]

  init(_ declarations: WasmDeclarations) { self.declarations = declarations }

  /// The types of what an expression gives.
  ///
  /// - Throws: `PassBug` if something in it is unknown.
  func types(of value: WasmIR.Expr) throws -> [WasmIR.Ty] {
    guard let types = declarations.types(of: value, variables) else {
      throw PassBug(CountReferences.self, "the type of this is not known", broke: "well-typed", in: value)
    }
    return types
  }

  /// Whether an expression gives a reference, or several values of which one is. A call of what is not linked gives none.
  func isReference(_ value: WasmIR.Expr) -> Bool {
    declarations.types(of: value, variables)?.contains { $0.mentioned != nil } ?? false
  }

  /// Whether a field keeps its value.
  func isConstant(_ type: Name, _ field: Int) -> Bool {
    guard let fields = declarations.fields(of: type), fields.indices.contains(field) else { return false }
    return !fields[field].isMutable
  }

  /// Where a reference comes from.
  ///
  /// - Parameter origin: the same for a variable.
  func source(of value: WasmIR.Expr, _ origin: (Local) -> ReferenceSource) -> ReferenceSource {
    switch value {
    case .local(_, let variable): origin(variable)
    case .cast(_, _, let subject), .notNull(_, let subject): source(of: subject, origin)
    case .get(_, let type, let field, let subject): part(isConstant(type, field), of: subject, origin)
    case .element(_, let type, let array, _):
      part(declarations.element(of: type)?.isMutable == false, of: array, origin)
    case .elements(_, let array): part(true, of: array, origin)
    case .global(_, let name): declarations.globals[name]?.isMutable == false ? .lasting : .changing
    case .choose(_, _, _, let then, let other):
      source(of: then, origin) == .lasting && source(of: other, origin) == .lasting ? .lasting : .changing
    case .call, .host, .new, .newArray, .newZeroed, .newFixed, .newFromDatum: isReference(value) ? .fresh : .lasting
    default: .lasting
    }
  }

  private func part(
    _ isConstant: Bool, of subject: WasmIR.Expr, _ origin: (Local) -> ReferenceSource
  ) -> ReferenceSource {
    guard isConstant else { return .changing }
    let source = source(of: subject, origin)
    if case .variable(let variable, _) = source { return .variable(variable, isSame: false) }
    return source
  }

  /// The parameters of a function that own what they are given.
  func owned(_ function: WasmIR.Function) -> [Local] {
    zip(function.parameters, owned[function.name] ?? []).compactMap { $1 ? $0.variable : nil }
  }

  /// Whether each operand is kept by what the expression makes or changes.
  func consumes(_ value: WasmIR.Expr, _ operands: [WasmIR.Expr]) -> [Bool] {
    switch value {
    case .new, .newFixed, .newArray, .setGlobal: operands.map { isReference($0) }
    case .call(_, let name, _): owned[name] ?? operands.map { _ in false }
    case .set, .setElement: operands.indices.map { $0 == operands.count - 1 && isReference(operands[$0]) }
    default: operands.map { _ in false }
    }
  }
}

extension ReferenceTyping {
  /// The step that counts a reference more or less: a call of the library's function for what the variable's type allows.
  func count(_ verb: String, _ variable: Local, at span: Span) -> WasmIR.Step {
    let function =
      switch variables[variable.id] {
      case .ref?: Name("count.\(verb)Reference")
      case .nullable(let type)? where WasmIR.isList(type): Name("count.\(verb)Cell")
      default: Name("count.\(verb)")
      }
    return .run(span, value: .call(span, function: function, arguments: [.local(span, variable: variable)]))
  }
}

/// The types of the variables that a part of a function binds.
struct VariableTypes: WasmIRWalker {
  private(set) var found: LocalTable<WasmIR.Ty> = [:]

  /// The types of all variables of a function.
  static func of(_ function: WasmIR.Function) throws -> LocalTable<WasmIR.Ty> {
    var types = VariableTypes()
    try types.visit(function)
    return types.found
  }

  mutating func visit(_ node: WasmIR.Parameter) throws { found[node.variable.id] = node.ty }

  mutating func visit(_ node: WasmIR.Step) throws {
    if case .let(_, let variable, let type, _) = node { found[variable.id] = type }
    try walk(node)
  }

  /// Expressions set no variables.
  mutating func visit(_ node: WasmIR.Expr) {}
}

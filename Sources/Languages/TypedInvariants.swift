import Nanopass

extension Typed {
  @Sendable static func checkBoundLocals(_ root: Root) -> [Violation] { BoundLocals.violations(in: root.functions) }

  @Sendable static func checkKnownFunctions(_ root: Root) -> [Violation] {
    var walker = TypedCalls(
      functions: Dictionary(root.functions.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first }))
    if let main = root.main, walker.functions[main] == nil {
      walker.found.append(Violation("`\(main)` is not declared", in: root))
    }
    try? walker.visit(root)
    return walker.found
  }

  @Sendable static func checkWellTyped(_ root: Root) -> [Violation] {
    var checker = TypedTypes(TypedDeclarations(root))
    try? checker.visit(root)
    return checker.found
  }
}

/// Checks calls against the declared functions.
private struct TypedCalls: TypedWalker {
  let functions: [Name: Typed.Function]
  var found: [Violation] = []

  mutating func visit(_ node: Typed.Expr) throws {
    if case .call(_, let name, let types, let arguments, _) = node {
      if let function = functions[name] {
        if function.parameters.count != arguments.count {
          found.append(
            Violation("`\(name)` takes \(function.parameters.count) arguments, not \(arguments.count)", in: node))
        }
        if function.variables.count != types.count {
          found.append(Violation("`\(name)` has \(function.variables.count) variables, not \(types.count)", in: node))
        }
      } else {
        found.append(Violation("`\(name)` is not declared", in: node))
      }
    }
    try walk(node)
  }

  mutating func visit(_ node: Typed.Callee) throws {
    guard case .function(_, let name, let types) = node else { return }
    guard let function = functions[name] else {
      found.append(Violation("`\(name)` is not declared", in: node))
      return
    }
    if function.variables.count != types.count {
      found.append(Violation("`\(name)` has \(function.variables.count) variables, not \(types.count)", in: node))
    }
  }
}

/// What the declarations of a typed program say.
private struct TypedDeclarations {
  private(set) var functions: [Name: Typed.Function] = [:]
  /// The types of top-level bindings.
  private(set) var globals: [Name: Typed.Ty] = [:]
  private var variants: [Name: [Name: [Typed.Ty]]] = [:]
  private var records: [Name: [Name: Typed.Ty]] = [:]

  init(_ root: Typed.Root) {
    functions = Dictionary(root.functions.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    if case .block(_, let statements, _, _)? = functions[.initialisation]?.body {
      for case .define(_, let name, let value) in statements { globals[name] = value.ty }
    }
    for type in root.types {
      switch type {
      case .sum(_, let name, let constructors):
        variants[name] = Dictionary(constructors.map { ($0.name, $0.fields) }, uniquingKeysWith: { first, _ in first })
      case .record(_, let name, let fields):
        records[name] = Dictionary(fields.map { ($0.name, $0.ty) }, uniquingKeysWith: { first, _ in first })
      }
    }
  }

  /// Whether a data type of that name is declared.
  func declares(_ type: Name) -> Bool { variants[type] != nil || records[type] != nil }

  /// The fields of a record; nil for other types.
  func fields(of ty: Typed.Ty) -> [Name: Typed.Ty]? {
    if case .data(let name) = ty { records[name] } else { nil }
  }

  /// The types of a constructor's arguments when it makes a value of a type; nil if it can't.
  func arguments(of type: Name, _ variant: Name, making ty: Typed.Ty) -> [Typed.Ty]? {
    switch ty {
    case .data(type): variants[type]?[variant]
    case .option(let payload) where type == "Option": ["None": [], "Some": [payload]][variant]
    case .result(let success, let failure) where type == "Result": ["Ok": [success], "Err": [failure]][variant]
    case .list(let element) where type == "List": ["Nil": [], "Cons": [element, ty]][variant]
    case .map(let key, let value) where type == "Map":
      switch variant {
      case "Empty": []
      case "Leaf": [.vector(element: key), .vector(element: value)]
      case "Inner": [.int, .vector(element: key), .vector(element: ty)]
      default: nil
      }
    default: nil
    }
  }
}

/// Checks every form by the typing rules of the language, with nothing but the declarations and the types that the
/// forms carry.
private struct TypedTypes: TypedWalker {
  var found: [Violation] = []
  private let declarations: TypedDeclarations
  private var locals: [Local: Typed.Ty] = [:]
  private var variables: Set<Name> = []
  private var result: Typed.Ty = .unit

  init(_ declarations: TypedDeclarations) { self.declarations = declarations }

  // MARK: Declarations

  mutating func visit(_ node: Typed.Variant) throws { node.fields.forEach { check($0, in: node) } }

  mutating func visit(_ node: Typed.FieldDecl) throws { check(node.ty, in: node) }

  mutating func visit(_ node: Typed.Function) throws {
    locals = [:]
    variables = Set(node.variables)
    result = node.result
    check(node.result, in: node)
    for parameter in node.parameters {
      checkParameter(parameter.ty, in: parameter)
      locals[parameter.variable] = parameter.ty
    }
    expect(node.result, of: node.body)
    try visit(node.body)
    variables = []
  }

  mutating func visit(_ node: Typed.Statement) throws {
    try walk(node)
    if case .bind(_, let variable, let value) = node { locals[variable] = value.ty }
  }

  // MARK: Expressions

  mutating func visit(_ node: Typed.Expr) throws {
    switch node {
    case .local(_, _, .function), .callback: report("a function stands where a value must", in: node)
    default: check(node.ty, in: node)
    }
    switch node {
    case .integer, .float, .string, .bool, .unit: break
    case .interpolate(_, let parts):
      for case .value(_, let value) in parts where ![.int, .float, .bool, .string].contains(value.ty) {
        report("\(text(value.ty)) can't be interpolated", in: node)
      }
    case .local(_, let variable, let ty): same(locals[variable] ?? ty, ty, in: node)
    case .global(_, let name, let ty):
      guard let own = declarations.globals[name] else { return report("`\(name)` is not defined", in: node) }
      same(own, ty, in: node)
    case .call(_, let name, let types, let arguments, let ty):
      call(name, types, arguments, ty, in: node)
      for argument in arguments {
        if case .function = argument.ty { function(argument) } else { try visit(argument) }
      }
      return
    case .apply(_, let parameter, let arguments, let ty):
      guard case .function(let parameters, let result)? = locals[parameter] else {
        return report("`\(parameter)` is no function", in: node)
      }
      expect(parameters, of: arguments, in: node)
      same(result, ty, in: node)
    case .callback: break
    case .primitive(_, let name, let arguments, let ty): primitive(name, arguments, ty, in: node)
    case .perform(_, let effect, let arguments, let ty):
      guard let operation = EffectOperation.named(effect) else { return report("`\(effect)` is no effect", in: node) }
      expect(operation.parameters, of: arguments, in: node)
      same(operation.result, ty, in: node)
    case .equal(_, let left, let right): expect(left.ty, of: right)
    case .construct(_, let type, let variant, let arguments, let ty):
      construct(declarations.arguments(of: type, variant, making: ty), type, variant, arguments, in: node)
    case .build(_, let fields, let ty): values(fields, of: ty, isWhole: true, in: node)
    case .update(_, let base, let fields, let ty):
      expect(ty, of: base)
      values(fields, of: ty, isWhole: false, in: node)
    case .field(_, let base, let name, let ty):
      guard let own = declarations.fields(of: base.ty)?[name] else {
        return report("\(text(base.ty)) has no field `\(name)`", in: node)
      }
      same(own, ty, in: node)
    case .propagate(_, let value, let ty): propagate(value.ty, ty, in: node)
    case .tuple(_, let elements, let ty):
      if elements.count < 2 { report("a tuple has two or more elements", in: node) }
      same(.tuple(elements: elements.map(\.ty)), ty, in: node)
    case .product(_, let elements, let propagates, let ty): product(elements, propagates, ty, in: node)
    case .list(_, let elements, let ty):
      guard case .list(let element) = ty else { return report("a list is not \(text(ty))", in: node) }
      elements.forEach { expect(element, of: $0) }
    case .map(_, let entries, let ty):
      guard case .map(let key, let value) = ty else { return report("a map is not \(text(ty))", in: node) }
      for entry in entries {
        expect(key, of: entry.key)
        expect(value, of: entry.value)
      }
    case .match(_, let subject, let arms, let ty): return try match(subject, arms, ty)
    case .block(_, _, let last, let ty): expect(ty, of: last)
    }
    try walk(node)
  }

  private mutating func call(
    _ name: Name, _ types: [Typed.Ty], _ arguments: [Typed.Expr], _ ty: Typed.Ty, in node: Typed.Expr
  ) {
    types.forEach { check($0, in: node) }
    guard let function = declarations.functions[name], function.variables.count == types.count else {
      return report("`\(name)` is not declared so", in: node)
    }
    let instance = Dictionary(zip(function.variables, types), uniquingKeysWith: { first, _ in first })
    expect(function.parameters.map { $0.ty.substituting(instance) }, of: arguments, in: node)
    same(function.result.substituting(instance), ty, in: node)
  }

  /// Checks an argument that is a function: a parameter handed on, or the name of something with that type.
  private mutating func function(_ node: Typed.Expr) {
    guard case .callback(_, let callee, let ty) = node else {
      guard case .local(_, let variable, let ty) = node else { return report("this is no function", in: node) }
      return same(locals[variable] ?? ty, ty, in: node)
    }
    guard case .function(_, let result) = ty else { return report("\(text(ty)) is no function", in: node) }
    checkParameter(ty, in: node)
    let own: Typed.Ty
    switch callee {
    case .function(_, let name, let types):
      guard let function = declarations.functions[name], function.variables.count == types.count else {
        return report("`\(name)` is not declared so", in: node)
      }
      let instance = Dictionary(zip(function.variables, types), uniquingKeysWith: { first, _ in first })
      own = Typed.Ty.function(parameters: function.parameters.map(\.ty), result: function.result)
        .substituting(instance)
    case .operation(_, let effect):
      guard let operation = EffectOperation.named(effect) else { return report("`\(effect)` is no effect", in: node) }
      own = .function(parameters: operation.parameters, result: operation.result)
    case .constructor(_, let type, let variant):
      guard let parts = declarations.arguments(of: type, variant, making: result), !parts.isEmpty else {
        return report("`\(type).\(variant)` does not make \(text(result))", in: node)
      }
      own = .function(parameters: parts, result: result)
    }
    same(own, ty, in: node)
  }

  private mutating func primitive(_ name: Name, _ arguments: [Typed.Expr], _ ty: Typed.Ty, in node: Typed.Expr) {
    guard let primitive = Primitive.named(name) else { return report("`\(name)` is no primitive", in: node) }
    let instance = primitive.instance(arguments: arguments.map(\.ty), result: ty)
    expect(instance.parameters, of: arguments, in: node)
    same(instance.result, ty, in: node)
  }

  private mutating func construct(
    _ parts: [Typed.Ty]?, _ type: Name, _ variant: Name, _ arguments: [Typed.Expr], in node: Typed.Expr
  ) {
    guard let parts else { return report("`\(type).\(variant)` does not make \(text(node.ty))", in: node) }
    expect(parts, of: arguments, in: node)
  }

  private mutating func values(_ fields: [Typed.FieldValue], of ty: Typed.Ty, isWhole: Bool, in node: Typed.Expr) {
    guard let own = declarations.fields(of: ty) else { return report("\(text(ty)) is no record", in: node) }
    for field in fields {
      if let ty = own[field.name] {
        expect(ty, of: field.value)
      } else {
        report("\(text(ty)) has no field `\(field.name)`", in: node)
      }
    }
    let given = Set(fields.map(\.name))
    if given.count != fields.count { report("a field is given twice", in: node) }
    if isWhole, given.count != own.count { report("a field of \(text(ty)) is missing", in: node) }
  }

  private mutating func propagate(_ value: Typed.Ty, _ ty: Typed.Ty, in node: Typed.Expr) {
    guard case .result(let success, let failure) = value, case .result(_, let returned) = result else {
      return report("`?` needs a result, in a function that returns one", in: node)
    }
    same(success, ty, in: node)
    same(returned, failure, in: node)
  }

  private mutating func product(_ elements: [Typed.Expr], _ propagates: Bool, _ ty: Typed.Ty, in node: Typed.Expr) {
    guard case .tuple(let parts) = ty, parts.count == elements.count, parts.count > 1 else {
      return report("a product of \(elements.count) elements is not \(text(ty))", in: node)
    }
    for (element, part) in zip(elements, parts) {
      if propagates { propagate(element.ty, part, in: node) } else { expect(part, of: element) }
    }
  }

  private mutating func match(_ subject: Typed.Expr, _ arms: [Typed.Arm], _ ty: Typed.Ty) throws {
    try visit(subject)
    for arm in arms {
      pattern(arm.pattern, subject.ty)
      expect(ty, of: arm.body)
      try visit(arm.body)
    }
  }

  // MARK: Patterns

  /// Checks a pattern against the type of what it matches.
  private mutating func pattern(_ node: Typed.Pattern, _ ty: Typed.Ty) {
    switch node {
    case .wildcard: break
    case .bind(_, let variable, let own):
      locals[variable] = own
      same(ty, own, in: node)
    case .integer: same(ty, .int, in: node)
    case .float: same(ty, .float, in: node)
    case .string: same(ty, .string, in: node)
    case .bool: same(ty, .bool, in: node)
    case .list(_, let elements, let rest):
      guard case .list(let element) = ty else { return report("a list can't match \(text(ty))", in: node) }
      elements.forEach { pattern($0, element) }
      if let rest { pattern(rest, ty) }
    case .tuple(_, let elements):
      guard case .tuple(let parts) = ty else { return report("a tuple can't match \(text(ty))", in: node) }
      patterns(elements, parts, in: node)
    case .constructor(_, let type, let variant, let arguments):
      guard let parts = declarations.arguments(of: type, variant, making: ty) else {
        return report("`\(type).\(variant)` can't match \(text(ty))", in: node)
      }
      patterns(arguments, parts, in: node)
    }
  }

  private mutating func patterns(_ nodes: [Typed.Pattern], _ types: [Typed.Ty], in node: Typed.Pattern) {
    guard nodes.count == types.count else {
      return report("the pattern has \(nodes.count) parts, what it matches \(types.count)", in: node)
    }
    for (pattern, ty) in zip(nodes, types) { self.pattern(pattern, ty) }
  }

  // MARK: Types

  /// Checks that a type mentions only declared data and variables in scope.
  private mutating func check(_ ty: Typed.Ty, in node: some Writable) {
    switch ty {
    case .int, .float, .bool, .string, .bytes, .digest, .unit: break
    case .list(let part), .vector(let part), .option(let part): check(part, in: node)
    case .map(let left, let right), .result(let left, let right):
      check(left, in: node)
      check(right, in: node)
    case .tuple(let elements): elements.forEach { check($0, in: node) }
    case .data(let name): if !declarations.declares(name) { report("the type `\(name)` is not declared", in: node) }
    case .variable(let name):
      if !variables.contains(name) { report("the variable `\(name)` is not in scope", in: node) }
    case .function: report("a function's type stands outside of parameters", in: node)
    }
  }

  /// Checks the type of a parameter, which alone may be that of a function.
  private mutating func checkParameter(_ ty: Typed.Ty, in node: some Writable) {
    guard case .function(let parameters, let result) = ty else { return check(ty, in: node) }
    (parameters + [result]).forEach { check($0, in: node) }
  }

  private mutating func expect(_ types: [Typed.Ty], of nodes: [Typed.Expr], in node: Typed.Expr) {
    guard nodes.count == types.count else {
      return report("\(types.count) arguments are wanted, not \(nodes.count)", in: node)
    }
    for (argument, ty) in zip(nodes, types) { expect(ty, of: argument) }
  }

  private mutating func expect(_ ty: Typed.Ty, of node: Typed.Expr) { same(ty, node.ty, in: node) }

  private mutating func same(_ wanted: Typed.Ty, _ given: Typed.Ty, in node: some Writable) {
    if wanted != given { report("\(text(wanted)) is wanted here, not \(text(given))", in: node) }
  }

  private func text(_ ty: Typed.Ty) -> String { "`\(Printer.text(of: ty))`" }

  private mutating func report(_ message: String, in node: some Writable) {
    found.append(Violation(message, in: node))
  }
}

import Diagnostics
import Languages
import Nanopass

extension Inference {
  mutating func call(
    _ node: Resolved.Expr, _ span: Span, _ name: Name, _ arguments: [Resolved.Expr], _ expected: Expectation?
  ) throws -> TypeRef {
    guard var callee = declarations.function(name) else { throw bug("`\(name)` is not declared", in: node) }
    if callee.isLibrary, let plain = LiteralDischarge.plain(name, arguments) {
      guard let signature = declarations.function(plain) else { throw bug("`\(plain)` is not declared", in: node) }
      callee = signature
    }
    let instance = instantiate(callee.variables)
    if !callee.variables.isEmpty { slots.append(instance) }
    let (known, waiting) = (diagnostics.count, delayed.count)
    defer {
      // The keys of a call whose arguments are wrong tell nothing.
      if diagnostics.count > known { dropKeyChecks(since: waiting, of: instance, callee.variables.count) }
    }
    checkKeys(of: callee, arguments, instance, at: span, beforeArguments: true)
    defer { checkKeys(of: callee, arguments, instance, at: span, beforeArguments: false) }
    let result = table.make(callee.result, callee.variables, instance: instance)
    let promise = promise(result, expected)
    let before = diagnostics.count
    if arguments.count != callee.parameters.count {
      reportArity(
        name, takes: callee.parameters.count, found: arguments.count, at: span, declared: callee.span,
        signature: (callee.parameters + [callee.result]).map { table.make($0) })
    }
    guard arguments.count == callee.parameters.count else {
      try inferAlone(arguments)
      return callee.variables.isEmpty ? keep(promise, at: span) : expected?.type ?? .wrong
    }
    for (index, argument) in arguments.enumerated() {
      let parameter = table.make(callee.parameters[index], callee.variables, instance: instance)
      let reason = Expectation.Reason.argument(name, index + 1, declared: callee.span)
      let found = diagnostics.count
      _ = try infer(argument, Expectation(parameter, reason))
      if diagnostics.count == found + 1 { explainCallback(argument, for: callee.parameters[index]) }
      adviseToPass(argument, for: parameter)
      explainDischarge(of: argument)
    }
    if diagnostics.count > before {
      let fresh = instantiate(callee.variables)
      let parameters = callee.parameters.map { table.make($0, callee.variables, instance: fresh) }
      if try explainOrder(of: shown(name), parameters, arguments, since: before), !callee.variables.isEmpty {
        return expected?.type ?? .wrong
      }
      if let other = try explainNamespace(name, callee, arguments, at: span, since: before) {
        guard let expected else { return other }
        table.forgive(expected.type)
        return expected.type
      }
      // With other arguments it may give what is asked for.
      if !callee.variables.isEmpty, let expected = promise.broken { return expected.type }
    }
    return keep(promise, at: span)
  }

  /// Looks at arguments of which nobody knows the parameters, since there are too many or too few of them.
  private mutating func inferAlone(_ arguments: [Resolved.Expr]) throws {
    for argument in arguments {
      if case .callback = argument { continue }
      _ = try infer(argument)
    }
  }

  /// A type that a call gives in the end, with what its place asks for if that differs.
  private typealias Promise = (type: TypeRef, broken: Expectation?)

  /// Makes the result of a call equal to what its place asks for, before its arguments are looked at.
  private mutating func promise(_ result: TypeRef, _ expected: Expectation?) -> Promise {
    guard let expected, !table.unify(result, expected.type) else { return (result, nil) }
    return (result, expected)
  }

  /// Reports that the result of a call is not what its place asks for, when all is known of it.
  ///
  /// - Returns: the type to go on with.
  private mutating func keep(_ promise: Promise, at span: Span) -> TypeRef {
    guard let expected = promise.broken else { return promise.type }
    reportMismatch(promise.type, expected, at: span)
    return expected.type
  }

  /// Makes open types for the variables, one behind the other.
  ///
  /// - Returns: the first.
  private mutating func instantiate(_ variables: [Name]) -> TypeRef {
    guard !variables.isEmpty else { return .wrong }
    let first = table.open()
    for _ in variables.dropFirst() { _ = table.open() }
    return first
  }

  /// What a parameter of a `Fn` type may call: its type, and what tells of it.
  private mutating func signature(of callee: Resolved.Callee, in node: Resolved.Expr) throws -> (TypeRef, Span, Name) {
    let (variables, parameters, result, declared, name): ([Name], [Resolved.Ty], Resolved.Ty, Span, Name)
    switch callee {
    case .function(_, let function):
      guard let found = declarations.function(function) else { throw bug("`\(function)` is not declared", in: node) }
      (variables, parameters, result) = (found.variables, found.parameters, found.result)
      (declared, name) = (found.span, function)
    case .operation(_, let effect):
      guard let found = EffectOperation.named(effect) else { throw bug("there is no effect `\(effect)`", in: node) }
      (variables, parameters, result) = ([], found.parameters.map(\.resolved), found.result.resolved)
      (declared, name) = (.none, effect)
    case .constructor(_, let type, let variant):
      guard let found = declarations.constructor(type, variant) else {
        throw bug("`\(type).\(variant)` is not declared", broke: "known-constructors", in: node)
      }
      (variables, parameters, result) = (found.variables, found.fields, found.result)
      (declared, name) = (found.span, Name("\(type.lastSegment).\(variant)"))
    }
    let instance = instantiate(variables)
    if case .function = callee, !variables.isEmpty { slots.append(instance) }
    let parts = (parameters + [result]).map { table.make($0, variables, instance: instance) }
    return (table.make(.function, parts), declared, name)
  }

  /// The name of something to call, where a parameter of a `Fn` type asks for it.
  mutating func callback(
    _ node: Resolved.Expr, _ span: Span, _ callee: Resolved.Callee, _ expected: Expectation?
  ) throws -> TypeRef {
    let (type, declared, name) = try signature(of: callee, in: node)
    if isTrying { return type }
    if let expected, table.isWrong(expected.type) { return .wrong }
    if expected.map({ table.head($0.type) }) != .function {
      if case .constructor(_, let owner, let variant) = callee {
        if declarations.constructor(owner, variant)?.fields.isEmpty == true {
          return try construct(node, span, owner, variant, [], expected)
        }
        reportBareConstructor(name, declared, at: span)
      } else {
        reportFunctionValue(name, declared, at: span)
      }
      return .wrong
    }
    let before = diagnostics.count
    let met = meet(type, expected, at: span)
    if diagnostics.count > before, !declared.isNone {
      diagnostics[before].regions.append(Region(declared, "`\(shown(name))` is declared here"))
    }
    return met
  }

  /// A call of what is passed for a parameter.
  mutating func apply(
    _ node: Resolved.Expr, _ span: Span, _ parameter: Local, _ arguments: [Resolved.Expr], _ expected: Expectation?
  ) throws -> TypeRef {
    guard let type = locals[parameter.id] else {
      throw bug("`\(parameter)` is not bound", broke: "bound-locals", in: node)
    }
    let parts = table.arguments(type)
    guard table.head(type) == .function, let result = parts.last else {
      throw bug("`\(parameter)` is no function", broke: "known-functions", in: node)
    }
    let declared = parameters[parameter.id] ?? .none
    let wanted = parts.dropLast()
    let before = diagnostics.count
    if arguments.count != wanted.count {
      reportArity(
        parameter.name, takes: wanted.count, found: arguments.count, at: span, declared: declared,
        signature: parts)
    }
    guard arguments.count == wanted.count else {
      try inferAlone(arguments)
      return meet(result, expected, at: span)
    }
    for (index, argument) in arguments.enumerated() {
      let reason = Expectation.Reason.argument(parameter.name, index + 1, declared: declared)
      _ = try infer(argument, Expectation(wanted[index], reason))
    }
    _ = try explainOrder(of: parameter.name.text, Array(wanted), arguments, since: before)
    return meet(result, expected, at: span)
  }

  mutating func construct(
    _ node: Resolved.Expr, _ span: Span, _ type: Name, _ variant: Name, _ arguments: [Resolved.Expr],
    _ expected: Expectation?
  ) throws -> TypeRef {
    guard let constructor = declarations.constructor(type, variant) else {
      throw bug("`\(type).\(variant)` is not declared", broke: "known-constructors", in: node)
    }
    let instance = instantiate(constructor.variables)
    let promise = promise(table.make(constructor.result, constructor.variables, instance: instance), expected)
    let before = diagnostics.count
    if arguments.count != constructor.fields.count {
      reportArity(
        Name("\(type.lastSegment).\(variant)"), takes: constructor.fields.count, found: arguments.count, at: span,
        declared: constructor.span, signature: (constructor.fields + [constructor.result]).map { table.make($0) })
    }
    guard arguments.count == constructor.fields.count else {
      try inferAlone(arguments)
      return constructor.variables.isEmpty ? keep(promise, at: span) : expected?.type ?? .wrong
    }
    for (index, argument) in arguments.enumerated() {
      let field = table.make(constructor.fields[index], constructor.variables, instance: instance)
      let reason = Expectation.Reason.payload(variant, of: type, index + 1, declared: constructor.span)
      _ = try infer(argument, Expectation(field, reason))
    }
    if diagnostics.count > before {
      let fields = constructor.fields.map { table.make($0, constructor.variables, instance: instance) }
      _ = try explainOrder(of: "\(type.lastSegment).\(variant)", fields, arguments, since: before)
    }
    return keep(promise, at: span)
  }

  mutating func primitive(
    _ node: Resolved.Expr, _ span: Span, _ name: Name, _ arguments: [Resolved.Expr], _ expected: Expectation?
  ) throws -> TypeRef {
    guard let primitive = Primitive.named(name) else { throw bug("there is no primitive `\(name)`", in: node) }
    var parameters = primitive.parameters
    if primitive.isVariadic, let only = parameters.first { parameters = arguments.map { _ in only } }
    return try operation(name, primitive.variables, parameters, primitive.result, span, arguments, expected)
  }

  mutating func perform(
    _ node: Resolved.Expr, _ span: Span, _ effect: Name, _ arguments: [Resolved.Expr], _ expected: Expectation?
  ) throws -> TypeRef {
    guard let operation = EffectOperation.named(effect) else { throw bug("there is no effect `\(effect)`", in: node) }
    return try self.operation(effect, [], operation.parameters, operation.result, span, arguments, expected)
  }

  private mutating func operation(
    _ name: Name, _ variables: [Name], _ parameters: [Typed.Ty], _ result: Typed.Ty, _ span: Span,
    _ arguments: [Resolved.Expr], _ expected: Expectation?
  ) throws -> TypeRef {
    let instance = instantiate(variables)
    if arguments.count != parameters.count {
      reportArity(
        name, takes: parameters.count, found: arguments.count, at: span, declared: .none,
        signature: (parameters + [result]).map { table.make($0.resolved) })
    }
    guard arguments.count == parameters.count else {
      try inferAlone(arguments)
      return variables.isEmpty ? meet(table.make(result.resolved), expected, at: span) : expected?.type ?? .wrong
    }
    for (index, argument) in arguments.enumerated() {
      let reason = Expectation.Reason.argument(name, index + 1, declared: .none)
      let parameter = table.make(parameters[index].resolved, variables, instance: instance)
      _ = try infer(argument, Expectation(parameter, reason))
    }
    return meet(table.make(result.resolved, variables, instance: instance), expected, at: span)
  }

  // MARK: Records

  mutating func record(_ node: Resolved.Expr, _ expected: Expectation?) throws -> TypeRef {
    switch node {
    case .build(let span, let type, let fields):
      try fieldValues(fields, of: type, in: node)
      guard declarations.fields(of: type)?.count == fields.count else {
        throw bug("`\(type)` is not built with all its fields", broke: "known-fields", in: node)
      }
      return meet(table.make(.data(type)), expected, at: span)
    case .update(let span, let type, let base, let fields):
      let record = table.make(.data(type))
      _ = try infer(base, Expectation(record, .updated(type)))
      try fieldValues(fields, of: type, in: node)
      return meet(record, expected, at: span)
    case .field(let span, let base, let name):
      return meet(try field(span, base, name), expected, at: span)
    default: return .wrong
    }
  }

  private mutating func fieldValues(_ fields: [Resolved.FieldValue], of type: Name, in node: Resolved.Expr) throws {
    for field in fields {
      guard let ty = declarations.field(field.name, of: type) else {
        throw bug("`\(type)` has no field `\(field.name)`", broke: "known-fields", in: node)
      }
      _ = try infer(field.value, Expectation(table.make(ty), .field(field.name, of: type)))
    }
  }

  private mutating func field(_ span: Span, _ base: Resolved.Expr, _ name: Name) throws -> TypeRef {
    let type = try infer(base)
    if table.isWrong(type) { return .wrong }
    guard let head = table.head(type) else {
      reportOpenRead(name, at: span, base: base.span)
      _ = table.unify(type, .wrong)
      return .wrong
    }
    guard case .data(let record) = head, let fields = declarations.fields(of: record) else {
      reportNoField(name, type, [], at: span, of: base)
      return .wrong
    }
    if let owner = declarations.owner(ofOpaque: record), owner != module {
      reportOpaque(record, owner, at: span)
      return .wrong
    }
    guard let ty = declarations.field(name, of: record) else {
      reportNoField(name, type, fields, at: span, of: base)
      return .wrong
    }
    return table.make(ty)
  }
}

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
    if diagnostics.count > before, let other = try explainNamespace(name, callee, arguments, at: span, since: before) {
      return expected.map { table.forgive($0.type); return $0.type } ?? other
    }
    if diagnostics.count > before {
      let fresh = instantiate(callee.variables)
      let parameters = callee.parameters.map { table.make($0, callee.variables, instance: fresh) }
      if try explainOrder(of: shown(name), parameters, arguments, since: before), !callee.variables.isEmpty {
        return expected?.type ?? .wrong
      }
      // With other arguments it may give what is asked for.
      if !callee.variables.isEmpty, let expected = promise.broken { return expected.type }
    }
    return keep(promise, at: span)
  }

  /// Makes the errors about the arguments of a library function one, if the function of that name for the type of the
  /// first argument was meant, as `Float.abs` by `Int.abs(1.5)`.
  ///
  /// - Returns: the type that it gives, as far as it is known; nil if no function was meant.
  private mutating func explainNamespace(
    _ name: Name, _ callee: Signature, _ arguments: [Resolved.Expr], at span: Span, since start: Int
  ) throws -> TypeRef? {
    guard callee.isLibrary, let first = arguments.first, let error = diagnostics[start...].first,
      error.slug == "type-mismatch", error.span == first.span, !isTrying,
      diagnostics[start...].allSatisfy({ $0.slug == "type-mismatch" }), let dot = name.text.lastIndex(of: "."),
      let space = table.written(try typesAlone(of: [first])[0])?.namespace
    else { return nil }
    let other = Name("\(space)\(name.text[dot...])")
    if case .integer = first { return nil }
    guard other != name, space != "Option", space != "Result",
      let meant = declarations.function(other), meant.parameters.count == arguments.count,
      sources.text(of: span)?.hasPrefix(name.text) == true
    else { return nil }
    let place = Span(start: span.start, length: UInt32(name.text.utf8.count))
    diagnostics.removeSubrange((start + 1)...)
    diagnostics[start].repair = Repair("for `\(space)` use \(code: other)", at: place)
    return meant.variables.isEmpty ? table.make(meant.result) : .wrong
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

  /// Adds to the error about a call that can't fail, where a `Result` is wanted, why it gives a plain value.
  private mutating func explainDischarge(of argument: Resolved.Expr) {
    guard case .call(_, let name, let arguments) = argument, LiteralDischarge.plain(name, arguments) != nil,
      let last = diagnostics.last, last.slug == "type-mismatch", last.span == argument.span
    else { return }
    diagnostics[diagnostics.count - 1].note =
      "with this literal argument `\(name)` can't fail, so it gives a plain value"
    diagnostics[diagnostics.count - 1].repair.primary = "use the value itself"
  }

  /// Adds to the error about a function that is passed and has other types what effects are wrong about it too, and
  /// which function fits.
  private mutating func explainCallback(_ argument: Resolved.Expr, for parameter: Resolved.Ty) {
    guard case .function(_, _, let allowed) = parameter, let last = diagnostics.last, last.slug == "type-mismatch",
      last.span == argument.span
    else { return }
    var effects: [Name] = []
    switch argument {
    case .callback(_, .function(_, let name)): effects = declarations.function(name)?.effects ?? []
    case .callback(_, .operation(_, let effect)): effects = [effect]
    case .callback, .local: break
    default: return
    }
    let others = effects.filter { !EffectSet(allowed).covers($0) }
    if !others.isEmpty, !allowed.contains("_") {
      let list = others.map { "`\($0)`" }.joined(separator: ", ")
      diagnostics[diagnostics.count - 1].note =
        "its \(others.count == 1 ? "effect" : "effects") \(list) \(others.count == 1 ? "is" : "are") not allowed here either"
    }
    let fitting = declarations.functions(fitting: parameter).prefix(4).filter { $0.name != function.name }
    if (1...3).contains(fitting.count) {
      diagnostics[diagnostics.count - 1].advise(didYouMean(fitting.map { shown($0.name) }))
    } else if last.repair.primary == nil {
      diagnostics[diagnostics.count - 1].advise("pass a function that takes and gives these types")
    }
  }

  /// Adds to the error about a call that stands for a parameter of a `Fn` type how the function itself is passed.
  private mutating func adviseToPass(_ argument: Resolved.Expr, for parameter: TypeRef) {
    guard table.head(parameter) == .function, let last = diagnostics.last, last.slug == "type-mismatch",
      last.span == argument.span
    else { return }
    let name: String
    switch argument {
    case .call(_, let function, _):
      name = shown(function)
      if let own = declarations.function(function), own.parameters.count + 1 != table.arguments(parameter).count {
        return
      }
    case .apply(_, let parameter, _): name = parameter.name.text
    case .perform(_, let effect, _): name = effect.text
    case .construct(_, let type, let variant, let arguments) where !arguments.isEmpty:
      name = "\(type.lastSegment).\(variant)"
    default: return
    }
    diagnostics[diagnostics.count - 1].advise("pass the function itself, without calling it: \(code: name)")
    // That it is called with too few arguments is the same mistake.
    let before = diagnostics.count - 2
    if before >= 0, diagnostics[before].slug == "arity-mismatch", diagnostics[before].span == last.span {
      diagnostics.remove(at: before)
    }
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

import Nanopass

extension Kernel {
  @Sendable static func checkBoundLocals(_ root: Root) -> [Violation] { BoundLocals.violations(in: root.functions) }

  @Sendable static func checkKnownFunctions(_ root: Root) -> [Violation] {
    var walker = KernelCalls(
      functions: Dictionary(root.functions.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first }))
    if let main = root.main, walker.functions[main] == nil {
      walker.found.append(Violation("`\(main)` is not declared", in: root))
    }
    try? walker.visit(root)
    return walker.found
  }

  @Sendable static func checkWellTyped(_ root: Root) -> [Violation] {
    var checker = KernelTypes(root)
    try? checker.visit(root)
    return checker.found
  }
}

/// Checks calls against the declared functions.
private struct KernelCalls: KernelWalker {
  let functions: [Name: Kernel.Function]
  var found: [Violation] = []

  mutating func visit(_ node: Kernel.Expr) throws {
    if case .call(_, let name, let types, let arguments, _) = node {
      guard let function = functions[name] else {
        found.append(Violation("`\(name)` is not declared", in: node))
        return try walk(node)
      }
      if function.parameters.count != arguments.count {
        found.append(
          Violation("`\(name)` takes \(function.parameters.count) arguments, not \(arguments.count)", in: node))
      }
      if function.variables.count != types.count {
        found.append(Violation("`\(name)` has \(function.variables.count) variables, not \(types.count)", in: node))
      }
    }
    if case .callback(_, .function(_, let name, let types), _) = node {
      if let function = functions[name] {
        if function.variables.count != types.count {
          found.append(Violation("`\(name)` has \(function.variables.count) variables, not \(types.count)", in: node))
        }
      } else {
        found.append(Violation("`\(name)` is not declared", in: node))
      }
    }
    try walk(node)
  }
}

/// Checks that every expression has the type its place asks for.
private struct KernelTypes: KernelWalker {
  private typealias Ty = Kernel.Ty

  var found: [Violation] = []
  private var functions: [Name: Kernel.Function] = [:]
  private var fields: [Name: [[Kernel.Ty]]] = [:]
  private var variants: [Name: [Name]] = [:]
  private var locals: [Local: Kernel.Ty] = [:]
  private var result: Kernel.Ty = .unit

  init(_ root: Kernel.Root) {
    functions = Dictionary(root.functions.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    for type in root.types {
      switch type {
      case .sum(_, let name, let constructors):
        fields[name] = constructors.map(\.fields)
        variants[name] = constructors.map(\.name)
      case .record(_, let name, let parts):
        fields[name] = [parts.map(\.ty)]
        variants[name] = [name.lastSegment]
      }
    }
  }

  mutating func visit(_ node: Kernel.Function) throws {
    locals = [:]
    result = node.result
    for parameter in node.parameters { locals[parameter.variable] = parameter.ty }
    expect(node.body, node.result)
    try visit(node.body)
  }

  mutating func visit(_ node: Kernel.Statement) throws {
    try walk(node)
    if case .bind(_, let variable, let value) = node { locals[variable] = value.ty }
  }

  mutating func visit(_ node: Kernel.Expr) throws {
    switch node {
    case .global: break
    case .local(_, let variable, let ty):
      if let bound = locals[variable], bound != ty { mismatch(bound, ty, in: node) }
    case .call(_, let name, let types, let arguments, let ty): call(name, types, arguments, ty, in: node)
    case .apply(_, let parameter, let arguments, let ty):
      guard case .function(let parameters, let result)? = locals[parameter] else {
        return unknown("the function `\(parameter)`", in: node)
      }
      expect(arguments, parameters, in: node)
      if result != ty { mismatch(result, ty, in: node) }
    case .callback(_, let callee, let ty): check(callee, ty, in: node)
    case .primitive(_, let name, let arguments, let ty):
      guard let primitive = Primitive.named(name) else { return unknown("the primitive `\(name)`", in: node) }
      let instance = primitive.instance(arguments: arguments.map(\.ty), result: ty)
      expect(arguments, instance.parameters, in: node)
      if ty != instance.result { mismatch(instance.result, ty, in: node) }
    case .perform(_, let effect, let arguments, let ty):
      guard let operation = EffectOperation.named(effect) else { return unknown("the effect `\(effect)`", in: node) }
      expect(arguments, operation.parameters, in: node)
      if ty != operation.result { mismatch(operation.result, ty, in: node) }
    case .equal(_, let left, let right): expect(right, left.ty)
    case .construct(_, let type, let variant, let arguments, let ty):
      guard let parts = parts(of: type, variant, at: ty) else {
        return unknown("the constructor `\(type).\(variant)` of this type", in: node)
      }
      expect(arguments, parts, in: node)
    case .field(_, let base, let index, let ty):
      guard case .data(let name) = base.ty, let parts = fields[name]?.first, parts.indices.contains(index) else {
        return unknown("the field \(index)", in: node)
      }
      if parts[index] != ty { mismatch(parts[index], ty, in: node) }
    case .match(_, let subject, let arms, let ty):
      try visit(subject)
      for arm in arms {
        check(arm.pattern, against: subject.ty)
        expect(arm.body, ty)
        try visit(arm.body)
      }
      return
    case .block(_, _, let last, let ty): expect(last, ty)
    case .leave(_, let value, _): expect(value, result)
    case .integer, .float, .string, .bool, .unit: break
    }
    try walk(node)
  }

  private mutating func call(
    _ name: Name, _ types: [Kernel.Ty], _ arguments: [Kernel.Expr], _ ty: Kernel.Ty, in node: Kernel.Expr
  ) {
    guard let function = functions[name], function.variables.count == types.count else {
      return unknown("the function `\(name)`", in: node)
    }
    let map = Dictionary(zip(function.variables, types).map { ($0, $1) }, uniquingKeysWith: { first, _ in first })
    expect(arguments, function.parameters.map { $0.ty.substituting(map) }, in: node)
    let result = function.result.substituting(map)
    if result != ty { mismatch(result, ty, in: node) }
  }

  private mutating func check(_ callee: Kernel.Callee, _ ty: Kernel.Ty, in node: Kernel.Expr) {
    guard case .function(_, let result) = ty else { return unknown("a function of this type", in: node) }
    let own: Kernel.Ty
    switch callee {
    case .function(_, let name, let types):
      guard let function = functions[name], function.variables.count == types.count else {
        return unknown("the function `\(name)`", in: node)
      }
      let map = Dictionary(zip(function.variables, types).map { ($0, $1) }, uniquingKeysWith: { first, _ in first })
      own = Kernel.Ty.function(parameters: function.parameters.map(\.ty), result: function.result).substituting(map)
    case .operation(_, let effect):
      guard let operation = EffectOperation.named(effect) else { return unknown("the effect `\(effect)`", in: node) }
      own = .function(parameters: operation.parameters, result: operation.result)
    case .constructor(_, let type, let variant):
      guard let parts = parts(of: type, variant, at: result) else {
        return unknown("the constructor `\(type).\(variant)` of this type", in: node)
      }
      own = .function(parameters: parts, result: result)
    }
    if own != ty { mismatch(own, ty, in: node) }
  }

  private mutating func check(_ pattern: Kernel.Pattern, against ty: Kernel.Ty) {
    switch pattern {
    case .wildcard: break
    case .bind(_, let variable, let own):
      locals[variable] = own
      if own != ty { mismatch(ty, own, in: pattern) }
    case .integer: if ty != .int { mismatch(ty, .int, in: pattern) }
    case .float: if ty != .float { mismatch(ty, .float, in: pattern) }
    case .string: if ty != .string { mismatch(ty, .string, in: pattern) }
    case .bool: if ty != .bool { mismatch(ty, .bool, in: pattern) }
    case .constructor(_, let type, let variant, let arguments):
      guard let parts = parts(of: type, variant, at: ty), parts.count == arguments.count else {
        return unknown("the constructor `\(type).\(variant)` of this type", in: pattern)
      }
      for (argument, part) in zip(arguments, parts) { check(argument, against: part) }
    }
  }

  /// The types of a constructor's fields in a type; nil if the type has no such constructor.
  private func parts(of type: Name, _ variant: Name, at ty: Kernel.Ty) -> [Kernel.Ty]? {
    switch (type.text, variant.text, ty) {
    case ("List", "Nil", .list), ("Option", "None", .option), ("Map", "Empty", .map): return []
    case ("Map", "Leaf", .map(let key, let value)): return [.vector(element: key), .vector(element: value)]
    case ("Map", "Inner", .map(let key, _)): return [.int, .vector(element: key), .vector(element: ty)]
    case ("List", "Cons", .list(let element)): return [element, ty]
    case ("Option", "Some", .option(let payload)): return [payload]
    case ("Result", "Ok", .result(let success, _)): return [success]
    case ("Result", "Err", .result(_, let failure)): return [failure]
    case ("Tuple", "Tuple", .tuple(let elements)): return elements
    case (_, _, .data(let name)) where name == type:
      guard let index = variants[name]?.firstIndex(of: variant) else { return nil }
      return fields[name]?[index]
    default: return nil
    }
  }

  private mutating func expect(_ nodes: [Kernel.Expr], _ types: [Kernel.Ty], in node: Kernel.Expr) {
    if nodes.count != types.count { found.append(Violation("wrong number of arguments", in: node)) }
    for (argument, ty) in zip(nodes, types) { expect(argument, ty) }
  }

  private mutating func expect(_ node: Kernel.Expr, _ ty: Kernel.Ty) {
    if node.ty != ty { mismatch(ty, node.ty, in: node) }
  }

  private mutating func mismatch(_ wanted: Kernel.Ty, _ given: Kernel.Ty, in node: some Writable) {
    found.append(
      Violation("expected the type \(Printer.text(of: wanted)), found \(Printer.text(of: given))", in: node))
  }

  private mutating func unknown(_ what: String, in node: some Writable) {
    found.append(Violation("\(what) is not declared so", in: node))
  }
}

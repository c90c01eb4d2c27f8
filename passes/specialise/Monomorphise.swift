public import Diagnostics
public import Languages
public import Nanopass

/// Makes an instance of each generic function and type for each way it is used.
///
///     (call List.reverse ((int)) ((local xs.0 (list (int)))) (list (int)))
///     (call List.reverse<Int> ((local xs.0 (data List<Int>))) (data List<Int>))
///
///     (data List<Int> (acyclic) ((variant Nil ()) (variant Cons ((int) (data List<Int>)))))
///
/// Instances are made from a worklist that starts with the program's main function, so what is not reached is gone,
/// and stand in the order in which they are found. Values can't be changed, so no value of any type reaches itself.
///
/// Needs: functions are generic in types only, and call generic functions at finitely many types.
/// Ensures: the constructors of a type have their tags as positions.
public struct Monomorphise: KernelToMono {
  public static let summary = "Make an instance of each generic function and type for each use"

  /// Types that nest deeper than this come from a function that calls itself at ever larger types.
  private static let greatestDepth = 500

  private struct Instance {
    let name: Name
    let function: Kernel.Function
    let types: [Kernel.Ty]
  }

  private var functions: [Name: Kernel.Function] = [:]
  private var declarations: [Name: Kernel.TypeDecl] = [:]
  private var positions: [Name: [Name: Int]] = [:]
  private var instances: [Instance] = []
  private var instanceNames: Set<Name> = []
  private var types: [Mono.TypeDecl] = []
  private var pendingData: [Name] = []
  private var typeMemo: [Kernel.Ty: Mono.Ty] = [:]
  private var substitution: [Name: Kernel.Ty] = [:]
  /// The types whose equality is provided for.
  private var compared: Set<Kernel.Ty> = []
  private var current: Name = ""

  public init() {}

  public mutating func begin(_ input: Kernel.Root, in context: PassContext) {
    functions = Dictionary(input.functions.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    for type in ["Option", "Result", "List", "Map"] as [Name] {
      addPositions(of: type, (BuiltinData.variants(of: type) ?? []).map(\.name))
    }
    addPositions(of: "Tuple", ["Tuple"])
    for declaration in input.types {
      switch declaration {
      case .sum(_, let name, let variants): addPositions(of: name, variants.map(\.name))
      case .record(_, let name, _): addPositions(of: name, [name.lastSegment])
      }
      declarations[declaration.name] = declaration
    }
  }

  public mutating func end(in context: PassContext) {
    let generic = instances.count { !$0.types.isEmpty }
    context.explain(
      "\(instances.count) functions, \(generic) of them instances of generic ones; \(types.count) types",
      details: instances.filter { !$0.types.isEmpty }.map(\.name.text),
      data: [("functions", instances.count), ("instances", generic), ("types", types.count)])
  }

  private mutating func addPositions(of type: Name, _ variants: [Name]) {
    positions[type] = Dictionary(
      variants.enumerated().map { ($0.element, $0.offset) }, uniquingKeysWith: { first, _ in first })
  }

  public mutating func resolved(
    at span: Span, modules: [Kernel.Module], types: [Kernel.TypeDecl], functions: [Kernel.Function], main: Name?
  ) throws -> Mono.Root {
    guard let main else {
      throw PassBug(Self.name, "the program has no main function", broke: "known-functions")
    }
    let entry = try instance(of: main, [])
    var output: [Mono.Function] = []
    while output.count < instances.count {
      let instance = instances[output.count]
      current = instance.name
      substitution = Dictionary(
        zip(instance.function.variables, instance.types).map { ($0, $1) }, uniquingKeysWith: { first, _ in first })
      output.append(try function(instance.function))
    }
    substitution = [:]
    var next = 0
    while next < pendingData.count {
      guard let declaration = declarations[pendingData[next]] else {
        throw PassBug(Self.name, "the type `\(pendingData[next])` is not declared", broke: "well-typed")
      }
      self.types.append(try typeDecl(declaration))
      next += 1
    }
    return Mono.Root(span, types: self.types, functions: output, entry: entry)
  }

  // MARK: Functions

  /// The name of a function at closed types; a new one is put on the worklist.
  private mutating func instance(of name: Name, _ types: [Kernel.Ty]) throws -> Name {
    guard let function = functions[name], function.variables.count == types.count else {
      throw PassBug(Self.name, "`\(name)` is not declared with \(types.count) variables", broke: "known-functions")
    }
    let full = types.isEmpty ? name : Name("\(name.text)<\(try spelled(types))>")
    if instanceNames.insert(full).inserted {
      guard nesting(full.text) <= Self.greatestDepth else {
        throw PassBug(Self.self, "`\(name)` is called at ever larger types", broke: "finite-instances", in: function)
      }
      instances.append(Instance(name: full, function: function, types: types))
    }
    return full
  }

  public mutating func function(
    at span: Span, name: Name, module: Name, isLibrary: Bool, variables: [Name], parameters: [Kernel.Parameter],
    result: Kernel.Ty, effects: Kernel.Effects, body: Kernel.Expr
  ) throws -> Mono.Function {
    let name = current
    return Mono.Function(
      span, name: name, parameters: try parameters.map { try parameter($0) }, result: try ty(result), effects: effects,
      body: try expr(body))
  }

  public mutating func call(
    at span: Span, function: Name, types: [Kernel.Ty], arguments: [Kernel.Expr], ty: Kernel.Ty
  ) throws -> Mono.Expr {
    let name = try instance(of: function, types.map { $0.substituting(substitution) })
    return .call(
      span, function: name, arguments: try arguments.map { try expr($0) }, ty: try self.ty(ty))
  }

  public mutating func expr(_ node: Kernel.Expr) throws -> Mono.Expr {
    if case .equal(_, let left, _) = node { try provideEquality(of: left.ty.substituting(substitution)) }
    return try derive(node)
  }

  /// Makes instances of the library's comparison for all maps in values of a type.
  private mutating func provideEquality(of ty: Kernel.Ty) throws {
    var waiting = [ty]
    while let next = waiting.popLast() {
      guard compared.insert(next).inserted else { continue }
      switch next {
      case .map(let key, let value): _ = try instance(of: "Map._equal", [key, value])
      case .list(let part), .vector(let part), .option(let part): waiting.append(part)
      case .result(let success, let failure): waiting += [success, failure]
      case .tuple(let elements): waiting += elements
      case .data(let name): waiting += declarations[name]?.fieldTypes ?? []
      case .int, .float, .bool, .string, .bytes, .digest, .unit, .variable, .function: break
      }
    }
  }

  /// A function that is passed, by the name of its instance.
  public mutating func function(at span: Span, name: Name, types: [Kernel.Ty]) throws -> Mono.Callee {
    .function(span, name: try instance(of: name, types.map { $0.substituting(substitution) }))
  }

  public mutating func constructor(at span: Span, type: Name, variant: Name) throws -> Mono.Callee {
    .constructor(span, variant: variant, index: try position(of: variant, in: type))
  }

  // MARK: Data

  public mutating func construct(
    at span: Span, type: Name, variant: Name, arguments: [Kernel.Expr], ty: Kernel.Ty
  ) throws -> Mono.Expr {
    let index = try position(of: variant, in: type)
    return .construct(
      span, variant: variant, index: index, arguments: try arguments.map { try expr($0) }, ty: try self.ty(ty))
  }

  public mutating func constructor(at span: Span, type: Name, variant: Name, arguments: [Kernel.Pattern]) throws
    -> Mono.Pattern
  {
    let index = try position(of: variant, in: type)
    return .constructor(span, variant: variant, index: index, arguments: try arguments.map { try pattern($0) })
  }

  private func position(of variant: Name, in type: Name) throws -> Int {
    guard let index = positions[type]?[variant] else {
      throw PassBug(Self.name, "there is no constructor `\(type).\(variant)`", broke: "well-typed")
    }
    return index
  }

  public mutating func sum(at span: Span, name: Name, variants: [Kernel.Variant]) throws -> Mono.TypeDecl {
    Mono.TypeDecl(span, name: name, facts: ["acyclic"], variants: try variants.map { try variant($0) })
  }

  public mutating func record(at span: Span, name: Name, fields: [Kernel.FieldDecl]) throws -> Mono.TypeDecl {
    let variant = Mono.Variant(span, name: name.lastSegment, fields: try fields.map { try ty($0.ty) })
    return Mono.TypeDecl(span, name: name, facts: ["acyclic"], variants: [variant])
  }

  // MARK: Types

  public mutating func ty(_ node: Kernel.Ty) throws -> Mono.Ty {
    let closed = node.substituting(substitution)
    if let known = typeMemo[closed] { return known }
    if case .data(let name) = closed { pendingData.append(name) }
    let made = try derive(closed)
    typeMemo[closed] = made
    return made
  }

  /// Declares an instance of a built-in type; `fields` are those of its constructors by position.
  private mutating func declare(
    _ type: Name, _ types: [Kernel.Ty], facts: [Name] = ["acyclic"],
    _ variants: (Mono.Ty) -> KeyValuePairs<Name, [Mono.Ty]>
  ) throws -> Mono.Ty {
    let name = Name("\(type.text)<\(try spelled(types))>")
    let declared = variants(.data(name: name)).map { Mono.Variant(.none, name: $0, fields: $1) }
    self.types.append(Mono.TypeDecl(.none, name: name, facts: facts, variants: declared))
    return .data(name: name)
  }

  public mutating func list(element: Kernel.Ty) throws -> Mono.Ty {
    let item = try ty(element)
    return try declare("List", [element]) { ["Nil": [], "Cons": [item, $0]] }
  }

  public mutating func option(payload: Kernel.Ty) throws -> Mono.Ty {
    let item = try ty(payload)
    return try declare("Option", [payload]) { _ in ["None": [], "Some": [item]] }
  }

  public mutating func result(success: Kernel.Ty, failure: Kernel.Ty) throws -> Mono.Ty {
    let (good, bad) = (try ty(success), try ty(failure))
    return try declare("Result", [success, failure]) { _ in ["Err": [bad], "Ok": [good]] }
  }

  public mutating func tuple(elements: [Kernel.Ty]) throws -> Mono.Ty {
    let items = try elements.map { try ty($0) }
    return try declare("Tuple", elements) { _ in ["Tuple": items] }
  }

  public mutating func vector(element: Kernel.Ty) throws -> Mono.Ty {
    let item = try ty(element)
    return try declare("Vector", [element], facts: ["acyclic", "array"]) { _ in ["Vector": [item]] }
  }

  public mutating func map(key: Kernel.Ty, value: Kernel.Ty) throws -> Mono.Ty {
    // Its inner nodes hold vectors of itself.
    typeMemo[.map(key: key, value: value)] = .data(name: Name("Map<\(try spelled([key, value]))>"))
    let keys = try ty(.vector(element: key))
    let values = try ty(.vector(element: value))
    let children = try ty(.vector(element: .map(key: key, value: value)))
    return try declare("Map", [key, value]) { _ in
      ["Empty": [], "Leaf": [keys, values], "Inner": [.int, keys, children]]
    }
  }

  public mutating func variable(name: Name) throws -> Mono.Ty { throw unsupported(.variable(name: name)) }

  private func unsupported(_ ty: Kernel.Ty) -> PassBug {
    PassBug(Self.self, "a value of this type can't be compiled", broke: "well-typed", in: ty)
  }

  /// Types as they stand in the name of an instance.
  private mutating func spelled(_ types: [Kernel.Ty]) throws -> String {
    try types.map { try ty($0).instanceText }.joined(separator: ",")
  }
}

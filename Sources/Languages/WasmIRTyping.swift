import Nanopass
import WasmLibrary

extension WasmIR {
  /// Every operand, field, argument and result has the type that its place asks for.
  @Sendable static func checkWellTyped(_ root: Root) -> [Violation] {
    let declarations = WasmDeclarations(root)
    var violations: [Violation] = []
    for type in root.types { violations += declarations.violations(of: type) }
    for global in root.globals {
      var checker = WasmTypeChecker(declarations, results: [])
      checker.expect(global.ty, of: global.value)
      violations += checker.violations
    }
    for function in root.functions {
      var checker = WasmTypeChecker(declarations, results: function.results)
      checker.check(function)
      violations += checker.violations
    }
    if let entry = declarations.functions[root.entry], !entry.parameters.isEmpty || !entry.results.isEmpty {
      violations.append(Violation("the entry `\(root.entry)` takes or gives something", in: root.entry))
    }
    return violations
  }

  /// Every function, import, type, global and datum mentioned is declared once, or the library's.
  @Sendable static func checkKnownNames(_ root: Root) -> [Violation] {
    let declarations = WasmDeclarations(root)
    var violations: [Violation] = []
    var seen: Set<Name> = []
    for name in root.declaredNames where !seen.insert(name).inserted {
      violations.append(Violation("`\(name)` is declared twice", in: name))
    }
    if declarations.functions[root.entry] == nil {
      violations.append(Violation("there is no function `\(root.entry)`", in: root.entry))
    }
    var walker = WasmNameWalker(declarations)
    try? walker.visit(root)
    return violations + walker.violations
  }
}

/// What a program of WasmIR declares, by name. One for all that look things up in it.
public final class WasmDeclarations: Sendable {
  /// What a function takes and gives.
  public struct Signature: Sendable {
    /// The types of the parameters.
    public let parameters: [WasmIR.Ty]
    /// The types of the results.
    public let results: [WasmIR.Ty]
  }

  /// Where values lie.
  public let heap: WasmIR.Heap
  /// The types.
  public let types: [Name: WasmIR.TypeDef]
  /// The functions.
  public let functions: [Name: Signature]
  /// The imports.
  public let imports: [Name: Signature]
  /// The globals.
  public let globals: [Name: WasmIR.Global]
  /// The data.
  public let data: Set<Name>

  public init(_ root: WasmIR.Root) {
    heap = root.heap
    types = Dictionary(root.types.map { ($0.name, $0) }) { first, _ in first }
    functions = Dictionary(
      root.functions.map { ($0.name, Signature(parameters: $0.parameters.map(\.ty), results: $0.results)) }
    ) { first, _ in first }
    imports = Dictionary(
      root.imports.map { ($0.name, Signature(parameters: $0.parameters, results: $0.results)) }
    ) { first, _ in first }
    globals = Dictionary(root.globals.map { ($0.name, $0) }) { first, _ in first }
    data = Set(root.data.map(\.name))
  }

  /// The fields of a struct; nil if there is none of that name.
  public func fields(of type: Name) -> [WasmIR.Field]? {
    guard case .struct(_, _, _, let fields)? = types[type] else { return nil }
    return fields
  }

  /// The element of an array; nil if there is none of that name.
  public func element(of type: Name) -> WasmIR.Field? {
    guard case .array(_, _, let element)? = types[type] else { return nil }
    return element
  }

  /// Whether values of one heap type are values of another.
  public func isSubtype(_ type: Name, of other: Name) -> Bool {
    var type = type
    for _ in 0...types.count {
      if type == other { return true }
      guard case .struct(_, _, let parent?, _)? = types[type] else { return false }
      type = parent
    }
    return false
  }

  /// Whether a value of one type may stand where one of another is asked for.
  public func fits(_ found: WasmIR.Ty, _ wanted: WasmIR.Ty) -> Bool {
    switch (found, wanted) {
    case (.ref(let type), .ref(let other)), (.ref(let type), .nullable(let other)),
      (.nullable(let type), .nullable(let other)):
      isSubtype(type, of: other)
    case (.i32, .ref), (.i32, .nullable), (.ref, .i32), (.nullable, .i32): heap == .memory
    default: found == wanted
    }
  }

  fileprivate func violations(of type: WasmIR.TypeDef) -> [Violation] {
    guard case .struct(_, let name, let parent?, let fields) = type else { return [] }
    guard types[parent] != nil else { return [] }
    guard let inherited = self.fields(of: parent) else {
      return [Violation("the parent of `\(name)` is no struct", in: type)]
    }
    if name == parent || isSubtype(parent, of: name) {
      return [Violation("`\(name)` is above its parent", in: type)]
    }
    let repeats = fields.count >= inherited.count && zip(fields, inherited).allSatisfy { $0 == $1 }
    return repeats ? [] : [Violation("`\(name)` does not begin with the fields of its parent", in: type)]
  }
}

extension WasmIR.Storage {
  /// The type of what is read from it and written to it.
  public var ty: WasmIR.Ty {
    switch self {
    case .whole(let ty): ty
    case .i8, .i16: .i32
    }
  }
}

extension WasmIR.Heap {
  /// The text of the library's declaration of a name for programs whose values lie here; nil if there is none.
  public func declaration(of name: Name) -> String? {
    (self == .memory ? wasmMemoryLibrary[name.text] : nil) ?? wasmLibrary[name.text]
  }
}

/// Looks up each name that is mentioned.
private struct WasmNameWalker: WasmIRWalker {
  let declarations: WasmDeclarations
  var violations: [Violation] = []

  init(_ declarations: WasmDeclarations) { self.declarations = declarations }

  private mutating func require(_ isKnown: Bool, _ name: Name, _ kind: String, in node: some Writable) {
    if !isKnown, declarations.heap.declaration(of: name) == nil {
      violations.append(Violation("there is no \(kind) `\(name)`", in: node))
    }
  }

  private mutating func require(_ ty: WasmIR.Ty, in node: some Writable) {
    switch ty {
    case .ref(let type), .nullable(let type): require(declarations.types[type] != nil, type, "type", in: node)
    case .i32, .i64, .f64: break
    }
  }

  mutating func visit(_ node: WasmIR.Datum) throws {
    // In memory what a global holds is a datum of its name in the end.
    for name in node.mentions {
      let isGlobal = declarations.heap == .memory && declarations.globals[name] != nil
      require(isGlobal || declarations.data.contains(name), name, "datum", in: node)
    }
  }

  mutating func visit(_ node: WasmIR.Field) throws { require(node.storage.ty, in: node) }

  mutating func visit(_ node: WasmIR.Parameter) throws { require(node.ty, in: node) }

  mutating func visit(_ node: WasmIR.Function) throws {
    for ty in node.results { require(ty, in: node.name) }
    try walk(node)
  }

  mutating func visit(_ node: WasmIR.End) throws {
    switch node {
    case .tailCall(_, let function, _), .attempt(_, _, let function, _, _, _):
      require(declarations.functions[function] != nil, function, "function", in: node)
    default: break
    }
    try walk(node)
  }

  mutating func visit(_ node: WasmIR.Step) throws {
    if case .let(_, _, let ty, _) = node { require(ty, in: node) }
    try walk(node)
  }

  mutating func visit(_ node: WasmIR.Expr) throws {
    switch node {
    case .call(_, let name, _): require(declarations.functions[name] != nil, name, "function", in: node)
    case .host(_, let name, _): require(declarations.imports[name] != nil, name, "import", in: node)
    case .global(_, let name), .setGlobal(_, let name, _):
      require(declarations.globals[name] != nil, name, "global", in: node)
    case .address(_, let name), .size(_, let name): require(declarations.data.contains(name), name, "datum", in: node)
    case .newFromDatum(_, let type, let name):
      require(declarations.data.contains(name), name, "datum", in: node)
      require(declarations.types[type] != nil, type, "type", in: node)
    case .null(_, let type), .new(_, let type, _), .get(_, let type, _, _), .set(_, let type, _, _, _),
      .newArray(_, let type, _, _), .newZeroed(_, let type, _), .newFixed(_, let type, _),
      .element(_, let type, _, _), .setElement(_, let type, _, _, _), .copy(_, let type, _, _, _, _, _),
      .fill(_, let type, _, _, _, _), .is(_, let type, _), .cast(_, let type, _):
      require(declarations.types[type] != nil, type, "type", in: node)
    case .compute(_, let name, _): require(WasmOperator.named(name) != nil, name, "instruction", in: node)
    default: break
    }
    try walk(node)
  }
}

/// Checks one function. What is unbound or unknown is the concern of other invariants and fits everything here.
private struct WasmTypeChecker {
  private let declarations: WasmDeclarations
  private let results: [WasmIR.Ty]
  private var variables: [Int: WasmIR.Ty] = [:]
  private var labels: [Int: [WasmIR.Ty]] = [:]
  var violations: [Violation] = []

  init(_ declarations: WasmDeclarations, results: [WasmIR.Ty]) {
    self.declarations = declarations
    self.results = results
  }

  private mutating func complain(_ message: String, _ node: some Writable) {
    violations.append(Violation(message, in: node))
  }

  // MARK: Blocks

  mutating func check(_ function: WasmIR.Function) {
    bind(function.parameters)
    check(function.body)
  }

  private mutating func bind(_ parameters: [WasmIR.Parameter]) {
    for parameter in parameters { variables[parameter.variable.id] = parameter.ty }
  }

  private mutating func check(_ block: WasmIR.Block) {
    for step in block.steps {
      switch step {
      case .let(_, let variable, let ty, let value):
        expect(ty, of: value)
        variables[variable.id] = ty
      case .receive(_, let parameters, let value):
        expect(parameters.map(\.ty), of: [value], in: step)
        bind(parameters)
      case .run(_, let value): _ = types(of: value)
      case .join(_, let label, let parameters, let body):
        labels[label.id] = parameters.map(\.ty)
        bind(parameters)
        check(body)
      }
    }
    check(block.end)
  }

  private mutating func check(_ end: WasmIR.End) {
    switch end {
    case .return(_, let values): expect(results, of: values, in: end)
    case .jump(_, let label, let arguments):
      if let types = labels[label.id] { expect(types, of: arguments, in: end) }
    case .loop(_, let label, let parameters, let arguments, let body):
      expect(parameters.map(\.ty), of: arguments, in: end)
      labels[label.id] = parameters.map(\.ty)
      bind(parameters)
      check(body)
    case .if(_, let condition, let then, let other):
      expect(.i32, of: condition)
      check(then)
      check(other)
    case .switch(_, let subject, let cases, let rest):
      expect(.i32, of: subject)
      if Set(cases.map(\.value)).count != cases.count { complain("two cases have one value", end) }
      for one in cases { check(one.body) }
      check(rest)
    case .tailCall(_, let function, let arguments):
      guard let signature = declarations.functions[function] else { return }
      expect(signature.parameters, of: arguments, in: end)
      if signature.results != results { complain("`\(function)` gives something else than its caller", end) }
    case .attempt(_, let parameters, let function, let arguments, let then, let other):
      let call = WasmIR.Expr.call(end.span, function: function, arguments: arguments)
      expect(parameters.map(\.ty), of: [call], in: end)
      check(other)
      bind(parameters)
      check(then)
    case .unreachable, .abandon: break
    }
  }

  // MARK: Expressions

  mutating func expect(_ ty: WasmIR.Ty, of value: WasmIR.Expr) { expect([ty], of: [value], in: value) }

  /// Expects values of these types from expressions together: a call may give several.
  private mutating func expect(_ wanted: [WasmIR.Ty], of values: [WasmIR.Expr], in node: some Writable) {
    var found: [WasmIR.Ty] = []
    for value in values {
      guard let types = types(of: value) else { return }
      found += types
    }
    if found.count != wanted.count || !zip(found, wanted).allSatisfy({ declarations.fits($0, $1) }) {
      complain("found \(list(found)) where \(list(wanted)) belongs", node)
    }
  }

  private func list(_ types: [WasmIR.Ty]) -> String {
    types.isEmpty
      ? "nothing" : types.map { Printer.text(of: $0).split(separator: "\n").joined() }.joined(separator: ", ")
  }

  /// The types of what an expression gives; nil if something in it is unknown.
  private mutating func types(of value: WasmIR.Expr) -> [WasmIR.Ty]? {
    switch value {
    case .local(_, let variable): return variables[variable.id].map { [$0] }
    case .i32(_, let number):
      guard case .small(let word) = number, Int64(Int32.min)...Int64(UInt32.max) ~= Int64(word) else {
        complain("the number does not fit 32 bits", value)
        return nil
      }
      return [.i32]
    case .i64(_, let number):
      if case .big = number { complain("the number does not fit 64 bits", value) }
      return [.i64]
    case .f64: return [.f64]
    case .null(_, let type): return [.nullable(type: type)]
    case .global(_, let name): return declarations.globals[name].map { [$0.ty] }
    case .setGlobal(_, let name, let held):
      guard let global = declarations.globals[name] else { return nil }
      if !global.isMutable { complain("`\(name)` may not change", value) }
      expect(global.ty, of: held)
      return []
    case .compute(_, let name, let operands):
      guard let found = WasmOperator.named(name) else { return nil }
      expect(found.operands, of: operands, in: value)
      return found.results
    case .choose(_, let condition, let ty, let then, let other):
      expect(.i32, of: condition)
      expect(ty, of: then)
      expect(ty, of: other)
      return [ty]
    case .call(_, let name, let arguments):
      guard let signature = declarations.functions[name] else { return nil }
      expect(signature.parameters, of: arguments, in: value)
      return signature.results
    case .host(_, let name, let arguments):
      guard let signature = declarations.imports[name] else { return nil }
      expect(signature.parameters, of: arguments, in: value)
      return signature.results
    case .address, .size: return [.i32]
    case .elements(_, let array):
      if declarations.heap != .memory { complain("the array is not in memory", value) }
      checkArray(array, value)
      return [.i32]
    case .isNull(_, let subject):
      _ = reference(subject)
      return [.i32]
    case .notNull(_, let subject): return reference(subject).map { [.ref(type: $0)] }
    case .same(_, let left, let right):
      _ = (reference(left), reference(right))
      return [.i32]
    case .is(_, let type, let subject):
      narrow(type, subject, value)
      return [.i32]
    case .cast(_, let type, let subject):
      narrow(type, subject, value)
      return [.ref(type: type)]
    case .new, .get, .set: return structure(value)
    default: return array(value)
    }
  }

  /// The heap type of a reference.
  private mutating func reference(_ subject: WasmIR.Expr) -> Name? {
    guard let types = types(of: subject) else { return nil }
    switch types.first {
    case .ref(let type)? where types.count == 1, .nullable(let type)? where types.count == 1: return type
    // In memory a reference is an address.
    case .i32? where types.count == 1 && declarations.heap == .memory: return nil
    default:
      complain("found \(list(types)) where a reference belongs", subject)
      return nil
    }
  }

  private mutating func narrow(_ type: Name, _ subject: WasmIR.Expr, _ node: WasmIR.Expr) {
    guard let found = reference(subject), declarations.types[type] != nil, declarations.types[found] != nil else {
      return
    }
    if !declarations.isSubtype(type, of: found), !declarations.isSubtype(found, of: type) {
      complain("a `\(found)` is never a `\(type)`", node)
    }
  }

  private mutating func structure(_ value: WasmIR.Expr) -> [WasmIR.Ty]? {
    switch value {
    case .new(_, let type, let arguments):
      guard let fields = declarations.fields(of: type) else { return nil }
      expect(fields.map(\.storage.ty), of: arguments, in: value)
      return [.ref(type: type)]
    case .get(_, let type, let index, let subject):
      expect(.nullable(type: type), of: subject)
      return field(type, index, value).map { [$0.storage.ty] }
    case .set(_, let type, let index, let subject, let held):
      expect(.nullable(type: type), of: subject)
      guard let field = field(type, index, value) else { return nil }
      if !field.isMutable { complain("the field may not change", value) }
      expect(field.storage.ty, of: held)
      return []
    default: return nil
    }
  }

  private mutating func field(_ type: Name, _ index: Int, _ node: WasmIR.Expr) -> WasmIR.Field? {
    guard let fields = declarations.fields(of: type) else { return nil }
    guard fields.indices.contains(index) else {
      complain("`\(type)` has no field \(index)", node)
      return nil
    }
    return fields[index]
  }

  private mutating func array(_ value: WasmIR.Expr) -> [WasmIR.Ty]? {
    let i32 = WasmIR.Ty.i32
    switch value {
    case .newArray(_, let type, let element, let length):
      guard let held = declarations.element(of: type)?.storage.ty else { return nil }
      expect([held, i32], of: [element, length], in: value)
      return [.ref(type: type)]
    case .newZeroed(_, let type, let length):
      guard let held = declarations.element(of: type)?.storage.ty else { return nil }
      if case .ref = held { complain("elements of `\(type)` have no zero", value) }
      expect(i32, of: length)
      return [.ref(type: type)]
    case .newFixed(_, let type, let elements):
      guard let held = declarations.element(of: type)?.storage.ty else { return nil }
      for element in elements { expect(held, of: element) }
      return [.ref(type: type)]
    case .newFromDatum(_, let type, _):
      guard let element = declarations.element(of: type) else { return nil }
      if element.storage != .i8 { complain("`\(type)` does not hold bytes", value) }
      return [.ref(type: type)]
    case .element(_, let type, let array, let index):
      guard let held = declarations.element(of: type)?.storage.ty else { return nil }
      expect([.ref(type: type), i32], of: [array, index], in: value)
      return [held]
    case .setElement(_, let type, let array, let index, let element):
      guard let held = mutableElement(type, value) else { return nil }
      expect([.ref(type: type), i32, held], of: [array, index, element], in: value)
      return []
    case .length(_, let array):
      checkArray(array, value)
      return [i32]
    case .copy(_, let type, let to, let start, let from, let first, let count):
      guard mutableElement(type, value) != nil else { return nil }
      let wanted: [WasmIR.Ty] = [.ref(type: type), i32, .ref(type: type), i32, i32]
      expect(wanted, of: [to, start, from, first, count], in: value)
      return []
    case .fill(_, let type, let array, let start, let element, let count):
      guard let held = mutableElement(type, value) else { return nil }
      expect([.ref(type: type), i32, held, i32], of: [array, start, element, count], in: value)
      return []
    default: return nil
    }
  }

  private mutating func checkArray(_ array: WasmIR.Expr, _ node: WasmIR.Expr) {
    if let type = reference(array), declarations.types[type] != nil, declarations.element(of: type) == nil {
      complain("`\(type)` is no array", node)
    }
  }

  private mutating func mutableElement(_ type: Name, _ node: WasmIR.Expr) -> WasmIR.Ty? {
    guard let element = declarations.element(of: type) else { return nil }
    if !element.isMutable { complain("the elements of `\(type)` may not change", node) }
    return element.storage.ty
  }
}

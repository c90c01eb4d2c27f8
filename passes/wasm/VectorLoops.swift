import Diagnostics
import Languages
import Nanopass

/// How vectors hold elements that take one value each: the library's types and functions for them.
enum VectorKind: String, CaseIterable {
  case bytes, words, floats, objects
  /// The words of integers.
  case ints

  static let length: Name = "vector.length"
  /// Where a vector holds its array, null if another version has it.
  static let elementsField = 1

  /// What the functions on them are called.
  private var suffix: String { self == .ints ? "longs" : rawValue }
  var type: Name { Name("vector.\(rawValue)") }
  var elements: Name { Name("elements.\(rawValue)") }
  var renewed: Name { Name("vector.renewed.\(suffix)") }

  /// The kind whose elements a function reads or sets in place, if it does only that.
  static func access(_ function: Name) -> (kind: VectorKind, sets: Bool)? { table[function] }

  private static let table: [Name: (kind: VectorKind, sets: Bool)] = Dictionary(
    allCases.flatMap { kind in
      [
        (Name("vector.get.\(kind.suffix)"), (kind, false)), (Name("vector.put.\(kind.suffix)"), (kind, true)),
      ]
    }
  ) { first, _ in first }
}

/// What a function calls, and of which types it changes structs.
struct VectorChanges: WasmIRWalker {
  private(set) var callees: Set<Name> = []
  private(set) var changed: Set<Name> = []

  mutating func visit(_ node: WasmIR.Expr) throws {
    switch node {
    case .call(_, let name, _): callees.insert(name)
    case .set(_, let type, _, _, _): changed.insert(type)
    default: break
    }
    try walk(node)
  }

  mutating func visit(_ node: WasmIR.End) throws {
    switch node {
    case .tailCall(_, let name, _), .attempt(_, _, let name, _, _, _): callees.insert(name)
    default: break
    }
    try walk(node)
  }
}

/// What a loop does with vectors.
struct LoopVectors: WasmIRWalker {
  /// The vector behind each version that a change in place gives.
  private(set) var versions: LocalTable<Local> = [:]
  /// The vectors whose length it asks for.
  private(set) var measured: Set<Int> = []
  /// The functions that it calls and comes back from, other than to read and set elements of variables.
  private(set) var calls: Set<Name> = []

  private let label: Local
  private let parameters: [WasmIR.Parameter]
  /// The variables that it sets, other than its parameters.
  private var inside: Set<Int> = []
  /// The arguments for each parameter that is handed another variable than itself, or no variable.
  private var changing: Set<Int> = []
  private var accesses: [VectorKind: [Local]] = [:]
  /// The kinds of which vectors are read that no variable holds.
  private var others: Set<VectorKind> = []

  init(_ label: Local, _ parameters: [WasmIR.Parameter]) {
    self.label = label
    self.parameters = parameters
  }

  /// For each kind of which the loop reads or sets elements of one vector only, that vector, which is the same in each
  /// round, though there may be versions of it.
  var alone: [(kind: VectorKind, vector: Local)] {
    VectorKind.allCases.compactMap { kind in
      guard let vectors = accesses[kind], let first = vectors.first, !others.contains(kind) else { return nil }
      let vector = base(first)
      guard vectors.allSatisfy({ base($0) == vector }), !inside.contains(vector.id), !changing.contains(vector.id)
      else { return nil }
      return (kind, vector)
    }
  }

  private func base(_ variable: Local) -> Local { versions[variable.id] ?? variable }

  mutating func visit(_ node: WasmIR.Parameter) throws { inside.insert(node.variable.id) }

  mutating func visit(_ node: WasmIR.Step) throws {
    if case .let(_, let variable, _, let value) = node {
      if case .call(_, let name, let arguments) = value, case let (kind, true)? = VectorKind.access(name),
        case .local(_, let vector)? = arguments.first
      {
        versions[variable.id] = base(vector)
        accesses[kind, default: []].append(vector)
        for argument in arguments.dropFirst() { try visit(argument) }
        return
      }
      inside.insert(variable.id)
    }
    try walk(node)
  }

  mutating func visit(_ node: WasmIR.Expr) throws {
    if case .call(_, let name, let arguments) = node {
      if case let (kind, false)? = VectorKind.access(name) {
        if case .local(_, let vector)? = arguments.first {
          accesses[kind, default: []].append(vector)
        } else {
          others.insert(kind)
        }
      } else {
        if name == VectorKind.length, case .local(_, let vector)? = arguments.first {
          measured.insert(base(vector).id)
        }
        calls.insert(name)
      }
    }
    try walk(node)
  }

  mutating func visit(_ node: WasmIR.End) throws {
    switch node {
    case .jump(_, label, let arguments):
      for (parameter, argument) in zip(parameters, arguments) {
        if case .local(_, let variable) = argument, base(variable) == parameter.variable { continue }
        changing.insert(parameter.variable.id)
      }
    case .attempt(_, _, let name, _, _, _): calls.insert(name)
    default: break
    }
    try walk(node)
  }
}

/// Reads and sets elements in the arrays of vectors that variables hold.
struct ElementAccess: WasmIRToWasmIR {
  static let summary = "Read and set elements in arrays that variables hold"

  /// A variable that holds an array, and the array's type.
  struct Array {
    var variable: Local
    var type: Name
  }

  /// The arrays of vectors, and their lengths.
  var arrays: LocalTable<Array> = [:]
  var lengths: LocalTable<Local> = [:]
  private let versions: LocalTable<Local>

  init() { self.init(versions: [:]) }

  /// - Parameter versions: the vector behind each version that a change in place gives.
  init(versions: LocalTable<Local>) { self.versions = versions }

  /// The vector that an expression stands for.
  private func vector(_ node: WasmIR.Expr?) -> Local? {
    guard case .local(_, let variable)? = node else { return nil }
    return versions[variable.id] ?? variable
  }

  private func array(_ arguments: [WasmIR.Expr]) -> Array? { vector(arguments.first).flatMap { arrays[$0.id] } }

  private mutating func place(_ position: WasmIR.Expr) throws -> WasmIR.Expr {
    .compute(position.span, operator: "i32.wrap_i64", operands: [try expr(position)])
  }

  mutating func step(_ node: WasmIR.Step) throws -> WasmIR.Step {
    guard case .let(let span, _, _, .call(_, let name, let arguments)) = node, VectorKind.access(name)?.sets == true,
      let array = array(arguments), arguments.count == 3
    else { return try derive(node) }
    let element = WasmIR.Expr.setElement(
      span, type: array.type, array: .local(span, variable: array.variable), index: try place(arguments[1]),
      value: try expr(arguments[2]))
    return .run(span, value: element)
  }

  mutating func expr(_ node: WasmIR.Expr) throws -> WasmIR.Expr {
    switch node {
    case .local(let span, _):
      guard let vector = vector(node), arrays[vector.id] != nil else { return node }
      return .local(span, variable: vector)
    case .call(let span, let name, let arguments):
      if VectorKind.access(name)?.sets == false, let array = array(arguments), arguments.count == 2 {
        return .element(
          span, type: array.type, array: .local(span, variable: array.variable), index: try place(arguments[1]))
      }
      if name == VectorKind.length, let length = vector(arguments.first).flatMap({ lengths[$0.id] }) {
        return .local(span, variable: length)
      }
      return try derive(node)
    default: return try derive(node)
    }
  }
}

import Diagnostics
import Languages
import Nanopass
import WasmBinary

/// The numbers of types: recursion groups as small as they can be, those that others mention first, function types
/// behind all others as they are asked for.
///
/// Types in groups of their own are one type to the engine if they look the same. So types that look the same are
/// numbered once, which makes the module smaller, unless a test has to tell them apart: then they share a group, where
/// the position counts (WebAssembly Specification 3.0, 2.3.7 and 3.1.2: rolling and closing of recursive types).
struct TypeLayout {
  /// The numbers of the structs and arrays.
  private(set) var numbers: [Name: Int] = [:]
  /// What the structs and arrays have, by name; of an array one field.
  private(set) var fields: [Name: [WasmIR.Field]] = [:]
  private var parents: [Name: Name] = [:]
  /// The groups so far.
  private(set) var groups: [WasmCode.Group] = []
  private var functions: [FunctionShape: Int] = [:]
  private var count = 0

  private struct FunctionShape: Hashable {
    var parameters: [WasmCode.Ty]
    var results: [WasmCode.Ty]
  }

  /// Types of one shape that a test tells apart, each a component of the graph of types.
  private struct Shared {
    var copies: [[Int]]
  }

  /// - Parameters:
  ///   - types: the structs and arrays.
  ///   - tested: the types that a test asks for.
  /// - Throws: `PassBug` if a type is mentioned that there is not.
  init(_ types: [WasmIR.TypeDef], tested: Set<Name>) throws {
    var positions: [Name: Int] = [:]
    for (position, type) in types.enumerated() {
      positions[type.name] = position
      fields[type.name] = type.fields
      parents[type.name] = type.parent
    }
    let mentions = try types.map { type in try type.mentions.map { try Self.find($0, in: positions) } }
    let parents = try types.map { type in try type.parent.map { try Self.find($0, in: positions) } }
    var depths = [Int](repeating: 0, count: types.count)
    var hasChildren = [Bool](repeating: false, count: types.count)
    for parent in parents { if let parent { hasChildren[parent] = true } }

    // A number for each type, the same for those that need not be told apart.
    var identities = [Int](repeating: -1, count: types.count)
    var seen: [[WasmCode.TypeDef]: Int] = [:]
    var shared: [Shared] = []
    for component in stronglyConnectedComponents(mentions) {
      // Parents stand first, which lie in the same component or an earlier one.
      for member in component.sorted() { depths[member] = Self.depth(of: member, parents, limit: types.count) }
      let members = component.sorted { (depths[$0], $0) < (depths[$1], $1) }
      let places = Dictionary(members.enumerated().map { ($1, $0) }) { first, _ in first }
      let shape = members.map { member in
        Self.typeDef(types[member], name: nil, isFinal: !hasChildren[member]) { name in
          // Inside the component by position, else by identity: the two are told apart by their parity.
          let target = positions[name] ?? 0
          return places[target].map { $0 * 2 } ?? identities[target] * 2 + 1
        }
      }
      if let first = seen[shape], let original = shared[first].copies.first {
        let isTested = (members + original).contains { tested.contains(types[$0].name) }
        if !isTested {
          for (member, same) in zip(members, original) { identities[member] = identities[same] }
          continue
        }
        shared[first].copies.append(members)
      } else {
        seen[shape] = shared.count
        shared.append(Shared(copies: [members]))
      }
      for member in members { identities[member] = member }
    }
    number(types, shared, identities, hasChildren)
  }

  private static func find(_ name: Name, in positions: [Name: Int]) throws -> Int {
    guard let position = positions[name] else {
      throw PassBug(LowerToWasmCode.name, "there is no type `\(name)`", broke: "known-names")
    }
    return position
  }

  private static func depth(of type: Int, _ parents: [Int?], limit: Int) -> Int {
    var depth = 0
    var next = parents[type]
    while let parent = next, depth < limit {
      depth += 1
      next = parents[parent]
    }
    return depth
  }

  private mutating func number(
    _ types: [WasmIR.TypeDef], _ shared: [Shared], _ identities: [Int], _ hasChildren: [Bool]
  ) {
    var next = 0
    var numberOf = [Int](repeating: 0, count: types.count)
    for group in shared {
      for member in group.copies.joined() {
        numberOf[member] = next
        next += 1
      }
    }
    for (position, type) in types.enumerated() { numbers[type.name] = numberOf[identities[position]] }
    count = next
    groups = shared.map { group in
      let members = Array(group.copies.joined())
      let definitions = members.map { member in
        Self.typeDef(types[member], name: types[member].name, isFinal: !hasChildren[member]) { numbers[$0] ?? 0 }
      }
      return WasmCode.Group(members.first.map { types[$0].span } ?? .none, types: definitions)
    }
  }

  /// The definition with numbers for names.
  private static func typeDef(_ node: WasmIR.TypeDef, name: Name?, isFinal: Bool, _ number: (Name) -> Int)
    -> WasmCode.TypeDef
  {
    switch node {
    case .struct(let span, _, let parent, let fields):
      return .struct(
        span, name: name, parent: parent.map(number), isFinal: isFinal, fields: fields.map { field($0, number) })
    case .array(let span, _, let element):
      return .array(span, name: name, element: field(element, number))
    }
  }

  private static func field(_ node: WasmIR.Field, _ number: (Name) -> Int) -> WasmCode.Field {
    let storage: WasmCode.Storage
    switch node.storage {
    case .i8: storage = .i8
    case .i16: storage = .i16
    case .whole(let type): storage = .whole(ty: Self.type(type, number))
    }
    return WasmCode.Field(node.span, storage: storage, isMutable: node.isMutable)
  }

  private static func type(_ node: WasmIR.Ty, _ number: (Name) -> Int) -> WasmCode.Ty {
    switch node {
    case .i32: .i32
    case .i64: .i64
    case .f64: .f64
    case .ref(let name): .ref(type: number(name))
    case .nullable(let name): .nullable(type: number(name))
    }
  }

  /// The type with a number for its name.
  func type(_ node: WasmIR.Ty) throws -> WasmCode.Ty {
    if case .ref(let name) = node { return .ref(type: try number(of: name)) }
    if case .nullable(let name) = node { return .nullable(type: try number(of: name)) }
    return Self.type(node) { _ in 0 }
  }

  /// The number of a struct or an array.
  func number(of name: Name) throws -> Int {
    guard let number = numbers[name] else {
      throw PassBug(LowerToWasmCode.name, "there is no type `\(name)`", broke: "known-names")
    }
    return number
  }

  /// Whether one type is another or a kind of it.
  func isKind(_ name: Name, of other: Name) -> Bool {
    var next: Name? = name
    for _ in 0...BinaryLimits.subtypeDepth {
      guard let current = next else { return false }
      if current == other { return true }
      next = parents[current]
    }
    return false
  }

  /// The number of a function type.
  mutating func function(_ parameters: [WasmCode.Ty], _ results: [WasmCode.Ty]) -> Int {
    let shape = FunctionShape(parameters: parameters, results: results)
    if let number = functions[shape] { return number }
    let number = count
    count += 1
    functions[shape] = number
    groups.append(WasmCode.Group(.none, types: [.function(.none, parameters: parameters, results: results)]))
    return number
  }
}

extension WasmIR.TypeDef {
  var name: Name {
    switch self {
    case .struct(_, let name, _, _), .array(_, let name, _): name
    }
  }

  var parent: Name? {
    if case .struct(_, _, let parent, _) = self { parent } else { nil }
  }

  /// The fields of a struct, or the one that stands for all elements of an array.
  var fields: [WasmIR.Field] {
    switch self {
    case .struct(_, _, _, let fields): fields
    case .array(_, _, let element): [element]
    }
  }

  /// The types that it mentions.
  var mentions: [Name] { (parent.map { [$0] } ?? []) + fields.compactMap(\.storage.type?.mentioned) }
}

extension WasmIR.Storage {
  /// The type of what is stored whole.
  var type: WasmIR.Ty? {
    if case .whole(let type) = self { type } else { nil }
  }
}

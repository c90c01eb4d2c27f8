import Languages
import Nanopass

/// Which structs may be changed in place, and which variables may hold such.
struct CellTypes {
  private let declarations: WasmDeclarations
  /// The structs that are the program's.
  private let own: Set<Name>

  init(_ root: WasmIR.Root) {
    let declarations = WasmDeclarations(root)
    let structs = root.types.filter { if case .struct = $0 { true } else { false } }.map(\.name)
    let library: [Name] = ["string", "big", "vector"]
    own = Set(structs.filter { name in !library.contains { declarations.isSubtype(name, of: $0) } })
    self.declarations = declarations
  }

  /// Whether variables of a type may hold cells of the program. The library's own structs are not among them.
  func holdsCells(_ type: WasmIR.Ty) -> Bool {
    switch type {
    case .ref(let name), .nullable(let name): own.contains(name)
    case .i32, .i64, .f64: false
    }
  }

  /// Whether a struct is one of the program's, none of whose fields changes otherwise.
  func isCell(_ type: Name) -> Bool {
    holdsCells(.ref(type: type)) && (declarations.fields(of: type) ?? []).allSatisfy { !$0.isMutable }
  }

  /// The number of a struct's fields that its parent has, too.
  func inherited(_ type: Name) -> Int {
    guard case .struct(_, _, let parent?, _)? = declarations.types[type] else { return 0 }
    return declarations.fields(of: parent)?.count ?? 0
  }

  /// The place of what structs of a type have in a field.
  func content(_ type: Name, _ field: Int) -> CellGraph.Place {
    var type = type
    for _ in 0...declarations.types.count {
      guard field < inherited(type), case .struct(_, _, let parent?, _)? = declarations.types[type] else { break }
      type = parent
    }
    return .content(type: type, field: field)
  }

  /// Whether a field of a struct may hold a cell.
  func holdsCells(_ type: Name, _ field: Int) -> Bool {
    guard let fields = declarations.fields(of: type), fields.indices.contains(field),
      case .whole(let ty) = fields[field].storage
    else { return false }
    return holdsCells(ty)
  }
}

/// Which variables of a function may hold one cell, or a part of another's cell.
struct CellAliases: WasmIRWalker {
  private let types: CellTypes
  /// The variables that hold cells, and their types.
  private(set) var known: LocalTable<WasmIR.Ty> = [:]
  /// The variable that each copy of another is one of.
  private var originals: LocalTable<Local> = [:]
  /// The variables that may hold the same cell as one, and those that may hold a part of it.
  private var same: LocalTable<[Int]> = [:]
  private var parts: LocalTable<[Int]> = [:]
  private var labels: LocalTable<[WasmIR.Parameter]> = [:]
  /// The field of a variable's cell that each variable has been read from.
  private var fields: LocalTable<Field> = [:]
  /// The variables that hold the cell in each field of each variable's cell.
  private var reads: [Field: [Int]] = [:]

  /// A field of a variable's cell.
  struct Field: Hashable {
    /// The variable.
    var owner: Int
    var type: Name
    var index: Int
  }

  /// The most variables that may hold parts of a cell before all are taken to be read.
  private static let most = 100

  init(_ function: WasmIR.Function, _ types: CellTypes) throws {
    self.types = types
    try visit(function)
  }

  /// The number that stands for a variable and its copies.
  func original(_ variable: Local) -> Int { whole(variable).id }

  /// The variable that a variable is a copy of; the variable itself if it is none.
  func whole(_ variable: Local) -> Local { originals[variable.id] ?? variable }

  /// The variable, or its copy, that an expression is.
  func variable(_ node: WasmIR.Expr) -> Local? {
    switch node {
    case .local(_, let variable): known[variable.id] != nil ? variable : nil
    case .cast(_, _, let subject), .notNull(_, let subject): variable(subject)
    default: nil
    }
  }

  /// The variable that such an expression's variable is a copy of.
  func whole(_ node: WasmIR.Expr) -> Local? {
    guard let variable = variable(node) else { return nil }
    return whole(variable)
  }

  /// Whether an expression is what has been read from a field of a variable's cell.
  func isField(_ index: Int, of number: Int, _ node: WasmIR.Expr) -> Bool {
    guard case .local(_, let variable) = node else { return false }
    return fields[original(variable)].map { $0.owner == number && $0.index == index } ?? false
  }

  /// The field that a variable has been read from, the one that its owner has been read from, and so on.
  func origins(of number: Int) -> [Field] {
    var found: [Field] = []
    var number = number
    while let field = fields[number] {
      found.append(field)
      number = field.owner
    }
    return found
  }

  /// Whether something holds for a variable that may hold the same cell as one, which is left out.
  func anyAlias(of number: Int, _ holds: (Int) -> Bool) -> Bool { search(number, false, holds) }

  /// Whether something holds for a variable that may hold the same cell as one, which is left out, or a part of it.
  func anyPart(of number: Int, _ holds: (Int) -> Bool) -> Bool { search(number, true, holds) }

  /// Whether something holds for another variable that may hold the same cell as one, or for what has been read by it.
  func anyPartOfAlias(of number: Int, _ holds: (Int) -> Bool) -> Bool {
    (same[number] ?? []).contains { $0 != number && (holds($0) || search($0, true, besides: number, holds)) }
  }

  private func search(_ number: Int, _ withParts: Bool, besides other: Int? = nil, _ holds: (Int) -> Bool) -> Bool {
    var seen: Set = [number, other ?? number]
    var pending = [number]
    while let next = pending.popLast() {
      for found in (same[next] ?? []) + (withParts ? parts[next] ?? [] : []) where seen.insert(found).inserted {
        if seen.count > Self.most || holds(found) { return true }
        pending.append(found)
      }
    }
    return false
  }

  // MARK: Binders

  mutating func visit(_ node: WasmIR.Parameter) throws {
    if types.holdsCells(node.ty) { known[node.variable.id] = node.ty }
  }

  mutating func visit(_ node: WasmIR.Step) throws {
    switch node {
    case .let(_, let variable, let ty, let value):
      if case .local(_, let copied) = value { originals[variable.id] = whole(copied) }
      let holdsCells = types.holdsCells(ty)
      if holdsCells { known[variable.id] = ty }
      if case .get(_, let type, let index, let subject) = value, let owner = whole(subject)?.id {
        let field = Field(owner: owner, type: type, index: index)
        fields[variable.id] = field
        guard holdsCells else { return }
        parts[owner, default: []].append(variable.id)
        for other in reads[field] ?? [] { link(other, variable.id) }
        reads[field, default: []].append(variable.id)
      } else if holdsCells, let copied = self.variable(value) {
        originals[variable.id] = whole(copied)
      } else if holdsCells {
        try relate(value, to: variable)
      }
    case .join(_, let label, let parameters, _):
      labels[label.id] = parameters
      try walk(node)
    case .receive, .run: try walk(node)
    }
  }

  mutating func visit(_ node: WasmIR.End) throws {
    switch node {
    case .jump(_, let label, let arguments): try pass(arguments, labels[label.id] ?? [])
    case .loop(_, let label, let parameters, let arguments, _):
      labels[label.id] = parameters
      for parameter in parameters { try visit(parameter) }
      try pass(arguments, parameters)
    default: break
    }
    try walk(node)
  }

  /// Expressions set no variables.
  mutating func visit(_ node: WasmIR.Expr) {}

  private mutating func link(_ one: Int, _ other: Int) {
    same[one, default: []].append(other)
    same[other, default: []].append(one)
  }

  private mutating func pass(_ arguments: [WasmIR.Expr], _ parameters: [WasmIR.Parameter]) throws {
    for (argument, parameter) in zip(arguments, parameters) where known[parameter.variable.id] != nil {
      try relate(argument, to: parameter.variable)
    }
  }

  /// A variable may hold what is in an expression, or a part of that.
  private mutating func relate(_ node: WasmIR.Expr, to variable: Local) throws {
    switch node {
    case .local:
      if let source = self.variable(node) { same[original(source), default: []].append(variable.id) }
    case .cast(_, _, let subject), .notNull(_, let subject): try relate(subject, to: variable)
    case .choose(_, _, _, let then, let other):
      try relate(then, to: variable)
      try relate(other, to: variable)
    case .get(_, _, _, let subject):
      var mentioned = MentionedLocals()
      try mentioned.visit(subject)
      for source in mentioned.found where known[source.id] != nil {
        parts[original(source), default: []].append(variable.id)
      }
    // What a call gives is a part of an argument only if the call keeps that.
    default: break
    }
  }
}

/// The variables that a part of a function reads.
struct MentionedLocals: WasmIRWalker {
  private(set) var found: [Local] = []

  init() {}

  mutating func visit(_ node: WasmIR.Expr) throws {
    if case .local(_, let variable) = node { found.append(variable) }
    try walk(node)
  }
}

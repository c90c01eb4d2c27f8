import Nanopass
import WasmBinary

extension WasmCode {
  /// Every type, function, global, datum and local mentioned is there.
  @Sendable static func checkKnownIndices(_ root: Root) -> [Violation] {
    var checker = WasmCodeChecker(root, .indices)
    try? checker.visit(root)
    return checker.violations
  }

  /// Every instruction has the immediates that it takes.
  @Sendable static func checkKnownInstructions(_ root: Root) -> [Violation] {
    var checker = WasmCodeChecker(root, .instructions)
    try? checker.visit(root)
    return checker.violations
  }
}

/// Looks up what instructions and declarations name, or how instructions are written.
private struct WasmCodeChecker: WasmCodeWalker {
  enum Concern { case indices, instructions }

  /// What the number behind an instruction counts.
  private enum Space { case local, global, function, label, type, tag, datum, count }

  private let concern: Concern
  private let types: [WasmCode.TypeDef]
  private let functions: Int
  private let globals: Int
  private let data: Int
  private let tags: Int
  private var locals = 0
  private var labels = 0
  private(set) var violations: [Violation] = []

  init(_ root: WasmCode.Root, _ concern: Concern) {
    self.concern = concern
    types = root.groups.flatMap(\.types)
    functions = root.imports.count + root.functions.count
    globals = root.globals.count
    data = root.data.count
    tags = root.tags.count
  }

  private mutating func require(_ holds: Bool, _ message: @autoclosure () -> String, in node: some Writable) {
    if !holds { violations.append(Violation(message(), in: node)) }
  }

  // MARK: Declarations

  mutating func visit(_ node: WasmCode.Root) throws {
    guard concern == .indices else { return try walk(node) }
    var first = 0
    for group in node.groups {
      // A type may mention those of its group and of groups before; its parent stands before it.
      for (position, type) in group.types.enumerated() {
        for number in type.mentions {
          require(number < first + group.types.count, "there is no type \(number) yet", in: type)
        }
        if case .struct(_, _, let parent?, _, _) = type {
          require(parent < first + position, "the parent \(parent) does not stand before its kind", in: type)
        }
      }
      first += group.types.count
    }
    for each in node.imports { requireFunction(each.type, each) }
    for tag in node.tags { requireFunction(tag, WasmCode.BlockTy.type(type: tag)) }
    for each in node.exports {
      switch each {
      case .function(_, _, let function): require(function < functions, "there is no function \(function)", in: each)
      case .memory: require(node.memory != nil, "there is no memory", in: each)
      }
    }
    try walk(node)
  }

  private mutating func requireFunction(_ type: Int, _ node: some Writable) {
    if types.indices.contains(type), case .function = types[type] { return }
    require(false, "\(type) is no function type", in: node)
  }

  mutating func visit(_ node: WasmCode.Global) throws {
    locals = 0
    if concern == .indices { require(has(node.ty), "there is no such type", in: node) }
    try walk(node)
  }

  mutating func visit(_ node: WasmCode.Function) throws {
    locals = node.parameters.count + node.locals.count
    if concern == .indices {
      requireFunction(node.type, node.name)
      if types.indices.contains(node.type), case .function(_, let parameters, _) = types[node.type] {
        require(parameters.count == node.parameters.count, "`\(node.name)` has other parameters", in: node.name)
      }
      for local in node.locals { require(has(local.ty), "there is no such type", in: local) }
    }
    try walk(node)
  }

  private func has(_ type: WasmCode.Ty) -> Bool { type.mentioned.map { $0 < types.count } ?? true }

  // MARK: Instructions

  mutating func visit(_ node: WasmCode.Instruction) throws {
    switch concern {
    case .indices: indices(node)
    case .instructions: form(node)
    }
    switch node {
    case .block, .loop, .if, .try:
      labels += 1
      try walk(node)
      labels -= 1
    default: try walk(node)
    }
  }

  private mutating func indices(_ node: WasmCode.Instruction) {
    switch node {
    case .indexed(_, let name, let index): require(index, Self.space(of: name), node)
    case .indexed2(_, let name, let first, let second):
      switch name {
      case "memory.init": require(first, .datum, node)
      case "struct.get", "struct.get_u", "struct.get_s", "struct.set":
        require(first, .type, node)
        if types.indices.contains(first) {
          require(second < types[first].fieldCount, "type \(first) has no field \(second)", in: node)
        }
      default:
        require(first, .type, node)
        require(second, name == "array.copy" ? .type : name == "array.new_fixed" ? .count : .datum, node)
      }
    case .null(_, let type): require(type, .type, node)
    case .typed(_, _, let type): require(has(type), "there is no such type", in: node)
    case .branchOnCast(_, _, let label, let from, let to):
      require(label, .label, node)
      require(has(from) && has(to), "there is no such type", in: node)
    case .table(_, let labels, let rest): for label in labels + [rest] { require(label, .label, node) }
    case .block(_, .type(let type), _), .loop(_, .type(let type), _), .if(_, .type(let type), _, _):
      requireFunction(type, WasmCode.BlockTy.type(type: type))
    case .try(_, let type, let tag, let label, _):
      if case .type(let type) = type { requireFunction(type, WasmCode.BlockTy.type(type: type)) }
      require(tag, .tag, node)
      require(label, .label, node)
    case .plain, .i32, .i64, .f64, .memory, .block, .loop, .if: break
    }
  }

  private static func space(of name: Name) -> Space {
    switch name {
    case "local.get", "local.set", "local.tee": .local
    case "global.get", "global.set": .global
    case "call", "return_call": .function
    case "br", "br_if", "br_on_null", "br_on_non_null": .label
    case "data.drop": .datum
    case "throw": .tag
    default: .type
    }
  }

  private mutating func require(_ index: Int, _ space: Space, _ node: WasmCode.Instruction) {
    let limit: Int
    switch space {
    case .local: limit = locals
    case .global: limit = globals
    case .function: limit = functions
    // The outermost label is the whole function's.
    case .label: limit = labels + 1
    case .type: limit = types.count
    case .datum: limit = data
    case .tag: limit = tags
    case .count: return
    }
    require(index < limit, "there is no \(space) \(index)", in: node)
  }

  private mutating func form(_ node: WasmCode.Instruction) {
    let (name, wanted): (Name, Set<Opcode.Immediates>)
    switch node {
    case .plain(_, let found): (name, wanted) = (found, [.none, .zero, .twoZeros])
    case .indexed(_, let found, _): (name, wanted) = (found, [.index])
    case .indexed2(_, let found, _, _): (name, wanted) = (found, [.twoIndices])
    case .memory(_, let found, let alignment, _):
      (name, wanted) = (found, [.memory])
      let width = WasmOperator.named(found)?.width ?? 0
      require(alignment < 4 && 1 << alignment <= width, "`\(found)` is not aligned so", in: node)
    case .typed(_, let found, let type):
      (name, wanted) = (found, [.heapType])
      require(type.mentioned != nil && found != "ref.null", "`\(found)` does not take this type", in: node)
    case .branchOnCast(_, let found, _, let from, let to):
      (name, wanted) = (found, [.castBranch])
      require(from.mentioned != nil && to.mentioned != nil, "`\(found)` is about references", in: node)
    case .i32(_, let value):
      return require((-0x8000_0000..<0x1_0000_0000).contains(value), "\(value) does not fit 32 bits", in: node)
    case .i64, .f64, .null, .table, .block, .loop, .if, .try: return
    }
    let isBlock = name == "else" || name == "end"
    let opcode = Opcode.named(name.text)
    let fits = !isBlock && opcode.map { wanted.contains($0.immediates) } ?? false
    require(fits, "`\(name)` is no instruction with these immediates", in: node)
  }
}

extension Range<Int> {
  fileprivate func contains(_ value: Integer) -> Bool {
    if case .small(let number) = value { contains(number) } else { false }
  }
}

extension WasmCode.Ty {
  /// The number of the type of the object that it refers to.
  public var mentioned: Int? {
    switch self {
    case .ref(let type), .nullable(let type): type
    case .i32, .i64, .f64: nil
    }
  }
}

extension WasmCode.TypeDef {
  /// The types that it mentions.
  fileprivate var mentions: [Int] {
    switch self {
    case .function(_, let parameters, let results): (parameters + results).compactMap(\.mentioned)
    case .struct(_, _, let parent, _, let fields): (parent.map { [$0] } ?? []) + fields.compactMap(\.mentioned)
    case .array(_, _, let element): element.mentioned.map { [$0] } ?? []
    }
  }

  fileprivate var fieldCount: Int {
    if case .struct(_, _, _, _, let fields) = self { fields.count } else { 0 }
  }
}

extension WasmCode.Field {
  fileprivate var mentioned: Int? {
    if case .whole(let type) = storage { type.mentioned } else { nil }
  }
}

import Languages
import Nanopass

/// What an expression looks at and changes, so that it may not be moved past everything.
struct Effects: OptionSet {
  let rawValue: UInt8

  static let readsMemory = Effects(rawValue: 1)
  static let readsGlobals = Effects(rawValue: 2)
  static let readsHeap = Effects(rawValue: 4)
  static let writesMemory = Effects(rawValue: 8)
  static let writesGlobals = Effects(rawValue: 16)
  static let writesHeap = Effects(rawValue: 32)
  /// It may end the program.
  static let traps = Effects(rawValue: 64)
  /// The world sees it.
  static let isSeen = Effects(rawValue: 128)
  /// What a call may do.
  static let all = Effects(rawValue: 255)

  private static let reads: Effects = [.readsMemory, .readsGlobals, .readsHeap]
  private static let changes: Effects = [.writesMemory, .writesGlobals, .writesHeap, .isSeen]

  /// Whether the order of two expressions matters.
  func conflicts(with other: Effects) -> Bool {
    touches(other) || other.touches(self)
  }

  /// Whether it changes what the other looks at or changes, or whether changes would be left out at its end.
  private func touches(_ other: Effects) -> Bool {
    let written = rawValue & 0b111000
    let touched = other.rawValue >> 3 & 0b111 | other.rawValue & Effects.reads.rawValue
    if written >> 3 & touched != 0 || contains(.isSeen) && other.contains(.isSeen) { return true }
    return contains(.traps) && !other.isDisjoint(with: Effects.changes)
  }
}

/// Tells the effects of expressions, by the declarations of a program and the variables of one function.
struct EffectTable {
  private let declarations: WasmDeclarations
  /// The types of the variables seen so far.
  var variables: LocalTable<WasmIR.Ty> = [:]

  /// The table of a program without declarations.
  init() {
    self.init(.empty(.engine))
  }

  init(_ root: WasmIR.Root) { declarations = WasmDeclarations(root) }

  /// Whether a global keeps its value.
  func isConstant(_ global: Name) -> Bool { declarations.globals[global].map { !$0.isMutable } ?? false }

  /// The effects of an expression apart from those of its parts.
  func own(_ node: WasmIR.Expr) -> Effects {
    switch node {
    case .local, .i32, .i64, .f64, .null, .address, .size, .new, .newFixed, .newFromDatum, .isNull, .same, .is, .cast,
      .choose, .elements:
      return []
    case .global(_, let name): return declarations.globals[name]?.isMutable == true ? .readsGlobals : []
    case .setGlobal: return .writesGlobals
    case .compute(_, let name, _):
      guard let known = WasmOperator.named(name) else { return .all }
      var effects: Effects = known.mayTrap ? .traps : []
      if known.readsMemory { effects.insert(.readsMemory) }
      if known.hasEffect { effects.formUnion([.readsMemory, .writesMemory]) }
      return effects
    case .call, .host: return .all
    case .get(_, let type, let field, let subject):
      let effects: Effects = isMutable(type, field) ? .readsHeap : []
      return mayBeNull(subject) ? effects.union(.traps) : effects
    case .set: return [.writesHeap, .traps]
    case .newArray, .newZeroed, .notNull: return .traps
    case .element(_, let type, _, _): return isMutable(type, 0) ? [.readsHeap, .traps] : .traps
    case .setElement, .fill: return [.writesHeap, .traps]
    case .copy: return [.readsHeap, .writesHeap, .traps]
    case .length(_, let array): return mayBeNull(array) ? .traps : []
    }
  }

  /// The effects of an expression and its parts.
  func all(_ node: WasmIR.Expr) -> Effects {
    var sum = EffectSum(table: self)
    try? sum.visit(node)
    return sum.effects
  }

  private func isMutable(_ type: Name, _ field: Int) -> Bool {
    let fields = declarations.fields(of: type) ?? declarations.element(of: type).map { [$0] } ?? []
    return fields.indices.contains(field) ? fields[field].isMutable : true
  }

  /// Whether a reference may be null, as far as its type is known.
  private func mayBeNull(_ node: WasmIR.Expr) -> Bool {
    if case .ref? = declarations.types(of: node, variables)?.first { false } else { true }
  }
}

/// Adds up the effects of an expression's parts.
private struct EffectSum: WasmIRWalker {
  let table: EffectTable
  var effects: Effects = []

  mutating func visit(_ node: WasmIR.Expr) throws {
    effects.formUnion(table.own(node))
    try walk(node)
  }
}

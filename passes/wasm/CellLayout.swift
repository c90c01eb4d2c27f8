import Languages
import Nanopass

/// How objects lie in memory: as cells. A cell is a number of references (4 bytes, negative for an object that is never
/// freed), a tag and the number of its counted slots (2 bytes each), and its fields. Counted slots come first, 8 bytes
/// each, of which the lower half is a reference. What a struct has in its parent's place lies where the parent has it.
struct CellLayout {
  /// What a field or element is in memory.
  struct Access {
    var load: Name
    var store: Name
    /// The bytes it takes, as a binary logarithm.
    var shift: Int

    init(_ storage: WasmIR.Storage) {
      switch storage {
      case .i8: (load, store, shift) = ("i32.load8_u", "i32.store8", 0)
      case .i16: (load, store, shift) = ("i32.load16_u", "i32.store16", 1)
      case .whole(.i32): (load, store, shift) = ("i32.load", "i32.store", 2)
      case .whole(.i64): (load, store, shift) = ("i64.load", "i64.store", 3)
      case .whole(.f64): (load, store, shift) = ("f64.load", "f64.store", 3)
      // Half of a counted slot.
      case .whole(.ref), .whole(.nullable): (load, store, shift) = ("i32.load", "i32.store", 3)
      }
    }
  }

  /// A struct's cell.
  struct Cell {
    /// Where the fields lie.
    var offsets: [Int] = []
    /// The number of counted slots.
    var counted = 0
    /// The bytes of the cell.
    var size = 8
    /// Upper halves of counted slots that nothing is in.
    fileprivate var halves: [Int] = []
    /// The tags of this type and those below it, of which it is the first.
    var tags = 0..<1
  }

  /// The number of counted slots that says that all words behind the first field are counted.
  static let allCounted = 0xffff
  /// Where the elements of an array begin.
  static let elements = 16
  /// The number of references of what is never freed.
  static let immortal = Int(Int32.min)

  private(set) var cells: [Name: Cell] = [:]
  private var children: [Name: [WasmIR.TypeDef]] = [:]
  private var nextTag = 0

  /// - Parameter types: the structs and arrays, parents first.
  init(_ types: [WasmIR.TypeDef]) {
    for type in types {
      if case .struct(_, _, let parent?, _) = type { children[parent, default: []].append(type) }
    }
    for type in types {
      if case .struct(_, _, nil, _) = type { place(type, behind: Cell(), inherited: 0) }
    }
  }

  /// The counted slots of a struct or one below it: the most that there are.
  private func slots(_ type: WasmIR.TypeDef) -> Int {
    let own = type.fields.count { $0.storage.ty.mentioned != nil }
    return (children[type.name] ?? []).reduce(own) { max($0, slots($1)) }
  }

  private mutating func place(_ type: WasmIR.TypeDef, behind parent: Cell, inherited: Int) {
    var cell = parent
    let own = type.fields.dropFirst(inherited)
    if own.contains(where: { $0.storage.ty.mentioned == nil }) {
      // Fields that are not counted lie behind the slots of all types below, or in halves of these.
      let end = 8 + 8 * slots(type)
      cell.halves += stride(from: max(8, cell.size), to: end, by: 8).map { $0 + 4 }
      cell.size = max(cell.size, end)
    }
    for field in own {
      let shift = Access(field.storage).shift
      if field.storage.ty.mentioned != nil {
        cell.offsets.append(8 + 8 * cell.counted)
        cell.counted += 1
        cell.size = max(cell.size, 8 + 8 * cell.counted)
      } else if shift <= 2, !cell.halves.isEmpty {
        cell.offsets.append(cell.halves.removeFirst())
      } else {
        let bytes = 1 << max(shift, 2)
        let offset = (cell.size + bytes - 1) / bytes * bytes
        cell.offsets.append(offset)
        cell.size = offset + bytes
      }
    }
    let tag = nextTag
    nextTag += 1
    for child in children[type.name] ?? [] { place(child, behind: cell, inherited: type.fields.count) }
    cell.tags = tag..<nextTag
    if WasmIR.isList(type.name) { cell.tags = WasmIR.consTag..<WasmIR.consTag + 1 }
    cells[type.name] = cell
  }

  /// The first eight bytes of a cell.
  ///
  /// - Parameters:
  ///   - references: how many there are to it.
  ///   - tag: tells types below one from each other.
  ///   - counted: the number of counted slots.
  static func header(references: Int, tag: Int, counted: Int) -> Int {
    references & 0xffff_ffff | tag << 32 | counted << 48
  }

  /// The first eight bytes of an array.
  static func header(references: Int, element: WasmIR.Storage) -> Int {
    header(references: references, tag: 0, counted: element.ty.mentioned == nil ? 0 : allCounted)
  }
}

extension WasmIR {
  /// The tag of a list's cell, and what stands for the empty list: as programs have them.
  static let consTag = 1
  static let emptyList = 1

  /// Whether a type of the library is one of the program, whose empty list is null in the library.
  static func isList(_ type: Name) -> Bool { type == "List<String>" || type == "List<Int>" }
}

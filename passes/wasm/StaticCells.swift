import Languages
import Nanopass

/// Makes data of the objects that globals hold from the start: cells in memory that are never freed.
struct StaticCells {
  /// A part of a cell.
  private enum Part {
    case bytes([UInt8])
    case address(Name)
  }

  private let declarations: WasmDeclarations
  private let layout: CellLayout
  private let contents: [Name: [UInt8]]
  /// The data made so far.
  private(set) var data: [WasmIR.Datum] = []

  init(_ root: WasmIR.Root, _ declarations: WasmDeclarations, _ layout: CellLayout) {
    self.declarations = declarations
    self.layout = layout
    contents = Dictionary(root.data.map { ($0.name, $0.content { _ in 0 }) }) { first, _ in first }
  }

  /// Makes a datum of that name from the constant value of a global. It lies where the object is.
  mutating func place(_ value: WasmIR.Expr, as name: Name) throws {
    var number = 0
    try place(value, as: name, of: name, &number)
  }

  private func bug(_ value: WasmIR.Expr) -> PassBug {
    PassBug(LayOutInMemory.self, "this is no constant", broke: "well-typed", in: value)
  }

  private mutating func place(_ value: WasmIR.Expr, as name: Name, of global: Name, _ number: inout Int) throws {
    let parts: [Part]
    switch value {
    case .new(_, let type, let values):
      guard let cell = layout.cells[type], let fields = declarations.fields(of: type), fields.count == values.count
      else {
        throw bug(value)
      }
      var slots: [Int: Part] = [0: .bytes(Self.header((tag: cell.tags.lowerBound, counted: cell.counted)))]
      for (field, (offset, value)) in zip(fields, zip(cell.offsets, values)) {
        slots[offset] = try part(value, field.storage, of: global, &number)
      }
      parts = Self.filled(slots, size: cell.size)
    case .newFixed(_, let type, let values):
      guard let element = declarations.element(of: type)?.storage else { throw bug(value) }
      let size = 1 << CellLayout.Access(element).shift
      var elements: [Part] = []
      for value in values { elements.append(try part(value, element, of: global, &number)) }
      let slots = elements.enumerated().map { (CellLayout.elements + $0 * size, $1) }
      parts = Self.filled(
        Self.array(values.count, element).merging(slots) { $1 }, size: CellLayout.elements + values.count * size)
    case .newZeroed(_, let type, .i32(_, .small(let count))):
      guard let element = declarations.element(of: type)?.storage, 0...0xff_ffff ~= count else { throw bug(value) }
      let size = CellLayout.elements + count << CellLayout.Access(element).shift
      parts = Self.filled(Self.array(count, element), size: size)
    case .newFromDatum(_, let type, let datum):
      guard let element = declarations.element(of: type)?.storage, let bytes = contents[datum] else { throw bug(value) }
      let slots = Self.array(bytes.count, element).merging([(CellLayout.elements, .bytes(bytes))]) { $1 }
      parts = Self.filled(slots, size: CellLayout.elements + bytes.count)
    default: throw bug(value)
    }
    data.append(.words(value.span, name: name, values: Self.words(parts)))
  }

  /// What a field or element holds.
  private mutating func part(
    _ value: WasmIR.Expr, _ storage: WasmIR.Storage, of global: Name, _ number: inout Int
  ) throws -> Part {
    switch value {
    case .i32(_, let integer), .i64(_, let integer):
      guard let word = integer.small else { throw bug(value) }
      return .bytes(Self.bytes(word, 1 << CellLayout.Access(storage).shift))
    case .f64(_, let float): return .bytes(Self.bytes(Int(bitPattern: UInt(float.bitPattern)), 8))
    case .null(_, let type): return .bytes(Self.bytes(WasmIR.isList(type) ? WasmIR.emptyList : 0, 8))
    case .global(_, let name): return .address(name)
    default:
      number += 1
      let name = Name("\(global).\(number)")
      try place(value, as: name, of: global, &number)
      return .address(name)
    }
  }

  // MARK: Bytes

  private static func header(_ cell: (tag: Int, counted: Int)) -> [UInt8] {
    bytes(CellLayout.header(references: CellLayout.immortal, tag: cell.tag, counted: cell.counted), 8)
  }

  private static func array(_ count: Int, _ element: WasmIR.Storage) -> [Int: Part] {
    [
      0: .bytes(bytes(CellLayout.header(references: CellLayout.immortal, element: element), 8)),
      8: .bytes(bytes(count, 8)),
    ]
  }

  private static func bytes(_ value: Int, _ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }

  /// Parts at their offsets with zeros between them. An upper half may hold a field of its own.
  private static func filled(_ slots: [Int: Part], size: Int) -> [Part] {
    var result: [Part] = []
    var end = 0
    for (offset, part) in slots.sorted(by: { $0.key < $1.key }) {
      if offset > end { result.append(.bytes([UInt8](repeating: 0, count: offset - end))) }
      switch part {
      case .bytes(let bytes):
        let room = slots[offset + 4] != nil && bytes.count == 8 ? 4 : bytes.count
        result.append(.bytes(Array(bytes.prefix(room))))
        end = offset + room
      case .address:
        result.append(part)
        end = offset + 4
      }
    }
    let rounded = (max(end, size) + 7) / 8 * 8
    result.append(.bytes([UInt8](repeating: 0, count: rounded - end)))
    return result
  }

  private static func words(_ parts: [Part]) -> [WasmIR.Word] {
    var words: [WasmIR.Word] = []
    var run: [UInt8] = []
    func value(_ bytes: some Sequence<UInt8>) -> Int {
      bytes.reversed().reduce(0) { $0 << 8 | Int($1) }
    }
    func flush() {
      var rest = run[...]
      while rest.count >= 8 {
        words.append(.i64(.none, value: .small(value(rest.prefix(8)))))
        rest = rest.dropFirst(8)
      }
      if !rest.isEmpty { words.append(.i32(.none, value: .small(value(rest)))) }
      run = []
    }
    for part in parts {
      switch part {
      case .bytes(let bytes): run += bytes
      case .address(let datum):
        flush()
        words.append(.address(.none, datum: datum))
      }
    }
    flush()
    return words
  }
}

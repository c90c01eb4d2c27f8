import Languages
import Nanopass

/// Where the data of a program are: in memory from address 0 on if their address is asked for, in data of their own if
/// arrays are made from them. Equal texts are there once; what is not zero stands before all that is.
struct DataLayout {
  /// A datum's place.
  struct Place {
    var bytes: [UInt8]
    /// The address in memory, if that is asked for.
    var address: Int?
    /// The number of the datum that arrays are made from, if they are.
    var number: Int?
  }

  private(set) var places: [Name: Place] = [:]
  private(set) var data: [WasmCode.Datum] = []
  /// The bytes that data take in memory.
  private(set) var memorySize = 0

  /// - Parameters:
  ///   - data: the data in order.
  ///   - addressed: those whose address is asked for. One without bytes lies behind all others.
  ///   - copied: those that arrays are made from.
  init(_ data: [WasmIR.Datum], addressed: Set<Name>, copied: Set<Name>) {
    for datum in data { places[datum.name] = Place(bytes: datum.content { _ in 0 }) }
    place(data.filter { addressed.contains($0.name) })
    var numbers: [[UInt8]: Int] = [:]
    for datum in data where copied.contains(datum.name) {
      let bytes = places[datum.name]?.bytes ?? []
      if numbers[bytes] == nil {
        numbers[bytes] = self.data.count
        self.data.append(.passive(datum.span, bytes: bytes.map { Int($0) }))
      }
      places[datum.name]?.number = numbers[bytes]
    }
  }

  /// Gives data addresses in memory: texts and bytes first, then words, then room, then what is empty.
  private mutating func place(_ data: [WasmIR.Datum]) {
    var addresses: [[UInt8]: Int] = [:]
    var end = 0
    for datum in data where !datum.isWords && !datum.isSpace {
      guard let bytes = places[datum.name]?.bytes, !bytes.isEmpty else { continue }
      let address = addresses[bytes] ?? end
      if address == end { end += bytes.count }
      addresses[bytes] = address
      places[datum.name]?.address = address
    }
    for datum in data where datum.isWords {
      let address = max(8, (end + 7) / 8 * 8)
      places[datum.name]?.address = address
      end = address + (places[datum.name]?.bytes.count ?? 0)
    }
    let stored = end
    for datum in data {
      guard case .space(_, _, let size) = datum else { continue }
      end = (end + 15) / 16 * 16
      places[datum.name]?.address = end
      end += size
    }
    var memory = [UInt8](repeating: 0, count: stored)
    for datum in data where !datum.isSpace {
      let address = places[datum.name]?.address ?? end
      places[datum.name]?.address = address
      let bytes = datum.content { places[$0]?.address ?? 0 }
      places[datum.name]?.bytes = bytes
      if !bytes.isEmpty { memory.replaceSubrange(address..<address + bytes.count, with: bytes) }
    }
    memorySize = end
    // Memory is zero from the start.
    let used = memory.prefix((memory.lastIndex { $0 != 0 } ?? -1) + 1)
    if !used.isEmpty { self.data.append(.active(.none, address: 0, bytes: used.map { Int($0) })) }
  }
}

extension WasmIR.Datum {
  /// Whether it lies at an address of words.
  var isWords: Bool {
    if case .words = self { true } else { false }
  }

  /// Whether it is room in memory.
  var isSpace: Bool {
    if case .space = self { true } else { false }
  }

  /// The bytes; of numbers too big for a byte the lowest.
  ///
  /// - Parameter address: where a datum lies.
  func content(_ address: (Name) -> Int) -> [UInt8] {
    switch self {
    case .text(_, _, let value): Array(value.utf8)
    case .bytes(_, _, let values): values.map { UInt8(truncatingIfNeeded: $0) }
    case .words(_, _, let values): values.flatMap { $0.content(address) }
    case .space: []
    }
  }
}

extension WasmIR.Word {
  /// The bytes, the lowest first.
  fileprivate func content(_ address: (Name) -> Int) -> [UInt8] {
    switch self {
    case .i32(_, let value): Self.bytes(value.small ?? 0, 4)
    case .i64(_, let value): Self.bytes(value.small ?? 0, 8)
    case .address(_, let datum): Self.bytes(address(datum), 4)
    }
  }

  private static func bytes(_ value: Int, _ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }
}

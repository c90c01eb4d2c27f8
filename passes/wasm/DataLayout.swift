import Languages
import Nanopass

/// Where the data of a program are: in memory from address 0 on if their address is asked for, in data of their own if
/// arrays are made from them. Equal data are there once.
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
    var memory: [UInt8] = []
    var addresses: [[UInt8]: Int] = [:]
    for datum in data {
      var place = Place(bytes: datum.content)
      if addressed.contains(datum.name), !place.bytes.isEmpty {
        place.address = addresses[place.bytes]
        if place.address == nil {
          addresses[place.bytes] = memory.count
          place.address = memory.count
          memory += place.bytes
        }
      }
      places[datum.name] = place
    }
    for datum in data where addressed.contains(datum.name) && datum.content.isEmpty {
      places[datum.name]?.address = memory.count
    }
    memorySize = memory.count
    if !memory.isEmpty { self.data.append(.active(.none, address: 0, bytes: memory.map { Int($0) })) }
    var numbers: [[UInt8]: Int] = [:]
    for datum in data where copied.contains(datum.name) {
      let bytes = datum.content
      if numbers[bytes] == nil {
        numbers[bytes] = self.data.count
        self.data.append(.passive(datum.span, bytes: bytes.map { Int($0) }))
      }
      places[datum.name]?.number = numbers[bytes]
    }
  }
}

extension WasmIR.Datum {
  var name: Name {
    switch self {
    case .text(_, let name, _), .bytes(_, let name, _): name
    }
  }

  /// The bytes; of numbers too big for a byte the lowest.
  var content: [UInt8] {
    switch self {
    case .text(_, _, let value): Array(value.utf8)
    case .bytes(_, _, let values): values.map { UInt8(truncatingIfNeeded: $0) }
    }
  }
}

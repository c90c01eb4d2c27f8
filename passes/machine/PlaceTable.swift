/// A place in a function: before an instruction of a block, both by position.
struct MachinePlace {
  var block: Int
  var index: Int
}

/// Numbers for some places of a function, in the order of blocks and instructions, to look up what is known of them.
struct PlaceTable {
  /// The places of each block by their instructions, in ascending order, and the number of the first.
  private let rows: [(first: Int, indices: [Int])]
  /// The number of places.
  let count: Int

  /// - Parameter indices: the instructions of the places in each block, in ascending order.
  init(_ indices: [[Int]]) {
    var count = 0
    rows = indices.map { row in
      defer { count += row.count }
      return (count, row)
    }
    self.count = count
  }

  /// The instructions of the places in a block, in ascending order.
  subscript(block block: Int) -> [Int] { rows[block].indices }

  /// The number of a place; nil if it is none of these.
  func number(of place: MachinePlace) -> Int? {
    let row = rows[place.block]
    var (low, high) = (0, row.indices.count)
    while low < high {
      let middle = (low + high) >> 1
      if row.indices[middle] < place.index { low = middle + 1 } else { high = middle }
    }
    return low < row.indices.count && row.indices[low] == place.index ? row.first + low : nil
  }
}

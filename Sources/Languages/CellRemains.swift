public import Nanopass

/// What is known of the memory of cells that end: it holds their fields until a new cell is built there.
public struct CellRemains {
  /// Which field of which cell a variable is.
  private struct Origin {
    var cell: Local
    var slot: Int
    var isFloat: Bool
  }

  /// The cell whose memory a token keeps, and when it ended.
  private struct Ending {
    var cell: Local
    var time: Int
    /// How many counted fields it has, and its tag, if that is known.
    var counted: Int
    var tag: Int?
  }

  /// The tags of the cells that registers, by number, surely hold at the current place.
  public var tags: LocalTable<Int> = [:]
  private var origins: LocalTable<Origin> = [:]
  private var endings: LocalTable<Ending> = [:]
  /// Counts the steps at which references may end, and the blocks.
  private var time = 0

  public init() {}

  /// A block begins.
  public mutating func beginBlock() { time += 1 }

  /// A step comes.
  public mutating func note(_ step: Counted.Step) {
    switch step {
    case .let(_, let variable, let shape, let value): note(value, of: variable, shape)
    case .reclaim(_, let token, let cell, let counted, _):
      time += 1
      endings[token] = Ending(cell: cell, time: time, counted: counted, tag: tags[cell.id])
    case .drop, .fill, .receive, .release, .take: time += 1
    case .dup, .join: break
    }
  }

  private mutating func note(_ value: Counted.Value, of variable: Local, _ shape: Counted.Shape) {
    switch value {
    case .read(_, .local(_, let cell), let slot, _, _):
      origins[variable] = Origin(cell: cell, slot: slot, isFloat: shape == .float)
    case .call, .service: time += 1
    case .primitive(_, let name, _): if Primitive.ownsArguments(name) { time += 1 }
    case .atom, .cell, .hole, .read, .reuse: break
    }
  }

  /// Whether a token's memory holds the header of a cell with such a tag and as many counted fields.
  public func holdsHeader(_ tag: Int, _ counted: Int, in token: Local) -> Bool {
    guard let ending = endings[token] else { return false }
    return ending.tag == tag && ending.counted == counted
  }

  /// The positions of those fields of a new cell that lie in a token's memory already.
  public func kept(of fields: [Counted.Atom], in token: Local) -> [Int] {
    guard let ending = endings[token] else { return [] }
    return fields.indices.filter { slot in
      guard case .local(_, let variable) = fields[slot], let origin = origins[variable] else { return false }
      return origin.cell == ending.cell && origin.slot == slot
    }
  }

  /// The cell that a token did not get, if it surely has other owners still.
  public func livingCell(of token: Local) -> Local? {
    guard let ending = endings[token], ending.time == time else { return nil }
    return ending.cell
  }

  /// Whether a variable is a field that holds a float.
  public func isFloat(_ variable: Local) -> Bool { origins[variable]?.isFloat == true }
}

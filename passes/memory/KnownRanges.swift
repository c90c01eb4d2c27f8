import Languages
import Nanopass

/// What is known of integers without looking at a program.
enum KnownRanges {
  /// The most bytes that a process can have, by the addresses that its processor forms, and the most cells in them.
  static let mostBytes = 1 << 47
  static let mostCells = mostBytes / 16

  /// The rules for operators.
  static let operators: [Name: RangeRule] = [
    "int.add": .add, "int.subtract": .subtract, "int.multiply": .multiply, "int.negate": .negate,
    "int.divide": .divide, "int.modulo": .modulo, "bits.and": .and, "bits.or": .or, "bits.xor": .xor,
    "bits.not": .not, "bits.shiftLeft": .shiftLeft, "bits.shiftRight": .shiftRight,
  ]

  /// The rules for comparisons.
  static let comparisons: [Name: RangeRule] = [
    "int.less": .isLess, "int.lessEqual": .isAtMost, "int.equal": .isEqual,
  ]

  /// The primitives on words that do the same, where operands and results are words.
  static let onWords: [Name: Name] = [
    "int.add": "word.add", "int.subtract": "word.subtract", "int.multiply": "word.multiply",
    "int.negate": "word.negate", "int.divide": "word.divide", "int.modulo": "word.modulo", "bits.and": "word.and",
    "bits.or": "word.or", "bits.xor": "word.xor", "bits.shiftLeft": "word.shiftLeft",
    "bits.shiftRight": "word.shiftRight", "int.less": "word.less", "int.lessEqual": "word.lessEqual",
    "int.equal": "word.equal",
  ]

  /// Those of them that are quicker where no operand is negative: their results need no correction, which is a tenth of
  /// string_building's time.
  static let onNaturals: [Name: Name] = ["int.divide": "word.quotient", "int.modulo": "word.remainder"]

  /// Whether a primitive takes a position or a count at a place among its arguments.
  static func takesIndex(_ primitive: Primitive, _ position: Int) -> Bool {
    // Those on vectors stand for one of several, which take the same.
    let chosen = kinds[primitive.name] ?? primitive
    return chosen.passing(at: position) == .index
  }

  /// The position of the element that a primitive puts into a vector.
  static func element(of primitive: Name) -> Int? {
    switch primitive {
    case "vector.new": 1
    case "vector.set", "vector.insert": 2
    default: nil
    }
  }

  /// Whether a primitive gives a vector of elements that it has got.
  static func keepsElements(_ primitive: Name) -> Bool {
    element(of: primitive) != nil
      || ["vector.empty", "vector.remove", "vector.slice", "vector.concat"].contains(primitive)
  }

  /// What fields of a type of the standard library hold: a map counts its entries, which take some bytes each.
  static func fields(of type: Services.TypeDecl) -> [(place: (variant: Int, field: Int), range: Interval)] {
    guard type.name.text.hasPrefix("Map<"), type.variants.count == 3, type.variants[2].name == "Inner",
      type.variants[2].fields.first == .int
    else { return [] }
    return [((2, 0), Interval(0, mostBytes))]
  }

  private static let kinds: [Name: Primitive] = {
    var kinds: [Name: Primitive] = [:]
    for name in ["new", "get", "set", "insert", "remove", "slice", "concat"] {
      kinds[Name("vector.\(name)")] = Primitive.named(Name("vector.\(name)Counted"))
    }
    return kinds
  }()

  /// The range of what a primitive gives that is no operator.
  static func result(of primitive: Name, _ arguments: [Services.Atom]) -> Interval {
    if let range = results[primitive] { return range }
    if primitive == "bits.low", case .integer(_, .small(let count))? = arguments.last, (0..<62).contains(count) {
      return Interval(0, 1 << count - 1)
    }
    return .all
  }

  private static let results: [Name: Interval] = {
    let (length, scalar) = (Interval(0, mostBytes), Interval(0, 0x10FFFF))
    let (order, place) = (Interval(-1, 1), Interval(-1 - mostBytes, mostBytes))
    return [
      "string.length": length, "string.byteLength": length, "bytes.length": length, "vector.length": length,
      "string.codeAt": scalar, "char.toCode": scalar, "string.firstCodePoint": scalar.union(Interval(-1)),
      "string.order": order, "bytes.order": order, "digest.order": order,
      "int.search": place, "string.search": place, "bytes.hexProblem": place,
    ]
  }()
}

import Languages
import Nanopass

/// What is known of integers without looking at a program.
enum KnownRanges {
  /// The most bytes that a process can have, by the addresses that its processor forms, and the most cells in them.
  static let mostBytes = 1 << 47
  static let mostCells = mostBytes / 16

  /// What is known of a primitive; nil if there is none of that name.
  static func facts(of primitive: Name) -> PrimitiveFacts? { facts[primitive] }

  private static let facts = Dictionary(uniqueKeysWithValues: Primitive.all.map { ($0.name, PrimitiveFacts($0)) })

  /// The operators on words that are quicker where no operand is negative: their results need no correction, which is a
  /// tenth of string_building's time.
  static let onNaturals: [Name: Name] = ["int.divide": "word.quotient", "int.modulo": "word.remainder"]

  /// What fields of a type of the standard library hold: a map counts its entries, which take some bytes each.
  static func fields(of type: Services.TypeDecl) -> [(place: (variant: Int, field: Int), range: Interval)] {
    guard type.name.text.hasPrefix("Map<"), type.variants.count == 3, type.variants[2].name == "Inner",
      type.variants[2].fields.first == .int
    else { return [] }
    return [((2, 0), Interval(0, mostBytes))]
  }
}

/// What is known of the integers that a primitive takes and gives. An object, which is found once for each use of the
/// primitive: to look up each fact by itself took about 3 % of the instructions of `InferRanges`.
final class PrimitiveFacts: Sendable {
  /// The rule of an operator or a comparison.
  let rule: RangeRule?
  /// The number of arguments.
  let count: Int
  /// The primitive on words that does the same, where operands and results are words.
  let onWords: Name?
  /// The position of the element that the primitive puts into a vector.
  let element: Int?
  /// Whether it gives a vector of elements that it has got.
  let keepsElements: Bool
  /// Whether it gives an element of a vector.
  let getsElement: Bool
  /// Whether it gives a position or a count.
  let givesIndex: Bool
  /// Whether it reads lists, and vectors, of integers.
  let readsLists: Bool
  let readsVectors: Bool
  /// Whether it takes a position or a count, by the position of the argument.
  private let takesIndices: [Bool]
  private let range: Interval
  /// Whether it gives as many bits as its last argument says.
  private let givesBits: Bool

  init(_ primitive: Primitive) {
    let name = primitive.name
    rule = Self.rules[name]
    count = primitive.parameters.count
    onWords = Self.onWords[name]
    let element = Self.elements[name]
    self.element = element
    keepsElements = element != nil || Self.keeping.contains(name)
    getsElement = name == "vector.get"
    givesIndex = primitive.resultPassing == .index
    readsLists = primitive.parameters.contains(.list(element: .int))
    readsVectors = primitive.parameters.contains(.vector(element: .int))
    // Those on vectors stand for one of several, which take the same.
    let chosen = name.text.hasPrefix("vector.") ? Primitive.named(Name("\(name)Counted")) ?? primitive : primitive
    takesIndices = primitive.parameters.indices.map { chosen.passing(at: $0) == .index }
    range = Self.results[name] ?? .all
    givesBits = name == "bits.low"
  }

  /// Whether it takes a position or a count at a place among its arguments.
  func takesIndex(_ position: Int) -> Bool { takesIndices.indices.contains(position) && takesIndices[position] }

  /// The range of what it gives, if it is no operator.
  func result(_ arguments: [Services.Atom]) -> Interval {
    if givesBits, case .integer(_, .small(let count))? = arguments.last, (0..<62).contains(count) {
      return Interval(0, 1 << count - 1)
    }
    return range
  }

  private static let rules: [Name: RangeRule] = [
    "int.add": .add, "int.subtract": .subtract, "int.multiply": .multiply, "int.negate": .negate,
    "int.divide": .divide, "int.modulo": .modulo, "bits.and": .and, "bits.or": .or, "bits.xor": .xor,
    "bits.not": .not, "bits.shiftLeft": .shiftLeft, "bits.shiftRight": .shiftRight, "int.less": .isLess,
    "int.lessEqual": .isAtMost, "int.equal": .isEqual,
  ]

  private static let onWords: [Name: Name] = [
    "int.add": "word.add", "int.subtract": "word.subtract", "int.multiply": "word.multiply",
    "int.negate": "word.negate", "int.divide": "word.divide", "int.modulo": "word.modulo", "bits.and": "word.and",
    "bits.or": "word.or", "bits.xor": "word.xor", "bits.shiftLeft": "word.shiftLeft",
    "bits.shiftRight": "word.shiftRight", "int.less": "word.less", "int.lessEqual": "word.lessEqual",
    "int.equal": "word.equal",
  ]

  private static let elements: [Name: Int] = ["vector.new": 1, "vector.set": 2, "vector.insert": 2]

  private static let keeping: Set<Name> = ["vector.empty", "vector.remove", "vector.slice", "vector.concat"]

  private static let results: [Name: Interval] = {
    let (length, scalar) = (Interval(0, KnownRanges.mostBytes), Interval(0, 0x10FFFF))
    let (order, place) = (Interval(-1, 1), Interval(-1 - KnownRanges.mostBytes, KnownRanges.mostBytes))
    return [
      "string.length": length, "string.byteLength": length, "bytes.length": length, "vector.length": length,
      "string.codeAt": scalar, "char.toCode": scalar, "string.firstCodePoint": scalar.union(Interval(-1)),
      "string.order": order, "bytes.order": order, "digest.order": order,
      "int.search": place, "string.search": place, "bytes.hexProblem": place,
    ]
  }()
}

public import Nanopass

/// Finds how the values of data types are held in memory, without a cell where none is needed.
///
/// - A type whose constructors all have no fields is held in raw words; so is one with a single other constructor whose
///   only field is held in words: `None` of an `Option<Bool>` is the word 2.
/// - A type with one constructor of one field is held as that.
/// - One constructor of any other type whose only field is held in a reference or an integer takes no cell either: its
///   values are those of the field. The other constructors keep away from them: those without fields are
///   immediates that the field never is, or cells without fields where it may be any integer; those with fields are
///   cells whose tags the field's never have.
///
/// So `Some(x)`, `Num(n)` and `Ok(x)` are what is in them. (Chataing, Dolan, Scherer, Yallop: Unboxed Data Constructors,
/// POPL 2024, from where it is that only the heads of values must differ; there constructors keep their numbers, so that
/// types are refused where the heads meet. Here they are given others.)
public struct Representations: Sendable {
  /// How values of a constructor are held.
  public enum Constructor: Sendable, Equatable {
    case word(Int)
    case immediate(tag: Int)
    /// A cell without fields that is there before the program starts.
    case constant(tag: Int)
    case cell(tag: Int)
    /// As the only field.
    case field
  }

  /// How values of a type are held.
  public enum Held: Sendable, Equatable {
    /// Words; from `spare` on no value is held so.
    case word(spare: Int)
    case float
    /// Integers in tagged words, or references.
    case integer
    /// References and immediates.
    case cell
  }

  /// How the values of one data type are held.
  public struct Representation: Sendable {
    public let held: Held
    /// By position.
    public let constructors: [Constructor]

    /// The position of the constructor that is its field.
    public var transparent: Int? { constructors.firstIndex(of: .field) }

    /// Whether no constructor has a field.
    public var isEnumeration: Bool {
      constructors.allSatisfy { if case .word = $0 { true } else { false } }
    }
  }

  /// What tells values of a type from those of others.
  private struct Heads {
    var held: Held
    /// The tag from which on no value is an immediate.
    var immediates = 0
    /// All tags of cells of data types that values may have are less.
    var tags = 0
  }

  /// The first word that holds no integer in place of a tagged one.
  private static let firstSpareWord = 1 << 62
  /// How far the tags of a type whose values include those of a field stand above those of the field. The library gives
  /// its cells none from the first step on, but the greatest.
  private static let step = 256
  private static let mostTags = 200 * step

  /// By type.
  public private(set) var types: [Name: Representation] = [:]
  private let declarations: [Name: Services.TypeDecl]
  /// The types that are being looked at: a value that held itself would have nothing to be.
  private var open: Set<Name> = []
  private var heads: [Name: Heads] = [:]

  /// Looks at the types of a program.
  public init(_ types: [Services.TypeDecl]) {
    declarations = Dictionary(types.map { ($0.name, $0) }) { first, _ in first }
    for type in types { _ = heads(.data(name: type.name)) }
  }

  /// How values of a type are held.
  public func held(_ type: Services.Ty) -> Held {
    switch type {
    case .bool: .word(spare: 2)
    case .unit: .word(spare: 1)
    case .word: .word(spare: Self.firstSpareWord)
    case .float: .float
    case .int: .integer
    case .string, .bytes, .digest: .cell
    case .data(let name): types[name]?.held ?? .cell
    }
  }

  /// The heads of a type's values; nil if it is being looked at or not declared.
  private mutating func heads(_ type: Services.Ty) -> Heads? {
    guard case .data(let name) = type else { return Heads(held: held(type), tags: 1) }
    if let known = heads[name] { return known }
    guard let declaration = declarations[name], open.insert(name).inserted else { return nil }
    let found = find(declaration)
    open.remove(name)
    heads[name] = found
    return found
  }

  private mutating func find(_ type: Services.TypeDecl) -> Heads {
    let variants = type.variants
    let isPlain = type.facts.contains("array") || type.facts.contains("scoped") || variants.count > Self.step
    let single = isPlain ? [] : variants.indices.filter { variants[$0].fields.count == 1 }
    let fielded = variants.count { !$0.fields.isEmpty }
    if fielded == 0 { return enumeration(type, besides: nil, from: 0) }
    for index in Self.order(single, of: type) {
      guard let field = heads(variants[index].fields[0]) else { continue }
      if variants.count == 1 {
        types[type.name] = Representation(held: field.held, constructors: [.field])
        return field
      }
      switch field.held {
      case .word(let spare):
        if fielded == 1 { return enumeration(type, besides: index, from: spare) }
        // As an integer, if it may be any word.
        if variants[index].fields[0] == .word { return sum(type, Heads(held: .integer, tags: 0), at: index) }
      case .float: break
      case .integer, .cell: if field.tags <= Self.mostTags { return sum(type, field, at: index) }
      }
    }
    types[type.name] = Representation(
      held: .cell,
      constructors: variants.enumerated().map { $1.fields.isEmpty ? .immediate(tag: $0) : .cell(tag: $0) })
    return Heads(held: .cell, immediates: variants.count, tags: variants.count)
  }

  /// Constructors of one field in the order in which one is chosen: those of an integer first, which most values are
  /// where there are any; of a `Result` `Ok`.
  private static func order(_ variants: [Int], of type: Services.TypeDecl) -> [Int] {
    let isResult = type.variants.last?.name == "Ok"
    let integers = variants.filter { type.variants[$0].fields == [.int] || type.variants[$0].fields == [.word] }
    let others = variants.filter { !integers.contains($0) }
    return isResult ? variants.reversed() : integers + others
  }

  /// A type held in words, of which some are those of the field of a constructor.
  private mutating func enumeration(_ type: Services.TypeDecl, besides full: Int?, from first: Int) -> Heads {
    var spare = first
    let constructors = type.variants.indices.map { index in
      if index == full { return Constructor.field }
      spare += 1
      return .word(spare - 1)
    }
    types[type.name] = Representation(held: .word(spare: spare), constructors: constructors)
    return Heads(held: .word(spare: spare))
  }

  /// A type of which one constructor is its field.
  private mutating func sum(_ type: Services.TypeDecl, _ field: Heads, at full: Int) -> Heads {
    var heads = field
    let first = (field.tags + Self.step - 1) / Self.step * Self.step
    let base = max(first, Self.step)
    heads.tags = base + type.variants.count
    let constructors = type.variants.enumerated().map { index, variant in
      if index == full { return Constructor.field }
      if !variant.fields.isEmpty { return .cell(tag: base + index) }
      if field.held == .integer { return .constant(tag: base + index) }
      heads.immediates += 1
      return .immediate(tag: heads.immediates - 1)
    }
    types[type.name] = Representation(held: heads.held, constructors: constructors)
    return heads
  }
}

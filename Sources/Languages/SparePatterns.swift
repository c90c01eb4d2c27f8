public import Nanopass

/// Finds the types of options whose values are those of their only field, or an immediate that these leave free.
///
/// `Option<String>` is such a type: a string is always a reference to a cell, so that `Some` of it can be the reference
/// itself and `None` an immediate. Lists have an immediate of their own, the one with the tag 0; an option of one takes
/// the next tag that no constructor of a list has.
public struct SparePatterns: Sendable {
  /// A type of two constructors.
  public struct Pattern: Sendable {
    /// The position of the constructor that has the field.
    public let full: Int
    /// The tag of the immediate that is the other.
    public let spare: Int
  }

  /// The types that are so.
  public private(set) var patterns: [Name: Pattern] = [:]
  private let types: [Name: Services.TypeDecl]
  /// The types that are being looked at: a value that held itself would have nothing to be.
  private var open: Set<Name> = []
  private var limits: [Name: Int?] = [:]

  /// Looks at the types of a program.
  public init(_ types: [Services.TypeDecl]) {
    self.types = Dictionary(types.map { ($0.name, $0) }) { first, _ in first }
    for type in types { _ = limit(.data(name: type.name)) }
  }

  /// The tag from which on a value of a type is no immediate; nil for a type that is not held in references.
  private mutating func limit(_ type: Services.Ty) -> Int? {
    switch type {
    case .string, .bytes, .digest: return 0
    case .bool, .float, .int, .unit, .word: return nil
    case .data(let name):
      if let known = limits[name] { return known }
      guard let declaration = types[name], open.insert(name).inserted else { return nil }
      let limit = limit(of: declaration)
      open.remove(name)
      limits[name] = .some(limit)
      return limit
    }
  }

  private mutating func limit(of type: Services.TypeDecl) -> Int? {
    let variants = type.variants
    guard let full = variants.firstIndex(where: { !$0.fields.isEmpty }) else { return nil }
    guard variants.count == 2, variants[full].fields.count == 1, variants[1 - full].fields.isEmpty,
      !type.facts.contains("array"), !type.facts.contains("scoped"), let spare = limit(variants[full].fields[0])
    else { return variants.count }
    patterns[type.name] = Pattern(full: full, spare: spare)
    return spare + 1
  }
}

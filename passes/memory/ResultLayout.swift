import Diagnostics
import Languages
import Nanopass

/// How a value of a data type is spread over several results: first which constructor it has, unless there is only one,
/// then the fields. Fields of one type in different constructors share a place.
struct ResultLayout {
  /// How many words and floats a function gives at most: as many as have registers.
  static let most = Registers(words: 4, floats: 4)

  /// What results take.
  struct Registers {
    var words = 0
    var floats = 0

    init(words: Int, floats: Int) { (self.words, self.floats) = (words, floats) }

    init(_ types: [Services.Ty]) {
      floats = types.count { $0 == .float }
      words = types.count - floats
    }

    var fit: Bool { words <= ResultLayout.most.words && floats <= ResultLayout.most.floats }

    static func + (left: Registers, right: Registers) -> Registers {
      Registers(words: left.words + right.words, floats: left.floats + right.floats)
    }

    static func - (left: Registers, right: Registers) -> Registers {
      Registers(words: left.words - right.words, floats: left.floats - right.floats)
    }
  }

  let declaration: Services.TypeDecl
  /// The enumeration whose values tell the constructor.
  let tag: Services.TypeDecl?
  /// The types of the results.
  private(set) var types: [Services.Ty] = []
  /// Among the results, the place of each field of each constructor.
  private(set) var places: [[Int]] = []

  /// The layout of a data type; nil if its values are held in no cells, or are vectors, or have too many fields.
  init?(_ declaration: Services.TypeDecl) {
    self.declaration = declaration
    let variants = declaration.variants
    guard variants.contains(where: { !$0.fields.isEmpty }), !declaration.facts.contains("array"),
      !declaration.facts.contains("scoped")
    else { return nil }
    if variants.count > 1 {
      let name = Name(declaration.name.text + ".tag")
      let constructors = variants.map { Services.Variant($0.span, name: $0.name, fields: []) }
      tag = Services.TypeDecl(declaration.span, name: name, facts: declaration.facts, variants: constructors)
      types = [.data(name: name)]
    } else {
      tag = nil
    }
    let first = types.count
    for variant in variants {
      var taken: Set<Int> = []
      places.append(
        variant.fields.map { field in
          let place = types.indices.dropFirst(first).first { types[$0] == field && !taken.contains($0) } ?? types.count
          if place == types.count { types.append(field) }
          taken.insert(place)
          return place
        })
    }
    if !Registers(types).fit { return nil }
  }

  var name: Name { declaration.name }

  /// What the results are for a value of a constructor with these fields, but for the tag, which is still absent.
  func results(_ variant: Int, _ fields: [Services.Atom], at span: Span) -> [Services.Atom] {
    var results = types.map { Services.Atom.absent(span, ty: $0) }
    guard places.indices.contains(variant) else { return results }
    for (place, field) in zip(places[variant], fields) { results[place] = field }
    return results
  }

  /// The layouts of the types of a program whose values do not hold others of the same type: those are kept as parts of
  /// others, so that they need their cells.
  static func all(of types: [Services.TypeDecl]) -> [Name: ResultLayout] {
    let positions = Dictionary(types.enumerated().map { ($1.name, $0) }) { first, _ in first }
    let parts = types.map { type in
      type.variants.flatMap(\.fields).compactMap { field -> Int? in
        if case .data(let name) = field { positions[name] } else { nil }
      }
    }
    var layouts: [Name: ResultLayout] = [:]
    for component in stronglyConnectedComponents(parts) where component.count == 1 {
      for position in component where !parts[position].contains(position) {
        layouts[types[position].name] = ResultLayout(types[position])
      }
    }
    return layouts
  }
}

/// A pattern of a generated match.
indirect enum GeneratedPattern: Equatable {
  case wildcard
  case name(String)
  /// A literal as it is written; two that are written alike are the same.
  case literal(String)
  case constructor(String, [GeneratedPattern])

  /// As it is written.
  var text: String {
    switch self {
    case .wildcard: "_"
    case .name(let name): name
    case .literal(let text): text
    case .constructor("()", let elements): "(\(elements.map(\.text).joined(separator: ", ")))"
    case .constructor("::", _): listText
    case .constructor(let name, let fields):
      name + (fields.isEmpty ? "" : "(\(fields.map(\.text).joined(separator: ", ")))")
    }
  }

  private var listText: String {
    var parts: [String] = []
    var rest = self
    while case .constructor("::", let fields) = rest, fields.count == 2 {
      parts.append(fields[0].text)
      rest = fields[1]
    }
    switch rest {
    case .wildcard: parts.append(".._")
    case .name(let name): parts.append("..\(name)")
    default: break
    }
    return "[\(parts.joined(separator: ", "))]"
  }

}

/// The rows of patterns that a match has so far, as `language.md` 5.5 looks at them.
struct PatternMatrix {
  var declarations: Declarations
  var rows: [[GeneratedPattern]] = []

  /// Whether some value fits the patterns and none of the rows (Maranget, Warnings for pattern matching, JFP 2007).
  func isUseful(_ patterns: [GeneratedPattern], _ types: [GeneratedType]) -> Bool {
    guard let first = patterns.first, let type = types.first else { return rows.isEmpty }
    let (rest, restTypes) = (Array(patterns.dropFirst()), Array(types.dropFirst()))
    switch first {
    case .constructor(let name, let fields):
      return specialised(name, type).isUseful(fields + rest, fieldTypes(name, type) + restTypes)
    case .literal:
      var matching = self
      matching.rows = rows.filter { $0.first == first || Self.bindsAll($0) }.map { Array($0.dropFirst()) }
      return matching.isUseful(rest, restTypes)
    case .wildcard, .name:
      let used = Set(
        rows.compactMap { row -> String? in
          if case .constructor(let name, _) = row.first { name } else { nil }
        })
      if let all = declarations.constructors(of: type), all.allSatisfy({ used.contains($0.name) }) {
        return all.contains { one in
          let wild = one.fields.map { _ in GeneratedPattern.wildcard }
          return specialised(one.name, type).isUseful(wild + rest, one.fields + restTypes)
        }
      }
      var others = self
      others.rows = rows.filter(Self.bindsAll).map { Array($0.dropFirst()) }
      return others.isUseful(rest, restTypes)
    }
  }

  private static func bindsAll(_ row: [GeneratedPattern]) -> Bool { row.first == .wildcard || isName(row.first) }
  private static func isName(_ pattern: GeneratedPattern?) -> Bool {
    if case .name = pattern { true } else { false }
  }

  private func fieldTypes(_ name: String, _ type: GeneratedType) -> [GeneratedType] {
    declarations.constructors(of: type)?.first { $0.name == name }?.fields ?? []
  }

  /// The rows that a value of the constructor may still fit, with its fields in place of the value.
  private func specialised(_ name: String, _ type: GeneratedType) -> PatternMatrix {
    let wild = fieldTypes(name, type).map { _ in GeneratedPattern.wildcard }
    var result = self
    result.rows = rows.compactMap { row in
      if case .constructor(name, let fields) = row.first { return fields + row.dropFirst() }
      return Self.bindsAll(row) ? wild + row.dropFirst() : nil
    }
    return result
  }
}

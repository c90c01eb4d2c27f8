import Languages
import LLVMKit
import Nanopass

/// The types of a program as a debugger shows them, made when they are first asked for.
///
/// A data type `Shape` is a typedef of a pointer to a union with a struct for each constructor, in order, whose members
/// lie where `choose-shapes` put the fields; the members of a vector's only struct is its first element. What
/// `flatten-fields` put in the place of a field is a struct over the same cell. An option that takes no cell is the
/// union itself. A type whose constructors have no fields is an enumeration. The pretty-printer `nanoc-gdb.py` reads values by them.
final class DebugTypes {
  private let info: DebugInfo
  private let declarations: [Name: Services.TypeDecl]
  private let fields: [Name: [String]]
  private let whole: [Name: Services.TypeDecl]
  private let patterns: [Name: SparePatterns.Pattern]
  private var known: [String: DebugInfo.DataType] = [:]

  init(_ info: DebugInfo, _ facts: DebugFacts) {
    self.info = info
    declarations = Dictionary(facts.types.map { ($0.name, $0) }) { first, _ in first }
    fields = facts.fields
    whole = facts.whole
    patterns = SparePatterns(facts.types).patterns
  }

  /// The type; nil for those without values to look at.
  func type(_ type: Services.Ty) -> DebugInfo.DataType? {
    switch type {
    case .unit: nil
    case .int: known("Int") { info.basicType("Int", size: 8, .signed) }
    // Under this name gdb shows it as it is.
    case .word: known("word") { info.basicType("word", size: 8, .signed) }
    case .float: known("Float") { info.basicType("Float", size: 8, .float) }
    case .bool: known("Bool") { info.basicType("Bool", size: 1, .boolean) }
    case .string: text("String")
    case .bytes: text("Bytes")
    case .digest: text("Crypto.Digest32")
    case .data(let name): declarations[name].flatMap { known[$0.name.text] ?? data($0) }
    }
  }

  private func known(_ name: String, _ make: () -> DebugInfo.DataType?) -> DebugInfo.DataType? {
    if let type = known[name] { return type }
    let type = make()
    known[name] = type
    return type
  }

  /// A cell with a length and bytes.
  private func text(_ name: String) -> DebugInfo.DataType? {
    known(name) {
      guard let count = info.basicType("word", size: 8, .unsigned) else { return nil }
      return info.structure(name, [DebugInfo.Member("bytes", count, offset: 8)], size: 24)
        .flatMap(info.pointer).flatMap { info.alias(name, of: $0) }
    }
  }

  private func isEnumeration(_ type: Services.TypeDecl) -> Bool { type.variants.allSatisfy(\.fields.isEmpty) }

  private func data(_ type: Services.TypeDecl) -> DebugInfo.DataType? {
    let name = type.name.text
    if isEnumeration(type) {
      let own = name.split(separator: ".").last ?? ""
      return known(name) { info.enumeration(name, of: type.variants.map { "\(own).\($0.name.text)" }, size: 8) }
    }
    guard let unfinished = info.unfinishedUnion(name),
      let held = patterns[type.name] == nil ? info.pointer(to: unfinished) : unfinished,
      let alias = info.alias(name, of: held)
    else { return nil }
    known[name] = alias
    let variants = type.variants.map { variant(type, $0) }
    let members = variants.compactMap { $0.map { DebugInfo.Member($0.name, $0.type, offset: 0, size: $0.size) } }
    if let union = info.union(name, members, size: members.map(\.size).max() ?? 0) {
      info.replace(unfinished, by: union)
    }
    return alias
  }

  /// The struct of a constructor.
  private func variant(
    _ type: Services.TypeDecl, _ variant: Services.Variant
  ) -> (name: String, type: DebugInfo.DataType, size: Int)? {
    var slots = Slots(variant.fields, counted: variant.fields.count(where: isCounted))
    let size = (patterns[type.name] == nil ? 8 : 0) + 8 * variant.fields.count
    let written = whole[type.name]?.variants.first { $0.name == variant.name } ?? variant
    return structure(type, written, &slots, size: size).map { (variant.name.text, $0, size) }
  }

  /// Where the fields of a cell lie that are not described yet.
  private struct Slots {
    var fields: ArraySlice<Services.Ty>
    var counted = 0
    var raw: Int

    init(_ fields: [Services.Ty], counted: Int) { (self.fields, raw) = (fields[...], counted) }
  }

  /// The struct of a constructor as it is written, whose fields begin with the next of a cell.
  private func structure(
    _ type: Services.TypeDecl, _ variant: Services.Variant, _ slots: inout Slots, size: Int
  ) -> DebugInfo.DataType? {
    let base = Name(String(type.name.text.prefix { $0 != "<" }))
    let declared = fields[base] ?? variant.fields.indices.map { "_\($0 + 1)" }
    // `lower-records` puts the fields of records in the order of their names.
    let names = fields[base] == nil ? declared : declared.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    let first = type.facts.contains("array") ? 16 : patterns[type.name] == nil ? 8 : 0
    var members: [DebugInfo.Member] = []
    for (field, name) in zip(variant.fields, names) {
      guard slots.fields.first == field else {
        guard case .data(let inner) = field, let flat = whole[inner] ?? declarations[inner],
          let only = flat.variants.first, let type = structure(flat, only, &slots, size: size)
        else { return nil }
        members.append(DebugInfo.Member(name, type, offset: 0, size: size))
        continue
      }
      slots.fields.removeFirst()
      let slot = isCounted(field) ? slots.counted : slots.raw
      if isCounted(field) { slots.counted += 1 } else { slots.raw += 1 }
      if let fieldType = self.type(field) {
        members.append(DebugInfo.Member(name, fieldType, offset: first + 8 * slot))
      }
    }
    members.sort { declared.firstIndex(of: $0.name) ?? 0 < declared.firstIndex(of: $1.name) ?? 0 }
    return info.structure("\(type.name.text).\(variant.name.text)", members, size: size)
  }

  /// Whether values are among the first fields of a cell: references and integers.
  private func isCounted(_ type: Services.Ty) -> Bool {
    switch type {
    case .int, .string, .bytes, .digest: true
    case .bool, .unit, .float, .word: false
    case .data(let name): declarations[name].map { !isEnumeration($0) } ?? true
    }
  }
}

import Languages
import LLVMKit
import Nanopass

/// The types of a program as a debugger shows them, made when they are first asked for.
///
/// A data type `Shape` is a typedef of a pointer to a union with a struct for each constructor, in order, whose members
/// lie where `choose-shapes` put the fields; the members of a vector's only struct is its first element. What
/// `flatten-fields` put in the place of a field is a struct over the same cell. A type whose values are words of a known
/// number is an enumeration. The typedef of a type with a constructor that is its field is one of the union itself, in
/// which that is the struct of the word; other constructors with fields are pointers to structs, and the enumeration
/// `heads` says how the others are told apart: by the word itself for one held as a word (then it is `words`) or as an
/// immediate, by the tag of the cell times two otherwise. The pretty-printer `nanoc-gdb.py` reads values by them.
final class DebugTypes {
  private let info: DebugInfo
  private let declarations: [Name: Services.TypeDecl]
  private let fields: [Name: [String]]
  private let whole: [Name: Services.TypeDecl]
  private let representations: Representations
  private var known: [String: DebugInfo.DataType] = [:]

  init(_ info: DebugInfo, _ facts: DebugFacts) {
    self.info = info
    declarations = Dictionary(facts.types.map { ($0.name, $0) }) { first, _ in first }
    fields = facts.fields
    whole = facts.whole
    representations = Representations(facts.types)
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

  /// The values of a type that is held in few words, as they are written.
  private func values(_ type: Services.Ty) -> [String]? {
    guard case .word(let spare) = representations.held(type), spare <= Self.mostValues else { return nil }
    switch type {
    case .bool: return ["false", "true"]
    case .data(let name):
      guard let declaration = declarations[name], let held = representations.types[name] else { return nil }
      let own = String(name.text.prefix { $0 != "<" }.split(separator: ".").last ?? "")
      var names: [String] = []
      if let full = held.transparent {
        let variant = declaration.variants[full]
        guard let inner = variant.fields.first.map(values) ?? nil else { return nil }
        names = inner.map { "\(own).\(variant.name.text)(\($0))" }
      }
      for (variant, constructor) in zip(declaration.variants, held.constructors) where constructor != .field {
        names.append("\(own).\(variant.name.text)")
      }
      return names
    case .unit: return ["Unit"]
    default: return nil
    }
  }

  /// How many values have names at most.
  private static let mostValues = 256

  private func data(_ type: Services.TypeDecl) -> DebugInfo.DataType? {
    let name = type.name.text
    let representation = representations.types[type.name]
    if representation?.isEnumeration == true {
      let own = name.split(separator: ".").last ?? ""
      return known(name) { info.enumeration(name, of: type.variants.map { "\(own).\($0.name.text)" }, size: 8) }
    }
    if let values = values(.data(name: type.name)) {
      return known(name) { info.enumeration(name, of: values, size: 8) }
    }
    let isWord = representation?.transparent != nil
    guard let unfinished = info.unfinishedUnion(name),
      let held = isWord ? unfinished : info.pointer(to: unfinished), let alias = info.alias(name, of: held)
    else { return nil }
    known[name] = alias
    var members = type.variants.enumerated().compactMap { index, variant -> DebugInfo.Member? in
      let constructor = representation?.constructors[index]
      guard let one = self.variant(type, variant, isField: constructor == .field) else { return nil }
      if isWord, !variant.fields.isEmpty, constructor != .field {
        return info.pointer(to: one.type).map { DebugInfo.Member(one.name, $0, offset: 0, size: 8) }
      }
      return DebugInfo.Member(one.name, one.type, offset: 0, size: one.size)
    }
    if isWord, let heads = heads(type) { members.append(heads) }
    if let union = info.union(name, members, size: isWord ? 8 : members.map(\.size).max() ?? 0) {
      info.replace(unfinished, by: union)
    }
    return alias
  }

  /// What tells the constructors of a type from the one that is its field; nil if there are no others.
  private func heads(_ type: Services.TypeDecl) -> DebugInfo.Member? {
    var areWords = false
    let heads = zip(type.variants, representations.types[type.name]?.constructors ?? []).compactMap {
      variant, constructor -> (name: String, value: Int)? in
      switch constructor {
      case .word(let word):
        areWords = true
        return (variant.name.text, word)
      case .immediate(let tag): return (variant.name.text, tag << 1 | 1)
      case .constant(let tag), .cell(let tag): return (variant.name.text, tag << 1)
      case .field: return nil
      }
    }
    if heads.isEmpty { return nil }
    let name = areWords ? "words" : "heads"
    return info.enumeration("\(type.name.text).\(name)", of: heads, size: 8).map {
      DebugInfo.Member(name, $0, offset: 0, size: 8)
    }
  }

  /// The struct of a constructor, which may be its field.
  private func variant(
    _ type: Services.TypeDecl, _ variant: Services.Variant, isField: Bool
  ) -> (name: String, type: DebugInfo.DataType, size: Int)? {
    let first = type.facts.contains("array") ? 16 : isField ? 0 : 8
    var slots = Slots(variant.fields, counted: variant.fields.count(where: isCounted), first: first)
    let size = (isField ? 0 : 8) + 8 * variant.fields.count
    let written = whole[type.name]?.variants.first { $0.name == variant.name } ?? variant
    return structure(type, written, &slots, size: size).map { (variant.name.text, $0, size) }
  }

  /// Where the fields of a cell lie that are not described yet.
  private struct Slots {
    var fields: ArraySlice<Services.Ty>
    var counted = 0
    var raw: Int
    /// The bytes before the first.
    let first: Int

    init(_ fields: [Services.Ty], counted: Int, first: Int) {
      (self.fields, raw, self.first) = (fields[...], counted, first)
    }
  }

  /// The struct of a constructor as it is written, whose fields begin with the next of a cell.
  private func structure(
    _ type: Services.TypeDecl, _ variant: Services.Variant, _ slots: inout Slots, size: Int
  ) -> DebugInfo.DataType? {
    let base = Name(String(type.name.text.prefix { $0 != "<" }))
    let declared = fields[base] ?? variant.fields.indices.map { "_\($0 + 1)" }
    // `lower-records` puts the fields of records in the order of their names.
    let names = fields[base] == nil ? declared : declared.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
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
        members.append(DebugInfo.Member(name, fieldType, offset: slots.first + 8 * slot))
      }
    }
    members.sort { declared.firstIndex(of: $0.name) ?? 0 < declared.firstIndex(of: $1.name) ?? 0 }
    return info.structure("\(type.name.text).\(variant.name.text)", members, size: size)
  }

  /// Whether values are among the first fields of a cell: references and integers.
  private func isCounted(_ type: Services.Ty) -> Bool {
    switch representations.held(type) {
    case .integer, .cell: true
    case .word, .float: false
    }
  }
}

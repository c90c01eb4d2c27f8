/// A set of languages, each filled in from its parent and checked.
public struct LanguageFamily: Sendable {
  /// Parents before children.
  public private(set) var languages: [LanguageDefinition] = []

  /// Reads all `.lang` files together.
  ///
  /// - Parameter files: names and texts, in any order.
  /// - Throws: `DefinitionError` for the first mistake found.
  public init(files: [(name: String, text: String)]) throws {
    var sources: [LanguageSource] = []
    for file in files {
      var parser = DefinitionParser(file: file.name, text: file.text)
      sources.append(try parser.parse())
    }
    var pending = sources.sorted { $0.name < $1.name }
    while !pending.isEmpty {
      let ready = pending.filter { source in
        source.parent.map { parent in languages.contains { $0.name == parent } } ?? true
      }
      guard let first = ready.first else {
        let source = pending[0]
        throw DefinitionError(
          file: source.file, line: source.line,
          message: "`\(source.name)` extends `\(source.parent ?? "")`, which no file declares (or it extends itself)")
      }
      guard !languages.contains(where: { $0.name == first.name }) else {
        throw DefinitionError(file: first.file, line: first.line, message: "`\(first.name)` is declared twice")
      }
      languages.append(try complete(first))
      pending.removeAll { $0.file == first.file }
    }
  }

  /// The language of that name.
  public func language(_ name: String) -> LanguageDefinition? { languages.first { $0.name == name } }

  private func complete(_ source: LanguageSource) throws -> LanguageDefinition {
    let parent = source.parent.flatMap { language($0) }
    guard let root = source.root ?? parent?.root else {
      throw DefinitionError(file: source.file, line: source.line, message: "`root NONTERMINAL` is missing")
    }
    var result = LanguageDefinition(
      name: source.name, parent: parent?.name, docs: source.docs, root: root,
      nonterminals: parent?.nonterminals ?? [], invariants: source.invariants)
    for change in source.nonterminals { try apply(change, of: source, to: &result) }
    try check(result, source)
    if let parent { result.sharedWith = shared(result, parent) }
    return result
  }

  private func apply(
    _ change: LanguageSource.NonterminalChange, of source: LanguageSource, to result: inout LanguageDefinition
  ) throws {
    func error(_ line: Int, _ message: String) -> DefinitionError {
      DefinitionError(file: source.file, line: line, message: message)
    }
    let position = result.nonterminals.firstIndex { $0.name == change.name }
    if change.isRemoval {
      guard let position else { throw error(change.line, "there is no nonterminal `\(change.name)` to remove") }
      result.nonterminals.remove(at: position)
      return
    }
    var nonterminal =
      position.map { result.nonterminals[$0] }
      ?? Nonterminal(name: change.name, forms: [], docs: change.docs, isValue: change.isValue, attribute: nil)
    if !change.docs.isEmpty { nonterminal.docs = change.docs }
    if let attribute = change.attribute { nonterminal.attribute = attribute }
    for (line, change) in change.changes {
      switch change {
      case .remove(let name):
        guard let index = nonterminal.forms.firstIndex(where: { $0.name == name }) else {
          throw error(line, "`\(nonterminal.name)` has no form `\(name)` to remove")
        }
        nonterminal.forms.remove(at: index)
      case .add(let form):
        guard !nonterminal.forms.contains(where: { $0.name == form.name }) else {
          throw error(line, "`\(nonterminal.name)` has a form `\(form.name)` already; remove it first")
        }
        nonterminal.forms.append(form)
      }
    }
    if let position {
      result.nonterminals[position] = nonterminal
    } else {
      result.nonterminals.append(nonterminal)
    }
  }

  private func check(_ language: LanguageDefinition, _ source: LanguageSource) throws {
    func error(_ message: String) -> DefinitionError {
      DefinitionError(file: source.file, line: source.line, message: message)
    }
    guard language.nonterminal(language.root) != nil else { throw error("the root `\(language.root)` is not declared") }
    for nonterminal in language.nonterminals {
      if nonterminal.forms.isEmpty { throw error("`\(nonterminal.name)` has no form") }
      if nonterminal.name == "Type" { throw error("`Type` collides with Swift's metatypes; use `Ty`") }
      for form in nonterminal.forms {
        for field in form.fields where !field.isTerminal && language.nonterminal(field.kind) == nil {
          throw error("`\(nonterminal.name).\(form.name)` mentions `\(field.kind)`, which is not declared")
        }
        if let attribute = nonterminal.attribute, form.attributes[attribute.name] == nil,
          !form.fields.contains(where: { $0.name == attribute.name })
        {
          throw error("`\(nonterminal.name).\(form.name)` lacks its attribute `\(attribute.name)`")
        }
      }
    }
    let depths = language.minimalDepths
    for nonterminal in language.nonterminals where depths[nonterminal.name] == nil {
      throw error("`\(nonterminal.name)` has no finite tree")
    }
  }

  /// The nonterminals whose forms, and all that these can reach, are the parent's (a greatest fixpoint).
  private func shared(_ language: LanguageDefinition, _ parent: LanguageDefinition) -> [String: String] {
    var same = Set(
      language.nonterminals.filter { child in
        guard let old = parent.nonterminal(child.name) else { return false }
        return old.forms.count == child.forms.count && old.isValue == child.isValue
          && old.attribute == child.attribute && zip(old.forms, child.forms).allSatisfy { $0.sameShape(as: $1) }
      }.map(\.name))
    var changed = true
    while changed {
      changed = false
      for nonterminal in language.nonterminals where same.contains(nonterminal.name) {
        let fields = nonterminal.forms.flatMap(\.fields) + (nonterminal.attribute.map { [$0] } ?? [])
        if fields.contains(where: { !$0.isTerminal && !same.contains($0.kind) }) {
          same.remove(nonterminal.name)
          changed = true
        }
      }
    }
    return Dictionary(uniqueKeysWithValues: same.map { ($0, parent.sharedWith[$0] ?? parent.name) })
  }
}

extension LanguageDefinition {
  /// For each nonterminal the height of its smallest tree; absent if it has none.
  var minimalDepths: [String: Int] {
    var depths: [String: Int] = [:]
    var changed = true
    while changed {
      changed = false
      for nonterminal in nonterminals {
        guard let depth = nonterminal.forms.compactMap({ minimalDepth(of: $0, depths) }).min() else { continue }
        if depth < depths[nonterminal.name] ?? Int.max {
          depths[nonterminal.name] = depth
          changed = true
        }
      }
    }
    return depths
  }

  /// The nonterminals below which locals may stand.
  var holdersOfLocals: Set<String> {
    var holders: Set<String> = ["Local"]
    var count = 0
    while count < holders.count {
      count = holders.count
      for nonterminal in nonterminals
      where nonterminal.forms.contains(where: { $0.fields.contains { holders.contains($0.kind) } }) {
        holders.insert(nonterminal.name)
      }
    }
    return holders
  }

  /// The height of the form's smallest tree, if its parts have one.
  func minimalDepth(of form: Form, _ depths: [String: Int]) -> Int? {
    var depth = 1
    for field in form.fields where !field.isTerminal && (field.multiplicity == .one || field.multiplicity == .some) {
      guard let part = depths[field.kind] else { return nil }
      depth = max(depth, part + 1)
    }
    return depth
  }
}

import Diagnostics
import Languages
import Nanopass

extension Inference {
  /// The type of a map literal. All keys have one type, and all values.
  mutating func map(_ span: Span, _ entries: [Resolved.Entry], _ expected: Expectation?) throws -> TypeRef {
    var known: [TypeRef?] = [nil, nil]
    if let expected, table.head(expected.type) == .map {
      known = table.arguments(expected.type).map { table.isOpen($0) && !entries.isEmpty ? nil : $0 }
    }
    let start = diagnostics.count
    var first: [Span] = [.none, .none]
    for entry in entries {
      for (index, part) in [entry.key, entry.value].enumerated() {
        let reason = Expectation.Reason.entry(index == 0 ? "keys" : "values", first: first[index])
        let type = try infer(part, known[index].map { Expectation($0, reason) })
        if known[index] == nil { (known[index], first[index]) = (type, part.span) }
        dropRepeated(at: part.span, since: start)
      }
    }
    let types = known.map { $0 ?? table.open() }
    let (errors, waiting) = (diagnostics.count, delayed.count)
    if !function.isLibrary, let key = types.first {
      delayed.append(Delayed(kind: .mapKey, type: key, span: entries.first?.key.span ?? span))
    }
    let type = meet(table.make(.map, types), expected, at: span)
    // No map was asked for: one without keys needs none.
    if diagnostics.count > errors, entries.isEmpty { delayed.removeSubrange(waiting...) }
    return type
  }

  /// Remembers to look at the keys of the maps of a call: at an argument that is one, or at the whole call, for which its
  /// arguments may have better places.
  mutating func checkKeys(
    of callee: Signature, _ arguments: [Resolved.Expr], _ instance: TypeRef, at span: Span, beforeArguments: Bool
  ) {
    guard !function.isLibrary else { return }
    for key in callee.keys {
      let place = key.parameter.flatMap { $0 < arguments.count ? arguments[$0].span : nil }
      guard (place != nil) == beforeArguments else { continue }
      delayed.append(Delayed(kind: .mapKey, type: instance.advanced(by: key.variable), span: place ?? span))
    }
  }

  /// Forgets to look at the keys whose types are variables of an instance.
  mutating func dropKeyChecks(since start: Int, of instance: TypeRef, _ count: Int) {
    let variables = (0..<count).map { instance.advanced(by: $0) }
    let checks = delayed[start...].filter { check in
      if case .mapKey = check.kind { return !variables.contains(check.type) }
      return true
    }
    delayed.replaceSubrange(start..., with: checks)
  }

  /// Looks at the type of a map's keys when all that can be known is known.
  mutating func finish(mapKey check: Delayed) {
    var seen: Set<TypeRef> = []
    switch obstacle(in: check.type, &seen) {
    case nil: break
    case .open:
      reportUndetermined(check)
      table.forgive(check.type)
    case .part(let part):
      let error = KeyTypes.error(key: table.text(check.type), part: part, at: check.span)
      // Maps of one type are one mistake.
      if !diagnostics.contains(where: { $0.slug == error.slug && $0.summary == error.summary }) { report(error) }
    }
  }

  /// Why a type can't be that of keys.
  private enum KeyObstacle {
    /// A part is not known.
    case open
    /// A part has no order; its text.
    case part(String)
  }

  private mutating func obstacle(in type: TypeRef, _ seen: inout Set<TypeRef>) -> KeyObstacle? {
    let type = table.representative(type)
    guard seen.insert(type).inserted, !table.isWrong(type) else { return nil }
    guard let head = table.head(type) else { return .open }
    switch head {
    case .int, .bool, .string, .bytes, .digest, .unit, .rigid: return nil
    case .float, .vector, .map, .function: return .part(table.text(type))
    case .data(let name): return declarations.keyTypes.obstacle(in: .data(name: name)).map { .part($0.spelling) }
    case .list, .option, .result, .tuple:
      var found: KeyObstacle?
      for part in table.arguments(type) {
        switch obstacle(in: part, &seen) {
        case .part(let text): return .part(text)
        case .open: found = .open
        case nil: break
        }
      }
      return found
    }
  }
}

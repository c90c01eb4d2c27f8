import Diagnostics
import Languages
import Nanopass

/// What becomes of the errors if a part of a declaration is taken to be of another type.
private struct Hypothesis {
  let part: DeclaredPart
  /// The type; the fields of a variant for its shape.
  let types: [Resolved.Ty]
  /// The errors that are left in the functions that it touches.
  let after: [Int: [Diagnostic]]
  /// The errors that go away, in order: where values are given for the part, and where it is used.
  let given: [Diagnostic]
  let used: [Diagnostic]

  var gain: Int { given.count + used.count }
}

extension Resolved.Ty {
  /// Whether values of the type are commonly made of values of others by a function named for that.
  fileprivate var isConverted: Bool {
    switch self {
    case .int, .float, .bool, .string, .bytes, .digest: true
    default: false
    }
  }
}

/// An error as far as it tells whether two checks found the same.
private struct Complaint: Hashable {
  let span: Span
  let slug: Slug
  let summary: String

  init(_ error: Diagnostic) { (span, slug, summary) = (error.span, error.slug, error.summary) }
}

/// The principal types of declared parts are found from all their uses: the declared type is taken to be open, and all
/// functions that touch the part are checked with that. If they agree on a type with which errors go away, and none new
/// arises, the declaration is at fault and not its uses; of several such declarations the one is that explains the most.
extension WrongHeaders {
  /// How many declarations are told to be wrong at most.
  private static let mostDeclarations = 50

  /// Finds the declarations at fault, and drops the errors that are their consequences.
  mutating func reconsiderDeclarations() throws {
    var search = try DeclarationSearch(program, errors)
    var known: [DeclaredPart: Hypothesis?] = [:]
    for _ in 0..<Self.mostDeclarations {
      var best: Hypothesis?
      for part in search.parts where budget > 0 {
        let hypothesis = try known[part] ?? self.hypothesis(part, search)
        known[part] = .some(hypothesis)
        if let hypothesis, hypothesis.gain > best?.gain ?? 0 { best = hypothesis }
      }
      guard let best else { return }
      accept(best, search)
      let changed = Set(best.after.keys)
      try search.update(program, errors, changed)
      known = known.filter { part, _ in changed.isDisjoint(with: search.touched(by: part, self)) }
      known[best.part] = .some(nil)
    }
  }

  /// What another type of a part would explain; nil if nothing speaks for one.
  private mutating func hypothesis(_ part: DeclaredPart, _ search: DeclarationSearch) throws -> Hypothesis? {
    let touched = search.touched(by: part, self)
    let before = touched.flatMap { errors[$0] }
    guard before.count > 1 else { return nil }
    let declared = inference.declarations
    defer { inference.declarations = declared }
    guard let types = try principalTypes(of: part, touched, search) else { return nil }
    take(part, types)
    var after: [Int: [Diagnostic]] = [:]
    for place in touched where budget > 0 {
      let left = try check(place)
      let known = Set(errors[place].map(Complaint.init))
      guard left.allSatisfy({ known.contains(Complaint($0)) }) else { return nil }
      after[place] = left
    }
    guard after.count == touched.count else { return nil }
    var (given, used): ([Diagnostic], [Diagnostic]) = ([], [])
    for place in touched {
      let left = Set(after[place, default: []].map(Complaint.init))
      for error in errors[place] where !left.contains(Complaint(error)) {
        if search.isGiven(error.span, for: part, in: place, self) { given.append(error) } else { used.append(error) }
      }
    }
    // What is given alone may be wrong as well, and so may uses alone of what is only to be converted.
    var isConversion = given.isEmpty && types.first?.isConverted == true
    if case .shape = part { isConversion = false }
    guard !used.isEmpty, given.count + used.count > 1, !isConversion else { return nil }
    return Hypothesis(part: part, types: types, after: after, given: given, used: used)
  }

  /// The types that all functions agree on for a part, if they are others than the declared ones.
  private mutating func principalTypes(of part: DeclaredPart, _ touched: [Int], _ search: DeclarationSearch) throws
    -> [Resolved.Ty]?
  {
    let declared = search.declaredTypes(of: part, self)
    guard let declared else { return nil }
    var count = declared.count
    if case .shape = part {
      guard let common = search.commonShape(of: part), common != declared.count else { return nil }
      count = common
    } else if case .function(let parameters, _, _)? = declared.first {
      // What is called can be nothing but a function, but may be one of other types.
      count = parameters.count + 1
    }
    func types(_ parts: [Resolved.Ty]) -> [Resolved.Ty] {
      guard case .function(_, _, let effects)? = declared.first, let result = parts.last else { return parts }
      return [.function(parameters: parts.dropLast(), result: result, effects: effects)]
    }
    var found = Array(repeating: Resolved.Ty.erroneous, count: count)
    take(part, types((0..<count).map { .variable(name: .sought($0)) }))
    for place in touched where budget > 0 {
      _ = try check(place)
      for index in 0..<count {
        guard let sought = inference.table.sought[.sought(index)] else { continue }
        guard let type = inference.table.written(sought), let joined = found[index].joined(with: type) else {
          return nil
        }
        found[index] = joined
      }
    }
    if case .shape = part { return found }
    return types(found) == declared || !found.allSatisfy(\.isKnown) ? nil : types(found)
  }

  /// Takes a part to be of other types.
  private mutating func take(_ part: DeclaredPart, _ types: [Resolved.Ty]) {
    if case .shape(let sum, let variant) = part {
      inference.declarations.setFields(of: sum, variant, to: types)
    } else if let type = types.first {
      inference.declarations.setType(of: part, to: type)
    }
  }

  private mutating func accept(_ hypothesis: Hypothesis, _ search: DeclarationSearch) {
    guard let mistake = mistake(hypothesis, search) else { return }
    take(hypothesis.part, hypothesis.types)
    for (place, left) in hypothesis.after { errors[place] = left }
    mistakes.append(mistake)
  }

  // MARK: Telling

  /// What a declaration says of a part.
  private struct Declared {
    let span: Span
    /// What it is called in messages.
    let what: String
    let type: String
    /// How it should be declared.
    let help: Advice
    var function: String?
  }

  private mutating func mistake(_ hypothesis: Hypothesis, _ search: DeclarationSearch) -> Diagnostic? {
    let types = hypothesis.types.map { text($0) }
    guard let declared = declaration(of: hypothesis.part, types, search) else { return nil }
    if case .shape = hypothesis.part {
      let (count, all) = (types.count, hypothesis.given + hypothesis.used)
      let fields = count == 0 ? "without fields" : count == 1 ? "with 1 field" : "with \(count) fields"
      return .error(
        "arity-mismatch", at: declared.span, "\(declared.what) is built and matched \(fields)",
        label: "but it is declared \(declared.type)", help: declared.help,
        regions: all.map { Region($0.span, "used here") })
    }
    let (type, label) = (declared.type, "this is `\(types[0])`")
    let value = hypothesis.given.first { $0.label == label } ?? hypothesis.given.first
    let given = value.map { $0.label == label ? Region($0.span, label) : Region($0.span, "given here") }
    return .error(
      "type-mismatch", at: declared.span,
      "\(declared.what) is \(given == nil ? "used" : "given and used") as `\(types[0])`",
      label: type.isEmpty ? "but without `->` it is `Unit`" : "but it is declared as `\(type)`", help: declared.help,
      regions: [given, hypothesis.used.first.map { Region($0.span, "used here") }].compactMap { $0 }.filter {
        $0.span != declared.span
      }, fnName: declared.function)
  }

  private mutating func text(_ type: Resolved.Ty) -> String {
    let text = inference.table.text(inference.table.make(type))
    guard case .function(_, _, let effects) = type, !effects.isEmpty else { return text }
    return "\(text) ! [\(effects.map(\.text).joined(separator: ", "))]"
  }

  private mutating func declaration(of part: DeclaredPart, _ types: [String], _ search: DeclarationSearch) -> Declared?
  {
    let old = (search.declaredTypes(of: part, self) ?? []).map { text($0) }
    let (type, wanted) = (old.first ?? "", types.first ?? "")
    switch part {
    case .parameter(let function, let index):
      guard let position = positions[function], program.functions[position].parameters.indices.contains(index) else {
        return nil
      }
      let (parameter, name) = (program.functions[position].parameters[index], function.lastSegment)
      let variable = parameter.variable.name
      return Declared(
        span: parameter.span, what: "the parameter `\(variable)` of `\(name)`", type: type,
        help: "declare it so: \(code: "\(variable): \(wanted)")", function: name)
    case .result(let function):
      guard let position = positions[function] else { return nil }
      let (node, name) = (program.functions[position], function.lastSegment)
      let span = node.result.declaredSpan
      return Declared(
        span: span.isNone ? node.span : span, what: "the result of `\(name)`", type: span.isNone ? "" : type,
        help: .declaring(wanted, for: node, in: inference.sources), function: name)
    case .annotation(let function, _):
      guard let annotation = search.annotation(part) else { return nil }
      return Declared(
        span: annotation.value, what: "`\(annotation.name)`", type: type,
        help: "annotate it so: `\(annotation.name): \(wanted)`, or leave the type out", function: function.lastSegment)
    case .field(let record, let name):
      for case .record(_, record, let fields) in program.types {
        guard let field = fields.first(where: { $0.name == name }) else { return nil }
        return Declared(
          span: field.span, what: "the field `\(name)` of `\(record.lastSegment)`", type: type,
          help: "declare it so: \(code: "\(name): \(wanted)")")
      }
    case .payload(let sum, let name, let index):
      guard let variant = variant(name, of: sum) else { return nil }
      let fields = variant.fields.indices.map { $0 == index ? wanted : text(variant.fields[$0]) }
      return Declared(
        span: variant.span, what: "field \(index + 1) of `\(sum.lastSegment).\(name)`", type: type,
        help: "declare it so: \(code: "\(name)(\(fields.joined(separator: ", ")))")")
    case .shape(let sum, let name):
      guard let variant = variant(name, of: sum) else { return nil }
      let fields = types.map { $0 == "_" ? "..." : $0 }.joined(separator: ", ")
      return Declared(
        span: variant.span, what: "`\(sum.lastSegment).\(name)`",
        type: old.isEmpty ? "without fields" : old.count == 1 ? "with 1 field" : "with \(old.count) fields",
        help: "declare it so: \(code: "\(name)\(types.isEmpty ? "" : "(\(fields))")")")
    }
    return nil
  }

  private func variant(_ name: Name, of sum: Name) -> Resolved.Variant? {
    for case .sum(_, sum, let variants) in program.types { return variants.first { $0.name == name } }
    return nil
  }
}

import Diagnostics
import Languages
import Nanopass

/// The parts of declarations that may be at fault, with the functions that touch them.
struct DeclarationSearch {
  private(set) var parts: [DeclaredPart] = []
  private var suspects: [Int: Suspects] = [:]
  private var mentions: [Name: [Int]] = [:]
  private var owners: [Name: [Name]] = [:]
  private var uses = VariantUses()
  /// The most functions with errors whose parts are looked at.
  private static let mostFunctions = 500
  /// The most functions that one part may touch.
  private static let mostTouched = 500

  init(_ program: Resolved.Root, _ errors: [[Diagnostic]]) throws {
    for case .record(_, let record, let fields) in program.types {
      for field in fields { owners[field.name, default: []].append(record) }
    }
    for (index, function) in program.functions.enumerated() where !function.isLibrary {
      var found = Mentions()
      try found.visit(function.body)
      for name in found.names { mentions[name, default: []].append(index) }
      try uses.visit(function.body)
    }
    try update(program, errors, Set(errors.indices))
  }

  /// Looks at functions whose errors have changed.
  mutating func update(_ program: Resolved.Root, _ errors: [[Diagnostic]], _ changed: Set<Int>) throws {
    for index in changed.sorted() {
      suspects[index] = nil
      guard !errors[index].isEmpty, !program.functions[index].isLibrary, suspects.count < Self.mostFunctions else {
        continue
      }
      var found = Suspects(in: program.functions[index], errors: errors[index], owners: owners)
      try found.visit(program.functions[index].body)
      suspects[index] = found
    }
    var seen: Set<DeclaredPart> = []
    parts = []
    for index in suspects.keys.sorted() {
      let found = suspects[index]?.found.keys.sorted { $0.order < $1.order } ?? []
      parts += found.filter { seen.insert($0).inserted }
    }
  }

  /// The positions of the functions whose types depend on a part.
  func touched(by part: DeclaredPart, _ headers: WrongHeaders) -> [Int] {
    let found: [Int] =
      switch part {
      case .parameter(let function, _), .result(let function): headers.touched(by: function)
      case .annotation(let function, _): headers.positions[function].map { [$0] } ?? []
      case .field(let record, let name): Array(Set((mentions[record] ?? []) + (mentions[name] ?? []))).sorted()
      case .payload(_, let variant, _), .shape(_, let variant): mentions[variant] ?? []
      }
    return found.count > Self.mostTouched ? [] : found
  }

  /// Whether an error stands in a value that is given for a part.
  func isGiven(_ span: Span, for part: DeclaredPart, in place: Int, _ headers: WrongHeaders) -> Bool {
    if case .result(let function) = part { return headers.positions[function] == place }
    guard let found = suspects[place], found.used[part]?.contains(span) != true else { return false }
    let values = found.found[part] ?? []
    return values.contains { $0.start <= span.start && span.end <= $0.end }
  }

  /// The types of a part as they are declared, or taken to be; nil if it has none that can be changed.
  func declaredTypes(of part: DeclaredPart, _ headers: WrongHeaders) -> [Resolved.Ty]? {
    let declarations = headers.inference.declarations
    switch part {
    case .shape(let sum, let variant):
      return declarations.span(of: sum).isNone ? nil : declarations.constructor(sum, variant)?.fields
    case .parameter(let name, _), .result(let name):
      guard headers.positions[name] != nil, name != headers.program.main else { return nil }
    case .field(let owner, _), .payload(let owner, _, _): if declarations.span(of: owner).isNone { return nil }
    case .annotation: return annotation(part).map { [declarations.type(of: part) ?? $0.type] }
    }
    return declarations.type(of: part).map { [$0] }
  }

  func annotation(_ part: DeclaredPart) -> Suspects.Annotation? {
    suspects.values.lazy.compactMap { $0.annotations[part] }.first
  }

  /// The number of fields that a variant has wherever it is used.
  func commonShape(of part: DeclaredPart) -> Int? {
    guard let counts = uses.counts[part], counts.count == 1 else { return nil }
    return counts.keys.first
  }
}

extension DeclaredPart {
  /// An order of parts that is the same in each run.
  var order: (String, String, Int) {
    switch self {
    case .parameter(let function, let index): (function.text, "parameter", index)
    case .field(let record, let name): (record.text, name.text, 0)
    case .payload(let sum, let variant, let index): (sum.text, variant.text, index)
    case .result(let function): (function.text, "result", 0)
    case .annotation(let function, let local): (function.text, "annotation", local)
    case .shape(let sum, let variant): (sum.text, variant.text, -1)
    }
  }
}

/// The names of fields, records and variants in a body.
private struct Mentions: ResolvedWalker {
  private(set) var names: Set<Name> = []

  mutating func visit(_ node: Resolved.Expr) throws {
    switch node {
    case .field(_, _, let name): names.insert(name)
    case .build(_, let type, _), .update(_, let type, _, _): names.insert(type)
    case .construct(_, _, let variant, _): names.insert(variant)
    default: break
    }
    try walk(node)
  }

  mutating func visit(_ node: Resolved.Pattern) throws {
    if case .constructor(_, _, let variant, _) = node { names.insert(variant) }
    try walk(node)
  }

  mutating func visit(_ node: Resolved.Callee) throws {
    if case .constructor(_, _, let variant) = node { names.insert(variant) }
  }
}

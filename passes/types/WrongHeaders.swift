import Diagnostics
import Languages
import Nanopass

/// A function whose body has another type than its header says.
struct WrongResult {
  /// The type of the body; its open parts are `erroneous`.
  let body: Resolved.Ty
  /// The same as the source would write it; nil if it has open parts.
  let text: String?
  /// The position of the error among those of the function.
  var error: Int
}

/// Finds out whether the headers of functions are at fault rather than their bodies.
///
/// The types of all bodies are believed, and all that calls them is checked again. A header is at fault if believing its
/// body makes errors of callers go away, and makes none; then those errors were its consequences. Where a caller uses the
/// result as it is declared, the header stays right, and the body is wrong.
struct WrongHeaders {
  let program: Resolved.Root
  let sources: SourceMap
  /// The errors of each function.
  var errors: [[Diagnostic]]
  var inference: Inference
  private var results: [Name: WrongResult]
  /// The errors about the results themselves.
  private var own: [Name: Diagnostic] = [:]
  private(set) var positions: [Name: Int] = [:]
  private var callers: [Name: [Int]] = [:]
  /// The errors of the functions checked again, with all bodies of `believed` believed.
  private var now: [Int: [Diagnostic]] = [:]
  private var believed: Set<Name> = []
  /// Functions all of whose results are of one other type.
  private var uniform: Set<Name> = []
  /// Functions whose results no caller needs to be as they are declared.
  private var unneeded: Set<Name> = []
  /// The errors about declarations.
  var mistakes: [Diagnostic] = []
  /// How many more expressions may be checked again.
  var budget = 1_000_000

  init(
    _ program: Resolved.Root, _ results: [Name: WrongResult], errors: [[Diagnostic]], _ declarations: Declarations,
    _ sources: SourceMap
  ) {
    (self.program, self.results, self.errors, self.sources) = (program, results, errors, sources)
    inference = Inference(declarations, sources)
  }

  /// Drops the errors that follow from wrong headers, and says of these what they should be.
  mutating func reconsider() throws {
    try findCallers()
    try believeAll()
    try doubt()
    guard budget > 0 else { return }
    settle()
  }

  private mutating func findCallers() throws {
    for (index, function) in program.functions.enumerated() where !function.isLibrary {
      positions[function.name] = index
      var callees = Callees()
      try callees.visit(function.body)
      for callee in callees.found where callee != function.name { callers[callee, default: []].append(index) }
    }
    for (name, result) in results {
      guard let index = positions[name], errors[index].indices.contains(result.error) else { continue }
      own[name] = errors[index][result.error]
    }
  }

  /// The positions of a function and of its callers.
  func touched(by name: Name) -> [Int] {
    (positions[name].map { [$0] } ?? []) + (callers[name] ?? [])
  }

  /// The errors of a function under the present beliefs.
  mutating func check(_ index: Int) throws -> [Diagnostic] {
    let function = program.functions[index]
    if function.name == .initialisation {
      budget -= 1_000
      var declarations = inference.declarations
      return try Initialisers(program, &declarations, sources).diagnostics
    }
    try inference.check(function)
    budget -= inference.slots.count + 10
    return inference.diagnostics
  }

  private mutating func believe(_ name: Name, _ isBelieved: Bool) {
    guard let result = results[name], let index = positions[name] else { return }
    let declared = program.functions[index].result.ty
    inference.declarations.setResult(of: name, to: isBelieved ? result.body : declared)
    if isBelieved { believed.insert(name) } else { believed.remove(name) }
  }

  /// Believes all bodies, also those whose types are only known when others are believed.
  private mutating func believeAll() throws {
    var news = results.keys.filter { $0 != program.main }
    while !news.isEmpty, budget > 0 {
      for name in news { believe(name, true) }
      let affected = Set(news.flatMap { touched(by: $0) }).sorted()
      news = []
      for index in affected {
        let name = program.functions[index].name
        now[index] = try check(index)
        guard name != .initialisation, name != program.main, results[name] == nil,
          let result = inference.wrongResult, inference.diagnostics.indices.contains(result.error)
        else { continue }
        results[name] = result
        own[name] = inference.diagnostics[result.error]
        news.append(name)
      }
    }
  }

  /// Ceases to believe bodies until each that is left makes errors go away, and none new.
  private mutating func doubt() throws {
    var changes = true
    while changes, budget > 0 {
      changes = false
      // What is of several types says nothing of others, either.
      for name in believed.sorted() where budget > 0 && !isUniform(name) {
        try disbelieve(name)
        changes = true
      }
      if changes { continue }
      for name in believed.sorted() where budget > 0 {
        if try isGuilty(name) { continue }
        try disbelieve(name)
        changes = true
      }
    }
  }

  private mutating func disbelieve(_ name: Name) throws {
    believe(name, false)
    for index in touched(by: name) { now[index] = try check(index) }
  }

  /// Whether all results of a function are of the type that is believed.
  private mutating func isUniform(_ name: Name) -> Bool {
    let errors = positions[name].flatMap { now[$0] } ?? []
    let isUniform = !errors.contains { isResultMismatch($0, of: name) }
    if isUniform { uniform.insert(name) } else { uniform.remove(name) }
    return isUniform
  }

  /// Whether the header of a function is at fault.
  private mutating func isGuilty(_ name: Name) throws -> Bool {
    guard let index = positions[name] else { return false }
    believe(name, false)
    defer { believe(name, true) }
    var (mended, broken) = (0, 0)
    for caller in touched(by: name) {
      let with = now[caller]?.count ?? 0
      // The wrong result itself is an error in any case.
      let without = try check(caller).count - (caller == index ? 1 : 0)
      if with < without { mended += 1 }
      if with > without || caller != index && with > errors[caller].count { broken += 1 }
    }
    if broken == 0 { unneeded.insert(name) } else { unneeded.remove(name) }
    return broken == 0 && (mended > 0 || program.functions[index].result.declaredSpan.isNone)
  }

  private func isResultMismatch(_ error: Diagnostic, of name: Name) -> Bool {
    error.slug == "type-mismatch" && error.summary.hasPrefix("`\(name.lastSegment)` returns ")
  }

  private mutating func settle() {
    for index in Set(believed.flatMap { touched(by: $0) }).sorted() {
      errors[index] = now[index] ?? errors[index]
      let name = program.functions[index].name
      guard believed.contains(name), var error = own[name] else { continue }
      error.advise(declaration(of: name))
      mistakes.append(error)
    }
    for name in uniform.subtracting(believed) { joinResults(of: name) }
  }

  private func declaration(of name: Name) -> Advice {
    guard let text = results[name]?.text, let position = positions[name] else { return "declare what it returns" }
    return .declaring(text, for: program.functions[position], in: sources)
  }

  /// Makes one error of those about the results of a function that are all of one wrong type, and offers to declare that.
  private mutating func joinResults(of name: Name) {
    guard let index = positions[name], let error = own[name], let first = errors[index].firstIndex(of: error) else {
      return
    }
    let others = errors[index].filter { $0 != error && $0.summary == error.summary }
    errors[index].removeAll { $0 != error && $0.summary == error.summary }
    errors[index][first].regions += others.map { Region($0.span, $0.label) }
    if unneeded.contains(name), results[name]?.text != nil, error.repair.primary?.contains("declare") != true {
      errors[index][first].repair.alternatives.append(declaration(of: name).text)
    }
  }
}

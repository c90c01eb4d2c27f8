import Diagnostics
import Languages
import Nanopass

/// Finds the effects of a program that the target can never carry out: an error where the first function that performs
/// one declares it. Functions that the program never reaches may be for other targets.
struct TargetEffects {
  private let platform: Platform
  private let functions: [Name: Resolved.Function]

  init(_ platform: Platform, functions: [Name: Resolved.Function]) {
    self.platform = platform
    self.functions = functions
  }

  /// The errors, one for each effect.
  func errors(in program: Resolved.Root) throws -> [Diagnostic] {
    let reached = try reachable(from: [program.main, .initialisation].compactMap { $0 })
    var uses: [(effect: Name, function: Resolved.Function, place: Span)] = []
    for function in program.functions where !function.isLibrary && reached.contains(function.name) {
      var performed = PerformedEffects()
      try performed.visit(function.body)
      for (effect, place) in performed.found where lacks(effect) { uses.append((effect, function, place)) }
    }
    var errors: [Diagnostic] = []
    for (index, use) in uses.enumerated() where !uses[..<index].contains(where: { $0.effect == use.effect }) {
      let others = uses[(index + 1)...].filter { $0.effect == use.effect }.map(\.place)
      errors.append(error(on: use.effect, in: use.function, at: use.place, and: others))
    }
    return errors
  }

  private func lacks(_ effect: Name) -> Bool { EffectOperation.named(effect).map { !platform.provides($0) } ?? false }

  private func reachable(from roots: [Name]) throws -> Set<Name> {
    var reached = Set(roots)
    var waiting = roots
    while let name = waiting.popLast() {
      guard let function = functions[name] else { continue }
      var callees = Callees()
      try callees.visit(function.body)
      waiting += callees.found.filter { reached.insert($0).inserted }
    }
    return reached
  }

  private func error(
    on effect: Name, in function: Resolved.Function, at place: Span, and others: [Span]
  ) -> Diagnostic {
    let namespace = effect.text.split(separator: ".").first.map { Name(String($0)) } ?? effect
    let declared = function.effects.effects
    let entry = declared.first { $0.name == effect } ?? declared.first { $0.name == namespace }
    let able = Platform.allCases.filter { platform in EffectOperation.named(effect).map(platform.provides) ?? false }
    let targets = able.flatMap(\.targets)
    let last = targets.last ?? ""
    let list = targets.count > 1 ? targets.dropLast().joined(separator: ", ") + " and " + last : last
    var error = Diagnostic.error(
      "target-effect-unsupported", at: entry?.span ?? place,
      "programs for \(platform.rawValue) can't have the effect `\(effect)`",
      help: "do without it, or choose another target: \(list) have it")
    if entry != nil { error.regions = [Region(place, "performed here")] }
    error.regions += others.map { Region($0, "performed here too") }
    error.fields = [Field("effect", effect.text), Field("target", platform.rawValue)]
    error.fnName = function.name.lastSegment
    return error
  }
}

/// The effects that a body performs or passes on, each where it does so first.
private struct PerformedEffects: ResolvedWalker {
  private(set) var found: [(effect: Name, place: Span)] = []

  mutating func visit(_ node: Resolved.Expr) throws {
    switch node {
    case .perform(let span, let effect, _), .callback(let span, .operation(_, let effect)): add(effect, span)
    case .call(let span, let name, _), .callback(let span, .function(_, let name)): add(name, span)
    default: break
    }
    try walk(node)
  }

  private mutating func add(_ name: Name, _ span: Span) {
    guard EffectOperation.named(name) != nil, !found.contains(where: { $0.effect == name }) else { return }
    found.append((name, Span(start: span.start, length: min(span.length, UInt32(clamping: name.text.utf8.count)))))
  }
}

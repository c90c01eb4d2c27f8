import Diagnostics
public import Languages
public import Nanopass

/// Checks that every value has an arm, and every arm a value.
///
///     match true
///         true -> 1
///
/// is `non-exhaustive-match` and names the missing pattern `false`; an arm whose values earlier arms take is
/// `unreachable-arm`. How it is decided, see `Usefulness`.
///
/// Needs: well-typed.
/// Ensures: in a program without errors, every match has an arm for every value.
public struct CheckMatches: CheckPass {
  public typealias Input = Typed
  public typealias Output = Typed
  public static let summary = "Check that matches cover all values and have no arm in vain"

  public init() {}

  public mutating func check(_ program: Typed.Root, in context: PassContext) throws {
    context.sources.arrange(program.modules.map(\.span))
    var variants: [Name: [(name: Name, arity: Int)]] = [:]
    for case .sum(_, let name, let constructors) in program.types {
      variants[name] = constructors.map { ($0.name, $0.fields.count) }
    }
    let known = variants
    let usefulness = Usefulness { known[$0] ?? BuiltinData.variants(of: $0) ?? [] }
    var checker = MatchChecker(context: context, usefulness: usefulness)
    for function in program.functions where !function.isLibrary {
      checker.function = function.name
      try checker.visit(function.body)
    }
    context.explain(
      "\(checker.matches) matches with \(checker.arms) arms checked",
      data: [("matches", checker.matches), ("arms", checker.arms)])
  }
}

/// Checks the matches of a body.
private struct MatchChecker: TypedWalker {
  let context: PassContext
  var usefulness: Usefulness
  var function: Name = ""
  var matches = 0
  var arms = 0

  init(context: PassContext, usefulness: Usefulness) {
    self.context = context
    self.usefulness = usefulness
  }

  mutating func visit(_ node: Typed.Expr) throws {
    if case .match(let span, let subject, let arms, _) = node { check(span, subject, arms) }
    try walk(node)
  }

  private mutating func check(_ span: Span, _ subject: Typed.Expr, _ arms: [Typed.Arm]) {
    matches += 1
    self.arms += arms.count
    let patterns = arms.map { MatchPattern.make($0.pattern) }
    // The first line of the match.
    let place = subject.span.isNone || span.isNone ? span : Span(start: span.start, length: 0).union(subject.span)
    do {
      if let missing = try usefulness.check(patterns) {
        reportMissing(missing.first ?? nil, patterns, arms, at: place)
      }
    } catch {
      report(
        .error(
          "type-error", at: place, "this match is too complex to tell whether it covers all values",
          help: "match on one part at a time, in functions of their own"))
      return
    }
    var searches = 1_000_000
    for index in arms.indices where !usefulness.isReached[index] {
      if reportMistakenName(before: index, arms, patterns) { break }
      reportUnreachable(index, arms, patterns, &searches)
    }
  }

  /// Reports the values that no arm takes: those of up to four patterns, found one behind the other.
  private func reportMissing(
    _ first: MatchPattern?, _ patterns: [MatchPattern?], _ arms: [Typed.Arm], at place: Span
  ) {
    var (missing, isWhole) = ([first], false)
    // Each pattern is taken for an arm, and the search begins again; it is given up when it gets long.
    var search = usefulness
    do {
      while missing.count <= Self.mostMissing, !isWhole {
        if let more = try search.check(patterns + missing, budget: Self.missingBudget) {
          missing.append(more.first ?? nil)
        } else {
          isWhole = true
        }
      }
    } catch {
      isWhole = false
    }
    let names = missing.prefix(Self.mostMissing).map(\.text)
    let list = names.map { "`\($0)`" }.joined(separator: ", ")
    let more = isWhole && missing.count <= Self.mostMissing ? "" : ", among others"
    let what = first == nil ? "the values that it does not name" : list + (missing.count == 1 ? "" : more)
    let arm = names.count == 1 ? "an arm" : "arms"
    let other = more.isEmpty || names.count == 1 ? "" : ", or one for all others: `_ -> ...`"
    var error = Diagnostic.error(
      "non-exhaustive-match", at: place, "this match has no arm for \(what)",
      help: "add \(arm): \(names.map { "`\($0) -> ...`" }.joined(separator: ", "))\(other)",
      fields: names.map { Field("missing", $0) })
    if names.contains(where: { $0.contains(".._]") }), let last = UnmarkedRest.find(in: arms) {
      // The likelier mistake comes first.
      error.regions = [Region(last.span, "this is one element, not the rest of the list")]
      error.repair.alternatives = [error.repair.primary].compactMap { $0 }
      let alternatives = error.repair.alternatives
      error.advise(last.advice(in: context.sources).inWords)
      error.repair.alternatives = alternatives
    }
    report(error)
  }

  /// The most cells of matrices that are looked at for more than one missing pattern.
  private static let missingBudget = 20_000
  /// How many missing patterns are named.
  private static let mostMissing = 4

  private func report(_ error: Diagnostic) {
    var error = error
    error.fnName = function == .initialisation ? nil : function.lastSegment
    context.report(error)
  }

  /// Names the arms that take the values; a search for them is given up when it gets long.
  private func reportUnreachable(
    _ index: Int, _ arms: [Typed.Arm], _ patterns: [MatchPattern?], _ searches: inout Int
  ) {
    let span = arms[index].pattern.span
    var covering: [Int] = []
    if searches > 0 {
      searches -= index
      covering = patterns[..<index].firstIndex { $0.includes(patterns[index]) }.map { [$0] } ?? []
      if covering.isEmpty { covering = patterns[..<index].indices.filter { patterns[$0].overlaps(patterns[index]) } }
    }
    let lines = covering.compactMap { context.sources.location(of: arms[$0].pattern.span.start).map { "\($0.line)" } }
    let who =
      switch lines.count {
      case 0: "the arms above take"
      case 1: "line \(lines.joined()) takes"
      case 2...5: "lines \(lines.dropLast().joined(separator: ", ")) and \(lines.suffix(1).joined()) together take"
      default: "lines \(lines.prefix(4).joined(separator: ", ")) and \(lines.count - 4) more together take"
      }
    var error = Diagnostic.error(
      "unreachable-arm", at: span, "this arm is never taken: \(who) all its values", help: "remove it, or move it up")
    error.regions = covering.prefix(3).map {
      Region(arms[$0].pattern.span, covering.count == 1 ? "this covers it" : "this takes some")
    }
    report(error)
  }

  /// Reports, once for all arms below it, an arm of a plain name that was meant as a value: `null`, or `none` for
  /// `Option.None`.
  private func reportMistakenName(before index: Int, _ arms: [Typed.Arm], _ patterns: [MatchPattern?]) -> Bool {
    guard let covering = patterns[..<index].firstIndex(where: { $0 == nil }),
      case .bind(let place, let variable, let type) = arms[covering].pattern,
      let meant = usefulness.pattern(like: variable.name.text, of: type)
    else { return false }
    let span = arms[index].pattern.span
    let line = context.sources.location(of: place.start).map { "line \($0.line)" } ?? "an arm above"
    report(
      .error(
        "unreachable-arm", at: span, "this arm is never taken: \(line) takes all its values",
        help: "`\(variable.name)` is no value but a new name; did you mean \(meant)?",
        regions: [Region(place, "a name, which takes every value")]))
    return true
  }
}

/// Finds a name at the end of a list pattern, where no list pattern of the arms has a rest.
private struct UnmarkedRest: TypedWalker {
  private var found: LastPart?
  private var hasRest = false

  static func find(in arms: [Typed.Arm]) -> LastPart? {
    var finder = UnmarkedRest()
    for arm in arms { try? finder.visit(arm.pattern) }
    return finder.hasRest ? nil : finder.found
  }

  mutating func visit(_ node: Typed.Pattern) throws {
    if case .list(_, _, .some) = node { hasRest = true }
    found = found ?? LastPart(node)
    try walk(node)
  }
}

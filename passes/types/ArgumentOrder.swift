import Diagnostics
import Languages
import Nanopass

/// Arguments that would fit in another order are one mistake.
extension Inference {
  /// The most arguments whose orders are tried.
  private static let mostArguments = 6

  /// Makes the errors about the arguments of a call one, if these fit its parameters in another order.
  ///
  /// - Parameter start: the number of errors before those about the arguments.
  /// - Returns: whether they do.
  mutating func explainOrder(
    of callee: String, _ parameters: [TypeRef], _ arguments: [Resolved.Expr], since start: Int
  ) throws -> Bool {
    let places = Set(arguments.map(\.span))
    // Arguments that are calls themselves may have the same mistake inside.
    let known = diagnostics[min(start, diagnostics.count)...].filter { !$0.isExchange || places.contains($0.span) }
    guard !known.isEmpty, arguments.count == parameters.count, (2...Self.mostArguments).contains(arguments.count),
      known.allSatisfy({ ($0.slug == "type-mismatch" || $0.slug == "fn-value") && places.contains($0.span) })
    else { return false }
    let declared = known.first?.regions.first { $0.label == "declared here" }
    let types = try typesAlone(of: arguments)
    var search = OrderSearch(parameters: parameters, types: types)
    guard let order = search.first(in: &table), order != Array(order.indices) else { return false }
    let inner = diagnostics[start...].filter { !known.contains($0) }
    diagnostics.replaceSubrange(start..., with: inner)
    report(orderError(of: callee, order, arguments, types, declared))
    return true
  }

  /// The types that arguments have where nothing is asked for.
  mutating func typesAlone(of arguments: [Resolved.Expr]) throws -> [TypeRef] {
    let state = (diagnostics.count, delayed.count, slots.count)
    isTrying = true
    defer {
      isTrying = false
      diagnostics.removeSubrange(state.0...)
      delayed.removeSubrange(state.1...)
      slots.removeSubrange(state.2...)
    }
    return try arguments.map { try infer($0) }
  }

  /// The error about a call whose arguments should stand in another order: for each parameter the argument's position.
  private mutating func orderError(
    of callee: String, _ order: [Int], _ arguments: [Resolved.Expr], _ types: [TypeRef], _ declared: Region?
  ) -> Diagnostic {
    let moved = order.indices.filter { order[$0] != $0 }
    let texts = order.map { source(arguments[$0].span) }
    let call = texts.contains("...") ? nil : "`\(callee)(\(texts.joined(separator: ", ")))`"
    let isSwap = moved.count == 2
    var error = Diagnostic.error(
      "type-mismatch", at: arguments[moved[0]].span,
      isSwap
        ? "arguments \(moved[0] + 1) and \(moved[1] + 1) of `\(callee)` stand in each other's place"
        : "the arguments of `\(callee)` stand in the wrong order",
      label: "this is \(table.phrase(types[moved[0]]))")
    error.regions =
      moved.dropFirst().prefix(2).map { Region(arguments[$0].span, "this is \(table.phrase(types[$0]))") }
      + (isSwap ? declared.map { [$0] } ?? [] : [])
    let positions = order.map { "\($0 + 1)" }.joined(separator: ", ")
    let advice: Advice =
      isSwap
      ? (call.map { "swap them: \($0)" } ?? "swap them")
      : "write \(call ?? "those that stand at \(positions), in this order")"
    let written = moved.compactMap { position in
      sources.text(of: arguments[order[position]].span).map { Edit(arguments[position].span, $0) }
    }
    error.advise(Advice(advice.text, edits: written.count == moved.count ? written : []))
    return error
  }

  /// How many pairs of names are tried in each other's place in a function.
  private static let mostExchanges = 8

  /// Makes the errors about two names in one line one if there are none with each name in the place of the other.
  mutating func joinSwappedNames(in node: Resolved.Function) throws {
    var (index, tried) = (0, 0)
    var reads: LocalReads?
    while index + 1 < diagnostics.count, tried < Self.mostExchanges {
      let pair = (diagnostics[index], diagnostics[index + 1])
      index += 1
      guard pair.0.span.end < pair.1.span.start, isOneLine(pair.0.span.union(pair.1.span)) else { continue }
      if reads == nil {
        var found = LocalReads()
        try found.visit(node.body)
        reads = found
      }
      guard let one = reads?.locals[pair.0.span], let two = reads?.locals[pair.1.span], one != two else { continue }
      tried += 1
      var trial = self
      trial.exchanged = [pair.0.span: two, pair.1.span: one]
      try trial.checkAsWritten(node)
      guard trial.diagnostics.count + 2 <= diagnostics.count else { continue }
      let joined = swapped(pair, one.name, two.name)
      (diagnostics, wrongResult) = (trial.diagnostics, trial.wrongResult)
      let place = diagnostics.firstIndex { $0.span.start > joined.span.start } ?? diagnostics.count
      diagnostics.insert(joined, at: place)
      if let error = wrongResult?.error, error >= place { wrongResult?.error = error + 1 }
    }
  }

  private func isOneLine(_ span: Span) -> Bool { sources.text(of: span)?.contains("\n") == false }

  private func swapped(_ pair: (Diagnostic, Diagnostic), _ one: Name, _ two: Name) -> Diagnostic {
    var error = pair.0
    error.slug = "type-mismatch"
    error.summary = "`\(one)` and `\(two)` stand in each other's place"
    error.label = pair.0.label ?? "`\(two)` fits here"
    error.regions = [Region(pair.1.span, pair.0.label == nil ? "`\(one)` fits here" : pair.1.label)]
    error.fields = []
    error.note = nil
    error.advise(
      Advice("swap them", edits: [Edit(pair.0.span, two.text), Edit(pair.1.span, one.text)]))
    return error
  }
}

/// The places where locals are read.
private struct LocalReads: ResolvedWalker {
  private(set) var locals: [Span: Local] = [:]

  mutating func visit(_ node: Resolved.Expr) throws {
    if case .local(let span, let variable) = node { locals[span] = variable }
    try walk(node)
  }
}

/// A search for an order in which arguments fit parameters: the first in lexical order, which keeps as many as can be in
/// theirs. Nothing is made equal by it; the parameters' open types are bound to what they would have to be.
private struct OrderSearch {
  let parameters: [TypeRef]
  let types: [TypeRef]
  /// How many more parts of types may be compared.
  private var steps = 5_000

  init(parameters: [TypeRef], types: [TypeRef]) { (self.parameters, self.types) = (parameters, types) }

  /// For each parameter the position of its argument; nil if there is no such order.
  mutating func first(in table: inout TypeTable) -> [Int]? { order(after: [], [:], &table) }

  private mutating func order(after chosen: [Int], _ bound: [TypeRef: TypeRef], _ table: inout TypeTable) -> [Int]? {
    if chosen.count == parameters.count { return chosen }
    for index in types.indices where !chosen.contains(index) {
      var bound = bound
      guard fits(types[index], parameters[chosen.count], &bound, &table) else { continue }
      if let found = order(after: chosen + [index], bound, &table) { return found }
    }
    return nil
  }

  private mutating func fits(
    _ type: TypeRef, _ parameter: TypeRef, _ bound: inout [TypeRef: TypeRef], _ table: inout TypeTable
  ) -> Bool {
    steps -= 1
    let (type, parameter) = (table.representative(type), table.representative(parameter))
    if steps < 0 { return false }
    if type == parameter || table.head(type) == nil { return true }
    guard let head = table.head(parameter) else {
      if let known = bound[parameter] { return fits(type, known, &bound, &table) }
      bound[parameter] = type
      return true
    }
    let (parts, wanted) = (table.arguments(type), table.arguments(parameter))
    guard head == table.head(type), parts.count == wanted.count else { return false }
    return zip(parts, wanted).allSatisfy { fits($0, $1, &bound, &table) }
  }
}

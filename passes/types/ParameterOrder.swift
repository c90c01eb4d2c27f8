import Diagnostics
import Languages
import Nanopass

/// Parameters that stand in another order than all calls give them are one mistake.
struct ParameterOrder {
  private let sources: SourceMap
  private var functions: [Span: Resolved.Function] = [:]
  private var calls: [Name: Int] = [:]

  init(_ program: Resolved.Root, _ sources: SourceMap) throws {
    self.sources = sources
    for function in program.functions where !function.isLibrary {
      functions[function.span] = function
      var counter = CallCounter()
      try counter.visit(function.body)
      calls.merge(counter.calls) { $0 + $1 }
    }
  }

  /// Makes one error of those that say of all calls of a function, at least two, that the same two arguments stand in
  /// each other's place.
  func join(_ errors: inout [[Diagnostic]]) {
    var groups: [Span: [Diagnostic]] = [:]
    for case let (error, order?) in errors.joined().map({ ($0, $0.exchange) }) {
      groups[order.function, default: []].append(error)
    }
    for (span, group) in groups {
      guard let function = functions[span], group.count > 1, calls[function.name] == group.count,
        let first = group.first?.exchange, group.allSatisfy({ $0.exchange == first }),
        [first.one, first.other].allSatisfy(function.parameters.indices.contains)
      else { continue }
      let known = Set(group)
      for index in errors.indices where !errors[index].isEmpty { errors[index].removeAll { known.contains($0) } }
      errors.append([error(about: function, first, group)])
    }
  }

  private func error(about function: Resolved.Function, _ order: Exchange, _ calls: [Diagnostic]) -> Diagnostic {
    var parameters = function.parameters
    parameters.swapAt(order.one, order.other)
    let texts = parameters.map { sources.text(of: $0.span) ?? "\($0.variable.name): ..." }
    let name = function.name.lastSegment
    return .error(
      "type-mismatch", at: function.parameters[order.one].span,
      "all calls give parameters \(order.one + 1) and \(order.other + 1) of `\(name)` in the other order",
      help: Advice(
        "declare them so: `fn \(name)(\(texts.joined(separator: ", ")))`",
        edits: [order.one, order.other].map { Edit(function.parameters[$0].span, texts[$0]) }),
      regions: calls.map { Region($0.span, "given here") }, fnName: name)
  }
}

/// Two arguments of a function that stand in each other's place, by their positions from 0.
struct Exchange: Equatable {
  let function: Span
  let one: Int
  let other: Int
}

extension Diagnostic {
  /// Whether the error says of two arguments that they are to be swapped.
  var isExchange: Bool {
    slug == "type-mismatch" && summary.hasPrefix("arguments ") && summary.hasSuffix("stand in each other's place")
  }

  /// What the error says of arguments that are to be swapped; nil for other errors.
  fileprivate var exchange: Exchange? {
    guard isExchange, let declared = regions.first(where: { $0.label == "declared here" })?.span
    else { return nil }
    let numbers = summary.split(separator: " ").compactMap { Int($0) }
    guard numbers.count == 2 else { return nil }
    return Exchange(function: declared, one: numbers[0] - 1, other: numbers[1] - 1)
  }
}

/// How often functions are called.
private struct CallCounter: ResolvedWalker {
  private(set) var calls: [Name: Int] = [:]

  mutating func visit(_ node: Resolved.Expr) throws {
    if case .call(_, let name, _) = node { calls[name, default: 0] += 1 }
    try walk(node)
  }
}

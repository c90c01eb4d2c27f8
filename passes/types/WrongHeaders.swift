import Diagnostics
import Languages
import Nanopass

/// A function whose body has another type than its header says.
struct WrongResult {
  /// The type of the body; its open parts are `erroneous`.
  let body: Resolved.Ty
  /// The same as the source would write it.
  let text: String
  /// The position of the error among those of the function.
  let error: Int
}

/// Finds out whether the headers of functions are at fault rather than their bodies: if other errors go away when the
/// types of the bodies are believed, those were consequences of the wrong header, which is one mistake.
struct WrongHeaders {
  let functions: [Resolved.Function]
  let results: [Name: WrongResult]
  /// The errors of each function.
  private(set) var errors: [[Diagnostic]]

  init(_ functions: [Resolved.Function], _ results: [Name: WrongResult], errors: [[Diagnostic]]) {
    self.functions = functions
    self.results = results
    self.errors = errors
  }

  /// Checks the functions with errors again, and drops what follows from others.
  mutating func reconsider(_ declarations: Declarations, _ sources: SourceMap) throws {
    var inference = Inference(declarations.believing(results.mapValues(\.body)), sources)
    var guilty: Set<Name> = []
    for (index, function) in functions.enumerated()
    where !errors[index].isEmpty && function.name != .initialisation {
      try inference.check(function)
      let own = results[function.name].flatMap {
        errors[index].indices.contains($0.error) ? errors[index][$0.error] : nil
      }
      let left = (own.map { [$0] } ?? []) + inference.diagnostics
      guard left.count < errors[index].count else { continue }
      errors[index] = left
      var callees = Callees()
      try callees.visit(function.body)
      guilty.formUnion(callees.found)
      guilty.insert(function.name)
    }
    for (index, function) in functions.enumerated() where guilty.contains(function.name) {
      guard let result = results[function.name] else { continue }
      for place in errors[index].indices where errors[index][place].isResultMismatch(of: result) {
        errors[index][place].repair.primary = "declare what it returns: `-> \(result.text)`"
      }
    }
  }
}

extension Diagnostic {
  fileprivate func isResultMismatch(of result: WrongResult) -> Bool {
    slug == "type-mismatch" && fields.contains(Field("found", result.text))
  }
}

extension TypeTable {
  /// A type as declarations have it, `erroneous` where it is open; nil if it is large or holds functions.
  mutating func written(_ type: TypeRef, depth: Int = 0) -> Resolved.Ty? {
    guard let head = head(type) else { return .erroneous }
    var parts: [Resolved.Ty] = []
    for part in arguments(type) {
      guard depth < 8, let part = written(part, depth: depth + 1) else { return nil }
      parts.append(part)
    }
    switch (head, parts.first, parts.last) {
    case (.int, _, _): return .int
    case (.float, _, _): return .float
    case (.bool, _, _): return .bool
    case (.string, _, _): return .string
    case (.bytes, _, _): return .bytes
    case (.digest, _, _): return .digest
    case (.unit, _, _): return .unit
    case (.data(let name), _, _): return .data(name: name)
    case (.list, let element?, _): return .list(element: element)
    case (.option, let payload?, _): return .option(payload: payload)
    case (.result, let success?, let failure?): return .result(success: success, failure: failure)
    case (.tuple, _?, _): return .tuple(elements: parts)
    default: return nil
    }
  }
}

/// The diagnostics of a run, collected; thrown by a step that cannot go on.
public struct DiagnosticList: Error, Sendable {
  /// In the order they were found.
  public private(set) var all: [Diagnostic]

  /// A list of the given diagnostics.
  public init(_ diagnostics: [Diagnostic] = []) { all = diagnostics }

  /// Whether nothing was found.
  public var isEmpty: Bool { all.isEmpty }

  /// Whether later steps are out of the question.
  public var hasErrors: Bool { all.contains { $0.severity == .error } }

  /// Adds one finding.
  public mutating func append(_ diagnostic: Diagnostic) { all.append(diagnostic) }

  /// Adds all findings of another list.
  public mutating func append(contentsOf other: DiagnosticList) { all += other.all }

  /// Number of findings of a severity.
  public func count(_ severity: Severity) -> Int { all.count { $0.severity == severity } }

  /// Throws the list if it holds an error.
  public func throwIfErrors() throws {
    if hasErrors { throw self }
  }

  /// The findings without exact repetitions, by file, line, column and slug. Files come in the order given, by default
  /// that of reports, those not named after them by position; findings without a place come first.
  public func sorted(by sources: SourceMap, fileOrder: [SourceFile]? = nil) -> [Diagnostic] {
    let fileOrder = fileOrder ?? sources.reportOrder
    var ranks: [UInt32: Int] = [:]
    for (rank, file) in fileOrder.enumerated() where ranks[file.base] == nil { ranks[file.base] = rank }
    let keyed = all.enumerated().map { index, diagnostic in
      let base = diagnostic.span.isNone ? 0 : sources.file(at: diagnostic.span.start)?.base ?? .max
      let rank = base == 0 ? -1 : ranks[base] ?? fileOrder.count
      return (rank: rank, index: index, diagnostic: diagnostic)
    }
    let ordered = keyed.sorted { left, right in
      let (a, b) = (left.diagnostic, right.diagnostic)
      if left.rank != right.rank { return left.rank < right.rank }
      if a.span.start != b.span.start { return a.span.start < b.span.start }
      if a.slug != b.slug { return a.slug.rawValue < b.slug.rawValue }
      return left.index < right.index
    }
    // Equal ones have one place and slug.
    var result: [Diagnostic] = []
    result.reserveCapacity(ordered.count)
    var first = 0
    for (_, _, diagnostic) in ordered {
      if let last = result.last, last.span.start != diagnostic.span.start || last.slug != diagnostic.slug {
        first = result.count
      }
      if !result[first...].contains(diagnostic) { result.append(diagnostic) }
    }
    return result
  }
}

/// Renders diagnostics for tools: one JSON object a line, without the line break.
public struct JSONRenderer: Sendable {
  private let sources: SourceMap
  private let directory: String?

  /// Version of the records; it changes when a field is renamed, removed or retyped.
  public static let schemaVersion = 1
  /// Longest source line shown in full, in scalars. Of a longer one a part is shown, `from_col` telling its column.
  private static let longestLine = 2000

  /// A renderer that shows lines of `sources` and labels files as `TextRenderer` does.
  public init(sources: SourceMap, relativeTo directory: String? = nil) {
    self.sources = sources
    self.directory = directory
  }

  /// The label of a file, as in the field `file_label`.
  public func label(of file: SourceFile) -> String { displayPath(file.path, relativeTo: directory) }

  /// An `analysis` record for each file, in order, then the `summary`; each line ends with a line break. Findings
  /// without a place, or in a file not listed, go with the last file, which is that of the program's entry.
  public func render(_ list: DiagnosticList, files: [SourceFile]) -> String {
    let sorted = list.sorted(by: sources, fileOrder: files)
    var ranks: [UInt32: Int] = [:]
    for (rank, file) in files.enumerated() { ranks[file.base] = rank }
    var groups = [[Diagnostic]](repeating: [], count: max(1, files.count))
    for diagnostic in sorted {
      let base = diagnostic.span.isNone ? nil : sources.file(at: diagnostic.span.start)?.base
      groups[base.flatMap { ranks[$0] } ?? groups.count - 1].append(diagnostic)
    }
    if files.isEmpty, sorted.isEmpty { groups = [] }
    var output = ""
    for (index, group) in groups.enumerated() {
      let label = files.indices.contains(index) ? label(of: files[index]) : ""
      output += analysis(label: label, group) + "\n"
    }
    let failed = groups.count { $0.contains { $0.severity == .error || $0.severity == .fail } }
    return output
      + summary(
        files: groups.count, passed: groups.count - failed, failed: failed,
        errors: sorted.count { $0.severity == .error }, warnings: sorted.count { $0.severity == .warning }) + "\n"
  }

  /// The `analysis` record of one file. `extra` is one of the summaries that a command adds, such as `verify_summary`.
  public func analysis(
    label: String, _ diagnostics: [Diagnostic], extra: (key: String, value: JSONValue)? = nil
  ) -> String {
    record("analysis") { writer in
      writer.member("file_label", label)
      if !diagnostics.isEmpty {
        writer.key("diagnostics")
        writer.array { writer in
          for diagnostic in diagnostics { write(diagnostic, fileLabel: label, to: &writer) }
        }
      }
      if let extra {
        writer.key(extra.key)
        writer.value(extra.value)
      }
    }
  }

  /// The record that ends the output of a command.
  public func summary(files: Int, passed: Int, failed: Int, errors: Int, warnings: Int) -> String {
    record("summary") { writer in
      writer.member("files", files)
      writer.member("passed", passed)
      writer.member("failed", failed)
      writer.member("errors", errors)
      writer.member("warnings", warnings)
    }
  }

  /// The record of a file that could not be read.
  public func fileError(path: String, kind: String = "read-failed", error: String) -> String {
    record("file-error") { writer in
      writer.member("file_label", displayPath(path, relativeTo: directory))
      writer.member("error_kind", kind)
      writer.member("error", error)
    }
  }

  private func record(_ kind: String, _ body: (inout JSONWriter) -> Void) -> String {
    var writer = JSONWriter()
    writer.object { writer in
      writer.member("schema_version", Self.schemaVersion)
      writer.member("kind", kind)
      body(&writer)
    }
    return writer.text
  }

  private func write(_ finding: Diagnostic, fileLabel: String, to writer: inout JSONWriter) {
    let diagnostic = finding.abridgedTexts()
    writer.object { writer in
      writer.member("severity", diagnostic.severity.rawValue)
      writer.member("slug", diagnostic.slug.rawValue)
      writer.member("summary", diagnostic.summary)
      writer.key("span")
      write(diagnostic.span, withEnd: true, fileLabel: fileLabel, to: &writer)
      if let fnName = diagnostic.fnName { writer.member("fn_name", fnName) }
      if let intent = diagnostic.intent { writer.member("intent", intent) }
      if let conflict = diagnostic.conflict { writer.member("conflict", conflict) }
      if !diagnostic.fields.isEmpty { write(diagnostic.fields, to: &writer) }
      if let note = diagnostic.note { writer.member("note", note) }
      write(diagnostic.repair, fileLabel: fileLabel, to: &writer)
      writeRegions(of: diagnostic, to: &writer)
      if !diagnostic.related.isEmpty { writeRelated(diagnostic.related, fileLabel: fileLabel, to: &writer) }
      if diagnostic.fromHostile {
        writer.key("from_hostile")
        writer.bool(true)
      }
    }
  }

  /// A place; that of a finding without one is the start of the file.
  private func write(_ span: Span, withEnd: Bool, fileLabel: String, to writer: inout JSONWriter) {
    let range = span.isNone ? nil : sources.range(of: span)
    writer.object { writer in
      writer.member("file", range.map { label(of: $0.start.file) } ?? fileLabel)
      writer.member("line", range?.start.line ?? 1)
      writer.member("col", range?.start.column ?? 1)
      if withEnd {
        writer.member("end_line", range?.end.line ?? 1)
        writer.member("end_col", range?.end.column ?? 1)
      }
    }
  }

  private func write(_ fields: [Field], to writer: inout JSONWriter) {
    writer.key("fields")
    writer.array { writer in
      for field in fields {
        writer.array { writer in
          writer.string(field.key)
          writer.string(field.value)
        }
      }
    }
  }

  private func write(_ repair: Repair, fileLabel: String, to writer: inout JSONWriter) {
    writer.key("repair")
    writer.object { writer in
      writer.member("primary", repair.primary)
      writer.key("alternatives")
      writer.array { writer in for alternative in repair.alternatives { writer.string(alternative) } }
      writer.member("example", repair.example)
      guard !repair.edits.isEmpty else { return }
      writer.key("edits")
      writer.array { writer in
        for edit in repair.edits {
          writer.object { writer in
            writer.key("span")
            write(edit.span, withEnd: true, fileLabel: fileLabel, to: &writer)
            writer.member("replacement", edit.replacement)
          }
        }
      }
    }
  }

  private func writeRelated(_ related: [Region], fileLabel: String, to writer: inout JSONWriter) {
    writer.key("related")
    writer.array { writer in
      for region in related {
        writer.object { writer in
          writer.key("span")
          write(region.span, withEnd: false, fileLabel: fileLabel, to: &writer)
          writer.member("label", region.label ?? "")
        }
      }
    }
  }

  /// The place of the finding and its regions, each as the first line it touches. A region of another file names it.
  private func writeRegions(of diagnostic: Diagnostic, to writer: inout JSONWriter) {
    let primary = Mark(diagnostic.span, label: diagnostic.label ?? "", isPrimary: true, in: sources)
    let others = diagnostic.regions.compactMap { Mark($0.span, label: $0.label, isPrimary: false, in: sources) }
    let marks = (primary.map { [$0] } ?? []) + others
    guard let home = marks.first?.file else { return }
    writer.key("regions")
    writer.array { writer in for mark in marks { write(mark, home: home, to: &writer) } }
  }

  private func write(_ mark: Mark, home: SourceFile, to writer: inout JSONWriter) {
    let file = mark.file
    let part = file.visiblePart(
      ofLine: mark.line, around: mark.bytes.lowerBound, longest: Self.longestLine, lead: Self.longestLine / 4)
    let first = file.column(ofOffset: UInt32(part.lowerBound), line: mark.line)
    let start = file.column(ofOffset: UInt32(mark.bytes.lowerBound), line: mark.line)
    let end = file.column(ofOffset: UInt32(mark.bytes.upperBound), line: mark.line)
    writer.object { writer in
      if file !== home { writer.member("file", label(of: file)) }
      writer.key("source_lines")
      writer.array { writer in
        writer.object { writer in
          writer.member("line_num", mark.line)
          writer.member("text", String(decoding: file.bytes[part], as: UTF8.self))
          if first > 1 { writer.member("from_col", first) }
        }
      }
      if mark.isContext { return }
      writer.key("underline")
      writer.object { writer in
        writer.member("col", start)
        writer.member("len", end - start)
        writer.member("label", mark.label)
      }
    }
  }
}

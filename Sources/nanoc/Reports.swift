import Diagnostics
import Foundation
import Nanopass

/// What `--explain-passes` and `--time-passes` print.
enum Reports {
  /// The JSON records for a file that is no input at all.
  static func unreadable(_ path: String, _ kind: String, _ error: String) {
    let renderer = JSONRenderer(sources: SourceMap(), relativeTo: FileManager.default.currentDirectoryPath)
    Console.output(renderer.fileError(path: path, kind: kind, error: error) + "\n")
    Console.output(renderer.summary(files: 1, passed: 0, failed: 1, errors: 1, warnings: 0) + "\n")
  }

  /// One summary line a pass, details indented below it.
  static func explain(_ reports: [(pass: String, phase: String, report: PassReport)], json: Bool) {
    if json {
      let list = reports.map { pass, phase, report in
        JSONValue.object([
          ("pass", .string(pass)), ("phase", .string(phase)), ("summary", .string(report.summary)),
          ("details", .array(report.details.map { .string($0) })),
          ("data", .object(report.data.map { ($0.key, .int($0.count)) })),
        ])
      }
      Console.output(
        JSONWriter.text(of: .object([("schema_version", .int(1)), ("passes", .array(list))])) + "\n")
      return
    }
    for (pass, _, report) in reports {
      Console.output("\(pass): \(report.summary)\n")
      for detail in report.details { Console.output("    \(detail)\n") }
    }
  }

  /// Milliseconds, share of the total, milliseconds on processors and peak memory of each pass, on standard error.
  static func times(_ measures: [StageMeasure], json: Bool) {
    let total = measures.reduce(0) { $0 + milliseconds($1.duration) }
    let processor = measures.reduce(0) { $0 + milliseconds($1.processor) }
    if json {
      let list = measures.map { measure in
        JSONValue.object([
          ("pass", .string(measure.pass)), ("ms", .double(milliseconds(measure.duration))),
          ("cpu_ms", .double(milliseconds(measure.processor))), ("peak_bytes", .int(measure.peakMemory)),
        ])
      }
      Console.error(
        JSONWriter.text(
          of: .object([
            ("schema_version", .int(1)), ("passes", .array(list)), ("total_ms", .double(total)),
            ("total_cpu_ms", .double(processor)),
          ])))
      return
    }
    let width = (measures.map(\.pass.count).max() ?? 0) + 2
    for measure in measures {
      let time = milliseconds(measure.duration)
      let share = total > 0 ? time / total * 100 : 0
      Console.error(
        padded(measure.pass, width) + aligned(decimal(time, 2), 9) + " ms" + aligned(decimal(share, 1), 7) + " %"
          + aligned(decimal(milliseconds(measure.processor), 2), 9) + " ms CPU"
          + aligned(decimal(Double(measure.peakMemory) / 1_048_576, 1), 9) + " MiB")
    }
    Console.error(
      padded("total", width) + aligned(decimal(total, 2), 9) + " ms" + String(repeating: " ", count: 9)
        + aligned(decimal(processor, 2), 9) + " ms CPU")
  }

  private static func milliseconds(_ duration: Duration) -> Double {
    Double(duration.components.seconds) * 1000 + Double(duration.components.attoseconds) / 1e15
  }

  private static func decimal(_ value: Double, _ digits: Int) -> String {
    let scale = digits == 1 ? 10.0 : 100.0
    let units = Int((value * scale).rounded())
    let rest = String(units % Int(scale))
    return "\(units / Int(scale)).\(String(repeating: "0", count: digits - rest.count))\(rest)"
  }

  private static func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }

  private static func aligned(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.count)) + text
  }
}

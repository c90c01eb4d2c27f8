import ArgumentParser
import Diagnostics
import Nanopass
import Passes

/// The names of all passes and of the steps behind them.
let allPassNames = allStages.map(\.name) + allSteps.map(\.name)

/// `--list-passes`, and the check of pass names.
enum PassList {
  private struct Row {
    var name: String
    var phase: String
    var input: String
    var output: String
    var summary: String
    /// The targets on whose way it is.
    var roads: [String]
    /// What `--without` may name of it: nothing, or the pass and its parts.
    var optional: [String] = []
  }

  private static func rows(_ stages: [Stage], _ steps: [any BackEndStep]) -> [Row] {
    stages.map { stage in
      Row(
        name: stage.name, phase: stage.phase, input: stage.input.name, output: stage.output.name,
        summary: stage.summary, roads: roads(through: stage.name), optional: optionalNames(of: stage))
    }
      + steps.map { step in
        Row(
          name: step.name, phase: type(of: step).phase, input: step.input, output: step.output, summary: step.summary,
          roads: roads(through: step.name))
      }
  }

  private static func roads(through name: String) -> [String] {
    Road.allCases.filter { $0.leads(through: name) }.map(\.rawValue)
  }

  /// Prints one pass a line, and the parts of it that can be left out alone.
  ///
  /// - Parameter target: names the way that passes must be on; nil for those of all.
  static func print(json: Bool, to target: Target?) {
    let road = target?.road
    let rows = Self.rows(road?.stages ?? allStages, road?.steps ?? allSteps)
    if json {
      let list = rows.map { row in
        JSONValue.object([
          ("pass", .string(row.name)), ("phase", .string(row.phase)), ("input", .string(row.input)),
          ("output", .string(row.output)), ("summary", .string(row.summary)),
          ("targets", .array(row.roads.map { .string($0) })), ("optional", .array(row.optional.map { .string($0) })),
        ])
      }
      Console.output(
        JSONWriter.text(of: .object([("schema_version", .int(1)), ("passes", .array(list))])) + "\n")
      return
    }
    func column(_ text: String, _ width: Int) -> String {
      text + String(repeating: " ", count: max(0, width - text.count))
    }
    let nameWidth = (rows.map(\.name.count).max() ?? 0) + 2
    let phaseWidth = (rows.map(\.phase.count).max() ?? 0) + 2
    for row in rows {
      let languages = row.input == row.output ? row.output : "\(row.input) → \(row.output)"
      let parts = row.optional.dropFirst().joined(separator: ", ")
      Console.output(
        column(row.name, nameWidth) + column(row.phase, phaseWidth) + column(languages, 23) + row.summary
          + (row.optional.isEmpty ? "" : parts.isEmpty ? " [optional]" : " [optional; parts: \(parts)]") + "\n")
    }
  }

  /// The names of the passes, and of parts of passes, that can be left out.
  static var optimisations: [String] { allStages.flatMap { optionalNames(of: $0) } }

  private static func optionalNames(of stage: Stage) -> [String] {
    stage.isOptimisation ? [stage.name] + stage.parts : []
  }

  /// Throws a usage error if there is no such pass, or if later ones need it.
  static func validateOptimisation(_ name: String) throws {
    guard !optimisations.contains(name) else { return }
    try validate(name)
    throw ValidationError(
      "The pass `\(name)` cannot be left out; the optimisations are \(optimisations.joined(separator: ", ")).")
  }

  /// Throws a usage error with near names if there is no such pass.
  static func validate(_ name: String) throws {
    guard !allPassNames.contains(name) else { return }
    let hint = didYouMean(nearestNames(to: name, among: allPassNames)).map { "; \($0)" } ?? ""
    throw ValidationError("There is no pass `\(name)`\(hint.isEmpty ? "." : hint) `nanoc --list-passes` lists all.")
  }
}

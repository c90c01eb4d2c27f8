import Diagnostics
import Foundation

/// Commands, options and targets that belong to nanoc but are not built yet, and commands that don't exist. They are
/// refused by name, never taken for a file or an unknown option.
enum PlannedParts {
  static let commands = ["verify", "replay", "fmt", "effects", "context", "audit", "test"]
  static let targets = ["wasip2", "rust"]
  private static let builtCommands = ["compile", "run", "check", "explain", "snapshot", "help"]
  /// Options without a value, by command; "" stands for all of them.
  private static let options: [String: [String]] = [
    "": ["-j"],
    "compile": [
      "--with-replay", "--guest-entry", "--policy", "--with-self-host-support", "--world", "--handler",
    ],
    "run": [
      "--with-replay", "--guest-entry", "--policy", "--with-self-host-support", "--record", "-e", "--input-file",
    ],
    "check": ["--verbose"],
  ]

  /// Why a call can't be carried out, or nil if nothing speaks against it. `arguments` come without the program's name.
  static func refusal(of arguments: [String]) -> String? {
    let own = arguments.prefix { $0 != "--" }
    guard let first = own.first else { return nil }
    if first == "help", let asked = own.dropFirst().first { return commandRefusal(asked) }
    if let refusal = commandRefusal(first) { return refusal }
    let command = builtCommands.contains(first) ? first : "compile"
    let planned = (options[""] ?? []) + (options[command] ?? [])
    for argument in own {
      if let option = planned.first(where: { names(argument, $0) }) {
        return "error[not-yet]: the option `\(option)` is not there yet"
      }
    }
    return nil
  }

  /// Whether an argument is an option: `--policy`, `--policy=embed`, `-j`, `-j4`.
  private static func names(_ argument: String, _ option: String) -> Bool {
    if argument == option || argument.hasPrefix(option + "=") { return true }
    return option == "-j" && argument.hasPrefix(option) && argument.dropFirst(2).allSatisfy(\.isNumber)
  }

  /// Why a first word is no command to carry out. What may be a file is not refused.
  private static func commandRefusal(_ word: String) -> String? {
    if commands.contains(word) { return "error[not-yet]: the command `nanoc \(word)` is not there yet" }
    let isName = word.allSatisfy { $0.isLetter || $0 == "-" } && word.first != "-"
    if builtCommands.contains(word) || !isName || FileManager.default.fileExists(atPath: word) { return nil }
    let hint =
      didYouMean(nearestNames(to: word, among: builtCommands + commands))
      ?? "`nanoc --help` lists them, and a program's file ends in .av"
    return "error: there is no command `\(word)`; \(hint)"
  }
}

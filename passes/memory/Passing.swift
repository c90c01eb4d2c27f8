import Languages
import Nanopass

/// Which arguments of calls are given for good. The passes that count don't change it.
struct Passing: ProgramFact {
  /// Which parameters each function owns.
  private var owns: [Name: [Bool]] = [:]

  /// Of no functions.
  init() {}

  init?(of program: AnyProgram) {
    if let root = program.root as? Owned.Root {
      for function in root.functions { declare(function.name, function.parameters) }
    } else if let root = program.root as? Counted.Root {
      for function in root.functions { declare(function.name, function.parameters) }
    } else {
      return nil
    }
  }

  private mutating func declare(_ function: Name, _ parameters: [Owned.Parameter]) {
    owns[function] = parameters.map { $0.passing == .owned }
  }

  /// The arguments that a function owns; all if it is unknown.
  func given<Atom>(_ arguments: [Atom], to function: Name) -> [Atom] { Self.given(arguments, owns[function]) }

  /// The arguments that a function borrows.
  func lent<Atom>(_ arguments: [Atom], to function: Name) -> [Atom] {
    guard let owns = owns[function] else { return [] }
    return zip(arguments, owns).filter { !$0.1 }.map(\.0)
  }

  /// The arguments for parameters that own them; all if these are unknown.
  static func given<Atom>(_ arguments: [Atom], _ owns: [Bool]?) -> [Atom] {
    guard let owns else { return arguments }
    return zip(arguments, owns).filter(\.1).map(\.0)
  }
}

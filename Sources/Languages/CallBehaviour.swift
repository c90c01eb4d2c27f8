public import Nanopass

/// What callers know of the functions of a program in the languages from `Core` on. The passes from `reuse-common-calls`
/// to `lower-effects` that go function by function change nothing of it.
public struct CallBehaviours: ProgramFact {
  /// The functions whose calls do nothing but give a value, fail or run for ever.
  public private(set) var pure: Set<Name> = []
  /// Those among them that may run for ever.
  public private(set) var diverging: Set<Name> = []
  /// Those among them that always give a value.
  public private(set) var total: Set<Name> = []

  public init?(of program: AnyProgram) {
    if let root = program.root as? Core.Root {
      for function in root.functions { note(function.name, function.effects, function.behaviour) }
    } else if let root = program.root as? Loops.Root {
      for function in root.functions { note(function.name, function.effects, function.behaviour) }
    } else {
      return nil
    }
  }

  private mutating func note(_ name: Name, _ effects: Core.Effects, _ behaviour: Core.Behaviour) {
    guard effects.effects.isEmpty, !behaviour.maySuspend, !behaviour.writesCells else { return }
    pure.insert(name)
    if behaviour.mayDiverge {
      diverging.insert(name)
    } else if !behaviour.mayFail {
      total.insert(name)
    }
  }
}

import Languages
import Nanopass

/// What takes the place of variables. Passes that walk forward record a variable before its uses, so one look is enough.
struct Substitution {
  private var atoms: LocalTable<Core.Atom> = [:]

  /// From now on `atom` stands where `variable` stood; `atom` is what `resolve` gave.
  mutating func replace(_ variable: Local, by atom: Core.Atom) { atoms[variable] = atom }

  /// The atom that an atom stands for.
  func resolve(_ atom: Core.Atom) -> Core.Atom {
    guard case .local(_, let variable) = atom else { return atom }
    return atoms[variable] ?? atom
  }

  /// Forgets all.
  mutating func reset() { atoms.removeAll(keepingCapacity: true) }
}

extension Core.Atom {
  /// Whether the atom is as good as a variable that holds it, wherever it stands: all but texts and big integers.
  var isSmall: Bool {
    switch self {
    case .local, .integer(_, .small), .float, .bool, .unit: true
    case .integer(_, .big), .string: false
    }
  }

  /// Whether it is a literal.
  var isLiteral: Bool {
    if case .local = self { return false }
    return true
  }

  /// The variable, if it is one.
  var variable: Local? {
    if case .local(_, let variable) = self { return variable }
    return nil
  }
}

extension Core.Value {
  /// The value with other atoms.
  func mapAtoms(_ change: (Core.Atom) -> Core.Atom) -> Core.Value {
    switch self {
    case .atom(let span, let atom): .atom(span, atom: change(atom))
    case .call(let span, let function, let arguments):
      .call(span, function: function, arguments: arguments.map(change))
    case .primitive(let span, let name, let arguments):
      .primitive(span, name: name, arguments: arguments.map(change))
    case .perform(let span, let effect, let arguments):
      .perform(span, effect: effect, arguments: arguments.map(change))
    case .construct(let span, let type, let variant, let index, let arguments):
      .construct(span, type: type, variant: variant, index: index, arguments: arguments.map(change))
    case .payload(let span, let subject, let type, let variant, let index):
      .payload(span, subject: change(subject), type: type, variant: variant, index: index)
    }
  }
}

import Languages
import Nanopass

/// What is known of variables at a place of a function. Facts that hold in an arm only are forgotten behind it.
struct ValueFacts {
  private struct Field: Hashable {
    var subject: Local
    var variant: Int
    var index: Int
  }

  private struct Construction {
    var variant: Int
    var arguments: [Core.Atom]?
  }

  private enum Change {
    case construction(Local, Construction?)
    case literal(Local, Core.Atom?)
    case field(Field)
  }

  private var constructions: LocalTable<Construction> = [:]
  private var literals: LocalTable<Core.Atom> = [:]
  private var fields: [Field: Core.Atom] = [:]
  private var changes: [Change] = []

  /// The moment; `forget` goes back to it.
  var mark: Int { changes.count }

  /// Forgets what was learned since a moment.
  mutating func forget(to mark: Int) {
    while changes.count > mark, let change = changes.popLast() {
      switch change {
      case .construction(let variable, let old): constructions[variable] = old
      case .literal(let variable, let old): literals[variable] = old
      case .field(let field): fields[field] = nil
      }
    }
  }

  // MARK: Learning

  /// The variable is built by a constructor, with these arguments if they are known.
  mutating func know(_ variable: Local, has variant: Int, _ arguments: [Core.Atom]?) {
    changes.append(.construction(variable, constructions[variable]))
    constructions[variable] = Construction(variant: variant, arguments: arguments)
  }

  /// The variable is equal to a literal.
  mutating func know(_ variable: Local, is literal: Core.Atom) {
    changes.append(.literal(variable, literals[variable]))
    literals[variable] = literal
  }

  /// The variable is equal to a literal. A float is not known by that: 0.0 and -0.0 are equal.
  mutating func know(_ variable: Local, equals literal: Core.Literal) {
    switch literal {
    case .integer(let span, let value): know(variable, is: .integer(span, value: value))
    case .string(let span, let value): know(variable, is: .string(span, value: value))
    case .bool(let span, let value): know(variable, is: .bool(span, value: value))
    case .float: break
    }
  }

  /// The atom is what a field holds.
  mutating func know(_ atom: Core.Atom, isField index: Int, of subject: Local, variant: Int) {
    let field = Field(subject: subject, variant: variant, index: index)
    changes.append(.field(field))
    fields[field] = atom
  }

  // MARK: Asking

  /// The constructor that built the variable's value.
  func variant(of variable: Local) -> Int? { constructions[variable]?.variant }

  /// The literal that the variable is equal to.
  func literal(of variable: Local) -> Core.Atom? { literals[variable] }

  /// What a field holds.
  func field(_ index: Int, of subject: Local, variant: Int) -> Core.Atom? {
    if let known = constructions[subject], known.variant == variant, let arguments = known.arguments,
      arguments.indices.contains(index)
    {
      return arguments[index]
    }
    return fields[Field(subject: subject, variant: variant, index: index)]
  }

  /// Whether a literal value is the one of a case; nil if that is for run time.
  static func isEqual(_ value: Core.Atom, _ literal: Core.Literal) -> Bool? {
    switch (value, literal) {
    case (.integer(_, let left), .integer(_, let right)): left == right
    case (.string(_, let left), .string(_, let right)): left.utf8.elementsEqual(right.utf8)
    case (.bool(_, let left), .bool(_, let right)): left == right
    default: nil
    }
  }
}

import Languages
import Nanopass

/// Finds the greatest number of a binder.
struct Binders: CountedWalker {
  private var greatest = -1

  static func greatest(in function: Counted.Function) throws -> Int {
    var binders = Binders()
    try binders.visit(function)
    return binders.greatest
  }

  mutating func visit(_ node: Counted.Parameter) { greatest = max(greatest, node.variable.id) }

  mutating func visit(_ node: Counted.Step) throws {
    switch node {
    case .let(_, let variable, _, _): greatest = max(greatest, variable.id)
    case .join(_, let label, _, _):
      greatest = max(greatest, label.id)
      try walk(node)
    case .receive: try walk(node)
    case .reclaim(_, let token, _, _, _): greatest = max(greatest, token.id)
    case .dup, .drop, .take, .release, .fill: break
    }
  }

  mutating func visit(_ node: Counted.End) throws {
    switch node {
    case .return, .jump, .tailCall: break
    case .loop(_, let label, _, _, _):
      greatest = max(greatest, label.id)
      try walk(node)
    case .test, .switchTag, .switchWord: try walk(node)
    }
  }

  mutating func visit(_ node: Counted.Atom) {}
  mutating func visit(_ node: Counted.Effects) {}
}

import Diagnostics
import Languages
import Nanopass

/// The parameters, bindings and pattern names that are visible at a place of a function.
struct LocalScope {
  /// A visible name.
  struct Entry {
    let local: Local
    let span: Span
    /// Names bound in one parameter list, statement list or pattern have one group.
    let group: Int
    /// The written type, if there is one.
    let type: Resolved.Ty?
    /// Whether it may be read; what a wrong pattern binds may not.
    var isKnown = true
  }

  /// A place to go back to.
  struct Mark {
    fileprivate let depth: Int
  }

  private var entries: [Name: Entry] = [:]
  private var replaced: [(name: Name, entry: Entry?)] = []
  private var nextID = 0
  private var nextGroup = 0

  /// The entry of a name.
  subscript(name: Name) -> Entry? { entries[name] }

  /// How many names are visible.
  var count: Int { entries.count }

  /// All visible names, in no particular order.
  var names: [String] { entries.keys.map(\.text) }

  /// A scope without names whose locals have numbers of their own.
  var next: LocalScope {
    var scope = LocalScope()
    scope.nextID = nextID
    return scope
  }

  /// A number for names that are bound together.
  mutating func newGroup() -> Int {
    defer { nextGroup += 1 }
    return nextGroup
  }

  /// A local that no name stands for.
  mutating func unnamed() -> Local {
    defer { nextID += 1 }
    return Local("_", nextID)
  }

  /// Makes a name visible, in place of what it meant before.
  mutating func bind(_ name: Name, at span: Span, group: Int, type: Resolved.Ty? = nil, isKnown: Bool = true) -> Local {
    let local = Local(name, nextID)
    nextID += 1
    replaced.append(
      (
        name,
        entries.updateValue(
          Entry(local: local, span: span, group: group, type: type, isKnown: isKnown), forKey: name)
      ))
    return local
  }

  /// The place reached so far.
  var mark: Mark { Mark(depth: replaced.count) }

  /// Forgets what was bound behind the mark.
  mutating func leave(to mark: Mark) {
    while replaced.count > mark.depth, let last = replaced.popLast() { entries[last.name] = last.entry }
  }

  /// Makes what was bound behind the mark unknown, so that reading it is no second mistake.
  mutating func forget(since mark: Mark) {
    for index in mark.depth..<max(mark.depth, replaced.count) { entries[replaced[index].name]?.isKnown = false }
  }
}

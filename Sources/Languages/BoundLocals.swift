import Diagnostics
import Nanopass

/// Checks that every local of a function is bound before it is read and that its binders have distinct numbers, for all
/// languages with expressions from Resolved to Scalar.
///
/// It reads the text form, where the names of the forms tell binders, uses and scopes: `parameter` and `bind` bind from
/// their end on, `local` and `apply` read, and what is bound inside a `function`, `block` or `arm` ends with it.
struct BoundLocals: NodeSink {
  private enum Role {
    case binder, use, scope, other
  }

  private struct Open {
    var role: Role
    var binder: Local?
    /// How many locals were bound when a scope began.
    var outer = 0
  }

  private var open: [Open] = []
  private var bound: [Local] = []
  private var visible: Set<Local> = []
  private var numbers: Set<Int> = []
  private var problems: [String] = []

  /// The violations of some functions.
  static func violations(in functions: [some Node]) -> [Violation] {
    functions.flatMap { function in
      var checker = BoundLocals()
      function.write(to: &checker)
      return checker.problems.map { Violation($0, in: function) }
    }
  }

  private static func role(of form: StaticString) -> Role {
    switch form.description {
    case "parameter", "bind": .binder
    case "local", "apply": .use
    case "function", "block", "arm": .scope
    default: .other
    }
  }

  mutating func open(_ form: StaticString, _ span: Span, spanned: Bool) {
    open.append(Open(role: Self.role(of: form), binder: nil, outer: bound.count))
  }

  mutating func local(_ local: Local) {
    switch open.last?.role {
    case .binder: open[open.count - 1].binder = local
    case .use: if !visible.contains(local) { problems.append("`\(local)` is not bound here") }
    default: break
    }
  }

  mutating func close(empty: Bool) {
    guard let form = open.popLast() else { return }
    if let binder = form.binder {
      if !numbers.insert(binder.id).inserted { problems.append("two binders have the number of `\(binder)`") }
      visible.insert(binder)
      bound.append(binder)
    } else if form.role == .scope {
      for local in bound[form.outer...] { visible.remove(local) }
      bound.removeSubrange(form.outer...)
    }
  }

  mutating func atom(_ text: String) {}
  mutating func name(_ name: Name) {}
  mutating func beginList(count: Int, minimum: Int) {}
  mutating func endList() {}
  mutating func absent() {}
}

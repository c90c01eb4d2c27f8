import Diagnostics
public import Nanopass

/// Makes locals that no other binder of a function has. Numbers go up from a start, so equal programs give equal text.
public struct FreshLocals: Sendable {
  private var next: Int

  /// - Parameter next: one more than the greatest number that the function uses.
  public init(from next: Int) { self.next = next }

  /// A local of its own.
  public mutating func make(_ name: Name) -> Local {
    defer { next += 1 }
    return Local(name, next)
  }

  /// Starts above every local of a tree.
  public init(above node: some Writable) {
    var finder = GreatestLocal()
    node.write(to: &finder)
    next = finder.greatest + 1
  }
}

/// Finds the greatest number of a local in a tree.
private struct GreatestLocal: NodeSink {
  var greatest = -1

  mutating func open(_ form: StaticString, _ span: Span, spanned: Bool) {}
  mutating func close(empty: Bool) {}
  mutating func atom(_ text: String) {}
  mutating func name(_ name: Name) {}
  mutating func local(_ local: Local) { greatest = max(greatest, local.id) }
  mutating func number(_ number: Int) {}
  mutating func integer(_ integer: Integer) {}
  mutating func beginList(count: Int, minimum: Int) {}
  mutating func endList() {}
  mutating func absent() {}
}

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

  /// Sets numbers aside for that many locals, and gives the first.
  public mutating func reserve(_ count: Int) -> Int {
    defer { next += count }
    return next
  }

  /// Starts above every local of a tree.
  public init(above node: some Node) { next = node.greatestLocal + 1 }
}

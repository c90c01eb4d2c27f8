public import Nanopass

/// Fresh locals of the function that a pass is in. The function is searched for its greatest number only when the
/// first fresh local is asked for.
public struct FunctionLocals<Function: Node>: Sendable {
  private var function: Function?
  private var fresh = FreshLocals(from: 0)

  public init() {}

  /// A function begins.
  public mutating func enter(_ function: Function) { self.function = function }

  /// A local that nothing else of the function is bound to.
  public mutating func make(_ name: Name) -> Local {
    if let function {
      fresh = FreshLocals(above: function)
      self.function = nil
    }
    return fresh.make(name)
  }
}

extension Name {
  /// What stands behind the last dot: `User` of `Accounts.User`. A record's constructor is named so.
  public var lastSegment: Name {
    let text = text
    guard let dot = text.lastIndex(of: ".") else { return self }
    return Name(String(text[text.index(after: dot)...]))
  }
}

import Nanopass

extension Ordered {
  @Sendable static func checkBoundLocals(_ root: Root) -> [Violation] { BoundLocals.violations(in: root.functions) }
}

extension Rendered {
  @Sendable static func checkBoundLocals(_ root: Root) -> [Violation] { BoundLocals.violations(in: root.functions) }
}

extension Positional {
  @Sendable static func checkBoundLocals(_ root: Root) -> [Violation] { BoundLocals.violations(in: root.functions) }
}

extension Gathered {
  @Sendable static func checkBoundLocals(_ root: Root) -> [Violation] { BoundLocals.violations(in: root.functions) }
}

extension Consed {
  @Sendable static func checkBoundLocals(_ root: Root) -> [Violation] { BoundLocals.violations(in: root.functions) }
}

extension Uniform {
  @Sendable static func checkBoundLocals(_ root: Root) -> [Violation] { BoundLocals.violations(in: root.functions) }
}

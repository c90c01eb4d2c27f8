import Languages
import Nanopass

// What conditions tell of the variables that they compare, and of those that these were computed from.

extension RangeFinder {
  /// How far conditions are followed to what they tell of operands of operands.
  private static let depth = 3
  /// The most literals that a function's ranges are limited by.
  private static let mostThresholds = 60

  mutating func test(
    _ subject: Services.Atom, _ cases: [Services.LiteralCase], _ rest: Services.Block
  ) throws {
    let mark = earlier.count
    if let node = node(subject) { wordUses.append(Use(node: node, weight: weight, function: function)) }
    var others: [Int32] = []
    for one in cases {
      switch one.literal {
      case .bool(_, let value): assume(subject, value)
      case .integer(_, .small(let value)):
        compare(with: value)
        others.append(literal(value))
        refine(subject, .both, by: literal(value))
      case .integer, .float, .string: break
      }
      try visit(one.body)
      forget(to: mark)
    }
    if cases.count == 1, case .bool(_, let value) = cases[0].literal { assume(subject, !value) }
    for other in others.prefix(Self.mostThresholds) { refine(subject, .unequal, by: other) }
    try visit(rest)
    forget(to: mark)
  }

  private mutating func forget(to mark: Int) {
    while earlier.count > mark, let (variable, node) = earlier.popLast() { current[variable] = node }
  }

  /// Notes that a function compares with a literal.
  mutating func compare(with value: Int) {
    if thresholds.count < Self.mostThresholds { thresholds += [value &- 1, value, value &+ 1] }
  }

  /// Control is where a comparison gave this.
  private mutating func assume(_ condition: Services.Atom, _ value: Bool) {
    guard case .local(_, let variable) = condition, let definition = definitions[variable.id],
      definition.operands.count == 2
    else { return }
    let (left, right) = (definition.operands[0], definition.operands[1])
    guard let one = node(left), let other = node(right) else { return }
    guard let told = definition.rule.conditions(where: value) else { return }
    refine(left, told.left, by: other)
    refine(right, told.right, by: one)
  }

  /// More is known of a variable, and so of those that it was computed from.
  private mutating func refine(_ atom: Services.Atom, _ rule: RangeRule, by other: Int32, depth: Int = 0) {
    guard case .local(_, let variable) = atom, let old = current[variable.id] else { return }
    let node = graph.add(rule, old, other)
    earlier.append((variable.id, old))
    current[variable.id] = node
    guard depth < Self.depth, let definition = definitions[variable.id], let first = definition.operands.first,
      let one = self.node(first)
    else { return }
    switch definition.rule {
    case .copy: return refine(first, .both, by: node, depth: depth + 1)
    // Each is its own inverse.
    case .negate, .not: return refine(first, .both, by: graph.add(definition.rule, node), depth: depth + 1)
    default: if definition.operands.count < 2 { return }
    }
    let second = definition.operands[1]
    guard let two = self.node(second) else { return }
    switch definition.rule {
    case .add:
      refine(first, .both, by: graph.add(.subtract, node, two), depth: depth + 1)
      refine(second, .both, by: graph.add(.subtract, node, one), depth: depth + 1)
    case .subtract:
      refine(first, .both, by: graph.add(.add, node, two), depth: depth + 1)
      refine(second, .both, by: graph.add(.subtract, one, node), depth: depth + 1)
    case .multiply where one == two: refine(first, .both, by: graph.add(.root, node), depth: depth + 1)
    default: break
    }
  }
}

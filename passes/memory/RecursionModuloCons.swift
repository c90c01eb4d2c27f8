import Diagnostics
import Languages
import Nanopass

/// The end of a block that builds cells around the result of a call and returns the outermost, where nothing else is
/// left to do behind the call.
struct HoleSite {
  /// The function called, and with what.
  private(set) var function: Name = ""
  private(set) var arguments: [Shaped.Atom] = []
  /// The steps without the call, with a hole in place of its result.
  private(set) var steps: [Shaped.Step] = []
  /// The cell with the hole, the slot of that, and how many of the steps make the cell.
  private(set) var holder = Local("", 0)
  private(set) var slot = 0
  private(set) var stepsOfHolder = 0
  /// The cell returned.
  private(set) var cell = Local("", 0)

  /// Finds such an end.
  init?(_ block: Shaped.Block) {
    guard case .return(_, let values) = block.end, values.count == 1, case .local(_, let returned)? = values.first,
      block.failure == nil,
      let position = block.steps.lastIndex(where: Self.isCall),
      case .let(_, let received, .cell, .call(_, let function, let arguments)) = block.steps[position]
    else { return nil }
    self.function = function
    self.arguments = arguments
    steps = Array(block.steps[..<position])
    cell = received
    // The result of the call and the cells around it.
    var chain: NumberSet = [received.id]
    for step in block.steps[(position + 1)...] {
      guard case .let(let span, let variable, let shape, let value) = step else { return nil }
      switch value {
      case .cell(let place, let tag, var counted, let raw):
        let uses = counted.indices.filter { Self.mentions(counted[$0], chain) }
        if let use = uses.first {
          guard uses.count == 1, Self.mentions(counted[use], [cell.id]) else { return nil }
          if cell == received {
            (holder, slot, stepsOfHolder) = (variable, use, steps.count + 1)
            counted[use] = .immediate(place, tag: 0)
          }
          cell = variable
          chain.insert(variable.id)
        }
        let filled = Shaped.Value.cell(place, tag: tag, counted: counted, raw: raw)
        steps.append(.let(span, variable: variable, shape: shape, value: filled))
        continue
      // What cannot fail may as well happen before the call.
      case .read(_, let subject, _, _, _): if Self.mentions(subject, chain) { return nil }
      case .primitive(_, let name, let operands):
        guard Primitive.named(name)?.mayFail == false, !Primitive.ownsArguments(name) else { return nil }
        if operands.contains(where: { Self.mentions($0, chain) }) { return nil }
      case .atom, .call, .service, .hole: return nil
      }
      steps.append(step)
    }
    guard cell != received, cell == returned else { return nil }
  }

  private static func isCall(_ step: Shaped.Step) -> Bool {
    if case .let(_, _, _, .call) = step { return true }
    return false
  }

  private static func mentions(_ atom: Shaped.Atom, _ variables: NumberSet) -> Bool {
    if case .local(_, let variable) = atom { return variables.contains(variable.id) }
    return false
  }
}

/// The functions of a program that call one another so that only cells are built around the results.
struct RecursionModuloCons {
  /// A greater function is not worth a second version.
  private static let mostSteps = 300

  /// Those that need a version that fills a hole.
  private(set) var filling: Set<Name> = []
  private let component: [Name: Int]

  init(_ root: Shaped.Root) throws {
    component = try RecursionFinder.components(root)
    var calls: [Name: [Name]] = [:]
    var waiting: [Name] = []
    var tooBig: Set<Int> = []
    for function in root.functions {
      guard let number = component[function.name] else { continue }
      var finder = CallFinder(function.name, component)
      try finder.visit(function)
      calls[function.name] = finder.aroundCells + finder.tailCalls
      waiting += finder.aroundCells
      if finder.steps > Self.mostSteps { tooBig.insert(number) }
    }
    while let function = waiting.popLast() {
      guard let number = component[function], !tooBig.contains(number), filling.insert(function).inserted else {
        continue
      }
      waiting += calls[function] ?? []
    }
  }

  /// Whether a call in one function of another belongs to a recursion in which holes are filled.
  func fillsHoles(_ callee: Name, in caller: Name) -> Bool {
    filling.contains(callee) && component[callee] == component[caller]
  }
}

/// Finds which functions of its own recursion a function calls last, or last but for cells around the result.
private struct CallFinder: ShapedWalker {
  private(set) var aroundCells: [Name] = []
  private(set) var tailCalls: [Name] = []
  private(set) var steps = 0
  private let function: Name
  private let component: [Name: Int]

  init(_ function: Name, _ component: [Name: Int]) {
    self.function = function
    self.component = component
  }

  private func isOurs(_ callee: Name) -> Bool { component[callee] == component[function] }

  mutating func visit(_ node: Shaped.Block) throws {
    steps += node.steps.count + 1
    if let site = HoleSite(node), isOurs(site.function) { aroundCells.append(site.function) }
    if case .tailCall(_, let callee, _) = node.end, isOurs(callee) { tailCalls.append(callee) }
    try walk(node)
  }
}

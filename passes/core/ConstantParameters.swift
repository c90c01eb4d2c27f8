import Languages
import Nanopass

/// A value that is known where it is passed.
enum Constant: Hashable {
  case integer(Integer)
  case bool(Bool)
  /// A text, by its bytes.
  case string([UInt8])
  /// A constructor without fields.
  case constructor(type: Name, index: Int)

  /// The constant that a literal is. Floats choose nothing.
  init?(_ atom: Core.Atom) {
    switch atom {
    case .integer(_, let value): self = .integer(value)
    case .bool(_, let value): self = .bool(value)
    case .string(_, let value): self = .string(Array(value.utf8))
    case .local, .float, .unit: return nil
    }
  }
}

/// Which parameters of which functions are worth a version for a constant, and may have one.
struct ConstantParameters {
  /// What a constant does in the place of a parameter.
  private struct Use: OptionSet {
    let rawValue: UInt8
    /// It saves a test of how the integer is held.
    static let operand = Use(rawValue: 1)
    /// It decides a choice, or how to divide.
    static let choice = Use(rawValue: 2)
    /// A recursion does not hand it on.
    static let changes = Use(rawValue: 4)
  }

  /// A parameter of a function, both by position.
  private struct Place {
    var function: Int
    var parameter: Int
  }

  let positions: [Name: Int]
  /// Whether a function passes a constant.
  private(set) var passes: [Bool]
  /// How many calls of a function stand outside of its own recursion.
  private var calls: [Int]
  private var uses: [[Use]]

  init(_ root: Core.Root) throws {
    let positions = Dictionary(root.functions.enumerated().map { ($1.name, $0) }) { first, _ in first }
    self.positions = positions
    uses = root.functions.map { Array(repeating: [], count: $0.parameters.count) }
    calls = Array(repeating: 0, count: root.functions.count)
    passes = []
    var handed: [(from: Place?, isConstant: Bool, to: Place, caller: Int)] = []
    var callees: [[Int]] = []
    for (position, function) in root.functions.enumerated() {
      var collector = Collector(positions, function)
      try collector.visit(function.body)
      passes.append(collector.passesConstant)
      callees.append(collector.calls.map(\.callee))
      for parameter in collector.operands { uses[position][parameter].insert(.operand) }
      for parameter in collector.choices { uses[position][parameter].insert(.choice) }
      for call in collector.calls {
        for (index, argument) in call.arguments.enumerated() where index < uses[call.callee].count {
          handed.append(
            (
              from: argument.parameter.map { Place(function: position, parameter: $0) },
              isConstant: argument.isConstant, to: Place(function: call.callee, parameter: index), caller: position
            ))
        }
      }
    }
    let component = Self.components(callees)
    for (caller, callees) in callees.enumerated() {
      for callee in callees where component[caller] != component[callee] { calls[callee] += 1 }
    }
    let within = handed.filter { component[$0.caller] == component[$0.to.function] }
    for each in within where each.from == nil && !each.isConstant { add(.changes, to: each.to) }
    spread(within.compactMap { each in each.from.map { ($0, each.to) } }, .changes)
    // What helps the callee helps the caller.
    let back = handed.compactMap { each in each.from.map { (each.to, $0) } }
    spread(back, .choice)
    spread(back, .operand)
  }

  /// How many calls of a function stand outside of its own recursion.
  func outerCalls(of function: Int) -> Int { calls[function] }

  /// Whether a constant for a parameter is of use and stays what it is; a great use if others need the function too.
  func isWorthy(_ parameter: Int, of function: Int, choosing: Bool) -> Bool {
    let use = uses[function][parameter]
    return !use.contains(.changes) && (use.contains(.choice) || !choosing && use.contains(.operand))
  }

  private static func components(_ callees: [[Int]]) -> [Int] {
    var component = Array(repeating: 0, count: callees.count)
    for (number, members) in stronglyConnectedComponents(callees).enumerated() {
      for member in members { component[member] = number }
    }
    return component
  }

  private mutating func add(_ use: Use, to place: Place) { uses[place.function][place.parameter].insert(use) }

  /// Gives a use to all places that can be reached from those which have it.
  private mutating func spread(_ edges: [(from: Place, to: Place)], _ use: Use) {
    var successors: [[Int: [Place]]] = Array(repeating: [:], count: uses.count)
    for (from, to) in edges { successors[from.function][from.parameter, default: []].append(to) }
    var open: [Place] = []
    for (function, parameters) in uses.enumerated() {
      for (parameter, has) in parameters.enumerated() where has.contains(use) {
        open.append(Place(function: function, parameter: parameter))
      }
    }
    while let place = open.popLast() {
      for next in successors[place.function][place.parameter] ?? []
      where !uses[next.function][next.parameter].contains(use) {
        add(use, to: next)
        open.append(next)
      }
    }
  }
}

/// Finds what a function does with its parameters.
private struct Collector: CoreWalker {
  /// What a call passes: a parameter of the caller, by position, or a constant.
  struct Argument {
    var parameter: Int?
    var isConstant: Bool
  }

  /// Operations whose result is known if one argument is, or that are done another way then.
  private static let deciding: Set<Name> = ["int.divide", "int.modulo"]
  private static let counting: Set<Name> = [
    "int.add", "int.subtract", "int.multiply", "int.equal", "int.less", "int.lessEqual", "bits.and", "bits.or",
    "bits.xor", "bits.shiftLeft", "bits.shiftRight", "bits.low",
  ]

  private(set) var calls: [(callee: Int, arguments: [Argument])] = []
  private(set) var choices: [Int] = []
  private(set) var operands: [Int] = []
  private(set) var passesConstant = false
  private let positions: [Name: Int]
  private let parameters: [Local: Int]
  private var constants: Set<Local> = []

  init(_ positions: [Name: Int], _ function: Core.Function) {
    self.positions = positions
    parameters = Dictionary(function.parameters.enumerated().map { ($1.variable, $0) }) { first, _ in first }
  }

  mutating func visit(_ node: Core.Step) throws {
    if case .let(_, let variable, _, let value) = node {
      switch value {
      case .atom(_, let atom): if Constant(atom) != nil { constants.insert(variable) }
      case .construct(_, _, _, _, let arguments): if arguments.isEmpty { constants.insert(variable) }
      case .call(_, let name, let arguments): call(name, arguments)
      case .primitive(_, let name, let arguments):
        if Self.deciding.contains(name) {
          choices += arguments.dropFirst().compactMap { parameter($0) }
        } else if Self.counting.contains(name) {
          operands += arguments.compactMap { parameter($0) }
        }
      case .perform, .payload: break
      }
    } else {
      try walk(node)
    }
  }

  private mutating func call(_ name: Name, _ atoms: [Core.Atom]) {
    guard let callee = positions[name] else { return }
    let arguments = atoms.map { atom in
      Argument(
        parameter: parameter(atom),
        isConstant: Constant(atom) != nil || atom.variable.map { constants.contains($0) } == true)
    }
    if arguments.contains(where: \.isConstant) { passesConstant = true }
    calls.append((callee, arguments))
  }

  private func parameter(_ atom: Core.Atom) -> Int? { atom.variable.flatMap { parameters[$0] } }

  mutating func visit(_ node: Core.End) throws {
    switch node {
    case .switch(_, let subject, _, _, _), .test(_, let subject, _, _):
      if let parameter = parameter(subject) { choices.append(parameter) }
    case .return, .jump: return
    }
    try walk(node)
  }
}

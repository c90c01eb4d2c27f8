import Languages
import Nanopass

/// Which texts of a program flow where, as far as it matters for holding those of at most one character as numbers.
///
/// The nodes are what holds a text or an `Option<String>`: variables, parameters and results of functions. An option
/// stands for the text in it, so building one and taking it apart are flows as well.
struct CharacterFinder: CoreWalker {
  /// A flow from one node to another.
  struct Flow {
    var from, to: Int32
  }

  /// The type of what `String.charAt` gives.
  static let option: Name = "Option<String>"
  /// The primitives that give the code of a text's first character.
  static let codes: Set<Name> = ["char.toCode", "string.firstCodePoint"]
  /// The primitives that compare two texts by the codes of their characters.
  static let comparisons: Set<Name> = ["string.equal", "string.less", "string.lessEqual"]

  /// By node, whether it holds options.
  private(set) var isOption: [Bool] = []
  /// By node, the function that it belongs to.
  private(set) var owners: [Int] = []
  private(set) var flows: [Flow] = []
  /// The nodes that may hold longer texts, or hold options whose text may be taken out where nobody looks.
  private(set) var long: [Int32] = []
  /// The nodes that may hold the empty text by themselves.
  private(set) var empty: [Int32] = []
  /// The nodes that hold characters which are read out of a text.
  private(set) var read: [Int32] = []
  /// The nodes that are asked for the code of their character, or compared with literals.
  private(set) var asked: [Int32] = []
  /// The nodes that are compared with each other.
  private(set) var compared: [Flow] = []
  let positions: [Name: Int]
  /// By function, the nodes of its variables, its result, and the functions that it calls with texts or for one.
  private(set) var variables: [LocalTable<Int32>]
  private(set) var results: [Int32]
  private(set) var callees: [[Int]]
  private(set) var parameters: [[Int32]] = []

  private var function = 0
  private var labels: LocalTable<[Int32]> = [:]

  init(_ program: Core.Root) throws {
    positions = Dictionary(program.functions.enumerated().map { ($1.name, $0) }) { first, _ in first }
    variables = Array(repeating: [:], count: program.functions.count)
    callees = Array(repeating: [], count: program.functions.count)
    results = []
    for (position, function) in program.functions.enumerated() {
      self.function = position
      parameters.append(function.parameters.map { declare($0.variable, $0.ty) })
      results.append(node(function.result))
    }
    for (position, function) in program.functions.enumerated() {
      self.function = position
      labels.removeAll(keepingCapacity: true)
      try visit(function.body)
    }
  }

  /// The number of nodes.
  var count: Int { isOption.count }

  // MARK: Nodes

  /// A new node for what is of a type; -1 if it holds no text.
  private mutating func node(_ type: Core.Ty) -> Int32 {
    switch type {
    case .string: isOption.append(false)
    case .data(Self.option): isOption.append(true)
    default: return -1
    }
    owners.append(function)
    return Int32(isOption.count - 1)
  }

  private mutating func declare(_ variable: Local, _ type: Core.Ty) -> Int32 {
    let node = node(type)
    if node >= 0 { variables[function][variable] = node }
    return node
  }

  private func node(_ atom: Core.Atom) -> Int32 {
    guard let variable = atom.variable else { return -1 }
    return variables[function][variable] ?? -1
  }

  private mutating func flow(_ atom: Core.Atom, to node: Int32) {
    if node < 0 { return }
    if case .string(_, let text) = atom {
      switch Character(text) {
      case .none: long.append(node)
      case .empty: empty.append(node)
      case .one: break
      }
    } else {
      flow(self.node(atom), to: node)
    }
  }

  private mutating func flow(_ from: Int32, to node: Int32) {
    if node < 0 { return }
    if from >= 0 { flows.append(Flow(from: from, to: node)) } else { long.append(node) }
  }

  /// Takes note of options that go where nobody follows them.
  private mutating func escape(_ atoms: [Core.Atom]) {
    for atom in atoms {
      let node = node(atom)
      if node >= 0, isOption[Int(node)] { long.append(node) }
    }
  }

  // MARK: Blocks

  mutating func visit(_ node: Core.Step) throws {
    switch node {
    case .join(_, let label, let parameters, let body):
      labels[label] = parameters.map { declare($0.variable, $0.ty) }
      try visit(body)
    case .let(_, let variable, let ty, let value): bind(declare(variable, ty), value)
    }
  }

  private mutating func bind(_ node: Int32, _ value: Core.Value) {
    switch value {
    case .atom(_, let atom): flow(atom, to: node)
    case .call(_, let name, let arguments):
      guard let callee = positions[name] else {
        if node >= 0 { long.append(node) }
        return escape(arguments)
      }
      for (parameter, argument) in zip(parameters[callee], arguments) { flow(argument, to: parameter) }
      flow(results[callee], to: node)
      if results[callee] >= 0 || parameters[callee].contains(where: { $0 >= 0 }) { callees[function].append(callee) }
    case .construct(_, Self.option, _, _, let arguments):
      for argument in arguments { flow(argument, to: node) }
    case .payload(_, let subject, Self.option, _, _): flow(self.node(subject), to: node)
    case .primitive(_, let name, let arguments): primitive(name, arguments, to: node)
    case .construct(_, _, _, _, let arguments), .perform(_, _, let arguments):
      if node >= 0 { long.append(node) }
      escape(arguments)
    case .payload: if node >= 0 { long.append(node) }
    }
  }

  private mutating func primitive(_ name: Name, _ arguments: [Core.Atom], to node: Int32) {
    switch name {
    case "string.at": read.append(node)
    case "string.fromScalar": break
    case _ where Self.codes.contains(name):
      for argument in arguments where self.node(argument) >= 0 { asked.append(self.node(argument)) }
    case _ where Self.comparisons.contains(name):
      let nodes = arguments.map { self.node($0) }
      if nodes.count == 2, nodes[0] >= 0, nodes[1] >= 0 {
        compared.append(Flow(from: nodes[0], to: nodes[1]))
      } else {
        asked += nodes.filter { $0 >= 0 }
      }
    default:
      if node >= 0 { long.append(node) }
      escape(arguments)
    }
  }

  mutating func visit(_ node: Core.End) throws {
    switch node {
    case .return(_, let value): flow(value, to: results[function])
    case .jump(_, let label, let arguments):
      for (parameter, argument) in zip(labels[label] ?? [], arguments) { flow(argument, to: parameter) }
    case .switch: try walk(node)
    case .test(_, let subject, _, _):
      if self.node(subject) >= 0 { asked.append(self.node(subject)) }
      try walk(node)
    }
  }
}

extension CharacterFinder {
  /// A text of at most one character.
  enum Character {
    case empty
    case one(code: Int)

    /// Nil for a longer text.
    init?(_ text: String) {
      var scalars = text.unicodeScalars.makeIterator()
      guard let first = scalars.next() else {
        self = .empty
        return
      }
      guard scalars.next() == nil else { return nil }
      self = .one(code: Int(first.value))
    }

    /// What stands for the text: the code of its character, or -1, which is less than all codes as the empty text is
    /// less than all others.
    var code: Int {
      switch self {
      case .empty: -1
      case .one(let code): code
      }
    }
  }
}

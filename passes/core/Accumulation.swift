import Diagnostics
import Languages
import Nanopass

/// An operation under which results are gathered from left to right.
enum Accumulation {
  case sum, product, text

  /// What a function must give for its results to be gathered.
  enum Kind { case integer, text }

  static func type(_ ty: Core.Ty) -> Kind? {
    switch ty {
    case .int: .integer
    case .string: .text
    default: nil
    }
  }

  /// The operation of a primitive.
  init?(_ primitive: Name) {
    switch primitive {
    case "int.add": self = .sum
    case "int.multiply": self = .product
    case "string.concat", "string.concatenate": self = .text
    default: return nil
    }
  }

  /// The primitive that adds one thing.
  var primitive: Name {
    switch self {
    case .sum: "int.add"
    case .product: "int.multiply"
    case .text: "string.concat"
    }
  }

  var ty: Core.Ty { self == .text ? .string : .int }

  /// What can be added without a change.
  var neutral: Core.Atom {
    switch self {
    case .sum: .integer(.none, value: .small(0))
    case .product: .integer(.none, value: .small(1))
    case .text: .string(.none, value: "")
    }
  }

  func isNeutral(_ atom: Core.Atom) -> Bool {
    switch (self, atom) {
    case (.sum, .integer(_, .small(0))), (.product, .integer(_, .small(1))): true
    case (.text, .string(_, let text)): text.isEmpty
    default: false
    }
  }
}

/// A last call of the function itself, whose result is only added to other things.
struct Accumulated {
  /// The position of the call in its block, and its arguments.
  var call: Int
  var arguments: [Core.Atom]
  /// What is added before the result.
  var others: [Core.Atom]
  var kind: Accumulation
}

/// Finds the blocks of a function that end in such calls.
struct Accumulations {
  let function: Name
  let type: Accumulation.Kind
  /// The operation of the first such block.
  private(set) var kind: Accumulation?
  /// The join points in scope that only return their parameter.
  private var returning: NumberSet = []

  init(function: Name, type: Accumulation.Kind) {
    self.function = function
    self.type = type
  }

  /// Looks at a block and those in it.
  mutating func look(at block: Core.Block) {
    for case .join(_, let label, let parameters, let body) in block.steps {
      note(label, parameters, body)
      look(at: body)
    }
    if kind == nil, let found = accumulated(in: block) { kind = found.kind }
    switch block.end {
    case .return, .jump: break
    case .switch(_, _, _, let cases, let other):
      for one in cases { look(at: one.body) }
      if let other { look(at: other) }
    case .test(_, _, let cases, let other):
      for one in cases { look(at: one.body) }
      look(at: other)
    }
  }

  private mutating func note(_ label: Local, _ parameters: [Core.Parameter], _ body: Core.Block) {
    guard parameters.count == 1, body.steps.isEmpty, let parameter = parameters.first else { return }
    if case .return(_, .local(_, parameter.variable)) = body.end { returning.insert(label) }
  }

  /// What a block gives as the function's result.
  func result(of block: Core.Block) -> Core.Atom? {
    switch block.end {
    case .return(_, let value): return value
    case .jump(_, let label, let arguments) where returning.contains(label): return arguments.first
    default: return nil
    }
  }

  /// The block's last call, if nothing but adding stands behind it.
  func accumulated(in block: Core.Block) -> Accumulated? {
    guard block.failure == nil, let result = result(of: block)?.variable,
      case .let(_, let last, _, .primitive(_, let primitive, let operands)) = block.steps.last, last == result,
      let kind = Accumulation(primitive), operands.count >= 2
    else { return nil }
    let steps = block.steps.dropLast()
    guard
      let call = steps.lastIndex(where: { step in
        if case .let(_, _, _, .call(_, let callee, _)) = step { callee == function } else { false }
      }), case .let(_, let variable, _, .call(_, _, let arguments)) = steps[call]
    else { return nil }
    let own = Core.Atom.local(.none, variable: variable)
    guard operands.count(where: { $0.variable == variable }) == 1 else { return nil }
    // Texts are put together in one order only.
    if kind == .text, operands.last?.variable != variable { return nil }
    guard steps[(call + 1)...].allSatisfy({ canGoBefore($0, own) }) else { return nil }
    return Accumulated(
      call: call, arguments: arguments, others: operands.filter { $0.variable != variable }, kind: kind)
  }

  /// Whether a step may be done before the call: it always gives a value, and does not read the call's.
  private func canGoBefore(_ step: Core.Step, _ result: Core.Atom) -> Bool {
    guard case .let(_, _, _, let value) = step else { return false }
    switch value {
    case .atom, .construct, .payload: break
    case .primitive(_, let name, _): if Primitive.named(name)?.mayFail != false { return false }
    case .call, .perform: return false
    }
    var isRead = false
    _ = value.mapAtoms { atom in
      if atom.variable == result.variable { isRead = true }
      return atom
    }
    return !isRead
  }
}

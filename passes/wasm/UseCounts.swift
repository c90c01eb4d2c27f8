import Languages
import Nanopass

/// How often the variables of a function are read and its labels jumped to, and where the only read is. What only
/// serves variables that nothing reads does not count.
struct UseCounts {
  /// A place in a function.
  struct Place: Equatable {
    /// The block, by a number of its own.
    var block: Int
    /// How many loops are around it.
    var loops: Int
    /// Whether a `choose` decides if control comes there.
    var isConditional = false
  }

  /// The reads of a variable.
  struct Uses {
    var count: Int
    /// The read that stands first.
    var place: Place
  }

  private(set) var uses: LocalTable<Uses> = [:]
  private(set) var jumps: LocalTable<Int> = [:]
  /// The places where variables are set by `let`.
  private(set) var definitions: LocalTable<Place> = [:]
  private var place = Place(block: 0, loops: 0)
  private var blocks = 0
  private let effects: EffectTable
  private var reads = VariableReads()

  init(_ function: WasmIR.Function, _ effects: EffectTable) throws {
    self.effects = effects
    try block(function.body)
  }

  /// The parts from the last to the first, since reads stand behind what is read.
  private mutating func block(_ node: WasmIR.Block) throws {
    let outer = place
    blocks += 1
    place.block = blocks
    try end(node.end)
    for step in node.steps.reversed() {
      switch step {
      case .let(_, let variable, _, let value):
        definitions[variable.id] = place
        if uses[variable.id] != nil || !effects.all(value).isEmpty { try expression(value) }
      case .receive(_, _, let value), .run(_, let value): try expression(value)
      case .join(_, let label, _, let body): if jumps[label.id] != nil { try block(body) }
      }
    }
    place = outer
  }

  private mutating func end(_ node: WasmIR.End) throws {
    switch node {
    case .jump(_, let label, let arguments):
      jumps[label.id, default: 0] += 1
      for argument in arguments { try expression(argument) }
    case .return(_, let values), .tailCall(_, _, let values): for value in values { try expression(value) }
    case .loop(_, _, _, let arguments, let body):
      place.loops += 1
      try block(body)
      place.loops -= 1
      for argument in arguments { try expression(argument) }
    case .if(_, let condition, let then, let rest):
      try block(then)
      try block(rest)
      try expression(condition)
    case .switch(_, let subject, let cases, let rest):
      for each in cases { try block(each.body) }
      try block(rest)
      try expression(subject)
    case .attempt(_, _, _, let arguments, let then, let rest):
      try block(then)
      try block(rest)
      for argument in arguments { try expression(argument) }
    case .unreachable, .abandon: break
    }
  }

  private mutating func expression(_ node: WasmIR.Expr) throws {
    reads.found.removeAll(keepingCapacity: true)
    try reads.visit(node)
    for read in reads.found {
      var place = place
      place.isConditional = read.isConditional
      uses[read.variable.id] = Uses(count: (uses[read.variable.id]?.count ?? 0) + 1, place: place)
    }
  }
}

/// The variables that an expression reads, in order.
private struct VariableReads: WasmIRWalker {
  var found: [(variable: Local, isConditional: Bool)] = []
  private var isConditional = false

  mutating func visit(_ node: WasmIR.Expr) throws {
    switch node {
    case .local(_, let variable): found.append((variable, isConditional))
    case .choose(_, let condition, _, let then, let rest):
      try visit(condition)
      let outer = isConditional
      isConditional = true
      try visit(then)
      try visit(rest)
      isConditional = outer
    default: try walk(node)
    }
  }
}

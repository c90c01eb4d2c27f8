import Nanopass

/// What an instruction does that has a result or touches the heap: all but the moves of control, which the languages
/// of blocks have in common.
protocol BlockDomain: AnyObject {
  /// What a variable holds.
  associatedtype Held
  associatedtype Operation
  /// What variables hold before they are bound.
  static var nothing: Held { get }
  func carryOut(_ operation: Operation, _ operands: Operands<Self>) throws -> Held
  /// By what a switch chooses: a small number.
  func key(_ value: Held) throws -> Int
  /// By what a test chooses.
  func literal(_ value: Held, _ kind: LiteralKind) throws -> LiteralKey
}

/// A literal that a test compares with; equal as the language says: NaN differs from everything, `0.0` equals `-0.0`.
enum LiteralKey: Hashable {
  case integer(Whole)
  case float(Double)
  case string(Text)
  case bool(Bool)

  var kind: LiteralKind {
    switch self {
    case .integer: .integer
    case .float: .float
    case .string: .string
    case .bool: .bool
    }
  }
}

enum LiteralKind { case integer, float, string, bool }

/// One step of a flat program. Numbers refer to tables of the program; `to` is a variable's place in the frame, or -1.
/// A value is a place, or for a constant the complement of its number.
enum Instruction {
  case move(value: Int32, to: Int32)
  case operate(operation: Int32, operands: Int32, count: Int32, to: Int32)
  case call(function: Int32, operands: Int32, count: Int32, to: Int32)
  /// A call with several results; `to` says where their places stand in `numbers`, behind how many there are.
  case receive(function: Int32, operands: Int32, count: Int32, to: Int32)
  case tailCall(function: Int32, operands: Int32, count: Int32)
  case jump(label: Int32, operands: Int32, count: Int32)
  case choose(subject: Int32, choice: Int32)
  case test(subject: Int32, test: Int32)
  case end(value: Int32)
  case endWith(values: Int32, count: Int32)
}

/// A program of `Core`, `Loops` or `Counted` made ready to run: blocks are sequences of instructions, variables are
/// places, names are numbers.
struct FlatProgram<Domain: BlockDomain> {
  /// Where a function or a block starts, and the places of its parameters, which stand in `numbers`.
  struct Target {
    var start: Int32 = 0
    var parameters: Int32 = 0
    var count: Int32 = 0
    /// How many places the frame of a function has.
    var size: Int32 = 0
  }

  struct Choice {
    /// Where to go on for each key; -1 for none.
    var starts: [Int32] = []
    var other: Int32 = -1
  }

  struct Test {
    var kind = LiteralKind.integer
    var starts: [LiteralKey: Int32] = [:]
    var other: Int32 = -1
  }

  var instructions: [Instruction] = []
  /// Operands and parameters.
  var numbers: [Int32] = []
  var constants: [Domain.Held] = []
  var operations: [Domain.Operation] = []
  var functions: [Target] = []
  var functionNames: [Name] = []
  var labels: [Target] = []
  var choices: [Choice] = []
  var tests: [Test] = []

  /// The function of that name.
  func function(_ name: Name) throws -> Int {
    guard let index = functionNames.firstIndex(of: name) else { throw InterpreterError.broken("no function \(name)") }
    return index
  }
}

/// What is common to the making of flat programs. A block whose start is asked for waits until the one before it is done.
struct FlatBuilder<Domain: BlockDomain, Block> {
  /// What learns where a block starts.
  enum Slot {
    case function(Int)
    case label(Int)
    case choice(Int, key: Int)
    case otherChoice(Int)
    case test(Int, LiteralKey)
    case otherTest(Int)
  }

  /// A block that is still to be made, with the labels in its scope, by number.
  struct Waiting {
    var slot: Slot
    var block: Block
    var labels: [Int: Int]
  }

  private(set) var program = FlatProgram<Domain>()
  private(set) var waiting: [Waiting] = []
  /// The labels in scope.
  var labels: [Int: Int] = [:]
  private var functions: [Name: Int] = [:]
  /// The places of the function's variables, by number.
  private var places: [Int: Int32] = [:]

  init(functions names: [Name]) {
    program.functionNames = names
    program.functions = names.map { _ in .init() }
    for (index, name) in names.enumerated() { functions[name] = index }
  }

  // MARK: Parts

  mutating func place(_ variable: Local) -> Int32 {
    if let place = places[variable.id] { return place }
    let place = Int32(places.count)
    places[variable.id] = place
    return place
  }

  mutating func constant(_ value: Domain.Held) -> Int32 {
    program.constants.append(value)
    return ~Int32(program.constants.count - 1)
  }

  mutating func emit(_ instruction: Instruction) { program.instructions.append(instruction) }

  mutating func operate(_ operation: Domain.Operation, _ operands: [Int32], to place: Int32) {
    program.operations.append(operation)
    let start = numbers(operands)
    emit(
      .operate(
        operation: Int32(program.operations.count - 1), operands: start, count: Int32(operands.count), to: place))
  }

  mutating func call(_ name: Name, _ operands: [Int32], to place: Int32?) throws {
    guard let function = functions[name] else { throw InterpreterError.broken("no function \(name)") }
    let (index, start, count) = (Int32(function), numbers(operands), Int32(operands.count))
    emit(
      place.map { .call(function: index, operands: start, count: count, to: $0) }
        ?? .tailCall(function: index, operands: start, count: count))
  }

  mutating func receive(_ name: Name, _ operands: [Int32], to places: [Int32]) throws {
    guard let function = functions[name] else { throw InterpreterError.broken("no function \(name)") }
    let start = numbers(operands)
    let receivers = numbers([Int32(places.count)] + places)
    emit(.receive(function: Int32(function), operands: start, count: Int32(operands.count), to: receivers))
  }

  mutating func end(with values: [Int32]) {
    if values.count == 1 { return emit(.end(value: values[0])) }
    emit(.endWith(values: numbers(values), count: Int32(values.count)))
  }

  mutating func jump(_ label: Local, _ operands: [Int32]) throws {
    guard let index = labels[label.id] else { throw InterpreterError.broken("no label \(label)") }
    let start = numbers(operands)
    emit(.jump(label: Int32(index), operands: start, count: Int32(operands.count)))
  }

  private mutating func numbers(_ values: [Int32]) -> Int32 {
    program.numbers += values
    return Int32(program.numbers.count - values.count)
  }

  // MARK: Blocks

  mutating func begin(_ name: Name, _ parameters: [Local], _ body: Block) {
    places = [:]
    labels = [:]
    guard let index = functions[name] else { return }
    program.functions[index] = target(parameters)
    later(body, .function(index))
  }

  mutating func finish(_ name: Name) {
    if let index = functions[name] { program.functions[index].size = Int32(places.count) }
  }

  /// - Parameter isLoop: whether the body may jump to the label itself.
  mutating func define(_ label: Local, _ parameters: [Local], _ body: Block, isLoop: Bool = false) {
    let index = program.labels.count
    program.labels.append(target(parameters))
    if !isLoop { later(body, .label(index)) }
    labels[label.id] = index
    if isLoop { later(body, .label(index)) }
  }

  private mutating func target(_ parameters: [Local]) -> FlatProgram<Domain>.Target {
    let start = numbers(parameters.map { place($0) })
    return .init(parameters: start, count: Int32(parameters.count))
  }

  mutating func choose(_ subject: Int32, _ cases: [(key: Int, body: Block)], _ other: Block?) throws {
    let index = program.choices.count
    let size = (cases.map(\.key).max() ?? -1) + 1
    guard size < 1 << 20, cases.allSatisfy({ $0.key >= 0 }) else {
      throw InterpreterError.unsupported("a choice of \(size) cases")
    }
    program.choices.append(.init(starts: Array(repeating: -1, count: size)))
    emit(.choose(subject: subject, choice: Int32(index)))
    for one in cases { later(one.body, .choice(index, key: one.key)) }
    if let other { later(other, .otherChoice(index)) }
  }

  mutating func test(_ subject: Int32, _ cases: [(key: LiteralKey, body: Block)], _ other: Block) {
    let index = program.tests.count
    program.tests.append(.init(kind: cases.first?.key.kind ?? .integer))
    emit(.test(subject: subject, test: Int32(index)))
    // The last to be made is the first of equal ones.
    for one in cases { later(one.body, .test(index, one.key)) }
    later(other, .otherTest(index))
  }

  private mutating func later(_ block: Block, _ slot: Slot) {
    waiting.append(Waiting(slot: slot, block: block, labels: labels))
  }

  /// The next block to make, which starts here.
  mutating func next() -> Block? {
    guard let next = waiting.popLast() else { return nil }
    labels = next.labels
    let start = Int32(program.instructions.count)
    switch next.slot {
    case .function(let index): program.functions[index].start = start
    case .label(let index): program.labels[index].start = start
    case .choice(let index, let key): program.choices[index].starts[key] = start
    case .otherChoice(let index): program.choices[index].other = start
    case .test(let index, let key): program.tests[index].starts[key] = start
    case .otherTest(let index): program.tests[index].other = start
    }
    return next.block
  }
}

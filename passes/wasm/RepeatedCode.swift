import Languages
import Nanopass
import WasmBinary

/// Finds runs of instructions that stand in a module several times, but for which variables they read.
///
/// All runs grow together by one instruction at a time, and those that are like no other are given up: what begins with
/// a run of which there is but one is there but once.
struct RepeatedCode {
  /// A place in the code: a body by its number in the order of the walk, and an instruction in it.
  struct Place: Hashable {
    var body: Int
    var index: Int
  }

  /// A run that stands at several places.
  struct Run {
    /// Where it begins, in order.
    var starts: [Int]
    var length: Int
    var saving: Int
  }

  /// An instruction in the order of the walk.
  struct Item {
    var place: Place
    var function: Int
    var instruction: WasmCode.Instruction
    /// What tells it from others; reads of variables of one type are alike. Nil for an end of all runs.
    var key: Int?
    /// The variable that it reads.
    var local: Int?
    /// How many bytes it takes.
    var size: Int
  }

  /// The fewest bytes that a call must save: for less it is not worth its time.
  private static let leastSaving = 2
  /// The most instructions of a run.
  private static let greatestLength = 40

  private(set) var items: [Item] = []
  private var keys: [Key: Int] = [:]
  /// The types of the variables of each function.
  let locals: [[WasmCode.Ty]]
  let typing: StackTyping
  private var bodies = 0
  /// The number of a function that is added.
  private let callee: Int

  private enum Key: Hashable {
    case local(WasmCode.Ty)
    case instruction(WasmCode.Instruction)
  }

  /// - Parameter recursive: the functions that may call themselves: what calls them must not take more stack.
  init(_ root: WasmCode.Root, recursive: Set<Int>) {
    callee = root.imports.count + root.functions.count
    typing = StackTyping(root)
    let typing = typing
    locals = root.functions.map { typing.parameters(of: $0) + $0.locals.map(\.ty) }
    for (number, function) in root.functions.enumerated() { add(function.body, of: number, recursive) }
  }

  private mutating func add(_ body: [WasmCode.Instruction], of function: Int, _ recursive: Set<Int>) {
    let number = bodies
    bodies += 1
    for (index, instruction) in body.enumerated() {
      let place = Place(body: number, index: index)
      var item = Item(place: place, function: function, instruction: instruction, key: nil, local: nil, size: 0)
      if case .indexed(_, "local.get", let local) = instruction, locals[function].indices.contains(local) {
        item.key = key(.local(locals[function][local]))
        (item.local, item.size) = (local, 2)
      } else if !Self.calls(instruction, recursive), let size = instruction.encodedSize {
        item.key = key(.instruction(instruction))
        item.size = size
      }
      items.append(item)
      for inner in instruction.bodies { add(inner, of: function, recursive) }
    }
    items.append(
      Item(
        place: Place(body: number, index: body.count), function: function, instruction: .plain(.none, name: "end"),
        key: nil, local: nil, size: 0))
  }

  private static func calls(_ instruction: WasmCode.Instruction, _ functions: Set<Int>) -> Bool {
    if case .indexed(_, "call", let function) = instruction { functions.contains(function) } else { false }
  }

  private mutating func key(_ key: Key) -> Int {
    if let number = keys[key] { return number }
    keys[key] = keys.count
    return keys.count - 1
  }

  /// What an instruction is in a run.
  private struct Element: Hashable {
    var key: Int
    /// Where the variable that it reads is read first.
    var first = 0
  }

  /// What an instruction is in the run from another on; nil if that can't go on with it.
  private func element(_ index: Int, in start: Int) -> Element? {
    guard items.indices.contains(index), let key = items[index].key, items[index].place.body == items[start].place.body
    else { return nil }
    guard let local = items[index].local else { return Element(key: key) }
    return Element(key: key, first: items[start...index].firstIndex { $0.local == local }.map { $0 - start } ?? 0)
  }

  /// All runs that save something, those that save most first.
  ///
  /// - Parameter cost: the bytes of a function of that type beside its code.
  func runs(_ cost: (StackEffect) -> Int) -> [Run] {
    var alive: [[Int]] = [items.indices.filter { items[$0].key != nil }]
    var found: [Run] = []
    for length in 1...Self.greatestLength {
      var next: [[Int]] = []
      for group in alive {
        var groups: [Element: [Int]] = [:]
        for start in group {
          if let element = element(start + length - 1, in: start) { groups[element, default: []].append(start) }
        }
        for starts in groups.values where starts.count > 1 {
          next.append(starts)
          if length > 1, let run = run(starts, length, cost) { found.append(run) }
        }
      }
      alive = next
      if alive.isEmpty { break }
    }
    return found.sorted { ($1.saving, $0.starts[0], $1.length) < ($0.saving, $1.starts[0], $0.length) }
  }

  private func run(_ starts: [Int], _ length: Int, _ cost: (StackEffect) -> Int) -> Run? {
    let apart = Self.apart(starts, length)
    guard apart.count > 1, let effect = effect(apart[0], length) else { return nil }
    let saving = saving(effect, apart.count, cost)
    return saving > 0 ? Run(starts: apart, length: length, saving: saving) : nil
  }

  /// What is saved by a function in place of so many runs.
  func saving(_ effect: StackEffect, _ count: Int, _ cost: (StackEffect) -> Int) -> Int {
    let call = 2 * effect.locals.count + 1 + callee.unsignedSize
    guard effect.size - call >= Self.leastSaving else { return 0 }
    return count * (effect.size - call) - effect.size - 2 * effect.inputs.count - cost(effect)
  }

  /// The places, in order, without those that overlap with one before.
  static func apart(_ starts: [Int], _ length: Int) -> [Int] {
    var result: [Int] = []
    for start in starts {
      if let last = result.last, start < last + length { continue }
      result.append(start)
    }
    return result
  }

  /// What a run takes and gives.
  struct StackEffect {
    /// What it takes from the stack, in the order of the stack.
    var inputs: [WasmCode.Ty]
    /// The variables that it reads, in order of the first reads, and their types.
    var locals: [(number: Int, type: WasmCode.Ty)]
    var results: [WasmCode.Ty]
    /// The bytes of its instructions.
    var size: Int

    var parameters: [WasmCode.Ty] { inputs + locals.map(\.type) }
  }

  /// What a run does; nil if that is not known.
  func effect(_ start: Int, _ length: Int) -> StackEffect? {
    var stack = StackTyping.Stack()
    var effect = StackEffect(inputs: [], locals: [], results: [], size: 0)
    for item in items[start..<(start + length)] {
      effect.size += item.size
      if let local = item.local {
        let type = locals[item.function][local]
        stack.values.append(type)
        if !effect.locals.contains(where: { $0.number == local }) { effect.locals.append((local, type)) }
      } else if !typing.run(item.instruction, on: &stack) {
        return nil
      }
    }
    effect.inputs = stack.inputs.reversed()
    effect.results = stack.values
    return effect
  }
}

extension WasmCode.Instruction {
  /// The bodies in it, in the order of the walk.
  var bodies: [[WasmCode.Instruction]] {
    switch self {
    case .block(_, _, let body), .loop(_, _, let body), .try(_, _, _, _, let body): [body]
    case .if(_, _, let then, let rest): [then, rest]
    default: []
    }
  }
}

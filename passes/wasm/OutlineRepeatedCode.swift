import Languages
public import Nanopass

/// Puts runs of instructions that stand at several places into functions of their own, if small output is asked for.
///
///     [... (indexed local.get 3) (indexed2 struct.get 7 0) (indexed local.get 3) (indexed2 struct.get 7 1)
///      (i64 1) (null 2) (indexed call 9) ...]
///
/// becomes
///
///     [... (indexed local.get 3) (indexed call 30) ...]
///
/// What a run takes from the stack and the variables that it reads are the parameters of the function, what it leaves on
/// the stack are its results; it sets no variables and does not branch. It is done where that makes the module smaller,
/// the largest saving first, and again with what is left (the JSON parser: 8,698 bytes become 8,484 for the engine's heap,
/// 16,608 become 15,702 in memory). Calls of functions that may call themselves stay where they
/// are: each would take more stack.
///
/// Source: Cooper, McIntosh: Enhanced Code Compression for Embedded RISC Processors, PLDI 1999 (procedural abstraction).
///
/// Needs: known-indices, known-instructions. Ensures: known-indices, known-instructions.
public struct OutlineRepeatedCode: Pass {
  public typealias Input = WasmCode
  public typealias Output = WasmCode
  public static let summary = "Put repeated runs of instructions into functions if small output is asked for"

  /// How often what is left is looked at again.
  private static let rounds = 6

  private var program = WasmCode.Root(
    .none, effects: [], groups: [], imports: [], memory: nil, tags: [], globals: [], functions: [], exports: [],
    data: [])
  /// The numbers of function types.
  private var types: [WasmCode.TypeDef: Int] = [:]
  private var typeCount = 0

  public init() {}

  public mutating func run(_ input: WasmCode.Root, in context: PassContext) throws -> WasmCode.Root {
    guard context.options.favoursSize else {
      context.explain("Left repeated code where it is: small output is not asked for.", data: [("functions", 0)])
      return input
    }
    program = input
    for type in input.groups.flatMap(\.types) {
      if case .function = type, types[type] == nil { types[type] = typeCount }
      typeCount += 1
    }
    var saved = 0
    for _ in 0..<Self.rounds {
      let more = try outline()
      saved += more
      if more == 0 { break }
    }
    let count = program.functions.count - input.functions.count
    context.explain(
      "Put repeated code into \(count) functions, which saves about \(saved) bytes.", data: [("functions", count)])
    return program
  }

  /// Puts the runs that save most into functions; gives how many bytes that saves.
  private mutating func outline() throws -> Int {
    let code = RepeatedCode(program, recursive: Self.recursive(program))
    var taken = [Bool](repeating: false, count: code.items.count)
    var calls = RunCalls()
    var saved = 0
    for run in code.runs({ cost(of: $0) }) {
      let starts = run.starts.filter { start in !taken[start..<(start + run.length)].contains(true) }
      guard starts.count > 1, let first = starts.first, let effect = code.effect(first, run.length) else { continue }
      let saving = code.saving(effect, starts.count) { cost(of: $0) }
      // What others have taken much from is looked at again in the next round.
      guard saving > 0, saving * 2 >= run.saving else { continue }
      let number = program.imports.count + program.functions.count
      program.functions.append(function(code.items[first..<(first + run.length)], effect))
      for start in starts {
        for index in start..<(start + run.length) { taken[index] = true }
        guard let own = code.effect(start, run.length) else { continue }
        calls.replace(code.items[start].place, run.length, own.locals.map(\.number), number)
      }
      saved += saving
    }
    let old = program.functions.count
    program.functions = try program.functions.enumerated().map { index, function in
      // The new ones stand at the end, behind all bodies that have numbers.
      index < old ? try calls.function(function) : function
    }
    return saved
  }

  /// The function with the code of a run.
  private mutating func function(_ items: ArraySlice<RepeatedCode.Item>, _ effect: RepeatedCode.StackEffect)
    -> WasmCode.Function
  {
    let span = items.first?.instruction.span ?? .none
    let inputs = effect.inputs.indices.map { WasmCode.Instruction.indexed(span, name: "local.get", index: $0) }
    let body = items.map { item -> WasmCode.Instruction in
      guard let local = item.local, let place = effect.locals.firstIndex(where: { $0.number == local }) else {
        return item.instruction
      }
      return .indexed(item.instruction.span, name: "local.get", index: inputs.count + place)
    }
    let parameters = effect.parameters.indices.map { _ in Name("x") }
    return WasmCode.Function(
      span, name: Name("shared.\(program.functions.count)"), type: type(effect), parameters: parameters, locals: [],
      body: inputs + body)
  }

  // MARK: Types

  private static func signature(_ effect: RepeatedCode.StackEffect) -> WasmCode.TypeDef {
    .function(.none, parameters: effect.parameters, results: effect.results)
  }

  private mutating func type(_ effect: RepeatedCode.StackEffect) -> Int {
    let signature = Self.signature(effect)
    if let number = types[signature] { return number }
    types[signature] = typeCount
    typeCount += 1
    program.groups.append(WasmCode.Group(.none, types: [signature]))
    return typeCount - 1
  }

  /// The bytes of a function beside its code: its entries, its end, and its type if that is new.
  private func cost(of effect: RepeatedCode.StackEffect) -> Int {
    guard types[Self.signature(effect)] == nil else { return 4 }
    return 7 + (effect.parameters + effect.results).reduce(0) { $0 + ($1.mentioned == nil ? 1 : 2) }
  }

  // MARK: Recursion

  /// The numbers of the functions that may call themselves.
  private static func recursive(_ root: WasmCode.Root) -> Set<Int> {
    let first = root.imports.count
    let calls = root.functions.map { function in Array(calledFunctions(function.body)).map { $0 - first } }
    let known = calls.map { $0.filter { $0 >= 0 } }
    var result: Set<Int> = []
    for component in stronglyConnectedComponents(known) {
      guard let only = component.first, component.count > 1 || known[only].contains(only) else { continue }
      for member in component { result.insert(member + first) }
    }
    return result
  }

  private static func calledFunctions(_ body: [WasmCode.Instruction]) -> Set<Int> {
    var result: Set<Int> = []
    for instruction in body {
      if case .indexed(_, let name, let function) = instruction, name == "call" || name == "return_call" {
        result.insert(function)
      }
      for inner in instruction.bodies { result.formUnion(calledFunctions(inner)) }
    }
    return result
  }
}

/// Puts calls in place of runs.
private struct RunCalls {
  private struct Replacement {
    var length: Int
    var locals: [Int]
    var function: Int
  }

  private var replacements: [RepeatedCode.Place: Replacement] = [:]
  private var bodies = 0

  mutating func replace(_ place: RepeatedCode.Place, _ length: Int, _ locals: [Int], _ function: Int) {
    replacements[place] = Replacement(length: length, locals: locals, function: function)
  }

  mutating func function(_ node: WasmCode.Function) throws -> WasmCode.Function {
    var function = node
    function.body = body(node.body)
    return function
  }

  /// The bodies are numbered in the order in which the runs were found.
  private mutating func body(_ node: [WasmCode.Instruction]) -> [WasmCode.Instruction] {
    let number = bodies
    bodies += 1
    var result: [WasmCode.Instruction] = []
    var index = 0
    while index < node.count {
      if let run = replacements[RepeatedCode.Place(body: number, index: index)] {
        let span = node[index].span
        result += run.locals.map { .indexed(span, name: "local.get", index: $0) }
        result.append(.indexed(span, name: "call", index: run.function))
        index += run.length
      } else {
        result.append(inside(node[index]))
        index += 1
      }
    }
    return result
  }

  private mutating func inside(_ node: WasmCode.Instruction) -> WasmCode.Instruction {
    switch node {
    case .block(let span, let type, let inner): .block(span, ty: type, body: body(inner))
    case .try(let span, let type, let tag, let label, let inner):
      .try(span, ty: type, tag: tag, label: label, body: body(inner))
    case .loop(let span, let type, let inner): .loop(span, ty: type, body: body(inner))
    case .if(let span, let type, let then, let rest): .if(span, ty: type, then: body(then), else: body(rest))
    default: node
    }
  }
}

import Languages
import Nanopass

/// A place in a function: before an instruction of a block, both by position.
struct MachinePlace: Hashable {
  var block: Int
  var index: Int
}

/// Where `VersionBlocks` needs the second version of a function, and what control takes along there.
struct VersionPlan {
  let function: Machine.Function
  let graph: MachineGraph
  let integers: SmallIntegers
  /// Where control comes into the second version, by block, in ascending order.
  private(set) var entries: [[Int]]
  /// The variables that are read behind each of these places and are no parameters of the function, in ascending order.
  private(set) var passed: [MachinePlace: [Int]] = [:]
  /// All variables that are read behind them.
  private var live: [MachinePlace: LocalSet] = [:]
  /// The variables of the function, by number, and what they hold.
  private var locals: [(local: Local, ty: Machine.Ty)?] = []
  /// The number of ways out of the first version.
  private(set) var exits = 0

  init(_ function: Machine.Function, _ graph: MachineGraph, _ integers: SmallIntegers, _ liveness: Liveness) {
    self.function = function
    self.graph = graph
    self.integers = integers
    entries = [[Int]](repeating: [], count: function.blocks.count)
    findExits()
    findWaysOn()
    findLocals()
    let own = Set(function.parameters.map(\.variable.id))
    for block in graph.order where !entries[block].isEmpty {
      for (index, set) in zip(entries[block], liveness.before(entries[block], of: block)) {
        let place = MachinePlace(block: block, index: index)
        live[place] = set
        passed[place] = set.elements.filter { !own.contains($0) }
      }
    }
  }

  /// The variables passed at all places together: a measure of the second version's size.
  var size: Int { passed.values.reduce(0) { $0 + $1.count } }

  /// The places where the first version may meet a big integer.
  private mutating func findExits() {
    for block in graph.order {
      guard var known = integers.entries[block] else { continue }
      for index in function.blocks[block].instructions.indices {
        let step = integers.step(index, of: block)
        var leaves = !step.required(known, integers.wanted).isEmpty
        if case .arithmetic = step { leaves = true }
        if leaves {
          entries[block].append(index)
          exits += 1
        }
        integers.follow(step, &known)
      }
      for target in function.blocks[block].end.targets {
        guard let position = graph.positions[target.label.id],
          !integers.required(target, at: position, known).isEmpty
        else { continue }
        enter(position)
        exits += 1
      }
    }
  }

  /// Makes the beginning of a block one of the places.
  private mutating func enter(_ block: Int) {
    if entries[block].first != 0 { entries[block].insert(0, at: 0) }
  }

  /// The blocks to which control goes on from such places.
  private mutating func findWaysOn() {
    var work = graph.order.filter { !entries[$0].isEmpty }
    var seen = Set(work)
    while let block = work.popLast() {
      for successor in graph.successors[block] {
        enter(successor)
        if seen.insert(successor).inserted { work.append(successor) }
      }
    }
  }

  private mutating func findLocals() {
    locals = Array(repeating: nil, count: function.greatestLocal + 1)
    for parameter in function.parameters { note(parameter.variable, parameter.ty) }
    for block in function.blocks {
      for parameter in block.parameters { note(parameter.variable, parameter.ty) }
      for instruction in block.instructions {
        switch instruction {
        case .set(_, let variable, let ty, _): note(variable, ty)
        case .checked(_, let variable, let overflow, _, _, _):
          note(variable, .word)
          note(overflow, .bit)
        case .receive(_, _, _, let parameters): for parameter in parameters { note(parameter.variable, parameter.ty) }
        case .run, .store: break
        }
      }
    }
  }

  private mutating func note(_ variable: Local, _ ty: Machine.Ty) {
    locals[variable.id] = (variable, ty)
  }

  /// The variable of a number, and what it holds.
  func local(_ number: Int) -> (local: Local, ty: Machine.Ty)? {
    locals.indices.contains(number) ? locals[number] : nil
  }

  /// The blocks at which control may come back from the second version: those of loops that read nothing set outside,
  /// but for parameters of the function.
  var returns: [Int] {
    integers.headers.sorted().filter { header in
      let own = Set(function.blocks[header].parameters.map(\.variable.id))
      guard let passed = passed[MachinePlace(block: header, index: 0)] else { return false }
      return passed.allSatisfy { own.contains($0) }
    }
  }

  /// The variables that the first version of a loop needs to be small.
  func tested(at header: Int) -> [Int] {
    guard var result = integers.entries[header], let read = live[MachinePlace(block: header, index: 0)] else {
      return []
    }
    result.formIntersection(read)
    return result.elements
  }
}

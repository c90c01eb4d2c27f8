import Languages
import Nanopass

/// Where `VersionBlocks` needs the second version of a function, and what control takes along there. An object, since what
/// writes the versions hands it on and on, and to copy all its tables would take longer than to make them.
final class VersionPlan {
  let function: Machine.Function
  let graph: MachineGraph
  let integers: SmallIntegers
  /// Whether control comes into the second version at the beginning of the function, and there is no first one.
  let isGeneral: Bool
  private let liveness: Liveness
  /// Where control comes into the second version.
  private(set) var places = PlaceTable([])
  /// The variables that are read behind each of these places and are no parameters of the function, in ascending order.
  private var passed: [[Int]] = []
  /// The variables of the function, by number, and what they hold.
  private var locals: [(local: Local, ty: Machine.Ty)?] = []
  /// The number of ways out of the first version.
  private(set) var exits = 0

  init(
    _ function: Machine.Function, _ graph: MachineGraph, _ integers: SmallIntegers, _ liveness: Liveness,
    isGeneral: Bool = false
  ) {
    self.function = function
    self.graph = graph
    self.integers = integers
    self.liveness = liveness
    self.isGeneral = isGeneral
    var entries = [[Int]](repeating: [], count: function.blocks.count)
    if isGeneral, let first = graph.order.first {
      Self.enter(first, &entries)
    } else {
      findExits(&entries)
    }
    findWaysOn(&entries)
    findLocals()
    places = PlaceTable(entries)
    var own = LocalSet()
    for parameter in function.parameters { own.insert(parameter.variable.id) }
    passed.reserveCapacity(places.count)
    for (block, indices) in entries.enumerated() where !indices.isEmpty {
      for var set in liveness.before(indices, of: block) {
        set.subtract(own)
        passed.append(set.elements)
      }
    }
  }

  /// The variables passed at all places together: a measure of the second version's size.
  var size: Int { passed.reduce(0) { $0 + $1.count } }

  /// The variables passed to a place.
  func passed(to place: MachinePlace) -> [Int] { places.number(of: place).map { passed[$0] } ?? [] }

  /// The places where the first version may meet a big integer.
  private func findExits(_ entries: inout [[Int]]) {
    for block in graph.order {
      guard var known = integers.entries[block] else { continue }
      for index in function.blocks[block].instructions.indices {
        let step = integers.step(index, of: block)
        var leaves = false
        if case .arithmetic = step { leaves = true }
        step.forEachRequired(known, integers.wanted) { _, _ in leaves = true }
        if leaves {
          if entries[block].last != index { entries[block].append(index) }
          exits += 1
        }
        if step.tested(integers.wanted) != nil {
          entries[block].append(index + 1)
          exits += 1
        }
        integers.follow(step, &known)
      }
      for target in function.blocks[block].end.targets {
        guard let position = graph.positions[target.label.id],
          !integers.required(target, at: position, known).isEmpty
        else { continue }
        Self.enter(position, &entries)
        exits += 1
      }
    }
  }

  /// Makes the beginning of a block one of the places.
  private static func enter(_ block: Int, _ entries: inout [[Int]]) {
    if entries[block].first != 0 { entries[block].insert(0, at: 0) }
  }

  /// The blocks to which control goes on from such places.
  private func findWaysOn(_ entries: inout [[Int]]) {
    var work = graph.order.filter { !entries[$0].isEmpty }
    var seen = entries.map { !$0.isEmpty }
    while let block = work.popLast() {
      for successor in graph.successors[block] {
        Self.enter(successor, &entries)
        if seen[successor] { continue }
        seen[successor] = true
        work.append(successor)
      }
    }
  }

  private func findLocals() {
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

  private func note(_ variable: Local, _ ty: Machine.Ty) {
    locals[variable.id] = (variable, ty)
  }

  /// The variable of a number, and what it holds.
  func local(_ number: Int) -> (local: Local, ty: Machine.Ty)? {
    locals.indices.contains(number) ? locals[number] : nil
  }

  /// The blocks at which control may come back from the second version: those of loops that read nothing set outside,
  /// but for parameters of the function.
  var returns: [Int] {
    integers.headers.filter { header in
      if isGeneral, entering == nil || header != graph.successors[graph.order[0]].first { return false }
      guard let number = places.number(of: MachinePlace(block: header, index: 0)) else { return false }
      var others = LocalSet()
      for variable in passed[number] { others.insert(variable) }
      for parameter in function.blocks[header].parameters { others.remove(parameter.variable.id) }
      return others.isEmpty
    }
  }

  /// What the beginning of the function passes to a block, if it does nothing else.
  var entering: [Machine.Operand]? {
    guard let first = graph.order.first, function.blocks[first].instructions.isEmpty,
      case .jump(_, _, let arguments) = function.blocks[first].end
    else { return nil }
    return arguments
  }

  /// The variables that the first version of a loop needs to be small.
  func tested(at header: Int) -> [Int] {
    guard var result = integers.entries[header] else { return [] }
    result.formIntersection(liveness.entries[header])
    return result.elements
  }
}

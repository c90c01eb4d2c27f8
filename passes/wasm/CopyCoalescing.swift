import Languages

/// Copies of variables at the start of loops and at the jumps back to them, for which one variable can stand.
///
/// The variable of a loop and the value that it gets for the next round are one if nothing reads the former behind the
/// setting of the latter; the variable of a loop and its first value are one if nothing reads the latter again. Code is
/// structured, so that what control reaches behind an instruction in one round of the innermost loop stands behind it.
/// (Aggressive coalescing: Chaitin, Register Allocation & Spilling via Graph Coloring, SIGPLAN 1982; what interferes is
/// judged by positions here.)
struct CopyCoalescing {
  /// A copy of a variable: the instruction that puts it on the stack, and the one that takes it from there.
  private struct Copy {
    var read = -1
    var set = -1
  }

  /// Where variables of which one stands for all occur, in order.
  private struct Occurrences {
    var reads: [Int] = []
    /// Where they are set other than for the next round of a loop; parameters are set by nothing.
    var sets: [Int] = []
    /// Whether one is set for the next round of a loop.
    var isSetByJumps = false
  }

  private let drafts: [Draft]
  private var occurrences: [Occurrences]
  private var representatives: [Int]
  private var survey = Survey()
  /// The instructions that are left out, or only set what they also put on the stack.
  private(set) var dropped: Set<Int> = []

  /// The variable that stands for each.
  var variables: [Int] { representatives.indices.map { find($0) } }

  /// How many instructions are looked at to see where control goes behind one.
  private static let farthest = 1000

  /// - Parameters:
  ///   - drafts: the function's instructions.
  ///   - types: the types of its variables.
  ///   - parameters: how many of them are parameters.
  init(_ drafts: [Draft], types: [WasmCode.Ty], parameters: Int) {
    self.drafts = drafts
    occurrences = [Occurrences](repeating: Occurrences(), count: types.count)
    representatives = Array(types.indices)
    var copies: [Int: Copy] = [:]
    for (position, draft) in drafts.enumerated() {
      guard let copy = draft.copy else { continue }
      if case .set = draft.kind { copies[copy, default: Copy()].set = position }
      if draft.variableOnStack != nil { copies[copy, default: Copy()].read = position }
    }
    copies = copies.filter { $0.value.read >= 0 && $0.value.set >= 0 }
    guard !copies.isEmpty else { return }
    survey = Survey(drafts)
    noteOccurrences()
    for (_, copy) in copies.sorted(by: { $0.key < $1.key }) {
      guard case .set(let to) = drafts[copy.set].kind, let from = drafts[copy.read].variableOnStack,
        types[from] == types[to]
      else { continue }
      let (source, target) = (find(from), find(to))
      guard source != target, !occurrences[source].isSetByJumps else { continue }
      let isOne: Bool
      if let loop = survey.loopOfJump[copy.set] {
        isOne = isNextValue(source, of: target, keptBy: survey.loops[loop].kept[to] ?? [], loop)
      } else {
        isOne =
          entersLoop(behind: copy.set) && isFirstValue(source, readAt: copy.read, isParameter: from < parameters)
      }
      guard isOne else { continue }
      join(source, target)
      dropped.formUnion([copy.read, copy.set])
    }
  }

  /// Whether a variable may be the value for the next round of a loop's variable: it is set once in each round, not in
  /// a loop within, and behind that nothing reads the loop's variable, nor sets it in another way, nor needs it in the
  /// next round.
  private func isNextValue(_ source: Int, of target: Int, keptBy jumps: [Int], _ loop: Int) -> Bool {
    guard let start = occurrences[source].sets.first, occurrences[source].sets.count == 1,
      survey.around[start] == loop
    else { return false }
    let behind = start + 1..<survey.reach(from: start, in: loop, drafts, atMost: Self.farthest)
    return ![occurrences[target].reads, occurrences[target].sets, jumps].contains { $0.hasElement(in: behind) }
  }

  /// Whether a variable may be the value for the first round of a loop's variable: it is set once, in the same round of
  /// the loop around, and nothing reads it again.
  private func isFirstValue(_ source: Int, readAt position: Int, isParameter: Bool) -> Bool {
    let value = occurrences[source]
    guard value.sets.count == (isParameter ? 0 : 1), value.reads.last ?? 0 <= position else { return false }
    return survey.around[position] == (value.sets.first.map { survey.around[$0] } ?? -1)
  }

  /// Whether a loop begins where its variables have been set.
  private func entersLoop(behind position: Int) -> Bool {
    let next = drafts[(position + 1)...].first {
      if case .set = $0.kind { false } else { !$0.isIdleBetweenSets }
    }
    if case .loop? = next?.kind { return true }
    return false
  }

  private func find(_ variable: Int) -> Int {
    var variable = variable
    while representatives[variable] != variable { variable = representatives[variable] }
    return variable
  }

  private mutating func join(_ source: Int, _ target: Int) {
    // A parameter keeps its number.
    let (stays, goes) = source < target ? (source, target) : (target, source)
    representatives[goes] = stays
    occurrences[stays].reads = (occurrences[stays].reads + occurrences[goes].reads).sorted()
    occurrences[stays].sets = (occurrences[stays].sets + occurrences[goes].sets).sorted()
    occurrences[stays].isSetByJumps = true
  }

  private mutating func noteOccurrences() {
    for (position, draft) in drafts.enumerated() {
      switch draft.kind {
      case .get(let variable): occurrences[variable].reads.append(position)
      case .set(let variable) where survey.loopOfJump[position] != nil: occurrences[variable].isSetByJumps = true
      case .set(let variable), .tee(let variable): occurrences[variable].sets.append(position)
      default: break
      }
    }
  }
}

extension Draft {
  /// Whether it may stand between the settings of a loop's variables: the value for one that nothing reads is dropped.
  fileprivate var isIdleBetweenSets: Bool {
    switch kind {
    case .drop, .nothing: true
    default: false
    }
  }
}

/// The loops of a function.
private struct Survey {
  struct Loop {
    var end = 0
    /// The jumps to it that leave a variable as it is which other jumps set, in order.
    var kept: [Int: [Int]] = [:]
  }

  /// A jump to the next round of a loop, with the variables that it sets.
  private struct Jump {
    var loop: Int
    var position: Int
    var variables: Set<Int> = []
  }

  private(set) var loops: [Loop] = []
  /// The innermost loop around each instruction; -1 for none.
  private(set) var around: [Int] = []
  /// The loop for whose next round an instruction sets a variable.
  private(set) var loopOfJump: [Int: Int] = [:]
  private var loopOfLabel: [Label: Int] = [:]

  init() {}

  init(_ drafts: [Draft]) {
    var jumps: [Jump] = []
    // For what is open the loop around it, and whether it is a loop.
    var open: [(around: Int, isLoop: Bool)] = []
    var current = -1
    for (position, draft) in drafts.enumerated() {
      around.append(current)
      switch draft.kind {
      case .block, .if, .attempt: open.append((current, false))
      case .loop(let label, _):
        open.append((current, true))
        current = loops.count
        loopOfLabel[label] = current
        loops.append(Loop())
      case .end:
        guard let ended = open.popLast() else { continue }
        if ended.isLoop { loops[current].end = position }
        current = ended.around
      default:
        for loop in draft.targets.compactMap({ loopOfLabel[$0] }) {
          var jump = Jump(loop: loop, position: position)
          var before = position - 1
          while case .branch = draft.kind, before >= 0 {
            if case .set(let variable) = drafts[before].kind {
              jump.variables.insert(variable)
              loopOfJump[before] = loop
            } else if !drafts[before].isIdleBetweenSets {
              break
            }
            before -= 1
          }
          jumps.append(jump)
        }
      }
    }
    var variables = [Set<Int>](repeating: [], count: loops.count)
    for jump in jumps { variables[jump.loop].formUnion(jump.variables) }
    for jump in jumps {
      for variable in variables[jump.loop].subtracting(jump.variables) {
        loops[jump.loop].kept[variable, default: []].append(jump.position)
      }
    }
  }

  /// The end of what control may reach behind an instruction in the same round of a loop around it.
  func reach(from position: Int, in loop: Int, _ drafts: [Draft], atMost count: Int) -> Int {
    let end = loops[loop].end
    var depth = 0
    for next in position + 1..<min(end, position + count) {
      switch drafts[next].kind {
      case .attempt: return end
      case .block, .loop, .if: depth += 1
      case .end: depth = max(0, depth - 1)
      default:
        // A jump out of a block goes to somewhere behind.
        if drafts[next].targets.contains(where: { loopOfLabel[$0] == nil && $0 != DraftCode.whole }) { return end }
        if depth == 0, drafts[next].leaves { return next + 1 }
      }
    }
    return end
  }
}

extension [Int] {
  /// Whether an element of the ordered array lies in a range.
  fileprivate func hasElement(in range: Range<Int>) -> Bool {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if self[middle] < range.lowerBound { low = middle + 1 } else { high = middle }
    }
    return low < count && self[low] < range.upperBound
  }
}

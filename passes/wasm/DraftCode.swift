import Diagnostics
import Languages
import Nanopass

/// A label of a function that is being lowered.
typealias Label = Int

/// One instruction of a function in the making: variables and labels are not numbered yet, and blocks are flat.
struct Draft {
  enum Kind {
    case get(Int)
    case set(Int)
    case tee(Int)
    case drop
    case plain(Name)
    /// A constant, whose value nothing else depends on.
    case constant(WasmCode.Instruction)
    case leaf(WasmCode.Instruction)
    case branch(Label)
    case branchIf(Label)
    case branchTable([Label], Label)
    case branchOnCast(Name, Label, from: WasmCode.Ty, to: WasmCode.Ty)
    /// A block that leaves for a label if an exception of the tag comes out of it, and what it leaves on the stack else.
    case attempt(tag: Int, Label, WasmCode.Ty?)
    /// What a block leaves on the stack follows its label.
    case block(Label, [WasmCode.Ty])
    case loop(Label, [WasmCode.Ty])
    case `if`([WasmCode.Ty])
    case `else`
    case end
    case nothing
  }

  var kind: Kind
  var span: Span
  /// The copy of a variable to that of a loop, of which it is the read or the setting.
  var copy: Int?

  /// Whether control never goes on behind it.
  var leaves: Bool {
    switch kind {
    case .branch, .branchTable: true
    case .plain(let name): name == "return" || name == "unreachable"
    case .leaf(.indexed(_, let name, _)): name == "return_call" || name == "throw"
    default: false
    }
  }
}

extension Draft {
  /// The variable whose value it puts on the stack.
  var variableOnStack: Int? {
    switch kind {
    case .get(let variable), .tee(let variable): variable
    default: nil
    }
  }

  /// The labels that it may jump to.
  var targets: [Label] {
    switch kind {
    case .branch(let label), .branchIf(let label), .branchOnCast(_, let label, _, _), .attempt(_, let label, _):
      [label]
    case .branchTable(let labels, let rest): labels + [rest]
    default: []
    }
  }

  /// Whether it puts a variable or a constant on the stack.
  fileprivate var isRead: Bool {
    switch kind {
    case .get, .constant: true
    default: false
    }
  }

  fileprivate func reads(_ variable: Int) -> Bool {
    if case .get(variable) = kind { true } else { false }
  }

  /// Whether it changes a variable.
  fileprivate func sets(_ variable: Int) -> Bool {
    switch kind {
    case .set(variable), .tee(variable): true
    default: false
    }
  }
}

/// The instructions of a function in the making, with the variables that they read.
struct DraftCode {
  /// A variable, before variables share their places.
  struct Variable {
    var name: Name
    var ty: WasmCode.Ty
    var reads = 0
  }

  private(set) var drafts: [Draft] = []
  private(set) var variables: [Variable] = []
  /// A call of several results, the setting of variables to them included.
  private struct Call {
    var start: Int
    var end: Int
    var variables: [Int]
  }

  private var calls: [Call] = []
  private var copies = 0
  /// How often branches go to each label.
  private(set) var branches: [Int] = []
  /// The label of the whole function.
  static let whole: Label = 0

  init() { _ = label() }

  /// A new label.
  mutating func label() -> Label {
    branches.append(0)
    return branches.count - 1
  }

  /// A new variable.
  mutating func variable(_ name: Name, _ ty: WasmCode.Ty) -> Int {
    variables.append(Variable(name: name, ty: ty))
    return variables.count - 1
  }

  /// The number of a new copy of a variable.
  mutating func copy() -> Int {
    copies += 1
    return copies
  }

  /// The position of the next instruction.
  var count: Int { drafts.count }

  /// Whether control goes on behind the last instruction.
  var leaves: Bool { drafts.last?.leaves ?? false }

  /// Adds an instruction, joined with the one before where that makes one of the two.
  ///
  /// - Parameter copy: which copy of a variable it is part of.
  mutating func append(_ kind: Draft.Kind, at span: Span, copy: Int? = nil) {
    switch kind {
    case .get, .drop, .plain: if joins(kind, copy: copy) { return }
    default: break
    }
    if case .get(let variable) = kind { variables[variable].reads += 1 }
    drafts.append(Draft(kind: kind, span: span, copy: copy))
    for label in drafts[drafts.count - 1].targets { branches[label] += 1 }
  }

  /// Whether the last instruction has become what it and one more do together.
  private mutating func joins(_ kind: Draft.Kind, copy: Int?) -> Bool {
    if case .get(let variable) = kind, isBehindFailedCast(of: variable) {
      drafts.removeLast()
      return true
    }
    switch (drafts.last?.kind, kind) {
    case (.set(let last), .get(let next)) where last == next:
      drafts[drafts.count - 1].kind = .tee(next)
      drafts[drafts.count - 1].copy = copy
      return true
    case (.tee(let variable), .drop):
      drafts[drafts.count - 1].kind = .set(variable)
      return true
    case (.get(let variable), .drop):
      variables[variable].reads -= 1
      drafts.removeLast()
      return true
    case (.constant, .drop):
      drafts.removeLast()
      return true
    case (.plain("i64.extend_i32_u"), .plain("i32.wrap_i64")), (.plain("i64.extend_i32_s"), .plain("i32.wrap_i64")):
      drafts.removeLast()
      return true
    default: return false
    }
  }

  /// Whether the last instruction drops what a cast that does not hold leaves on the stack: the variable's value.
  private func isBehindFailedCast(of variable: Int) -> Bool {
    guard drafts.count >= 3, case .branchOnCast = drafts[drafts.count - 2].kind,
      case .drop = drafts[drafts.count - 1].kind
    else { return false }
    switch drafts[drafts.count - 3].kind {
    case .get(variable), .tee(variable): return true
    default: return false
    }
  }

  /// Makes an instruction another.
  mutating func replace(_ position: Int, by kind: Draft.Kind) { drafts[position].kind = kind }

  /// Remembers that the instructions from a position on are a call and the setting of variables to its results.
  mutating func received(_ variables: [Int], since start: Int) {
    calls.append(Call(start: start, end: count, variables: variables))
  }

  /// Leaves the results of calls on the stack that are read once each, one behind the other: what is read before them
  /// is moved in front of the call.
  private mutating func leaveOnStack() {
    var before: Call?
    for var call in calls {
      if let before, before.end == call.start { call.start = before.start }
      before = leaveOnStack(call) ? call : nil
    }
  }

  /// Whether it could be done for a call; its end is that of what was moved.
  private mutating func leaveOnStack(_ call: Call) -> Bool {
    guard let first = call.variables.first, call.variables.allSatisfy({ variables[$0].reads == 1 }),
      let read = drafts[call.end...].firstIndex(where: { !$0.isRead || $0.reads(first) })
    else { return false }
    // What begins with a variable that was set just before begins before its setting. What begins with one that a cast has
    // left, in place of dropping it, begins before the drop that has gone.
    if call.start > 0, case .tee = drafts[call.start - 1].kind { return false }
    if call.start > 1, case .branchOnCast = drafts[call.start - 2].kind {
      guard case .drop = drafts[call.start - 1].kind else { return false }
    }
    let reads = drafts[read...].prefix(call.variables.count)
    let sets = drafts[..<call.end].suffix(call.variables.count)
    guard reads.count == call.variables.count, zip(reads, call.variables).allSatisfy({ $0.reads($1) }),
      zip(sets, call.variables.reversed()).allSatisfy({ $0.sets($1) })
    else { return false }
    let moved = drafts[call.end..<read]
    let stays = drafts[call.start..<sets.startIndex]
    let isSafe = moved.allSatisfy { draft in
      guard case .get(let variable) = draft.kind else { return true }
      return !stays.contains { $0.sets(variable) } && !call.variables.contains(variable)
    }
    guard isSafe else { return false }
    let nothing = Draft(kind: .nothing, span: drafts[read].span)
    let filler = Array(repeating: nothing, count: 2 * call.variables.count)
    drafts.replaceSubrange(call.start..<reads.endIndex, with: Array(moved) + Array(stays) + filler)
    return true
  }

  /// Leaves out what sets variables that nothing reads, copies for which one variable can stand, and the blocks that no
  /// branch leaves.
  ///
  /// - Parameter parameters: how many of the variables are parameters.
  mutating func simplify(parameters: Int) {
    leaveOnStack()
    leaveOut()
    if coalesce(parameters: parameters) { leaveOut() }
  }

  /// Whether there was a copy that has gone.
  private mutating func coalesce(parameters: Int) -> Bool {
    let coalescing = CopyCoalescing(drafts, types: variables.map(\.ty), parameters: parameters)
    guard !coalescing.dropped.isEmpty else { return false }
    let number = coalescing.variables
    for position in drafts.indices {
      let isDropped = coalescing.dropped.contains(position)
      switch drafts[position].kind {
      case .get(let variable): drafts[position].kind = isDropped ? .nothing : .get(number[variable])
      case .set(let variable): drafts[position].kind = isDropped ? .nothing : .set(number[variable])
      case .tee(let variable): drafts[position].kind = isDropped ? .set(number[variable]) : .tee(number[variable])
      default: break
      }
    }
    for variable in variables.indices { variables[variable].reads = 0 }
    for draft in drafts { if case .get(let variable) = draft.kind { variables[variable].reads += 1 } }
    return true
  }

  private mutating func leaveOut() {
    var kept: [Draft] = []
    kept.reserveCapacity(drafts.count)
    var isOpen: [Bool] = []
    for draft in drafts {
      switch draft.kind {
      case .set(let variable) where variables[variable].reads == 0:
        switch kept.last?.kind {
        case .constant, .get: kept.removeLast()
        default: kept.append(Draft(kind: .drop, span: draft.span))
        }
      case .tee(let variable) where variables[variable].reads == 0: break
      case .get(let variable):
        guard case .set(variable)? = kept.last?.kind else {
          kept.append(draft)
          continue
        }
        kept.removeLast()
        if variables[variable].reads > 1 {
          kept.append(Draft(kind: .tee(variable), span: draft.span, copy: draft.copy))
        }
      case .block(let label, _), .loop(let label, _):
        isOpen.append(branches[label] > 0)
        if branches[label] > 0 { kept.append(draft) }
      case .if, .attempt:
        isOpen.append(true)
        kept.append(draft)
      case .end:
        guard isOpen.popLast() ?? true else { continue }
        // What only jumps if a condition holds is a jump itself.
        if kept.count > 1, case .branch(let label)? = kept.last?.kind, case .if([]) = kept[kept.count - 2].kind {
          kept.removeLast()
          kept[kept.count - 1].kind = .branchIf(label)
        } else {
          kept.append(draft)
        }
      case .nothing: break
      default: kept.append(draft)
      }
    }
    drafts = kept
  }
}

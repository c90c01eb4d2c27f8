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

  /// Whether control never goes on behind it.
  var leaves: Bool {
    switch kind {
    case .branch, .branchTable: true
    case .plain(let name): name == "return" || name == "unreachable"
    case .leaf(.indexed(_, let name, _)): name == "return_call"
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

  /// The position of the next instruction.
  var count: Int { drafts.count }

  /// Whether control goes on behind the last instruction.
  var leaves: Bool { drafts.last?.leaves ?? false }

  /// Adds an instruction, joined with the one before where that makes one of the two.
  mutating func append(_ kind: Draft.Kind, at span: Span) {
    switch (drafts.last?.kind, kind) {
    case (.set(let last), .get(let next)) where last == next:
      drafts[drafts.count - 1].kind = .tee(next)
      return
    case (.tee(let variable), .drop):
      drafts[drafts.count - 1].kind = .set(variable)
      return
    case (.get(let variable), .drop):
      variables[variable].reads -= 1
      drafts.removeLast()
      return
    case (.constant, .drop):
      drafts.removeLast()
      return
    case (.plain("i64.extend_i32_u"), .plain("i32.wrap_i64")), (.plain("i64.extend_i32_s"), .plain("i32.wrap_i64")):
      drafts.removeLast()
      return
    default: break
    }
    switch kind {
    case .get(let variable): variables[variable].reads += 1
    case .branch(let label), .branchIf(let label), .branchOnCast(_, let label, _, _): branches[label] += 1
    case .branchTable(let labels, let rest): for label in labels + [rest] { branches[label] += 1 }
    default: break
    }
    drafts.append(Draft(kind: kind, span: span))
  }

  /// Makes an instruction another.
  mutating func replace(_ position: Int, by kind: Draft.Kind) { drafts[position].kind = kind }

  /// Leaves out what sets variables that nothing reads, and the blocks that no branch leaves.
  mutating func simplify() {
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
      case .block(let label, _), .loop(let label, _):
        isOpen.append(branches[label] > 0)
        if branches[label] > 0 { kept.append(draft) }
      case .if:
        isOpen.append(true)
        kept.append(draft)
      case .end: if isOpen.popLast() ?? true { kept.append(draft) }
      case .nothing: break
      default: kept.append(draft)
      }
    }
    drafts = kept
  }
}

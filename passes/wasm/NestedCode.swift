import Diagnostics
import Languages
import Nanopass

extension DraftCode {
  /// The instructions with blocks in blocks, and with numbers for variables and labels.
  ///
  /// - Parameters:
  ///   - numbers: the numbers of the variables' locals.
  ///   - types: where the types of blocks that leave several values are numbered.
  /// - Throws: `PassBug` if a branch leaves no block that is open.
  func nested(_ numbers: [Int], _ types: inout TypeLayout) throws -> [WasmCode.Instruction] {
    var nesting = Nesting(labels: branches.count)
    for draft in drafts {
      let span = draft.span
      switch draft.kind {
      case .get(let variable): nesting.add(.indexed(span, name: "local.get", index: numbers[variable]))
      case .set(let variable): nesting.add(.indexed(span, name: "local.set", index: numbers[variable]))
      case .tee(let variable): nesting.add(.indexed(span, name: "local.tee", index: numbers[variable]))
      case .drop: nesting.add(.plain(span, name: "drop"))
      case .plain(let name): nesting.add(.plain(span, name: name))
      case .constant(let instruction), .leaf(let instruction): nesting.add(instruction)
      case .branch(let label): nesting.add(.indexed(span, name: "br", index: try nesting.distance(to: label)))
      case .branchIf(let label): nesting.add(.indexed(span, name: "br_if", index: try nesting.distance(to: label)))
      case .branchTable(let labels, let rest):
        nesting.add(
          .table(
            span, labels: try labels.map { try nesting.distance(to: $0) }, default: try nesting.distance(to: rest)))
      case .branchOnCast(let name, let label, let from, let to):
        nesting.add(
          .branchOnCast(span, name: name, label: try nesting.distance(to: label), from: from, to: to))
      case .attempt(let tag, let label, let left):
        let kind = Nesting.Kind.try(tag: tag, label: try nesting.distance(to: label))
        nesting.open(kind, nil, left.map { .one(ty: $0) } ?? .none, at: span)
      case .block(let label, let left): nesting.open(.block, label, Self.type(left, &types), at: span)
      case .loop(let label, let left): nesting.open(.loop, label, Self.type(left, &types), at: span)
      case .if(let left): nesting.open(.if, nil, Self.type(left, &types), at: span)
      case .else: nesting.alternative()
      case .end: nesting.close()
      case .nothing: break
      }
    }
    return nesting.instructions
  }

  private static func type(_ left: [WasmCode.Ty], _ types: inout TypeLayout) -> WasmCode.BlockTy {
    guard let first = left.first else { return .none }
    return left.count == 1 ? .one(ty: first) : .type(type: types.function([], left))
  }
}

/// The blocks that are open while instructions are put into them.
private struct Nesting {
  enum Kind { case block, loop, `if`, `try`(tag: Int, label: Int) }

  private struct Frame {
    var kind: Kind
    var ty: WasmCode.BlockTy
    var span: Span
    /// What stands before the block.
    var before: [WasmCode.Instruction]
    /// What stands before `else`, if that has come.
    var then: [WasmCode.Instruction]?
  }

  private(set) var instructions: [WasmCode.Instruction] = []
  private var frames: [Frame] = []
  /// How many blocks are open inside each label, its own among them; nil for labels that are not open.
  private var depths: [Int?]

  init(labels: Int) {
    depths = Array(repeating: nil, count: labels)
    depths[DraftCode.whole] = 0
  }

  mutating func add(_ instruction: WasmCode.Instruction) {
    // A variable that takes over the place of another is set already.
    if case .indexed(_, "local.get", let from)? = instructions.last, case .indexed(_, let name, let to) = instruction,
      from == to
    {
      if name == "local.tee" { return }
      if name == "local.set" {
        instructions.removeLast()
        return
      }
    }
    instructions.append(instruction)
  }

  func distance(to label: Label) throws -> Int {
    guard let depth = depths[label] else {
      throw PassBug(LowerToWasmCode.name, "a branch leaves no block that is open", broke: "bound-labels")
    }
    return frames.count - depth
  }

  mutating func open(_ kind: Kind, _ label: Label?, _ ty: WasmCode.BlockTy, at span: Span) {
    frames.append(Frame(kind: kind, ty: ty, span: span, before: instructions, then: nil))
    instructions = []
    if let label { depths[label] = frames.count }
  }

  mutating func alternative() {
    guard !frames.isEmpty else { return }
    frames[frames.count - 1].then = instructions
    instructions = []
  }

  mutating func close() {
    guard var frame = frames.popLast() else { return }
    let inner = instructions
    // Given back, not copied: otherwise many blocks in a row would take quadratic time.
    instructions = frame.before
    frame.before = []
    let block: WasmCode.Instruction
    switch frame.kind {
    case .block: block = .block(frame.span, ty: frame.ty, body: inner)
    case .loop: block = .loop(frame.span, ty: frame.ty, body: inner)
    case .try(let tag, let label): block = .try(frame.span, ty: frame.ty, tag: tag, label: label, body: inner)
    case .if:
      // A choice that only leaves an outer block.
      if frame.then == nil, inner.count == 1, case .indexed(let span, "br", let distance)? = inner.first,
        distance > 0
      {
        return instructions.append(.indexed(span, name: "br_if", index: distance - 1))
      }
      let (then, rest) = frame.then.map { ($0, inner) } ?? (inner, [])
      block = .if(frame.span, ty: frame.ty, then: then, else: rest)
    }
    instructions.append(block)
  }
}

import Diagnostics
public import Languages
public import Nanopass

/// Builds new cells in the memory of those that end before: where a reference to a cell ends and a cell as large is
/// built on some way from there, the cell's memory is kept for it, if the reference was the last one.
///
///     (take xs.1 [h.2 t.3])
///     (let y.4 integer (primitive int.add [(local h.2) (integer 1)]))
///     (let ys.5 cell (cell 1 [(local y.4) (local t.3)] []))
///
/// becomes
///
///     (reclaim token.6 xs.1 2 [h.2 t.3])
///     (let y.4 integer (primitive int.add [(local h.2) (integer 1)]))
///     (let ys.5 cell (reuse token.6 1 [(local y.4) (local t.3)] []))
///
/// So a list, tree or record that nothing else refers to is changed in place. A function keeps memory for its own cells
/// only, so that it never holds more than one cell for each place that ends one. Drop-guided reuse: Lorenzen, Leijen:
/// Reference Counting with Frame Limited Reuse, ICFP 2022, section 2.5.
///
/// Needs: balanced-counts. Ensures: balanced-counts.
public struct ReuseCells: CountedToCounted, FunctionPass {
  public static let summary = "Build new cells in the memory of those that end before"

  /// How many steps are searched for a cell to build, so that time is linear in the program.
  private static let reach = 400
  /// How many reasons are given at most.
  private static let reasons = 200

  /// How many counted fields, and fields in all, a cell has.
  private struct Size {
    var counted: Int
    var fields: Int
  }

  /// The sizes of the cells that variables refer to. Other arms know the same variable as another constructor's.
  private var sizes: LocalTable<Size> = [:]
  private var locals = FunctionLocals<Counted.Function>()
  private var reused = 0
  private var ended = 0
  private var unknown = 0
  private var kept: [String] = []
  private var function: Name = ""

  public init() {}

  public mutating func end(in context: PassContext) {
    context.explain(
      "Reused \(reused) of \(ended) cells that end; \(unknown) more are of unknown size.", details: kept,
      data: [("reused", reused), ("ended", ended), ("unknown", unknown)])
  }

  public mutating func function(_ node: Counted.Function) throws -> Counted.Function {
    function = node.name
    sizes.removeAll(keepingCapacity: true)
    locals.enter(node)
    return try derive(node)
  }

  public mutating func block(_ node: Counted.Block) throws -> Counted.Block {
    var block = node
    var known: [(id: Int, size: Size?)] = []
    var index = 0
    while index < block.steps.count {
      if case .let(_, _, _, .read(_, .local(_, let cell), _, let counted, let fields)) = block.steps[index] {
        known.append((cell.id, sizes[cell.id]))
        sizes[cell.id] = Size(counted: counted, fields: fields)
      }
      if let ending = ending(block.steps[index]) {
        guard let size = sizes[ending.cell.id] else {
          unknown += 1
          index += 1
          continue
        }
        ended += 1
        let token = locals.make("token")
        var search = Search(token: token, fields: size.fields, left: Self.reach)
        if let rest = search.rest(of: block, from: index + 1), !search.hasFailed {
          reused += search.found
          block = rest
          block.steps[index] = .reclaim(
            ending.span, token: token, cell: ending.cell, counted: size.counted, fields: ending.fields)
        } else {
          if kept.count < Self.reasons {
            kept.append("\(function): no cell of \(size.fields) fields is built behind the end of `\(ending.cell)`")
          }
        }
      }
      index += 1
    }
    let result = try derive(block)
    for (id, size) in known.reversed() { sizes[id] = size }
    return result
  }

  private func ending(_ step: Counted.Step) -> (span: Span, cell: Local, fields: [Local])? {
    switch step {
    case .take(let span, let cell, let fields): (span, cell, fields)
    case .drop(let span, let cell): (span, cell, [])
    case .let, .receive, .join, .dup, .reclaim, .release, .fill: nil
    }
  }
}

/// Looks for the first cell of a size that each way builds.
private struct Search {
  let token: Local
  let fields: Int
  /// The steps that may still be looked at.
  var left: Int
  /// The cells found.
  private(set) var found = 0
  /// The join points whose blocks use the memory, so that every jump there must bring it.
  private var users: NumberSet = []
  /// Whether some jump to one of these does not bring it.
  private(set) var hasFailed = false

  init(token: Local, fields: Int, left: Int) {
    self.token = token
    self.fields = fields
    self.left = left
  }

  /// The block with its steps from `start` on rewritten; nil if no way builds such a cell.
  mutating func rest(of block: Counted.Block, from start: Int) -> Counted.Block? {
    var result = block
    for index in start..<max(start, block.steps.count) {
      left -= 1
      if left < 0 { return givenUp(block, from: start) }
      switch block.steps[index] {
      case .join(let span, let label, let parameters, let body):
        guard let inner = rest(of: body, from: 0) else { continue }
        users.insert(label.id)
        result.steps[index] = .join(span, label: label, parameters: parameters, body: inner)
      case .let(let span, let variable, let shape, .cell(let place, let tag, let counted, let raw)):
        guard counted.count + raw.count == fields, !jumps(from: block, behind: index + 1) else { continue }
        found += 1
        let value = Counted.Value.reuse(place, token: token, tag: tag, counted: counted, raw: raw)
        result.steps[index] = .let(span, variable: variable, shape: shape, value: value)
        return result
      default: continue
      }
    }
    guard let end = end(block.end) else { return givenUp(block, from: start) }
    result.end = end
    return result
  }

  /// No cell is built in a block.
  private mutating func givenUp(_ block: Counted.Block, from start: Int) -> Counted.Block? {
    if jumps(from: block, behind: start) { hasFailed = true }
    return nil
  }

  /// Whether there are jumps to join points that use the memory.
  private func jumps(from block: Counted.Block, behind start: Int) -> Bool {
    if users.isEmpty { return false }
    var finder = JumpFinder(users)
    for step in block.steps[min(start, block.steps.count)...] { try? finder.visit(step) }
    try? finder.visit(block.end)
    return finder.hasFound
  }

  private mutating func end(_ end: Counted.End) -> Counted.End? {
    switch end {
    case .jump(_, let label, _): return users.contains(label.id) ? end : nil
    case .return, .tailCall, .loop: return nil
    case .test(let span, let subject, let cases, let rest):
      guard let blocks = branches(cases.map(\.body) + [rest]), let last = blocks.last else { return nil }
      return .test(
        span, subject: subject,
        cases: zip(cases, blocks).map { Counted.LiteralCase($0.span, literal: $0.literal, body: $1) }, default: last)
    case .switchTag(let span, let subject, let cases, let rest):
      guard let blocks = branches(cases.map(\.body) + (rest.map { [$0] } ?? [])) else { return nil }
      return .switchTag(
        span, subject: subject,
        cases: zip(cases, blocks).map { Counted.TagCase($0.span, tag: $0.tag, immediate: $0.immediate, body: $1) },
        default: rest == nil ? nil : blocks.last)
    case .switchWord(let span, let subject, let cases, let rest):
      guard let blocks = branches(cases.map(\.body) + (rest.map { [$0] } ?? [])) else { return nil }
      return .switchWord(
        span, subject: subject, cases: zip(cases, blocks).map { Counted.WordCase($0.span, word: $0.word, body: $1) },
        default: rest == nil ? nil : blocks.last)
    }
  }

  /// The branches of a choice; those that build no such cell free the memory at their start.
  private mutating func branches(_ bodies: [Counted.Block]) -> [Counted.Block]? {
    var results: [Counted.Block?] = []
    for body in bodies { results.append(rest(of: body, from: 0)) }
    guard results.contains(where: { $0 != nil }) else { return nil }
    return zip(bodies, results).map { body, result in
      if let result { return result }
      var body = body
      body.steps.insert(.release(body.span, token: token), at: 0)
      return body
    }
  }
}

/// Looks for jumps to some labels.
private struct JumpFinder: CountedWalker {
  private let labels: NumberSet
  private(set) var hasFound = false

  init(_ labels: NumberSet) { self.labels = labels }

  mutating func visit(_ node: Counted.End) throws {
    if case .jump(_, let label, _) = node, labels.contains(label.id) { hasFound = true }
    try walk(node)
  }
}

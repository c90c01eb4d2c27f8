import Diagnostics
public import Languages
public import Nanopass

/// Builds cells before the recursive call whose result they hold, so that the call is the last step: a function of a
/// list that makes another becomes a loop.
///
///     (function map [(parameter xs.0 cell)] [cell] ...
///       (let r.4 cell (call map [(local t.2)]))
///       (let c.5 cell (cell 1 [(local h.1) (local r.4)] []))] (return [(local c.5)]) -)
///
/// becomes
///
///     (function map [(parameter xs.0 cell)] [cell] ...
///       (let c.5 cell (cell 1 [(local h.1) (immediate 0)] []))
///       (let hole.6 word (hole (local c.5) 1))
///       (let done.7 word (call map.into [(local t.2) (local hole.6)]))] (return [(local c.5)]) -)
///
///     (function map.into [(parameter xs.7 cell) (parameter hole.8 word)] [word] ...
///       (loop next.9 [(parameter xs.0 cell) (parameter hole.6 word)] [(local xs.7) (local hole.8)] ...
///         (let c.5 cell (cell 1 [(local h.1) (immediate 0)] []))
///         (let hole.10 word (hole (local c.5) 1))
///         (fill (local hole.6) (local c.5))] (jump next.9 [(local t.2) (local hole.10)]) -)
///
/// In the second version a result is not returned but put into the hole. A cell with a hole has one owner, which looks
/// into it only when the hole is filled: a fault ends the program. Leijen, Lorenzen: Tail Recursion Modulo Context,
/// POPL 2023; that recursion between several functions is covered, too, is as there.
///
/// Needs: bound-locals, bound-labels. Ensures: bound-locals, bound-labels.
public struct FillHoles: ShapedToShaped {
  public static let summary = "Build cells before the recursive call whose result they hold"

  private var recursion: RecursionModuloCons?
  private var locals = FunctionLocals<Shaped.Function>()
  private var function: Name = ""
  /// What the results of the function go to, in its second version.
  private var hole: Local?
  /// The loop of that version, if it needs one.
  private var loop: Local?
  private var count = 0

  public init() {}

  public mutating func end(in context: PassContext) {
    let names = (recursion?.filling ?? []).map(\.text).sorted()
    context.explain(
      "Built cells before \(count) recursive calls, with \(names.count) functions that fill holes.",
      details: names.map { "\($0): what is built around the result of its call is built before" },
      data: [("calls", count), ("functions", names.count)])
  }

  public mutating func root(_ node: Shaped.Root) throws -> Shaped.Root {
    let recursion = try RecursionModuloCons(node)
    if recursion.filling.isEmpty { return node }
    self.recursion = recursion
    var functions: [Shaped.Function] = []
    for function in node.functions {
      functions.append(try self.function(function))
      if recursion.filling.contains(function.name) { functions.append(try into(function)) }
    }
    return Shaped.Root(node.span, functions: functions, entry: node.entry)
  }

  public mutating func function(_ node: Shaped.Function) throws -> Shaped.Function {
    function = node.name
    locals.enter(node)
    hole = nil
    return try derive(node)
  }

  /// What the version of a function that fills a hole is called.
  private func into(_ function: Name) -> Name { Name(function.text + ".into") }

  /// The version of a function that puts its result into a hole.
  private mutating func into(_ node: Shaped.Function) throws -> Shaped.Function {
    function = node.name
    locals.enter(node)
    let hole = locals.make("hole")
    self.hole = hole
    loop = nil
    var body = try block(node.body)
    var parameters = node.parameters + [Shaped.Parameter(node.span, variable: hole, shape: .word)]
    if let loop {
      let inner = parameters
      parameters = inner.map { Shaped.Parameter($0.span, variable: locals.make($0.variable.name), shape: $0.shape) }
      let end = Shaped.End.loop(
        node.span, label: loop, parameters: inner, arguments: parameters.map { local($0.variable, at: $0.span) },
        body: body)
      body = Shaped.Block(body.span, steps: [], end: end, failure: nil)
    }
    return Shaped.Function(
      node.span, name: into(node.name), parameters: parameters, results: [.word], effects: node.effects,
      behaviour: node.behaviour, body: body)
  }

  private func local(_ variable: Local, at span: Span) -> Shaped.Atom { .local(span, variable: variable) }

  // MARK: Blocks

  public mutating func block(_ node: Shaped.Block) throws -> Shaped.Block {
    var block = try derive(node)
    let span = block.end.span
    if let site = HoleSite(block), fillsHoles(site.function) {
      build(site, in: &block)
    } else if let hole {
      switch block.end {
      case .return(_, let values):
        // Those that fill holes give one result.
        for value in values { block.steps.append(.fill(span, hole: local(hole, at: span), value: value)) }
        block.end = .return(span, values: [.word(span, value: .small(0))])
      case .tailCall(_, let callee, let arguments):
        if fillsHoles(callee) {
          block.end = call(callee, arguments + [local(hole, at: span)], at: span)
        } else {
          let result = locals.make("result")
          let call = Shaped.Value.call(span, function: callee, arguments: arguments)
          block.steps.append(.let(span, variable: result, shape: .cell, value: call))
          block.steps.append(.fill(span, hole: local(hole, at: span), value: local(result, at: span)))
          block.end = .return(span, values: [.word(span, value: .small(0))])
        }
      case .jump, .loop, .test, .switchTag, .switchWord: break
      }
    }
    return block
  }

  private func fillsHoles(_ callee: Name) -> Bool { recursion?.fillsHoles(callee, in: function) ?? false }

  /// Ends a block with cells that have a hole, and the call that fills it.
  private mutating func build(_ site: HoleSite, in block: inout Shaped.Block) {
    count += 1
    let span = block.end.span
    let place = locals.make("hole")
    let arguments = site.arguments + [local(place, at: span)]
    block.steps = site.steps
    // Before a cell around it takes the holder over.
    let value = Shaped.Value.hole(span, cell: local(site.holder, at: span), slot: site.slot)
    block.steps.insert(.let(span, variable: place, shape: .word, value: value), at: site.stepsOfHolder)
    if let hole {
      block.steps.append(.fill(span, hole: local(hole, at: span), value: local(site.cell, at: span)))
      block.end = call(site.function, arguments, at: span)
    } else {
      let call = Shaped.Value.call(span, function: into(site.function), arguments: arguments)
      block.steps.append(.let(span, variable: locals.make("done"), shape: .word, value: call))
    }
  }

  /// Goes on with the version of a function that fills a hole, in place of this one.
  private mutating func call(_ callee: Name, _ arguments: [Shaped.Atom], at span: Span) -> Shaped.End {
    guard callee == function else { return .tailCall(span, function: into(callee), arguments: arguments) }
    let target = loop ?? locals.make("next")
    loop = target
    return .jump(span, label: target, arguments: arguments)
  }
}

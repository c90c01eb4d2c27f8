import Diagnostics
import Languages

extension WasmIR.Expr {
  /// Whether it has no effect, costs next to nothing to evaluate again and gives the same each time; the globals that
  /// programs read are constants.
  var isAtom: Bool {
    switch self {
    case .local, .i32, .i64, .f64, .null, .global: true
    default: false
    }
  }
}

extension WasmIR.Root {
  /// A program without declarations.
  static func empty(_ heap: WasmIR.Heap) -> WasmIR.Root {
    WasmIR.Root(
      .none, heap: heap, effects: [], types: [], imports: [], globals: [], data: [], functions: [], entry: "")
  }
}

extension WasmIR.End {
  /// The end with other blocks in it; its expressions stay.
  func mapBlocks(_ change: (WasmIR.Block) throws -> WasmIR.Block) rethrows -> WasmIR.End {
    switch self {
    case .loop(let span, let label, let parameters, let arguments, let body):
      return .loop(span, label: label, parameters: parameters, arguments: arguments, body: try change(body))
    case .if(let span, let condition, let then, let other):
      return .if(span, condition: condition, then: try change(then), else: try change(other))
    case .switch(let span, let subject, let cases, let rest):
      let cases = try cases.map { WasmIR.Case($0.span, value: $0.value, body: try change($0.body)) }
      return .switch(span, subject: subject, cases: cases, default: try change(rest))
    case .attempt(let span, let parameters, let function, let arguments, let then, let other):
      return .attempt(
        span, parameters: parameters, function: function, arguments: arguments, then: try change(then),
        else: try change(other))
    case .return, .jump, .tailCall, .abandon, .unreachable: return self
    }
  }

  /// Goes on with a block in place of an end.
  static func inline(_ block: WasmIR.Block, _ steps: inout [WasmIR.Step]) -> WasmIR.End {
    steps += block.steps
    return block.end
  }

  /// A choice by a word: a test if there are two ways.
  static func choice(
    _ span: Span, _ word: WasmIR.Expr, _ cases: [WasmIR.Case], default other: WasmIR.Block
  ) -> WasmIR.End {
    guard let only = cases.first, cases.count == 1 else {
      return .switch(span, subject: word, cases: cases, default: other)
    }
    if only.value == 0 { return .if(span, condition: word, then: other, else: only.body) }
    let constant = WasmIR.Expr.i32(span, value: .small(only.value))
    let isSame = WasmIR.Expr.compute(span, operator: "i32.eq", operands: [word, constant])
    return .if(span, condition: isSame, then: only.body, else: other)
  }
}

extension WasmIR.Step {
  /// The step that sets variables to the values of an expression, which may be none, one or several.
  static func setting(_ variables: [WasmIR.Parameter], to value: WasmIR.Expr, at span: Span) -> WasmIR.Step {
    guard let only = variables.first else { return .run(span, value: value) }
    if variables.count == 1 { return .let(span, variable: only.variable, ty: only.ty, value: value) }
    return .receive(span, parameters: variables, value: value)
  }
}

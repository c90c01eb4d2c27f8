public import Diagnostics
public import Languages
public import Nanopass

/// Names every intermediate value and makes control leave a block only at its end.
///
///     (call g [(call h [] (int))] (int))
///     (block [(let t.1 (int) (call h [])) (let t.2 (int) (call g [(local t.1)]))] (return (local t.2)) -)
///
/// Arguments are evaluated from left to right. Where a value is chosen by a `switch` or `test` and more follows, the
/// rest of the block becomes a join point that takes the value; in tail position it needs none. What stands behind a
/// `leave` is dropped. The behaviour of every function starts as the worst possible.
///
/// Needs: bound-locals, bound-labels; the base of every `field` is of a data type.
/// Ensures: bound-locals, bound-labels, known-functions.
///
/// After Flanagan, Sabry, Duba, Felleisen: The Essence of Compiling with Continuations, PLDI 1993; join points after
/// Maurer, Downen, Ariola, Peyton Jones: Compiling without Continuations, PLDI 2017.
public struct NormaliseToANF: SwitchToCore, FunctionPass {
  public static let summary = "Name every intermediate value; blocks of steps with join points"

  private static let temporary: Name = "t"
  private static let joinPoint: Name = "k"

  private var locals = FunctionLocals<Switch.Function>()
  private var builder = BlockBuilder()
  /// The join points that something jumps to.
  private var reached: NumberSet = []
  private var temporaries = 0
  private var joinPoints = 0

  public init() {}

  public mutating func end(in context: PassContext) {
    context.explain(
      "\(temporaries) intermediate values named, \(joinPoints) join points made",
      data: [("temporaries", temporaries), ("join points", joinPoints)])
  }

  public mutating func function(_ node: Switch.Function) throws -> Core.Function {
    locals.enter(node)
    return try derive(node)
  }

  public mutating func function(
    at span: Span, name: Name, parameters: [Switch.Parameter], result: Switch.Ty, effects: Switch.Effects,
    body: Switch.Expr
  ) throws -> Core.Function {
    let worst = Core.Behaviour(mayFail: true, maySuspend: true, mayDiverge: true, writesCells: true)
    reached = []
    return Core.Function(
      span, name: name, parameters: parameters, result: result, effects: effects, behaviour: worst,
      body: try block(body, to: .result))
  }

  public mutating func `case`(at span: Span, variant: Name, index: Int, body: Switch.Expr) throws -> Core.Case {
    Core.Case(span, variant: variant, index: index, body: try block(body, to: .result))
  }

  public mutating func literalCase(at span: Span, literal: Switch.Literal, body: Switch.Expr) throws
    -> Core.LiteralCase
  {
    Core.LiteralCase(span, literal: literal, body: try block(body, to: .result))
  }

  // MARK: Tail positions

  /// Where the value of an expression in tail position of its block goes.
  private enum Destination {
    case result
    case join(Local)
  }

  /// Thrown by an expression that leaves the function: nothing behind it runs, and the open block ends so.
  private struct Left: Error {
    let end: Core.End
  }

  /// A block of its own for an expression.
  private mutating func block(_ body: Switch.Expr, to destination: Destination) throws -> Core.Block {
    let outer = builder
    builder = BlockBuilder()
    let end = builder.close(to: 0, with: try finish(body, to: destination))
    let block = Core.Block(body.span, steps: builder.steps, end: end, failure: nil)
    builder = outer
    return block
  }

  /// The end of the open block, whose last expression this is.
  private mutating func finish(_ node: Switch.Expr, to destination: Destination) throws -> Core.End {
    do {
      return try tail(node, to: destination)
    } catch let left as Left {
      return left.end
    }
  }

  private mutating func tail(_ node: Switch.Expr, to destination: Destination) throws -> Core.End {
    switch node {
    case .block(_, let statements, let result, _):
      for each in statements { try statement(each) }
      return try tail(result, to: destination)
    case .leave(_, let value, _):
      return try tail(value, to: .result)
    case .switch(let span, let subject, let type, let cases, let other, _):
      return .switch(
        span, subject: .local(span, variable: subject), type: type,
        cases: try cases.map {
          Core.Case($0.span, variant: $0.variant, index: $0.index, body: try block($0.body, to: destination))
        }, default: try other.map { try block($0, to: destination) })
    case .test(let span, let subject, let cases, let other, _):
      return .test(
        span, subject: .local(span, variable: subject),
        cases: try cases.map {
          Core.LiteralCase($0.span, literal: $0.literal, body: try block($0.body, to: destination))
        }, default: try block(other, to: destination))
    case .join(let span, let label, let parameters, let body, let rest, _):
      builder.append(.join(span, label: label, parameters: parameters, body: try block(body, to: destination)))
      return try tail(rest, to: destination)
    case .jump(let span, let label, let arguments, _):
      return .jump(span, label: label, arguments: try arguments.map { try atom($0) })
    default:
      let value = try atom(node)
      switch destination {
      case .result: return .return(node.span, value: value)
      case .join(let label):
        reached.insert(label)
        return .jump(node.span, label: label, arguments: [value])
      }
    }
  }

  // MARK: Values

  private mutating func statement(_ node: Switch.Statement) throws {
    switch node {
    case .bind(_, let variable, let value): try bind(variable, to: value)
    case .evaluate(_, let value): _ = try atom(value)
    }
  }

  /// The atom that an expression comes down to, its steps appended.
  private mutating func atom(_ node: Switch.Expr) throws -> Core.Atom {
    switch node {
    case .integer(let span, let value): return .integer(span, value: value)
    case .float(let span, let value): return .float(span, value: value)
    case .string(let span, let value): return .string(span, value: value)
    case .bool(let span, let value): return .bool(span, value: value)
    case .unit(let span): return .unit(span)
    case .local(let span, let variable, _): return .local(span, variable: variable)
    case .block(_, let statements, let result, _):
      for each in statements { try statement(each) }
      return try atom(result)
    default:
      let variable = locals.make(Self.temporary)
      temporaries += 1
      try bind(variable, to: node)
      return .local(node.span, variable: variable)
    }
  }

  /// Appends the steps that bind a variable.
  private mutating func bind(_ variable: Local, to node: Switch.Expr) throws {
    switch node {
    case .block(_, let statements, let result, _):
      for each in statements { try statement(each) }
      try bind(variable, to: result)
    case .switch, .test, .join:
      try divide(variable, node)
    case .leave, .jump:
      throw Left(end: try tail(node, to: .result))
    default:
      let value = try value(node)
      builder.append(.let(node.span, variable: variable, ty: node.ty, value: value))
    }
  }

  /// Lets control divide; it comes together where the variable has its value.
  private mutating func divide(_ variable: Local, _ node: Switch.Expr) throws {
    let label = locals.make(Self.joinPoint)
    let parameter = Core.Parameter(node.span, variable: variable, ty: node.ty)
    let depth = builder.depth
    let point = builder.reserve(BlockBuilder.JoinPoint(node.span, label: label, parameter: parameter))
    let end = builder.close(to: depth, with: try finish(node, to: .join(label)))
    guard reached.contains(label) else {
      builder.withdraw(point)
      throw Left(end: end)
    }
    joinPoints += 1
    builder.continue(at: point, after: end)
  }

  private mutating func value(_ node: Switch.Expr) throws -> Core.Value {
    switch node {
    case .call(let span, let function, let arguments, _):
      return .call(span, function: function, arguments: try arguments.map { try atom($0) })
    case .primitive(let span, let name, let arguments, _):
      return .primitive(span, name: name, arguments: try arguments.map { try atom($0) })
    case .perform(let span, let effect, let arguments, _):
      return .perform(span, effect: effect, arguments: try arguments.map { try atom($0) })
    case .construct(let span, let variant, let index, let arguments, let ty):
      guard case .data(let type) = ty else {
        throw PassBug(Self.self, "a constructor of what is no data type", broke: "known-types", in: node)
      }
      return .construct(
        span, type: type, variant: variant, index: index, arguments: try arguments.map { try atom($0) })
    case .field(let span, let base, let index, _):
      guard case .data(let type) = base.ty else {
        throw PassBug(Self.self, "a field of what is no data type", broke: "known-types", in: node)
      }
      return .payload(span, subject: try atom(base), type: type, variant: 0, index: index)
    case .payload(let span, let subject, let type, let variant, let index, _):
      return .payload(span, subject: .local(span, variable: subject), type: type, variant: variant, index: index)
    default:
      return .atom(node.span, atom: try atom(node))
    }
  }
}

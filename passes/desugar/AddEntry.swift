import Diagnostics
public import Languages
public import Nanopass

/// Adds the function `$entry`, with which the program starts: it calls `main` and reports an error that `main` returns.
///
///     (match (call main () () (result (unit) (string)))
///       ((arm (constructor Result Ok ((wildcard))) (unit))
///        (arm (constructor Result Err ((bind message.0 (string))))
///          (perform Program.fail ((local message.0 (string))) (unit))))
///       (unit))
///
/// Before that it runs the top-level statements, which were in the function `$initialise`. A program without `main` gets
/// an entry that does no more.
///
/// Needs: `main` takes no arguments and returns `Unit` or `Result<Unit, String>`.
/// Ensures: the program's main function is `$entry`, of type `Unit`.
public struct AddEntry: KernelToKernel, FunctionPass {
  public static let summary = "Add the function that the program starts with"

  private static let entry: Name = "$entry"

  /// The program's `main`, and the top-level statements, when they have been met.
  private var main: Kernel.Function?
  private var initialisation: Kernel.Function?
  private var mainName: Name?

  public init() {}

  public mutating func begin(_ input: Kernel.Root, in context: PassContext) {
    mainName = input.main
    context.explain(
      input.main.map { "the program starts with `\($0)`" }
        ?? "there is no `main`: the entry runs top-level statements only")
  }

  public mutating func functions(_ nodes: [Kernel.Function]) throws -> [Kernel.Function] {
    try nodes.filter { node in
      if node.name == Self.entry {
        throw PassBug(Self.self, "the program has an entry already", broke: "known-functions", in: node)
      }
      if node.name == mainName, main == nil { main = node }
      guard node.name == .initialisation else { return true }
      if initialisation == nil { initialisation = node }
      return false
    }
  }

  public mutating func complete(_ program: inout Kernel.Root) throws -> Bool {
    if let mainName, main == nil {
      throw PassBug(Self.self, "`\(mainName)` is not declared", broke: "known-functions", in: program)
    }
    program.functions.append(try entry(calling: main, behind: initialisation, at: main?.span ?? program.span))
    program.main = Self.entry
    return true
  }

  private func entry(calling main: Kernel.Function?, behind initialisation: Kernel.Function?, at span: Span) throws
    -> Kernel.Function
  {
    var effects = main?.effects ?? Kernel.Effects(span, effects: [])
    var body: Kernel.Expr = .unit(span)
    if let main {
      let call: Kernel.Expr = .call(span, function: main.name, types: [], arguments: [], ty: main.result)
      switch main.result {
      case .unit: body = call
      case .result(.unit, .string):
        body = reporting(call, initialisation.map { FreshLocals(above: $0) } ?? FreshLocals(from: 0), at: span)
        effects.effects.append(Kernel.Effect(span, name: "Program.fail"))
      default: throw PassBug(Self.self, "`main` returns a value", broke: "well-typed", in: main)
      }
    }
    if case .block(let place, let statements, _, _)? = initialisation?.body {
      body = .block(place, statements: statements, result: body, ty: .unit)
    }
    return Kernel.Function(
      span, name: Self.entry, module: main?.module ?? "", isLibrary: false, variables: [], parameters: [],
      result: .unit, effects: effects, body: body)
  }

  private func reporting(_ call: Kernel.Expr, _ locals: FreshLocals, at span: Span) -> Kernel.Expr {
    var locals = locals
    let message = locals.make("message")
    let arms: [Kernel.Arm] = [
      Kernel.Arm(
        span, pattern: .constructor(span, type: "Result", variant: "Ok", arguments: [.wildcard(span)]),
        body: .unit(span)),
      Kernel.Arm(
        span,
        pattern: .constructor(
          span, type: "Result", variant: "Err", arguments: [.bind(span, variable: message, ty: .string)]),
        body: .perform(
          span, effect: "Program.fail", arguments: [.local(span, variable: message, ty: .string)], ty: .unit)),
    ]
    return .match(span, subject: call, arms: arms, ty: .unit)
  }
}

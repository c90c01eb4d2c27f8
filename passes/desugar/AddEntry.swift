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
public struct AddEntry: KernelToKernel {
  public static let summary = "Add the function that the program starts with"

  public init() {}

  public mutating func begin(_ input: Kernel.Root, in context: PassContext) {
    context.explain(
      input.main.map { "the program starts with `\($0)`" }
        ?? "there is no `main`: the entry runs top-level statements only")
  }

  public mutating func root(_ node: Kernel.Root) throws -> Kernel.Root {
    guard !node.functions.contains(where: { $0.name == "$entry" }) else {
      throw PassBug(Self.self, "the program has an entry already", broke: "known-functions", in: node)
    }
    let main = try node.main.map { name in
      guard let main = node.functions.first(where: { $0.name == name }) else {
        throw PassBug(Self.self, "`\(name)` is not declared", broke: "known-functions", in: node)
      }
      return main
    }
    var output = node
    let initialisation = node.functions.first { $0.name == .initialisation }
    if initialisation != nil { output.functions.removeAll { $0.name == .initialisation } }
    output.functions.append(try entry(calling: main, behind: initialisation, at: main?.span ?? node.span))
    output.main = "$entry"
    return output
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
      span, name: "$entry", module: main?.module ?? "", isLibrary: false, variables: [], parameters: [], result: .unit,
      effects: effects, body: body)
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

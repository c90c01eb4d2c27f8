public import Diagnostics
public import Languages
public import Nanopass

/// Turns every effect operation into a call of the service that carries it out.
///
///     (perform Console.print [(string "hello")])
///     (service console.print [(string "hello")])
///
/// Needs: checked effects; every operation is one of `EffectOperation.all`.   Ensures: known-services.
public struct LowerEffects: LoopsToServices, FunctionPass {
  public static let summary = "Turn effect operations into calls of the service interface"

  private var counts: [Name: Int] = [:]

  public init() {}

  public mutating func end(in context: PassContext) {
    let used = EffectOperation.all.compactMap { operation in
      counts[operation.name].map { (key: operation.service.text, count: $0) }
    }
    let total = used.reduce(0) { $0 + $1.count }
    context.explain("\(total) effect operations became calls of \(used.count) services", data: used)
  }

  public mutating func function(
    at span: Span, name: Name, parameters: [Loops.Parameter], result: Loops.Ty, effects: Loops.Effects,
    behaviour: Loops.Behaviour, body: Loops.Block
  ) throws -> Services.Function {
    Services.Function(
      span, name: name, parameters: try parameters.map { try parameter($0) }, results: [try ty(result)],
      effects: effects, behaviour: behaviour, body: try block(body))
  }

  public mutating func `return`(at span: Span, value: Loops.Atom) throws -> Services.End {
    .return(span, values: [try atom(value)])
  }

  public mutating func perform(at span: Span, effect: Name, arguments: [Loops.Atom]) throws -> Services.Value {
    guard let operation = EffectOperation.named(effect) else {
      let form = Loops.Value.perform(span, effect: effect, arguments: arguments)
      throw PassBug(Self.self, "no service carries out `\(effect)`", broke: "checked-effects", in: form)
    }
    counts[effect, default: 0] += 1
    return .service(span, name: operation.service, arguments: try arguments.map { try atom($0) })
  }
}

public import Languages
public import Nanopass

/// Finds for every function whether a call of it may fail, wait, run for ever or write to cells.
///
///     (function f ... (behaviour true true true true) ...)
///     (function f ... (behaviour false false false false) ...)
///
/// A function may diverge if it can call itself, directly or through others, or calls one that may. It may suspend if
/// it performs an effect operation, or calls one that does, since a host may wait in its services. It may fail if it
/// carries out one of the few primitives with a fault, or calls one that does. Nothing in Aver writes to cells.
///
/// Needs: known-functions.   Ensures: the least behaviours that agree with the calls.
public struct InferBehaviour: Pass {
  public typealias Input = Core
  public typealias Output = Core
  public static let summary = "Find which functions may fail, suspend or run for ever"

  public init() {}

  public mutating func run(_ input: Core.Root, in context: PassContext) throws -> Core.Root {
    let graph = try CallGraph(input)
    var behaviours = Array(
      repeating: Core.Behaviour(mayFail: false, maySuspend: false, mayDiverge: false, writesCells: false),
      count: input.functions.count)
    for component in graph.components() {
      // Callees outside of the component are final already.
      let recursive = component.count > 1 || component.contains { graph.callsItself($0) }
      let callees = component.lazy.flatMap { graph.callees[$0] }
      let behaviour = Core.Behaviour(
        mayFail: component.contains { graph.fails[$0] } || callees.contains { behaviours[$0].mayFail },
        maySuspend: component.contains { graph.performs[$0] } || callees.contains { behaviours[$0].maySuspend },
        mayDiverge: recursive || callees.contains { behaviours[$0].mayDiverge },
        writesCells: false)
      for position in component { behaviours[position] = behaviour }
    }
    explain(behaviours, in: context)
    var output = input
    output.functions = zip(input.functions, behaviours).map { function, behaviour in
      var function = function
      function.behaviour = behaviour
      return function
    }
    return output
  }

  private func explain(_ behaviours: [Core.Behaviour], in context: PassContext) {
    let suspending = behaviours.count { $0.maySuspend }
    let diverging = behaviours.count { $0.mayDiverge }
    let total = behaviours.count { !$0.mayFail && !$0.maySuspend && !$0.mayDiverge }
    context.explain(
      "\(behaviours.count) functions: \(total) always give a value, \(diverging) may diverge, \(suspending) may suspend",
      data: [
        ("functions", behaviours.count), ("total", total), ("may diverge", diverging), ("may suspend", suspending),
      ])
  }
}

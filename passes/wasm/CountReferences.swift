import Diagnostics
public import Languages
public import Nanopass

/// Inserts the counting of references in functions that handle objects in memory: a call of `count.dup` for every
/// reference that is kept, of `count.drop` for every one that ends, or of their like for what is never null.
///
/// Functions own their results, and lend their arguments unless they are arrays that are kept there. New objects and stores keep what they are given, and so do
/// parameters of loops and join points that may get what does not last. What is read from an object uses the object's
/// reference if it can't change there, and is counted otherwise. A reference ends behind its last use, or at the start
/// of a branch that has no use for it.
///
///     (let s.1 (ref string) (call string.at [(local text.0) (i64 0)]))
///     (return [(call string.concat [(local s.1) (local text.0)])])
///
/// becomes
///
///     (let s.1 (ref string) (call string.at [(local text.0) (i64 0)]))
///     (let r.2 (ref string) (call string.concat [(local s.1) (local text.0)]))
///     (run (call count.dropReference [(local s.1)]))
///     (return [(local r.2)])
///
/// What an `i32` is set to is not counted: code that handles addresses counts for itself. The library's `globals.forget`
/// is given steps that let go of what globals hold.
///
/// Perceus: Reinking, Xie, de Moura, Leijen, PLDI 2021; with borrowed parameters as in Counting Immutable Beans:
/// Ullrich, de Moura, IFL 2019.
///
/// Needs: bound-locals, bound-labels, known-names, well-typed.
/// Ensures: bound-locals, bound-labels, known-names, well-typed.
public struct CountReferences: Pass {
  public typealias Input = WasmIR
  public typealias Output = WasmIR
  public static let summary = "Insert the counting of references to objects in memory"

  public init() {}

  public mutating func run(_ input: WasmIR.Root, in context: PassContext) throws -> WasmIR.Root {
    var input = input
    for index in input.functions.indices where input.functions[index].name == "globals.forget" {
      input.functions[index].body.steps = forgetting(input.globals)
    }
    var typing = ReferenceTyping(WasmDeclarations(input))
    let effects = EffectTable(input)
    let owned = try OwnedParameters(input, typing) { function, owned in
      typing.owned = owned
      let kept = try count(function, typing, effects).kept
      return function.parameters.indices.filter { kept.contains(function.parameters[$0].variable.id) }
    }
    typing.owned = owned.owned
    var (functions, dups, drops) = (0, 0, 0)
    var output = input
    output.functions = try input.functions.map { function in
      let counted = try count(function, typing, effects)
      functions += counted.dups + counted.drops > 0 ? 1 : 0
      dups += counted.dups
      drops += counted.drops
      return counted.function
    }
    context.explain(
      "Inserted \(dups) dups and \(drops) drops in \(functions) functions.",
      data: [("functions", functions), ("dups", dups), ("drops", drops)])
    return output
  }

  /// A function with counts, how many they are, and the variables that it keeps though they are not its own.
  private func count(
    _ function: WasmIR.Function, _ typing: ReferenceTyping, _ effects: EffectTable
  ) throws -> (function: WasmIR.Function, dups: Int, drops: Int, kept: NumberSet) {
    var typing = typing
    var namer = ReferenceNamer(function, typing, effects)
    let named = try namer.function(function)
    typing.variables = namer.variables
    let roles = try ReferenceRoles(named, typing, released: namer.released)
    var counter = ReferenceCounter(named, typing, roles)
    let counted = try counter.function(named)
    return (counted, counter.dups, counter.drops, counter.kept)
  }

  /// The steps that let go of what globals hold.
  private func forgetting(_ globals: [WasmIR.Global]) -> [WasmIR.Step] {
    globals.compactMap { global in
      guard global.isMutable, case .nullable(let type) = global.ty else { return nil }
      let value = WasmIR.Expr.null(.none, type: type)
      return .run(.none, value: .setGlobal(.none, name: global.name, value: value))
    }
  }
}

import Languages
import Nanopass

/// Which parameters own what they are given: those of arrays that the function keeps, so that a caller which has no more
/// use for one hands it over uncounted. All callers have to know: a function that is called with an address borrows.
///
/// Only arrays without references are owned, since nothing is borrowed from these; and only functions that give
/// references, whose calls have names.
struct OwnedParameters {
  /// The parameters that may own, by function.
  private var candidates: [Name: [Bool]] = [:]
  /// The parameters that own.
  private(set) var owned: [Name: [Bool]] = [:]

  /// - Parameters:
  ///   - root: the program.
  ///   - keeps: the positions of the parameters that a function keeps although they are lent, if some own already.
  init(
    _ root: WasmIR.Root, _ typing: ReferenceTyping,
    keeps: (WasmIR.Function, [Name: [Bool]]) throws -> [Int]
  ) throws {
    for function in root.functions where function.results.contains(where: { $0.mentioned != nil }) {
      let flags = function.parameters.map { parameter in
        guard case .ref(let type) = parameter.ty else { return false }
        return typing.declarations.element(of: type).map { $0.storage.ty.mentioned == nil } ?? false
      }
      if flags.contains(true) { candidates[function.name] = flags }
    }
    for function in root.functions {
      var calls = CallArguments()
      try calls.visit(function)
      var typing = typing
      typing.variables = try VariableTypes.of(function)
      for (name, arguments) in calls.found {
        for (index, argument) in arguments.enumerated() where !typing.isReference(argument) {
          if candidates[name]?.indices.contains(index) == true { candidates[name]?[index] = false }
        }
      }
    }
    let waiting = root.functions.filter { candidates[$0.name]?.contains(true) == true }
    var hasChanged = true
    while hasChanged {
      hasChanged = false
      for function in waiting {
        for index in try keeps(function, owned) where candidates[function.name]?[index] == true {
          var flags = owned[function.name] ?? function.parameters.map { _ in false }
          hasChanged = hasChanged || !flags[index]
          flags[index] = true
          owned[function.name] = flags
        }
      }
    }
  }
}

/// The calls in a function.
private struct CallArguments: WasmIRWalker {
  var found: [(Name, [WasmIR.Expr])] = []

  mutating func visit(_ node: WasmIR.Expr) throws {
    if case .call(_, let name, let arguments) = node { found.append((name, arguments)) }
    try walk(node)
  }

  mutating func visit(_ node: WasmIR.End) throws {
    if case .tailCall(_, let name, let arguments) = node { found.append((name, arguments)) }
    try walk(node)
  }
}

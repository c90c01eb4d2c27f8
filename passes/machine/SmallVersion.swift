import Languages
import Nanopass

/// A version of a function that calls itself, for calls that pass it small integers: it need not test them.
///
/// The parameters that it takes to be small are those that all of its own calls of itself pass so, if they are small
/// themselves: the greatest solution, found by dropping what is not. The results of its calls of itself are tested at
/// once where they are wanted, so that they can be passed on, too: `tak` takes a fifth less time by that. The function
/// itself becomes one that tests the parameters and calls the version if they are small; else it goes on with operators
/// as calls of the run-time library, as its second version does, up to the next round of a loop that is all of it.
struct SmallVersion {
  /// What the version is called.
  let name: Name
  /// The parameters that it takes to be small, by position.
  let positions: [Int]
  /// The function, where these are small.
  let plan: VersionPlan
  /// The function, where they are not.
  let general: VersionPlan

  /// The most instructions of a function that gets a version.
  private static let longest = 100
  /// The most variables that the places of the second version may be passed together.
  private static let mostPassed = 2_000

  /// Whether a function gets a version, or why not.
  enum Finding {
    case version(SmallVersion)
    /// `reason` is nil where none can be expected.
    case none(reason: String?)
  }

  /// Finds the version of a function.
  ///
  /// - Parameter name: what it is to be called.
  static func find(_ function: Machine.Function, _ name: Name) -> Finding {
    let calls = function.blocks.contains { $0.instructions.contains { $0.callee == function.name } }
    if !calls { return .none(reason: nil) }
    let length = function.blocks.reduce(0) { $0 + $1.instructions.count }
    let graph = MachineGraph(function)
    var integers = SmallIntegers(function, graph, trusting: function.name)
    var positions = function.parameters.indices.filter {
      integers.wanted.contains(function.parameters[$0].variable.id)
    }
    if positions.isEmpty { return .none(reason: nil) }
    guard length <= longest else { return .none(reason: "\(length) instructions are too many") }
    let liveness = Liveness(function, graph)
    integers.solve(liveness)
    let unversioned = VersionPlan(function, graph, integers, liveness)
    var passed: [Int] = []
    repeat {
      if !passed.isEmpty { positions = passed }
      var known = LocalSet()
      for position in positions { known.insert(function.parameters[position].variable.id) }
      integers.solve(liveness, knowing: known)
      passed = integers.small(positions, inCallsOf: function.name)
      if passed.isEmpty { return .none(reason: "it passes itself integers that may be big") }
    } while passed.count < positions.count
    let plan = VersionPlan(function, graph, integers, liveness)
    if plan.exits >= unversioned.exits { return .none(reason: "it would test as often") }
    let general = VersionPlan(function, graph, integers, liveness, isGeneral: true)
    if plan.size + general.size > mostPassed { return .none(reason: "too much would be passed between the versions") }
    return .version(SmallVersion(name: name, positions: positions, plan: plan, general: general))
  }

  /// Whether a call with these arguments may go to the version.
  func takes(_ arguments: [Machine.Operand], _ known: LocalSet) -> Bool {
    positions.allSatisfy { arguments.indices.contains($0) && known.surelyHolds(arguments[$0]) }
  }
}

extension SmallIntegers {
  /// The positions at which all calls of a function pass small integers, of those given.
  fileprivate func small(_ positions: [Int], inCallsOf callee: Name) -> [Int] {
    var positions = positions
    forEachCall(of: callee) { arguments, known in
      positions.removeAll { !arguments.indices.contains($0) || !known.surelyHolds(arguments[$0]) }
    }
    return positions
  }
}

extension Machine.Instruction {
  /// The same call of another function.
  func calling(_ callee: Name) -> Machine.Instruction {
    switch self {
    case .set(let span, let variable, let ty, .call(let place, _, let arguments)):
      return .set(span, variable: variable, ty: ty, value: .call(place, function: callee, arguments: arguments))
    case .run(let span, .call(let place, _, let arguments)):
      return .run(span, value: .call(place, function: callee, arguments: arguments))
    case .receive(let span, _, let arguments, let parameters):
      return .receive(span, function: callee, arguments: arguments, parameters: parameters)
    default: return self
    }
  }

  /// What it passes to the function of the program that it calls.
  var passed: [Machine.Operand] {
    switch self {
    case .set(_, _, _, .call(_, _, let arguments)), .run(_, .call(_, _, let arguments)),
      .receive(_, _, let arguments, _):
      return arguments
    default: return []
    }
  }
}

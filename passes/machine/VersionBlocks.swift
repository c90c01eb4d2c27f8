public import Languages
public import Nanopass

/// Gives the blocks of a function a second version, so that the first can compute with small integers only.
///
/// In the first version operators become instructions on tagged words. Where an operand turns out to be big, or a result
/// does not fit, control leaves for the second version of the same place, in which operators are calls of the run-time
/// library; it comes back at the next round of a loop whose variables are small again. So what was once found small
/// stays small as far as the first version reaches, and needs neither tests nor counting. A simple form of basic block
/// versioning (Chevalier-Boisvert, Feeley: Simple and Effective Type Check Removal through Lazy Basic Block Versioning,
/// ECOOP 2015, section 3), with two versions made ahead of time.
///
///     (block e.3 [] [(set z.2 word (compute int.add [(local x.0) (local y.1)]))] (return [(local z.2)]))
///
/// becomes
///
///     (block e.3 []
///       [(set tags.4 word (compute and [(local x.0) (local y.1)]))
///        (set low.5 word (compute and [(local tags.4) (word 1)]))
///        (set big.6 bit (compute eq [(local low.5) (word 0)]))]
///       (branch (local big.6) (to big.9 []) (to e.7 []) else))
///     (block e.7 []
///       [(set raw.10 word (compute sub [(local y.1) (word 1)]))
///        (checked z.2 overflow.8 add (local x.0) (local raw.10))]
///       (branch (local overflow.8) (to big.9 []) (to e.11 []) else))
///     (block e.11 [] [] (return [(local z.2)]))
///     (block big.9 []
///       [(set z.12 word (runtime nanoc_int_add [(local x.0) (local y.1)]))]
///       (return [(local z.12)]))
///
/// A function that passes itself small integers gets a version that does not test these parameters, which its own calls
/// and those of others go to where they pass such (`SmallVersion`). This part can be left out alone, as `small-versions`.
///
/// Needs: dominating-definitions, known-labels. Ensures: dominating-definitions, known-labels; operators `int.…` are left
/// only for big literals, in functions that no loop or recursion runs again and again, and where the second version would
/// pass too much around.
public struct VersionBlocks: MachineToMachine {
  public static let summary = "Give blocks a version for small and one for big integers"
  public static let parts = [smallVersions]

  private static let smallVersions = "small-versions"

  /// The most variables that the places of a second version may be passed together.
  private static let limit = 2_000

  /// The greatest number of a variable with which sets of variables as bits are small enough.
  private static let greatestNumber = 1_000_000

  private var repeated: Set<Name> = []
  /// The versions of functions that take parameters to be small.
  private var small: [Name: SmallVersion] = [:]
  private var versioned = 0
  private var functions = 0
  private var exits = 0
  private var givesSmallVersions = true
  private var details: [String] = []

  public init() {}

  public mutating func begin(_ input: Machine.Root, in context: PassContext) {
    givesSmallVersions = !context.leftOut.contains(Self.smallVersions)
  }

  public mutating func root(_ node: Machine.Root) throws -> Machine.Root {
    repeated = RepeatedFunctions.names(in: node)
    var taken = Set(node.functions.map(\.name))
    for function in node.functions where givesSmallVersions && mayGetVersions(function) {
      var name = Name(function.name.text + ".small")
      while taken.contains(name) { name = Name(name.text + "'") }
      switch SmallVersion.find(function, name) {
      case .version(let version):
        let parameters = version.positions.map { "`\(function.parameters[$0].variable.name)`" }
        details.append("\(function.name): one where \(parameters.joined(separator: ", ")) are small")
        taken.insert(name)
        small[function.name] = version
      case .none(let reason?): details.append("\(function.name): none for small parameters, since \(reason)")
      case .none: break
      }
    }
    var root = node
    root.functions = try node.functions.flatMap { try versions(of: $0) }
    return root
  }

  public mutating func end(in context: PassContext) {
    context.explain(
      """
      Gave \(versioned) of \(functions) functions a version for small integers, with \(exits) ways out of it, and \
      \(small.count) one for small parameters.
      """, details: details,
      data: [("versioned", versioned), ("functions", functions), ("exits", exits), ("parameters", small.count)])
  }

  private func mayGetVersions(_ function: Machine.Function) -> Bool {
    repeated.contains(function.name) && function.greatestLocal <= Self.greatestNumber
  }

  /// What becomes of a function.
  private mutating func versions(of node: Machine.Function) throws -> [Machine.Function] {
    functions += 1
    guard mayGetVersions(node) else { return [node] }
    if let version = small[node.name] {
      versioned += 1
      exits += version.plan.exits
      var function = node
      function.name = version.name
      return [
        ordered(try BlockVersions.write(generalOf: version), of: node),
        ordered(try BlockVersions.write(version.plan, small), of: function),
      ]
    }
    let graph = MachineGraph(node)
    var integers = SmallIntegers(node, graph)
    if integers.isEmpty { return [node] }
    let liveness = Liveness(node, graph)
    integers.solve(liveness)
    let plan = VersionPlan(node, graph, integers, liveness)
    if plan.size > Self.limit { return [node] }
    versioned += 1
    exits += plan.exits
    return [ordered(try BlockVersions.write(plan, small), of: node)]
  }

  /// The function with other blocks. Control may come from late places of the first version to early ones of the second,
  /// so the blocks' order by position is not one of dominators first.
  private func ordered(_ blocks: [Machine.Block], of function: Machine.Function) -> Machine.Function {
    var function = function
    function.blocks = blocks
    function.blocks = MachineGraph(function).order.map { blocks[$0] }
    return function
  }
}

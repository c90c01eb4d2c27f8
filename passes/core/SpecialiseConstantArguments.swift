import Diagnostics
public import Languages
public import Nanopass

/// Makes a version of a function for a constant that it is called with, where the constant helps.
///
///     (function power [base.0 modulus.1] ... (primitive int.modulo [(local t.2) (local modulus.1)]) ...)
///     ... (call power [(local b.3) (integer 97)])
///
/// becomes
///
///     (function power<with.1> [base.0] ... (primitive int.modulo [(local t.2) (integer 97)]) ...)
///     ... (call power<with.1> [(local b.3)])
///
/// A parameter is worth it if it decides a choice or divides, there or in a function that it is handed on to; if the call
/// is the only one, also if it is an operand of integer arithmetic. In a recursive function every call within the
/// recursion must hand the parameter on, or pass a constant for it. Such versions are the polyvariant specialisation of
/// partial evaluation (Jones, Gomard, Sestoft: Partial Evaluation and Automatic Program Generation, 1993, section 4.4)
/// with bounds: four versions of one function, and none of a long one that others call too.
///
/// Needs: bound-locals, known-functions.   Ensures: bound-locals, known-functions.
public struct SpecialiseConstantArguments: CoreToCore {
  public static let summary = "Make versions of functions for constants that they are called with"

  /// How many versions a function has.
  private static let most = 4
  /// How many steps and ends a function has of which there are several versions.
  private static let longest = 40
  /// How many steps and ends any function has of which a version is made.
  private static let longestAlone = 400

  private struct Request: Hashable {
    var function: Int
    var constants: [Int: Constant]
  }

  /// A known argument, and how to make it.
  private struct Known {
    var constant: Constant
    var value: Core.Value
  }

  private struct Version {
    var function: Core.Function
    /// The constants that its first variables stand for.
    var values: [(Core.Parameter, Core.Value)]
  }

  private var functions: [Core.Function] = []
  private var constants: ConstantParameters?
  private var versions: [Request: Name] = [:]
  private var counts: [Int: Int] = [:]
  private var waiting: [Version] = []
  private var known: LocalTable<Known> = [:]
  private var substitution = Substitution()
  private var names: [String] = []

  public init() {}

  public mutating func end(in context: PassContext) {
    context.explain(
      "\(names.count) versions of \(counts.count) functions for constant arguments", details: names,
      data: [("versions", names.count), ("functions", counts.count)])
  }

  public mutating func root(_ node: Core.Root) throws -> Core.Root {
    let constants = try ConstantParameters(node)
    guard constants.passes.contains(true) else { return node }
    functions = node.functions
    self.constants = constants
    var output = node
    for position in functions.indices where constants.passes[position] {
      output.functions[position] = try function(functions[position])
    }
    var made = 0
    while made < waiting.count {
      output.functions.append(try write(waiting[made]))
      made += 1
    }
    return output
  }

  public mutating func function(_ node: Core.Function) throws -> Core.Function {
    known.removeAll(keepingCapacity: true)
    substitution.reset()
    return try derive(node)
  }

  public mutating func atom(_ node: Core.Atom) -> Core.Atom { substitution.resolve(node) }

  // MARK: Versions

  private mutating func write(_ version: Version) throws -> Core.Function {
    known.removeAll(keepingCapacity: true)
    substitution.reset()
    var steps: [Core.Step] = []
    for (parameter, value) in version.values {
      if case .atom(_, let atom) = value, atom.isSmall {
        substitution.replace(parameter.variable, by: atom)
      } else {
        steps.append(try step(.let(parameter.span, variable: parameter.variable, ty: parameter.ty, value: value)))
      }
    }
    var function = try derive(version.function)
    function.body.steps = steps + function.body.steps
    return function
  }

  /// The version of a function for what is known of the arguments; nil if there is none.
  private mutating func version(of position: Int, for arguments: [Core.Atom]) -> (Name, Request)? {
    guard let constants else { return nil }
    let isOnly = constants.outerCalls(of: position) == 1
    var found: [Int: Known] = [:]
    for (index, argument) in arguments.enumerated() {
      guard let known = known(argument), constants.isWorthy(index, of: position, choosing: !isOnly) else { continue }
      found[index] = known
    }
    if found.isEmpty { return nil }
    let request = Request(function: position, constants: found.mapValues(\.constant))
    if let name = versions[request] { return (name, request) }
    var measure = BlockMeasure(limit: isOnly ? Self.longestAlone : Self.longest)
    measure.add(functions[position].body)
    guard measure.isWithinLimit, counts[position, default: 0] < Self.most else { return nil }
    return (make(request, found), request)
  }

  private mutating func make(_ request: Request, _ found: [Int: Known]) -> Name {
    var function = functions[request.function]
    let number = counts[request.function, default: 0] + 1
    counts[request.function] = number
    let name = Name("\(function.name.text)<with.\(number)>")
    versions[request] = name
    let fixed = found.sorted { $0.key < $1.key }.map { (function.parameters[$0.key], $0.value.value) }
    names.append("\(name): for \(fixed.map { "\($0.0.variable.name) = \(Self.text($0.1))" }.joined(separator: ", "))")
    function.parameters = function.parameters.enumerated().filter { found[$0.offset] == nil }.map(\.element)
    function.name = name
    waiting.append(Version(function: function, values: fixed))
    return name
  }

  private static func text(_ value: Core.Value) -> String {
    switch value {
    case .atom(_, let atom): Printer.text(of: atom)
    case .construct(_, _, let variant, _, _): variant.text
    default: "?"
    }
  }

  private func known(_ atom: Core.Atom) -> Known? {
    if let variable = atom.variable { return known[variable] }
    return Constant(atom).map { Known(constant: $0, value: .atom(.none, atom: atom)) }
  }

  // MARK: Calls

  public mutating func step(_ node: Core.Step) throws -> Core.Step {
    let new = try derive(node)
    guard case .let(let span, let variable, let ty, let value) = new else { return new }
    switch value {
    case .atom(_, let atom):
      if let constant = Constant(atom) { known[variable] = Known(constant: constant, value: value) }
    case .construct(_, let type, _, let index, let arguments):
      if arguments.isEmpty { known[variable] = Known(constant: .constructor(type: type, index: index), value: value) }
    case .call(let place, let name, let arguments):
      guard let position = constants?.positions[name], let (version, request) = version(of: position, for: arguments)
      else { break }
      let rest = arguments.enumerated().filter { request.constants[$0.offset] == nil }.map(\.element)
      return .let(span, variable: variable, ty: ty, value: .call(place, function: version, arguments: rest))
    case .perform, .payload, .primitive: break
    }
    return new
  }
}

/// A whole program that has a list of functions.
public protocol FunctionProgram: Node {
  /// The nonterminal of functions.
  associatedtype Function: Node
  /// The functions in order.
  var functions: [Function] { get set }
}

/// A pass whose work on one function needs nothing but that function, the declarations, and what it learnt before.
///
/// Consecutive passes of this kind are carried out in one sweep over the functions: some functions go through all passes,
/// then the next. What the passes make in between is small enough to stay in the processor's caches; a program of
/// 100,000 lines as a whole is not, and takes twice as long per line then. So
///
/// - `begin` gets the program without its functions. What the pass must know of other functions than the one at hand it
///   learns in `learn`, from the program that its sweep starts with;
/// - what is found in one function may be used for later ones (constants, names that are needed), never for earlier ones.
///
/// A pass alone is a sweep of one, so that it can't do by itself what it can't do among others.
public protocol FunctionPass: TreePass where Input.Root: FunctionProgram, Output.Root: FunctionProgram {
  /// Learns what it must know of other functions from the program that its sweep starts with: one of its input language,
  /// or of an earlier one. The passes between must change nothing of what it learns.
  ///
  /// - Returns: false if it can't learn from a program of that language; then it starts a sweep by itself.
  mutating func learn(from start: SweepStart) throws -> Bool
  /// Translates the program without its functions.
  mutating func root(_ node: Input.Root) throws -> Output.Root
  /// Translates one function.
  mutating func function(_ node: Input.Root.Function) throws -> Output.Root.Function
  /// Translates some functions in order; for passes that make several of one. By default each by `function`.
  mutating func functions(_ nodes: [Input.Root.Function]) throws -> [Output.Root.Function]
  /// Adds what the functions turned out to need: declarations, and functions behind those that are there.
  ///
  /// - Parameter program: the translated declarations, and translated functions or none.
  /// - Returns: whether it changed more than the functions.
  mutating func complete(_ program: inout Output.Root) throws -> Bool
}

extension FunctionPass {
  public mutating func learn(from start: SweepStart) throws -> Bool { true }
  @inlinable
  public mutating func functions(_ nodes: [Input.Root.Function]) throws -> [Output.Root.Function] {
    var functions: [Output.Root.Function] = []
    functions.reserveCapacity(nodes.count)
    for node in nodes { functions.append(try function(node)) }
    return functions
  }
  public mutating func complete(_ program: inout Output.Root) throws -> Bool { false }

  /// Runs the pass on a whole program.
  @inlinable
  public mutating func sweep(_ input: Input.Root, in context: PassContext) throws -> Output.Root {
    guard try learn(from: SweepStart(AnyProgram(Input.self, input))) else {
      throw PassBug(Self.name, "can't learn from \(Input.name)", broke: "pipeline-order")
    }
    var declarations = input
    declarations.functions = []
    try begin(declarations, in: context)
    var output = try root(declarations)
    output.functions = try functions(input.functions)
    _ = try complete(&output)
    try end(in: context)
    return output
  }
}

/// The program that a sweep starts with, and what its passes have learnt from it.
public final class SweepStart {
  /// The program.
  public let program: AnyProgram
  private var facts: [ObjectIdentifier: any ProgramFact] = [:]

  public init(_ program: AnyProgram) { self.program = program }

  /// What a program tells; found once for all passes.
  ///
  /// - Returns: nil if the program's language does not tell it.
  public func fact<Fact: ProgramFact>(_ type: Fact.Type) throws -> Fact? {
    if let known = facts[ObjectIdentifier(type)] as? Fact { return known }
    let fact = try Fact(of: program)
    facts[ObjectIdentifier(type)] = fact
    return fact
  }
}

/// Something that passes learn of the functions of a whole program.
public protocol ProgramFact {
  /// - Returns: nil if the program's language does not tell it.
  init?(of program: AnyProgram) throws
}

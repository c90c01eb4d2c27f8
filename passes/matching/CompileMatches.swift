public import Diagnostics
public import Languages
public import Nanopass

/// Compiles matches to decision trees: switches over constructors and tests against literals, without nested patterns.
///
///     (match (local o.0 (data Option<Int>))
///       ((arm (constructor Some 1 ((integer 0))) (string "zero")) (arm (wildcard) (call f () (string)))) (string))
///     (join arm.1 () (call f () (string))
///       (switch o.0 Option<Int>
///         ((case Some 1
///           (block ((bind part.2 (payload o.0 Option<Int> 1 0 (int))))
///             (test part.2 ((literalCase (integer 0) (string "zero"))) (jump arm.1 () (string)) (string))
///             (string))))
///         (jump arm.1 () (string)) (string)) (string))
///
/// A subject is evaluated once. On each path every value is compared once, and only the parts that are compared or used
/// are read. The body of an arm that several leaves reach stands in a join point, with the arm's variables as
/// parameters; literals and the like are copied. A tuple that is built only to be matched is not built.
///
/// Luc Maranget, Compiling Pattern Matching to Good Decision Trees, ML 2008.
///
/// Needs: matches are exhaustive.
/// Ensures: switches have their cases in the order of the constructors.
public struct CompileMatches: ClosedToSwitch, FunctionPass {
  public static let summary = "Compile matches to decision trees"

  /// The most nodes of the tree of one part of a match: so many, and so many more for each arm.
  private static let mostNodes = 256
  private static let mostNodesForArm = 16

  private var types: [Name: Closed.TypeDecl] = [:]
  private var used: NumberSet = []
  private var locals = FunctionLocals<Closed.Function>()
  private var matches = 0
  private var shared = 0

  public init() {}

  public mutating func begin(_ input: Closed.Root, in context: PassContext) {
    types = Dictionary(input.types.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
  }

  public mutating func end(in context: PassContext) {
    context.explain(
      "\(matches) matches compiled; \(shared) arms shared by join points",
      data: [("matches", matches), ("shared", shared)])
  }

  public mutating func function(_ node: Closed.Function) throws -> Switch.Function {
    locals.enter(node)
    var reads = LocalReads()
    try reads.visit(node.body)
    used = reads.found
    return try derive(node)
  }

  public mutating func match(at span: Span, subject: Closed.Expr, arms: [Closed.Arm], ty: Closed.Ty) throws
    -> Switch.Expr
  {
    matches += 1
    var statements: [Switch.Statement] = []
    let (subjects, patterns) = try subjectsAndPatterns(of: subject, arms, &statements)
    let match = Match(span: span, subjects: subjects, patterns: patterns, arms: arms, ty: ty)
    let body = try code(for: match, arms.indices, otherwise: nil)
    return statements.isEmpty ? body : .block(span, statements: statements, result: body, ty: ty)
  }

  /// A match with the locals to compare, and a pattern of each arm for each of them.
  private struct Match {
    let span: Span
    let subjects: [(Local, Closed.Ty)]
    let patterns: [[Closed.Pattern]]
    let arms: [Closed.Arm]
    let ty: Closed.Ty
  }

  /// Compares with some of the arms, then goes on with `otherwise`. Arms whose tree would be too large are divided: no
  /// value is compared with the second part before all of the first have failed, so that the tree of neither part
  /// repeats the other's.
  private mutating func code(for match: Match, _ range: Range<Int>, otherwise: Switch.Expr?) throws -> Switch.Expr {
    var patterns = Array(match.patterns[range])
    if otherwise != nil { patterns.append(match.subjects.map { _ in .wildcard(match.span) }) }
    var builder = DecisionTreeBuilder(
      types: types, used: used, locals: locals, arms: patterns.count, assumesMatch: range.lowerBound > 0,
      most: range.count > 1 ? Self.mostNodes + Self.mostNodesForArm * range.count : .max)
    let columns = match.subjects.map { builder.subject($0, $1) }
    let tree: DecisionTree
    do {
      tree = try builder.tree(columns, patterns)
    } catch is DecisionTreeBuilder.TooLarge {
      let middle = (range.lowerBound + range.upperBound) / 2
      let second = try code(for: match, middle..<range.upperBound, otherwise: otherwise)
      return try code(for: match, range.lowerBound..<middle, otherwise: second)
    }
    locals = builder.locals
    var leaves: [Leaf] = []
    for (arm, uses) in zip(match.arms[range], builder.uses) { leaves.append(try leaf(for: arm, uses)) }
    if let otherwise {
      let label = builder.uses.last ?? 0 > 1 ? locals.make("other") : nil
      leaves.append(Leaf(span: match.span, body: otherwise, variables: [], label: label))
    }
    let body = emitted(tree, leaves, match.ty, at: match.span)
    return leaves.reversed().reduce(body) { rest, leaf in
      guard let label = leaf.label else { return rest }
      let parameters = leaf.variables.map { Switch.Parameter(leaf.span, variable: $0.0, ty: $0.1) }
      return .join(leaf.span, label: label, parameters: parameters, body: leaf.body, rest: rest, ty: match.ty)
    }
  }

  // MARK: Subjects

  /// The locals to compare and, for each arm, a pattern for each of them. A value that is built by the only constructor
  /// of its type is compared part by part.
  private mutating func subjectsAndPatterns(
    of subject: Closed.Expr, _ arms: [Closed.Arm], _ statements: inout [Switch.Statement]
  ) throws -> (subjects: [(Local, Closed.Ty)], patterns: [[Closed.Pattern]]) {
    if case .construct(_, _, _, let arguments, .data(let name)) = subject, types[name]?.variants.count == 1,
      arms.allSatisfy({ ignoresWhole($0.pattern) })
    {
      var subjects: [(Local, Closed.Ty)] = []
      for argument in arguments { subjects.append((try held(argument, &statements), argument.ty)) }
      let patterns = arms.map { arm in
        if case .constructor(_, _, _, let parts) = arm.pattern, parts.count == arguments.count { return parts }
        return Array(repeating: Closed.Pattern.wildcard(arm.pattern.span), count: arguments.count)
      }
      return (subjects, patterns)
    }
    return ([(try held(subject, &statements), subject.ty)], arms.map { [$0.pattern] })
  }

  /// Whether an arm has no use for the subject as a whole.
  private func ignoresWhole(_ pattern: Closed.Pattern) -> Bool {
    if case .bind(_, let variable, _) = pattern { return !used.contains(variable.id) }
    return true
  }

  /// A local with the value of an expression.
  private mutating func held(_ value: Closed.Expr, _ statements: inout [Switch.Statement]) throws -> Local {
    if case .local(_, let variable, _) = value { return variable }
    let local = locals.make("subject")
    statements.append(.bind(value.span, variable: local, value: try expr(value)))
    return local
  }

  // MARK: Leaves

  /// What stands at the leaves of an arm.
  private struct Leaf {
    let span: Span
    let body: Switch.Expr
    /// The variables that the body reads.
    let variables: [(Local, Closed.Ty)]
    /// The join point of the body, if it stands in one.
    let label: Local?
  }

  private mutating func leaf(for arm: Closed.Arm, _ uses: Int) throws -> Leaf {
    var variables: [(Local, Closed.Ty)] = []
    arm.pattern.forEachVariable { variable, ty in if used.contains(variable.id) { variables.append((variable, ty)) } }
    let isShared = uses > 1 && !(variables.isEmpty && isSmall(arm.body))
    if isShared { shared += 1 }
    let label = isShared ? locals.make("arm") : nil
    return Leaf(span: arm.span, body: try expr(arm.body), variables: variables, label: label)
  }

  /// Whether a body is no larger than a jump to it.
  private func isSmall(_ body: Closed.Expr) -> Bool {
    switch body {
    case .integer, .float, .string, .bool, .unit, .local: return true
    case .construct(_, _, _, let arguments, _): return arguments.isEmpty
    default: return false
    }
  }

  // MARK: Code

  private func emitted(_ tree: DecisionTree, _ leaves: [Leaf], _ ty: Closed.Ty, at span: Span) -> Switch.Expr {
    switch tree {
    case .leaf(let arm, let values): return emitted(leaves[arm], values, ty)
    case .load(let local, let origin, let part, let next):
      let statement: Switch.Statement = .bind(span, variable: local, value: payload(origin, part, at: span))
      return .block(span, statements: [statement], result: emitted(next, leaves, ty, at: span), ty: ty)
    case .choose(let local, let type, let branches, let rest):
      let cases = branches.compactMap { branch -> Switch.Case? in
        guard case .constructor(let place, let variant, let index, _) = branch.pattern else { return nil }
        return Switch.Case(place, variant: variant, index: index, body: emitted(branch.tree, leaves, ty, at: span))
      }
      return .switch(
        span, subject: local, type: type, cases: cases, default: rest.map { emitted($0, leaves, ty, at: span) }, ty: ty)
    case .compare(let local, let branches, let rest):
      let cases = branches.compactMap { branch -> Switch.LiteralCase? in
        guard let literal = branch.pattern.literal else { return nil }
        return Switch.LiteralCase(
          branch.pattern.span, literal: literal, body: emitted(branch.tree, leaves, ty, at: span))
      }
      return .test(span, subject: local, cases: cases, default: emitted(rest, leaves, ty, at: span), ty: ty)
    }
  }

  private func emitted(_ leaf: Leaf, _ values: LocalTable<BoundValue>, _ ty: Closed.Ty) -> Switch.Expr {
    let bound = leaf.variables.compactMap { variable, _ -> (Local, Switch.Expr)? in
      switch values[variable] {
      case .local(let local, let ty): return (variable, .local(leaf.span, variable: local, ty: ty))
      case .part(let origin, let ty): return (variable, payload(origin, ty, at: leaf.span))
      case nil: return nil
      }
    }
    if let label = leaf.label { return .jump(leaf.span, label: label, arguments: bound.map(\.1), ty: ty) }
    if bound.isEmpty { return leaf.body }
    let statements = bound.map { Switch.Statement.bind(leaf.span, variable: $0.0, value: $0.1) }
    return .block(leaf.span, statements: statements, result: leaf.body, ty: ty)
  }

  private func payload(_ origin: Origin, _ ty: Closed.Ty, at span: Span) -> Switch.Expr {
    .payload(
      span, subject: origin.subject, type: origin.type, variant: origin.variant, index: origin.index, ty: ty)
  }
}

extension Closed.Pattern {
  /// The literal that it compares with.
  fileprivate var literal: Switch.Literal? {
    switch self {
    case .integer(let span, let value): return .integer(span, value: value)
    case .float(let span, let value): return .float(span, value: value)
    case .string(let span, let value): return .string(span, value: value)
    case .bool(let span, let value): return .bool(span, value: value)
    case .wildcard, .bind, .constructor: return nil
    }
  }
}

/// Finds the numbers of the locals that are read.
private struct LocalReads: ClosedWalker {
  var found: NumberSet = []

  mutating func visit(_ node: Closed.Expr) throws {
    if case .local(_, let variable, _) = node { found.insert(variable.id) }
    try walk(node)
  }
}

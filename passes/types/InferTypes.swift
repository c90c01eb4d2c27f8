import Diagnostics
public import Languages
public import Nanopass

/// Finds the type of every expression, and turns operators into primitives.
///
///     (binary + (local n.0) (integer 1))
///     (primitive int.add ((local n.0 (int)) (integer 1)) (int))
///
/// Checking is bidirectional: a type that a place asks for is pushed inwards, and first-order unification finds the rest
/// (B. C. Pierce and D. N. Turner, "Local Type Inference", TOPLAS 22(1), 2000). Functions are independent of one
/// another, since signatures are written out.
///
/// Verify blocks are checked like functions and left out.
///
/// Needs: bound-locals and known-functions.
/// Ensures: every function without errors is well typed, and functions with errors are left out.
public struct InferTypes: Pass {
  public typealias Input = Resolved
  public typealias Output = Typed
  public static let summary = "Find the type of every expression and turn operators into primitives"
  public static var toleratesErrors: Bool { true }

  public init() {}

  public mutating func run(_ input: Resolved.Root, in context: PassContext) throws -> Typed.Root {
    context.sources.arrange(input.modules.map(\.span))
    var declarations = Declarations(input)
    let top = try Initialisers(input, &declarations, context.sources)
    var inference = Inference(declarations, context.sources)
    var functions: [Typed.Function] = []
    functions.reserveCapacity(input.functions.count)
    var typed = 0
    var errors: [[Diagnostic]] = []
    var wrongResults: [Name: WrongResult] = [:]
    for function in input.functions {
      if function.name == .initialisation {
        if let result = top.function { functions.append(result) }
        errors.append(top.diagnostics)
        continue
      }
      try inference.check(function)
      if !function.name.isVerification, let result = elaborate(function, &inference) { functions.append(result) }
      errors.append(inference.diagnostics)
      wrongResults[function.name] = inference.wrongResult
      typed += inference.slots.count
    }
    if !errors.allSatisfy(\.isEmpty) {
      var headers = WrongHeaders(input, wrongResults, errors: errors, declarations, context.sources)
      try headers.reconsider()
      try headers.reconsiderDeclarations()
      errors = headers.errors + [headers.mistakes]
      try ParameterOrder(input, context.sources).join(&errors)
    }
    for diagnostic in Self.joined(errors.joined(), behind: context.diagnostics) {
      context.reportOpaqueAccess(diagnostic)
    }
    let left = input.functions.count - functions.count
    context.explain(
      "\(typed) types found in \(functions.count) functions, \(left) functions with errors left out",
      data: [("types", typed), ("functions", functions.count), ("left-out", left)])
    return Typed.Root(
      input.span, modules: input.modules, types: input.types.map(declaration), functions: functions, main: input.main)
  }

  /// The errors without those that say again what an earlier one says: of a field that a record lacks, or of one that
  /// makes its type infinite.
  private static func joined(_ errors: some Sequence<Diagnostic>, behind known: [Diagnostic]) -> [Diagnostic] {
    let infinite = Set(known.filter { $0.slug == "infinite-type" }.flatMap { $0.regions.map(\.span) })
    let lacking = Set(known.filter { $0.slug == "unknown-field" }.map(\.summary))
    var places: [String: Int] = [:]
    var joined: [Diagnostic] = []
    for error in errors where !infinite.contains(error.span) {
      if error.slug == "unknown-field" {
        if lacking.contains(error.summary) { continue }
        if let first = places[error.summary] {
          joined[first].join(error)
          continue
        }
        places[error.summary] = joined.count
      }
      joined.append(error)
    }
    return joined
  }

  /// The typed function; nil if something in it is wrong.
  private func elaborate(_ node: Resolved.Function, _ inference: inout Inference) -> Typed.Function? {
    guard inference.diagnostics.isEmpty, let result = node.result.ty.typed else { return nil }
    var parameters: [Typed.Parameter] = []
    for parameter in node.parameters {
      guard let ty = parameter.ty.typed else { return nil }
      parameters.append(Typed.Parameter(parameter.span, variable: parameter.variable, ty: ty))
    }
    var elaboration = Elaboration(inference)
    do {
      return Typed.Function(
        node.span, name: node.name, module: node.module, isLibrary: node.isLibrary, variables: node.variables,
        parameters: parameters, result: result, effects: node.effects, body: try elaboration.body(node.body))
    } catch Elaboration.Obstacle.typeTooLarge(let span) {
      inference.reportLargeType(at: span)
      return nil
    } catch {
      return nil
    }
  }

  /// A declaration; types in it that are wrong become `Unit`, since an error has been reported.
  private func declaration(_ node: Resolved.TypeDecl) -> Typed.TypeDecl {
    switch node {
    case .sum(let span, let name, let variants):
      .sum(
        span, name: name,
        variants: variants.map { variant in
          Typed.Variant(variant.span, name: variant.name, fields: variant.fields.map { $0.typed ?? .unit })
        })
    case .record(let span, let name, let fields):
      .record(
        span, name: name, fields: fields.map { Typed.FieldDecl($0.span, name: $0.name, ty: $0.ty.typed ?? .unit) })
    }
  }
}

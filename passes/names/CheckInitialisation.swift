public import Languages
public import Nanopass
import Diagnostics

/// Checks that every top-level binding has its value before it is read.
///
///     a = b
///     b = 1
///
/// is `init-order` at the `b` of the first line. What a function reads counts wherever it is called or passed. Functions
/// found to read only what is there already are not searched again, so the check is linear in the program.
///
/// Needs: known-functions.
/// Ensures: in a program without errors, top-level statements read only what statements before them bind.
public struct CheckInitialisation: CheckPass {
  public typealias Input = Resolved
  public typealias Output = Resolved
  public static let summary = "Check that top-level bindings are read only when they have their values"

  private var functions: [Name: Resolved.Function] = [:]
  private var places: [Name: Span] = [:]
  /// The bindings that have no value yet.
  private var missing: Set<Name> = []
  /// The functions that read no binding which is still missing.
  private var clean: Set<Name> = []
  /// The errors by the binding that is read too early.
  private var errors: [Name: Int] = [:]
  private var found: [Diagnostic] = []

  public init() {}

  public mutating func check(_ program: Resolved.Root, in context: PassContext) throws {
    guard let node = program.functions.last(where: { $0.name == .initialisation }),
      case .block(_, let statements, _) = node.body
    else {
      context.explain("there are no top-level statements")
      return
    }
    functions = Dictionary(program.functions.map { ($0.name, $0) }) { first, _ in first }
    for case .define(let span, _, let name?, _, _) in statements { places[name] = span }
    missing = Set(places.keys)
    for case .define(_, _, let name, _, let value) in statements {
      var uses = BindingUses()
      try uses.visit(value)
      try check(uses, of: name)
      if let name { missing.remove(name) }
    }
    found.forEach(context.report)
    context.explain(
      "\(statements.count) top-level statements checked", data: [("statements", statements.count)])
  }

  /// Checks what one statement reads and calls.
  private mutating func check(_ uses: BindingUses, of name: Name?) throws {
    for (read, span) in uses.reads where missing.contains(read) { report(read, by: name, at: span, through: nil) }
    for (callee, span) in uses.calls where !clean.contains(callee) {
      var search = [callee]
      var seen: Set<Name> = [callee]
      var tooEarly: (read: Name, reader: Name, span: Span)?
      while let next = search.popLast(), tooEarly == nil {
        guard let function = functions[next], !function.isLibrary else { continue }
        var inner = BindingUses()
        try inner.visit(function.body)
        if let (read, place) = inner.reads.first(where: { missing.contains($0.name) }) {
          tooEarly = (read, next, place)
        }
        for (callee, _) in inner.calls where !clean.contains(callee) && seen.insert(callee).inserted {
          search.append(callee)
        }
      }
      if let (read, reader, place) = tooEarly {
        report(read, by: name, at: span, through: (reader, place))
      } else {
        clean.formUnion(seen)
      }
    }
  }

  /// Reports a binding that is read too early; one error tells all places.
  private mutating func report(_ read: Name, by name: Name?, at span: Span, through reader: (name: Name, span: Span)?) {
    if let index = errors[read] {
      if found[index].span != span { found[index].regions.append(Region(span, "needed here too")) }
      return
    }
    let who = name.map { "`\($0.lastPart)`" } ?? "this statement"
    var error: Diagnostic
    if read == name, reader == nil {
      error = .error(
        "init-order", at: span, "\(who) is read before it has a value", help: "a binding can't be part of its own value"
      )
    } else {
      let way = reader.map { " through `\($0.name.lastPart)`" } ?? ""
      error = .error(
        "init-order", at: span, "\(who) reads `\(read.lastPart)`\(way) before it has a value",
        help: read == name
          ? "a binding can't be part of its own value"
          : "top-level statements run from top to bottom: move `\(read.lastPart)` above \(who)")
    }
    if let reader { error.regions.append(Region(reader.span, "read here")) }
    if let place = places[read] { error.regions.append(Region(place, "bound here")) }
    errors[read] = found.count
    found.append(error)
  }
}

/// Gathers the top-level bindings that an expression reads, and the functions that it calls.
private struct BindingUses: ResolvedWalker {
  private(set) var reads: [(name: Name, span: Span)] = []
  private(set) var calls: [(name: Name, span: Span)] = []

  mutating func visit(_ node: Resolved.Expr) throws {
    switch node {
    case .global(let span, let name): reads.append((name, span))
    case .call(let span, let name, _), .callback(let span, .function(_, let name)): calls.append((name, span))
    default: break
    }
    try walk(node)
  }
}

public import Languages
public import Nanopass
import Diagnostics

/// Checks that every type has a finite value.
///
///     (record R (field next (data R)))                    =>   infinite-type at R
///     (record R (field next (option (data R))))                right: the `next` of some value is `Option.None`
///
/// The types with finite values are the least fixpoint of: lists, vectors, maps and options have one always, `Result`
/// if one side has, tuples and records if all parts have, sums if all fields of some variant have. It is computed as
/// the consequences of Horn clauses, in linear time (Dowling and Gallier, Journal of Logic Programming 1(3), 1984).
///
/// Needs: nothing. Ensures: values of all types can be built and end.
public struct CheckTypeDeclarations: CheckPass {
  public typealias Input = Resolved
  public typealias Output = Resolved
  public static let summary = "Checks that every type has a finite value"

  public init() {}

  public mutating func check(_ program: Resolved.Root, in context: PassContext) throws {
    var facts = Facts()
    for declaration in program.types { facts.add(declaration) }
    facts.conclude()
    for declaration in program.types where !facts.holds(Facts.name(of: declaration)) {
      let (kind, name) =
        switch declaration {
        case .sum(_, let name, _): ("every variant", name)
        case .record(_, let name, _): ("a field", name)
        }
      context.report(
        .error(
          "infinite-type", at: declaration.span, "no value of `\(name)` is finite: \(kind) holds another one",
          help: "put it into an `Option` or a `List`"))
    }
    context.explain("checked \(program.types.count) types", data: [("types", program.types.count)])
  }
}

/// Facts of the form "this type has a finite value", and what follows from what.
private struct Facts {
  private struct Fact {
    /// How many more premises it needs.
    var missing: Int
    /// The facts that it is a premise of.
    var conclusions: [Int] = []
  }

  private var facts: [Fact] = []
  private var named: [Name: Int] = [:]
  private var settled: [Int] = []

  static func name(of declaration: Resolved.TypeDecl) -> Name {
    switch declaration {
    case .sum(_, let name, _), .record(_, let name, _): name
    }
  }

  func holds(_ name: Name) -> Bool { named[name].map { facts[$0].missing <= 0 } ?? true }

  mutating func add(_ declaration: Resolved.TypeDecl) {
    let conclusion = fact(Self.name(of: declaration))
    switch declaration {
    case .sum(_, _, let variants):
      for variant in variants { link(all(variant.fields), to: conclusion) }
    case .record(_, _, let fields): link(all(fields.map(\.ty)), to: conclusion)
    }
  }

  /// Draws all conclusions.
  mutating func conclude() {
    while let fact = settled.popLast() {
      for conclusion in facts[fact].conclusions {
        facts[conclusion].missing -= 1
        if facts[conclusion].missing == 0 { settled.append(conclusion) }
      }
    }
  }

  /// The fact that a declared type has a finite value; one premise, one of its variants, is enough.
  private mutating func fact(_ name: Name) -> Int {
    if let known = named[name] { return known }
    let new = make(missing: 1)
    named[name] = new
    return new
  }

  private mutating func make(missing: Int) -> Int {
    facts.append(Fact(missing: missing))
    if missing == 0 { settled.append(facts.count - 1) }
    return facts.count - 1
  }

  private mutating func link(_ premise: Int, to conclusion: Int) { facts[premise].conclusions.append(conclusion) }

  /// The fact that all of some types have finite values.
  private mutating func all(_ types: [Resolved.Ty]) -> Int {
    let conclusion = make(missing: types.count)
    for type in types { link(fact(type), to: conclusion) }
    return conclusion
  }

  private mutating func fact(_ type: Resolved.Ty) -> Int {
    switch type {
    case .data(let name): return fact(name)
    case .tuple(let elements): return all(elements)
    case .result(let success, let failure):
      let conclusion = make(missing: 1)
      link(fact(success), to: conclusion)
      link(fact(failure), to: conclusion)
      return conclusion
    default: return make(missing: 0)
    }
  }
}

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
  public static let summary = "Check that every type has a finite value"

  public init() {}

  public mutating func check(_ program: Resolved.Root, in context: PassContext) throws {
    var facts = Facts()
    // Facts get numbers in the order of the declarations.
    for declaration in program.types { _ = facts.fact(Facts.name(of: declaration)) }
    for declaration in program.types { facts.add(declaration) }
    facts.conclude()
    var places: [Name: Span] = [:]
    for declaration in program.types { places[Facts.name(of: declaration)] = declaration.span }
    for declaration in program.types {
      for cycle in facts.cycles(from: Facts.name(of: declaration)) { report(cycle, program.types, places, context) }
    }
    context.explain("checked \(program.types.count) types", data: [("types", program.types.count)])
  }

  /// Reports the first type of a cycle.
  private func report(
    _ cycle: [Name], _ types: [Resolved.TypeDecl], _ places: [Name: Span], _ context: PassContext
  ) {
    guard let name = cycle.first, let span = places[name] else { return }
    let short = name.text.split(separator: ".").last ?? ""
    context.report(
      .error(
        "infinite-type", at: span, "no value of `\(short)` is finite: each one holds another one",
        help: "put the inner one into an `Option` or a `List`",
        regions: holders(of: Set(cycle), in: types.first { Facts.name(of: $0) == name })
          + cycle.dropFirst().compactMap { places[$0].map { Region($0, "by way of this type") } }))
  }

  /// The parts of a type that hold one of a cycle.
  private func holders(of cycle: Set<Name>, in declaration: Resolved.TypeDecl?) -> [Region] {
    func holds(_ type: Resolved.Ty) -> Bool {
      switch type {
      case .data(let name): cycle.contains(name)
      case .tuple(let elements): elements.contains(where: holds)
      case .result(let success, let failure): holds(success) || holds(failure)
      default: false
      }
    }
    let places: [Span] =
      switch declaration {
      case .record(_, _, let fields)?: fields.filter { holds($0.ty) }.map(\.span)
      case .sum(_, _, let variants)?: variants.filter { $0.fields.contains(where: holds) }.map(\.span)
      case nil: []
      }
    return places.prefix(1).map { Region($0, "this holds another one") }
  }
}

/// Facts of the form "this type has a finite value", and what follows from what.
private struct Facts {
  private struct Fact {
    /// How many more premises it needs; at most 0 if it holds.
    var missing: Int
    /// The declared type that it is about, if it is not about a part of one.
    var name: Name?
    /// The facts that it is a premise of.
    var conclusions: [Int] = []
    var premises: [Int] = []
    /// The first premises hold.
    var held = 0
  }

  private var facts: [Fact] = []
  private var named: [Name: Int] = [:]
  private var settled: [Int] = []

  static func name(of declaration: Resolved.TypeDecl) -> Name {
    switch declaration {
    case .sum(_, let name, _), .record(_, let name, _): name
    }
  }

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

  /// The cycles for which a type has no finite value, each with its first declared type in front. The fact about that
  /// type is then taken for granted, so that a cycle is found once, and not again from types that only lead to it.
  mutating func cycles(from name: Name) -> [[Name]] {
    var found: [[Name]] = []
    var path = [fact(name)]
    var positions = [path[0]: 0]
    while let last = path.last {
      if facts[last].missing <= 0 {
        path.removeLast()
        positions[last] = nil
      } else if let premise = openPremise(of: last) {
        if let position = positions[premise] {
          let cycle = path[position...].filter { facts[$0].name != nil }.sorted()
          found.append(cycle.compactMap { facts[$0].name })
          grant(cycle.first ?? premise)
        } else {
          positions[premise] = path.count
          path.append(premise)
        }
      } else {
        grant(last)
      }
    }
    return found
  }

  private mutating func openPremise(of fact: Int) -> Int? {
    while facts[fact].held < facts[fact].premises.count {
      let premise = facts[fact].premises[facts[fact].held]
      if facts[premise].missing > 0 { return premise }
      facts[fact].held += 1
    }
    return nil
  }

  private mutating func grant(_ fact: Int) {
    facts[fact].missing = 0
    settled.append(fact)
    conclude()
  }

  /// The fact that a declared type has a finite value; one premise, one of its variants, is enough.
  mutating func fact(_ name: Name) -> Int {
    if let known = named[name] { return known }
    let new = make(missing: 1)
    facts[new].name = name
    named[name] = new
    return new
  }

  private mutating func make(missing: Int) -> Int {
    facts.append(Fact(missing: missing))
    if missing == 0 { settled.append(facts.count - 1) }
    return facts.count - 1
  }

  private mutating func link(_ premise: Int, to conclusion: Int) {
    facts[premise].conclusions.append(conclusion)
    facts[conclusion].premises.append(premise)
  }

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

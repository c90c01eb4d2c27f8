import Diagnostics
import Languages
import Nanopass

/// An argument of another type than the header of its function says.
struct WrongArgument {
  let function: Name
  /// The position of the parameter, from 0.
  let index: Int
  let type: Resolved.Ty
  /// The type as the source would write it.
  let text: String
  let span: Span
}

extension WrongHeaders {
  /// A parameter of a function.
  private struct Parameter: Hashable {
    let function: Name
    let index: Int
  }

  /// Finds the parameters whose declared types are at fault: all wrong arguments for them are of one type, and with that
  /// the errors in the function's body and of its callers go away. These are one mistake then.
  mutating func reconsider(_ arguments: [WrongArgument]) throws {
    let groups = Dictionary(grouping: arguments) { Parameter(function: $0.function, index: $0.index) }
    for (parameter, group) in groups.sorted(by: { ($0.key.function, $0.key.index) < ($1.key.function, $1.key.index) }) {
      guard budget > 0, let first = group.first, group.allSatisfy({ $0.text == first.text }),
        let index = positions[parameter.function], !errors[index].isEmpty
      else { continue }
      let touched = touched(by: parameter.function)
      guard settled.isDisjoint(with: touched) else { continue }
      try reconsider(parameter, first, at: index, touched)
    }
  }

  private mutating func reconsider(
    _ parameter: Parameter, _ argument: WrongArgument, at index: Int, _ touched: [Int]
  ) throws {
    let function = program.functions[index]
    guard function.parameters.indices.contains(parameter.index) else { return }
    let declared = function.parameters[parameter.index]
    inference.declarations.setParameter(of: parameter.function, at: parameter.index, to: argument.type)
    var after: [Int: [Diagnostic]] = [:]
    for place in touched { after[place] = try check(place) }
    func count(_ place: Int) -> Int { after[place]?.count ?? 0 }
    guard count(index) < errors[index].count, touched.allSatisfy({ count($0) <= errors[$0].count }) else {
      return inference.declarations.setParameter(of: parameter.function, at: parameter.index, to: declared.ty)
    }
    let use = errors[index].first { error in
      after[index]?.contains(error) == false && error.span != argument.span
    }
    for (place, found) in after { errors[place] = found }
    errors[index].insert(mistake(declared, of: function.name, argument, use?.span), at: 0)
  }

  private mutating func mistake(
    _ parameter: Resolved.Parameter, of function: Name, _ argument: WrongArgument, _ use: Span?
  ) -> Diagnostic {
    let name = parameter.variable.name
    let declared = inference.table.text(inference.table.make(parameter.ty))
    return .error(
      "type-mismatch", at: parameter.span,
      "the parameter `\(name)` of `\(function.lastSegment)` is given and used as `\(argument.text)`",
      label: "but it is declared as `\(declared)`", help: "declare it so: `\(name): \(argument.text)`",
      regions: [Region(argument.span, "this is `\(argument.text)`")] + (use.map { [Region($0, "used here")] } ?? []),
      fnName: function.lastSegment)
  }
}

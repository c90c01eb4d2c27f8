import Diagnostics
import Languages
import Nanopass

// What `InferRanges` does where an integer that is held as a word meets a place that holds none, and the other way round.

extension InferRanges {
  mutating func convert(
    _ atoms: [Services.Atom], to places: [Int32], at span: Span, _ steps: inout [Services.Step]
  ) -> [Services.Atom] {
    func becomesWord(_ position: Int) -> Bool { places.indices.contains(position) && isWord(places[position]) }
    var converted = atoms
    for (position, atom) in atoms.enumerated() where isOtherwise(atom, toWord: becomesWord(position)) {
      converted[position] = convert(atom, toWord: becomesWord(position), at: span, &steps)
    }
    return converted
  }

  /// Whether an atom is an integer that is not held so.
  private func isOtherwise(_ atom: Services.Atom, toWord: Bool) -> Bool {
    switch atom {
    case .local(_, let variable): nodes[variable.id].map { isWord($0) != toWord } ?? false
    case .integer, .absent(_, .int): toWord
    case .float, .string, .bool, .unit, .absent, .word: false
    }
  }

  /// An integer as a word, or as one that is none; other values stay.
  mutating func convert(
    _ atom: Services.Atom, toWord: Bool, at span: Span, _ steps: inout [Services.Step]
  ) -> Services.Atom {
    guard isOtherwise(atom, toWord: toWord) else { return atom }
    switch atom {
    case .local(let place, let variable):
      let converted = locals.make(variable.name)
      let value = Services.Value.primitive(
        span, name: toWord ? "word.fromInt" : integer(from: variable), arguments: [atom])
      steps.append(.let(span, variable: converted, ty: toWord ? .word : .int, value: value))
      return .local(place, variable: converted)
    case .integer(let place, let value): return .word(place, value: value)
    case .absent(let place, .int): return .absent(place, ty: .word)
    case .float, .string, .bool, .unit, .absent, .word: return atom
    }
  }

  mutating func pass(
    _ arguments: [Services.Atom], to callee: Name, at span: Span, _ steps: inout [Services.Step]
  ) -> [Services.Atom] {
    let places = plan.flatMap { plan in plan.finder.functions[callee].map { plan.finder.parameters[$0] } }
    return convert(arguments, to: places ?? [], at: span, &steps)
  }

  /// Binds the results of a call, and converts those that come otherwise than they are held.
  mutating func receive(
    _ callee: Name, _ arguments: [Services.Atom], _ bound: [Services.Parameter], at span: Span,
    _ steps: inout [Services.Step]
  ) {
    let given = plan.flatMap { plan in plan.finder.functions[callee].map { plan.finder.results[$0] } } ?? []
    var parameters: [Services.Parameter] = []
    var behind: [Services.Step] = []
    for (position, parameter) in bound.enumerated() {
      let comesAsWord = given.indices.contains(position) && isWord(given[position])
      guard parameter.ty == .int, comesAsWord != isWord(parameter.variable) else {
        parameters.append(self.parameter(parameter))
        continue
      }
      let come = locals.make(parameter.variable.name)
      let ty: Services.Ty = comesAsWord ? .word : .int
      parameters.append(Services.Parameter(parameter.span, variable: come, ty: ty))
      behind.append(conversion(of: come, to: parameter.variable, comesAsWord: comesAsWord, at: span))
    }
    if let first = parameters.first, parameters.count == 1 {
      let value = Services.Value.call(span, function: callee, arguments: arguments)
      steps.append(.let(span, variable: first.variable, ty: first.ty, value: value))
    } else {
      steps.append(.receive(span, function: callee, arguments: arguments, parameters: parameters))
    }
    steps += behind
  }

  func conversion(of variable: Local, to other: Local, comesAsWord: Bool, at span: Span) -> Services.Step {
    let value = Services.Value.primitive(
      span, name: comesAsWord ? integer(from: other) : "word.fromInt", arguments: [.local(span, variable: variable)])
    return .let(span, variable: other, ty: comesAsWord ? .int : .word, value: value)
  }

  /// What makes an integer of a word, by what is known of a variable that has its value.
  private func integer(from variable: Local) -> Name {
    guard let node = nodes[variable.id], let plan, plan.range(node).low >= 0 else { return "int.fromWord" }
    return "int.fromNatural"
  }
}

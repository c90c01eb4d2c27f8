// Statements and matches.

extension ProgramGenerator {
  /// Some bindings and prints; what they bind can be used from there on.
  mutating func statements(_ place: inout Place, _ indent: Int) -> String {
    let margin = String(repeating: " ", count: indent)
    var text = ""
    for _ in 0..<(1 + source.below(4)) {
      if place.mayPrint, chance(25) {
        text +=
          "\(margin)Console.\(source.pick(["print", "print", "error", "warn"]))(\(expression(.string, 2, place)))\n"
        continue
      }
      if chance(10) {
        // A value that nobody needs.
        text += "\(margin)\(chance(30) ? match(.int, 1, place, indent) : closed(self.type(), 2, place))\n"
        continue
      }
      let name = fresh("v")
      if chance(25) {
        let (call, type) = anyLibraryCall(2, place)
        text += "\(margin)\(name): \(self.text(type)) = \(call)\n"
        place.variables.append((name, type))
        continue
      }
      let type = self.type()
      if chance(15) {
        text += "\(margin)\(name) = \(closed(type, 2, place))\n"
      } else {
        // Without its type only what surely has one of its own is bound.
        let annotation = type.isRendered && chance(50) ? "" : ": \(self.text(type))"
        let value = tail(type, chance(30) ? 2 : 0, place, indent)
        text += "\(margin)\(name)\(annotation) = \(value)\n"
      }
      if chance(8) { text += "\(margin)_: \(self.text(type)) = \(expression(type, 1, place))\n" }
      place.variables.append((name, type))
    }
    return text
  }

  /// A value where a match may stand: an expression, or at some depth a match with arms of that kind.
  mutating func tail(_ type: GeneratedType, _ depth: Int, _ place: Place, _ indent: Int) -> String {
    if depth > 0, chance(60) { return match(type, depth, place, indent) }
    return expression(type, 2, place)
  }

  private mutating func match(_ type: GeneratedType, _ depth: Int, _ place: Place, _ indent: Int) -> String {
    let (subject, subjectType) = self.subject(place)
    let margin = String(repeating: " ", count: indent + 4)
    var matrix = PatternMatrix(declarations: declarations)
    var text = "match \(subject)"
    func arm(_ pattern: GeneratedPattern, _ inner: Place, _ generator: inout ProgramGenerator) {
      matrix.rows.append([pattern])
      text += "\n\(margin)\(pattern.text) -> \(generator.tail(type, depth - 1, inner, indent + 4))"
    }
    for _ in 0..<(1 + source.below(5)) {
      var inner = place
      let pattern = self.pattern(subjectType, 3, &inner)
      if matrix.isUseful([pattern], [subjectType]) { arm(pattern, inner, &self) }
    }
    if matrix.isUseful([.wildcard], [subjectType]) {
      var inner = place
      let name = fresh("p")
      let named = chance(50)
      if named { inner.variables.append((name, subjectType)) }
      arm(named ? .name(name) : .wildcard, inner, &self)
    }
    return text
  }

  private mutating func subject(_ place: Place) -> (text: String, type: GeneratedType) {
    if !place.variables.isEmpty, chance(70) {
      let first = source.pick(place.variables)
      guard chance(40) else { return (first.name, first.type) }
      let second = source.pick(place.variables)
      return ("(\(first.name), \(second.name))", .tuple([first.type, second.type]))
    }
    let type = self.type()
    return (closed(type, 2, place), type)
  }

  // MARK: Patterns

  private mutating func pattern(_ type: GeneratedType, _ depth: Int, _ place: inout Place) -> GeneratedPattern {
    if depth <= 0 || chance(30) { return binder(type, &place) }
    switch type {
    case .int:
      return .literal(source.pick(["0", "1", "2", "007", "4611686018427387904", "123456789012345678901"]))
    case .float: return .literal(source.pick(["0.0", "1.5", "0.1", "2.0"]))
    case .string: return .literal(source.pick(["\"\"", "\"a\"", "\"ab\"", "\"é\"", "\"{{x}}\"", "\"\\n\""]))
    default: break
    }
    guard let constructors = declarations.constructors(of: type) else { return binder(type, &place) }
    let one = source.pick(constructors)
    return .constructor(one.name, one.fields.map { pattern($0, depth - 1, &place) })
  }

  private mutating func binder(_ type: GeneratedType, _ place: inout Place) -> GeneratedPattern {
    if chance(30) { return .wildcard }
    let name = fresh("p")
    place.variables.append((name, type))
    return .name(name)
  }
}

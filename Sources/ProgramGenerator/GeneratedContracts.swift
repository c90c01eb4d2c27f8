// Verify and decision blocks: they are checked, and change nothing about the program.

extension ProgramGenerator {
  /// Some blocks about the module's functions.
  mutating func contracts() {
    let own = signatures.filter { $0.module == current }
    for signature in own where chance(25) {
      switch source.below(signature.prints ? 2 : 3) {
      case 0 where !signature.prints: add(cases(signature))
      case 1 where !signature.prints: add(law(signature))
      default: add(trace(signature))
      }
    }
    if chance(30) { add(decision(own)) }
  }

  /// Where the functions are called; the other sides call none.
  private var calls: Place { Place(variables: [], mayPrint: false, isEntry: true) }
  private var values: Place { Place(variables: [], mayPrint: false) }

  private mutating func cases(_ signature: Signature) -> String {
    var text = "verify \(signature.name)\n"
    for _ in 0...source.below(2) {
      guard let call = call(signature, 1, calls) else { return "" }
      let right = expression(signature.result, 1, values)
      text += "    \(call) =>\(chance(20) ? "\n        " : " ")\(right)\n"
    }
    return text
  }

  private mutating func law(_ signature: Signature) -> String {
    var text = "verify \(signature.name) law \(fresh("law"))\n"
    var place = calls
    let number = fresh("given")
    text += "    given \(number): Int = -\(source.below(3))..\(source.below(4))\n"
    place.variables.append((number, .int))
    if chance(60) {
      let (name, type) = (fresh("given"), self.type(1))
      text += "    given \(name): \(self.text(type)) = [\(leaves(type, 1 + source.below(2)))]\n"
      place.variables.append((name, type))
    }
    if chance(60) { text += "    when \(number) > -2\n" }
    if chance(60) {
      let (name, type) = (fresh("local"), self.type(1))
      text += "    \(name): \(self.text(type)) = \(leaves(type, 1))\n"
      place.variables.append((name, type))
    }
    guard let call = call(signature, 1, place) else { return "" }
    text += "    \(call) => \(expression(signature.result, 1, place))\n"
    if chance(50) { text += "    \(expression(.bool, 2, place)) holds\n" }
    return text
  }

  private mutating func trace(_ signature: Signature) -> String {
    var place = calls
    place.mayPrint = false
    guard let call = call(signature, 1, place) else { return "" }
    let run = fresh("run")
    let claims = [
      "\(run).result => \(expression(signature.result, 1, values))", "\(run).trace.length() => 0",
      "\(run).trace.contains(Console.print(\"x\")) holds", "\(run).trace.count(Console.warn) => 1",
      "\(run).trace.group(0).branch(1).event(0) => Option.None",
    ]
    let chosen = claims.filter { _ in chance(60) }
    return "verify \(signature.name) trace\n    \(run) = \(call)\n"
      + (chosen.isEmpty ? [claims[1]] : chosen).map { "    \($0)\n" }.joined()
  }

  private mutating func leaves(_ type: GeneratedType, _ count: Int) -> String {
    (0..<count).map { _ in expression(type, 0, values) }.joined(separator: ", ")
  }

  private mutating func decision(_ own: [Signature]) -> String {
    let names = own.map(\.name) + modules[current].typeNames + ["Console.print", "\"a {text}\""]
    let fields = [
      "date = \"2026-01-15\"", "author = \"somebody\"", "reason =\n        \"One reason.\"\n        \"Another {one}.\"",
      "chosen = \(source.pick(names))", "rejected = [\"this\", \"that\"]",
      "impacts = [\(names.filter { _ in chance(50) }.joined(separator: ", "))]",
    ].shuffled(using: &source)
    return "decision \(fresh("D"))\n" + fields.prefix(1 + source.below(fields.count)).map { "    \($0)\n" }.joined()
  }
}

import Nanopass

/// Makes random well-typed programs that print what they compute, as source text.
///
/// Every program ends: the first parameter of each function is fuel, without which it calls no other, and every call
/// passes on less; loops run over lists or count a small number down.
public struct ProgramGenerator {
  /// A function that the program will have.
  struct Signature {
    /// How a function uses its fuel.
    enum Form { case plain, overList, counting }
    var name: String
    var form: Form
    var parameters: [(name: String, type: GeneratedType)]
    var result: GeneratedType
    var prints: Bool
  }

  /// Where an expression stands.
  struct Place {
    var variables: [(name: String, type: GeneratedType)]
    /// The variable that holds the fuel; without it no function is called.
    var fuel: String?
    /// The error type of a `?` here; nil where there may be none.
    var failure: GeneratedType?
    var mayPrint: Bool
    var isEntry = false
  }

  var source: RandomSource
  var declarations = Declarations()
  var signatures: [Signature] = []
  private var shows: [GeneratedType: String] = [:]
  private var showTexts: [String] = []
  private var next = 0
  /// The effects of all functions that print.
  private var effects = "Console"

  /// The program of a seed: equal seeds give equal programs.
  ///
  /// - Parameter functions: how many functions it has beside `main` and those that render values.
  public static func program(seed: UInt64, functions: Int = 6) -> String {
    var generator = ProgramGenerator(source: RandomSource(seed: seed))
    return generator.program(functions)
  }

  private init(source: RandomSource) { self.source = source }

  mutating func chance(_ percent: Int) -> Bool { source.below(100) < percent }

  mutating func fresh(_ stem: String) -> String {
    next += 1
    return "\(stem)\(next)"
  }

  // MARK: Programs

  private mutating func program(_ count: Int) -> String {
    if chance(50) { effects = "Console.error, Console.print, Console.warn" }
    declareTypes()
    for _ in 0..<count { declareFunction() }
    let bodies = signatures.map { function($0) }
    let main = self.main()
    let header = "module Sample\n    intent = \"A random program.\"\n    effects [\(effects)]\n"
    return ([header] + typeTexts + bodies + showTexts + [main]).joined(separator: "\n")
  }

  private mutating func declareTypes() {
    let sumNames = (0...source.below(3)).map { _ in fresh("S") }
    let recordNames = (0...source.below(2)).map { _ in fresh("R") }
    // The types that a field may have: those that surely have values.
    var known: [GeneratedType] = [.int, .float, .bool, .string, .unit, .bytes]
    let all = (sumNames + recordNames).map { GeneratedType.named($0) }
    for name in recordNames {
      let fields = (0...source.below(3)).map { _ in
        (name: fresh("field"), type: chance(40) ? loose(all) : wrapped(known, 1))
      }
      declarations.records.append((name, fields))
      known.append(.named(name))
    }
    for name in sumNames {
      var variants = [Declarations.Variant(name: fresh("V"), fields: chance(50) ? [] : [wrapped(known, 1)])]
      for _ in 0..<source.below(4) {
        let fields = (0..<source.below(4)).map { _ in chance(40) ? source.pick(all) : wrapped(known, 1) }
        variants.append(Declarations.Variant(name: fresh("V"), fields: fields))
      }
      declarations.sums.append((name, variants))
      known.append(.named(name))
    }
  }

  /// A type that has values whatever the given ones are.
  private mutating func loose(_ types: [GeneratedType]) -> GeneratedType {
    let type = source.pick(types)
    return source.pick([.list(type), .option(type), .result(type, .string)])
  }

  private mutating func wrapped(_ types: [GeneratedType], _ depth: Int) -> GeneratedType {
    if depth == 0 || chance(60) { return source.pick(types) }
    switch source.below(5) {
    case 0, 1: return .list(wrapped(types, depth - 1))
    case 2: return .option(wrapped(types, depth - 1))
    case 3: return .result(wrapped(types, depth - 1), chance(70) ? .string : wrapped(types, depth - 1))
    default: return .tuple((0...(1 + source.below(2))).map { _ in wrapped(types, depth - 1) })
    }
  }

  /// Any type.
  mutating func type(_ depth: Int = 2) -> GeneratedType {
    var types: [GeneratedType] = [.int, .int, .float, .bool, .string, .string, .unit, .bytes, .digest]
    types += declarations.sums.map { .named($0.name) } + declarations.records.map { .named($0.name) }
    return wrapped(types, depth)
  }

  private var typeTexts: [String] {
    declarations.sums.map { name, variants in
      "type \(name)\n"
        + variants.map { one in
          let fields = one.fields.isEmpty ? "" : "(\(one.fields.map(\.text).joined(separator: ", ")))"
          return "    \(one.name)\(fields)\n"
        }.joined()
    }
      + declarations.records.map { name, fields in
        "record \(name)\n" + fields.map { "    \($0.name): \($0.type.text)\n" }.joined()
      }
  }

  // MARK: Functions

  private mutating func declareFunction() {
    let form = source.pick([Signature.Form.plain, .plain, .overList, .counting])
    var parameters: [(name: String, type: GeneratedType)] = [(fresh("fuel"), .int)]
    if form == .overList { parameters.append((fresh("xs"), .list(type(1)))) }
    if form == .counting { parameters.append((fresh("count"), .int)) }
    for _ in 0..<(1 + source.below(3)) { parameters.append((fresh("a"), type())) }
    let result = chance(35) ? .result(type(1), chance(80) ? .string : type(0)) : type()
    signatures.append(
      Signature(name: fresh("f"), form: form, parameters: parameters, result: result, prints: chance(30)))
  }

  private mutating func function(_ signature: Signature) -> String {
    let parameters = signature.parameters.map { "\($0.name): \($0.type.text)" }.joined(separator: ", ")
    var text = "fn \(signature.name)(\(parameters)) -> \(signature.result.text)\n    ? \"Computes something.\"\n"
    if signature.prints { text += "    ! [\(effects)]\n" }
    let fuel = signature.parameters[0].name
    var place = Place(variables: signature.parameters, fuel: nil, failure: nil, mayPrint: signature.prints)
    if case .result(_, let failure) = signature.result { place.failure = failure }
    let empty = expression(signature.result, 1, place)
    place.fuel = fuel
    let guarded = "    match \(fuel) <= 0\n        true -> \(empty)\n        false -> "
    guard signature.form == .plain, chance(60) else { return text + guarded + body(signature, place) + "\n" }
    // Statements stand in a function of their own, behind the guard.
    let inner = signature.name + "Inner"
    let names = signature.parameters.map(\.name).joined(separator: ", ")
    let head = text.replacingName(signature.name, by: inner)
    let statements = self.statements(&place, 4)
    return text + guarded + "\(inner)(\(names))\n\n" + head + statements + "    "
      + tail(signature.result, 3, place, 4) + "\n"
  }

  /// What a function with fuel does, as the body of an arm.
  private mutating func body(_ signature: Signature, _ place: Place) -> String {
    switch signature.form {
    case .plain: return tail(signature.result, 3, place, 8)
    case .overList:
      guard case .list(let element) = signature.parameters[1].type else { return tail(signature.result, 3, place, 8) }
      let (head, rest) = (fresh("p"), fresh("p"))
      var inner = place
      inner.variables += [(head, element)]
      let again = again(signature, [signature.parameters[0].name, rest], inner)
      return "match \(signature.parameters[1].name)\n            [] -> \(tail(signature.result, 2, place, 12))\n"
        + "            [\(head), ..\(rest)] -> \(again)"
    case .counting:
      let count = signature.parameters[1].name
      let again = again(signature, [signature.parameters[0].name, "\(count) - 1"], place)
      return "match \(count) <= 0\n            true -> \(tail(signature.result, 2, place, 12))\n"
        + "            false -> \(again)"
    }
  }

  /// The next round of a loop: a call of the function itself that its form lets end.
  private mutating func again(_ signature: Signature, _ first: [String], _ place: Place) -> String {
    var arguments = first
    for parameter in signature.parameters.dropFirst(2) {
      arguments.append(chance(40) ? parameter.name : expression(parameter.type, 1, place))
    }
    let call = "\(signature.name)(\(arguments.joined(separator: ", ")))"
    guard chance(30), signature.result == .int || signature.result == .string else { return call }
    return "\(expression(signature.result, 0, place)) + \(call)"
  }

  // MARK: The entry

  private mutating func main() -> String {
    var lines: [String] = []
    let isResult = chance(40)
    var place = Place(variables: [], fuel: nil, failure: isResult ? .string : nil, mayPrint: true, isEntry: true)
    for signature in signatures {
      for _ in 0..<2 {
        let shown = show(signature.result, call(signature, 2, place))
        lines.append("    Console.print(\"\(signature.name): \(shown)\")\n")
      }
    }
    let statements = self.statements(&place, 4)
    let end = isResult ? "    \(expression(.result(.unit, .string), 2, place))\n" : ""
    return "fn main() -> \(isResult ? "Result<Unit, String>" : "Unit")\n    ? \"Runs all.\"\n    ! [\(effects)]\n"
      + (isResult ? lines.joined() + statements + end : statements + lines.joined())
  }

  /// The text that renders a value inside of a string.
  mutating func show(_ type: GeneratedType, _ value: String) -> String {
    if type.isRendered, type != .string { return "{\(value)}" }
    return "{\(showFunction(type))(\(value))}"
  }

  private mutating func showFunction(_ type: GeneratedType) -> String {
    if let name = shows[type] { return name }
    let name = fresh("show")
    shows[type] = name
    let head = "fn \(name)(x: \(type.text)) -> String\n    ? \"Renders a value.\"\n"
    let body: String
    switch type {
    case .string: body = "    \"'{x}'\"\n"
    case .list(let element):
      let rest = "{\(name)(rest)}"
      body = "    match x\n        [] -> \".\"\n        [head, ..rest] -> \"\(show(element, "head")), \(rest)\"\n"
    case .named(let record) where declarations.fields(of: record) != nil:
      let fields = (declarations.fields(of: record) ?? []).map { show($0.type, "x.\($0.name)") }
      body = "    \"\(record)<\(fields.joined(separator: ", "))>\"\n"
    case .bytes: body = "    Bytes.toHex(x)\n"
    case .digest: body = "    Crypto.Digest32.toHex(x)\n"
    case .unit: body = "    match x\n        _ -> \"Unit\"\n"
    default:
      let arms = (declarations.constructors(of: type) ?? []).map { one in
        let names = one.fields.indices.map { "e\($0)" }
        let parts = zip(one.fields, names).map { show($0, $1) }
        let pattern = GeneratedPattern.constructor(one.name, names.map { .name($0) }).text
        return "        \(pattern) -> \"\(one.name)(\(parts.joined(separator: ", ")))\"\n"
      }
      body = "    match x\n" + arms.joined()
    }
    showTexts.append(head + body)
    return name
  }
}

extension String {
  /// The head of a function with another name.
  fileprivate func replacingName(_ name: String, by other: String) -> String {
    "fn \(other)" + dropFirst("fn \(name)".count)
  }
}

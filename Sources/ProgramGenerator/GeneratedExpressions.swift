// Expressions.

extension ProgramGenerator {
  /// An expression of a type; at depth 0 a variable, a literal or the smallest construction.
  mutating func expression(_ type: GeneratedType, _ depth: Int, _ place: Place) -> String {
    if depth <= 0 || chance(12) { return leaf(type, place) }
    let inner = depth - 1
    if chance(22), let call = anyCall(type, inner, place) { return call }
    if chance(8), let failure = place.failure {
      return "(\(expression(.result(type, failure), inner, place)))?"
    }
    if chance(8), let field = field(type, place) { return field }
    if chance(5) {
      return chance(50)
        ? "Option.withDefault(\(expression(.option(type), inner, place)), \(expression(type, inner, place)))"
        : "Result.withDefault(\(expression(.result(type, .string), inner, place)), \(expression(type, inner, place)))"
    }
    if chance(50), let call = libraryCall(type, inner, place) { return call }
    return construction(type, inner, place)
  }

  /// A call of a function that gives the type, if one may be called here.
  private mutating func anyCall(_ type: GeneratedType, _ depth: Int, _ place: Place) -> String? {
    guard place.fuel != nil || place.isEntry else { return nil }
    let candidates = signatures.filter { $0.result == type && (place.mayPrint || !$0.prints) }
    return candidates.isEmpty ? nil : call(source.pick(candidates), depth, place)
  }

  mutating func call(_ signature: Signature, _ depth: Int, _ place: Place) -> String {
    var arguments = [place.fuel.map { "\($0) - 1" } ?? String(1 + source.below(3))]
    for (index, parameter) in signature.parameters.enumerated().dropFirst() {
      let argument = expression(parameter.type, depth, place)
      let isCount = index == 1 && signature.form == .counting
      arguments.append(isCount ? "Int.min(\(argument), \(1 + source.below(8)))" : argument)
    }
    return "\(signature.name)(\(arguments.joined(separator: ", ")))"
  }

  /// A field of a record that a variable holds.
  private mutating func field(_ type: GeneratedType, _ place: Place) -> String? {
    var found: [String] = []
    for variable in place.variables {
      guard case .named(let name) = variable.type, let fields = declarations.fields(of: name) else { continue }
      found += fields.filter { $0.type == type }.map { "\(variable.name).\($0.name)" }
    }
    return found.isEmpty ? nil : source.pick(found)
  }

  // MARK: Leaves

  private mutating func leaf(_ type: GeneratedType, _ place: Place) -> String {
    let variables = place.variables.filter { $0.type == type }
    if !variables.isEmpty, chance(75) { return source.pick(variables).name }
    switch type {
    case .int:
      return source.pick([
        "0", "1", "2", "3", "-1", "10", "007", "4611686018427387903", "4611686018427387904", "-4611686018427387904",
        "-4611686018427387905", "9223372036854775807", "9223372036854775808", "18446744073709551616",
        "-170141183460469231731687303715884105728", "123456789012345678901234567890", String(source.below(1000)),
      ])
    case .float:
      return source.pick(["0.0", "-0.0", "1.0", "0.5", "-2.25", "0.1", "1234567.875", "0.000001", "3.0", "1.0 / 3.0"])
        .parenthesised
    case .string:
      return source.pick([
        "\"\"", "\"a\"", "\"ab\"", "\"word\"", "\"two words\"", "\" x \"", "\"é\"", "\"e\u{301}\"", "\"🦊x\"",
        "\"ΑΣ\"", "\"Straße\"", "\"a,b,,c\"", "\"\\n\\t\"", "\"\\\"\\\\\"", "\"{{}}\"", "\"-12\"", "\"+7\"",
        "\"1.5e3\"",
        "\"12345678901234567890\"", "\"nan\"", "\"ﬁn\"", "\"İ\"",
      ])
    case .bool: return source.pick(["true", "false"])
    case .bytes:
      return source.pick([
        "Bytes.empty()", "Bytes.fromList([])", "Bytes.fromList([0, 127, 128, 255])", "String.toUtf8(\"é\")",
        "String.toUtf8(\"\")",
      ])
    case .digest: return "Crypto.sha256(\(leaf(.bytes, place)))"
    case .unit: return "Unit"
    case .list(let element):
      return "[\((0...source.below(3)).map { _ in leaf(element, place) }.joined(separator: ", "))]"
    case .option(let payload): return "Option.Some(\(leaf(payload, place)))"
    case .result(let success, let failure):
      return chance(75) ? "Result.Ok(\(leaf(success, place)))" : "Result.Err(\(leaf(failure, place)))"
    case .tuple(let elements): return "(\(elements.map { leaf($0, place) }.joined(separator: ", ")))"
    case .named(let name):
      if let fields = declarations.fields(of: name) {
        return "\(name)(\(fields.map { "\($0.name) = \(smallest($0.type, place))" }.joined(separator: ", ")))"
      }
      return variant(name, (declarations.variants(of: name) ?? [])[0]) { smallest($0, place) }
    }
  }

  /// What holds no other value of a declared type if it can.
  private mutating func smallest(_ type: GeneratedType, _ place: Place) -> String {
    switch type {
    case .list: "[]"
    case .option: "Option.None"
    case .result(_, .string): "Result.Err(\"none\")"
    default: leaf(type, place)
    }
  }

  private func variant(
    _ type: String, _ variant: Declarations.Variant, _ field: (GeneratedType) -> String
  ) -> String {
    let fields = variant.fields.isEmpty ? "" : "(\(variant.fields.map(field).joined(separator: ", ")))"
    return "\(type).\(variant.name)\(fields)"
  }

  // MARK: Constructions

  private mutating func construction(_ type: GeneratedType, _ depth: Int, _ place: Place) -> String {
    func make(_ type: GeneratedType) -> String {
      type == .float || type == .string ? operand(type, depth, place) : expression(type, depth, place)
    }
    switch type {
    case .int: return arithmetic(depth, place)
    case .float:
      return chance(80)
        ? "(\(make(.float)) \(source.pick(["+", "-", "*", "/"])) \(make(.float)))" : "(-(\(make(.float))))"
    case .bool: return comparison(depth, place)
    case .string: return chance(50) ? interpolation(depth, place) : short("\(make(.string)) + \(make(.string))")
    case .bytes: return "Bytes.take(Bytes.concat(\(make(.bytes)), \(make(.bytes))), 40)"
    case .digest: return "Crypto.sha256(\(make(.bytes)))"
    case .unit: return "Unit"
    case .list(let element): return "[\((0..<source.below(4)).map { _ in make(element) }.joined(separator: ", "))]"
    case .option(let payload): return chance(75) ? "Option.Some(\(make(payload)))" : "Option.None"
    case .result(let success, let failure):
      return chance(70) ? "Result.Ok(\(make(success)))" : "Result.Err(\(make(failure)))"
    case .tuple(let elements): return "(\(elements.map { make($0) }.joined(separator: ", ")))"
    case .named(let name): return named(name, depth, place)
    }
  }

  private mutating func named(_ name: String, _ depth: Int, _ place: Place) -> String {
    guard let fields = declarations.fields(of: name) else {
      let one = source.pick(declarations.variants(of: name) ?? [])
      let values = one.fields.map { expression($0, depth, place) }
      return "\(name).\(one.name)" + (values.isEmpty ? "" : "(\(values.joined(separator: ", ")))")
    }
    let shuffled = fields.shuffled(using: &source)
    let bases = place.variables.filter { $0.type == .named(name) }
    let isUpdate = !bases.isEmpty && chance(60)
    let written = isUpdate ? Array(shuffled.prefix(1 + source.below(fields.count))) : shuffled
    let values = written.map { "\($0.name) = \(expression($0.type, depth, place))" }.joined(separator: ", ")
    return isUpdate ? "\(name).update(\(source.pick(bases).name), \(values))" : "\(name)(\(values))"
  }

  /// An expression whose type is known without its place, as operators and strings need it.
  private mutating func operand(_ type: GeneratedType, _ depth: Int, _ place: Place) -> String {
    let text = expression(type, depth, place)
    guard text.contains(")?"), text.contains("Err(") || text.contains("Option.None") else { return text }
    var inner = place
    inner.failure = nil
    return expression(type, depth, inner)
  }

  /// Products stay small, so that no loop makes integers that are too big to compute with.
  private mutating func arithmetic(_ depth: Int, _ place: Place) -> String {
    let left = operand(.int, depth, place)
    switch source.below(8) {
    case 0: return "(-(\(left)))"
    case 1: return "(\(left) * \(source.pick(["2", "3", "-7", "4294967296", "1000000007"])))"
    case 2:
      let modulus = source.pick(["97", "4611686018427387904", "100000000000000000000000000"])
      return "Int.mod(\(left) * \(operand(.int, depth, place)), \(modulus))"
    default: return "(\(left) \(source.pick(["+", "-"])) \(operand(.int, depth, place)))"
    }
  }

  private mutating func comparison(_ depth: Int, _ place: Place) -> String {
    let isOrder = chance(50)
    let type: GeneratedType = isOrder ? source.pick([.int, .int, .float, .string]) : self.type()
    let operators = isOrder ? ["<", ">", "<=", ">="] : ["==", "!="]
    let (left, right) = (operand(type, depth, place), operand(type, depth, place))
    return "(\(left) \(source.pick(operators)) \(right))"
  }

  private mutating func interpolation(_ depth: Int, _ place: Place) -> String {
    var text = ""
    for _ in 0...source.below(3) {
      text += source.pick(["", "x ", "-", "{{", "\\}", "é", "\\n", "{}"])
      text += "{\(operand(source.pick([.int, .float, .bool, .string]), depth, place))}"
    }
    return short("\"\(text)\"")
  }

  /// The start of a string, so that no loop makes strings that are too long.
  func short(_ string: String) -> String { "String.slice(\(string), 0, 60)" }
}

extension String {
  /// In parentheses if it is more than one word.
  fileprivate var parenthesised: String { contains(" ") ? "(\(self))" : self }
}

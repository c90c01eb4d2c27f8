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
    if chance(8), let field = field(type, inner, place) { return field }
    if chance(6), let characters = characters(type, inner, place) { return characters }
    if chance(55), let call = libraryCall(type, inner, place) { return call }
    return construction(type, inner, place)
  }

  /// An expression that says all of its type itself, so that it may stand where none is expected.
  mutating func closed(_ type: GeneratedType, _ depth: Int, _ place: Place) -> String {
    if type.isScalar { return operand(type, depth, place) }
    let variables = place.variables.filter { $0.type == type }
    if !variables.isEmpty, chance(60) { return source.pick(variables).name }
    return "\(identity(type))(\(expression(type, depth, place)))"
  }

  /// A function that gives its argument.
  private mutating func identity(_ type: GeneratedType) -> String {
    if let name = modules[current].identities[type] { return name }
    let name = fresh("same")
    modules[current].identities[type] = name
    add("fn \(name)(x: \(text(type))) -> \(text(type))\n    ? \"The argument.\"\n    x\n")
    return name
  }

  /// A call of a function that gives the type, if one may be called here.
  private mutating func anyCall(_ type: GeneratedType, _ depth: Int, _ place: Place) -> String? {
    guard place.fuel != nil || place.isEntry else { return nil }
    if type == .list(.string), place.mayPrint, chance(20) { return "Args.get()" }
    let callbacks = place.callbacks.filter { if case .function(_, type, _) = $0.type { true } else { false } }
    if !callbacks.isEmpty, chance(60) { return apply(source.pick(callbacks), depth, place) }
    let candidates = signatures.filter {
      $0.result == type && isVisible($0, place) && (place.mayPrint || !$0.prints)
    }
    return candidates.isEmpty ? nil : call(source.pick(candidates), depth, place)
  }

  /// A call of a function; nil if nothing can be passed for one of its parameters.
  mutating func call(_ signature: Signature, _ depth: Int, _ place: Place) -> String? {
    var arguments = [place.fuel.map { "\($0) - 1" } ?? String(1 + source.below(3))]
    for (index, parameter) in signature.parameters.enumerated().dropFirst() {
      if case .function = parameter.type {
        guard let callback = callback(parameter.type, place) else { return nil }
        arguments.append(callback)
        continue
      }
      let argument = expression(parameter.type, depth, place)
      let isCount = index == 1 && signature.form == .counting
      arguments.append(isCount ? "Int.min(\(argument), \(1 + source.below(8)))" : argument)
    }
    return "\(path(signature.name, in: signature.module))(\(arguments.joined(separator: ", ")))"
  }

  /// A field of a record, mostly of one that a variable holds.
  private mutating func field(_ type: GeneratedType, _ depth: Int, _ place: Place) -> String? {
    if chance(20) {
      let all = declarations.records.flatMap { record in
        (declarations.fields(of: record.name) ?? []).filter { $0.type == type }.map { (record.name, $0.name) }
      }.filter { visibleTypes.contains(.named($0.0)) }
      guard !all.isEmpty else { return nil }
      let (record, name) = source.pick(all)
      return "(\(operand(.named(record), depth, place))).\(name)"
    }
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
      return source.pick([
        "0.0", "-0.0", "1.0", "0.5", "-2.25", "0.1", "1234567.875", "0.000001", "3.0", "(1.0 / 3.0)",
      ])
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
    case .vector(let element): return "Vector.fromList(\(leaf(.list(element), place)))"
    case .map(let key, let value):
      let entries = (0...source.below(2)).map { _ in "\(leaf(key, place)) => \(leaf(value, place))" }
      return chance(10) ? "{}" : "{\(entries.joined(separator: ", "))}"
    case .option(let payload): return "Option.Some(\(leaf(payload, place)))"
    case .result(let success, let failure):
      return chance(75) ? "Result.Ok(\(leaf(success, place)))" : "Result.Err(\(leaf(failure, place)))"
    case .tuple(let elements): return "(\(elements.map { leaf($0, place) }.joined(separator: ", ")))"
    case .named(let name):
      if let fields = declarations.fields(of: name) {
        return "\(typePath(name))(\(fields.map { "\($0.name) = \(smallest($0.type, place))" }.joined(separator: ", ")))"
      }
      if let variants = declarations.variants(of: name) {
        return variant(name, variants[0]) { generator, type in generator.smallest(type, place) }
      }
      let owner = declarations.owners[name] ?? current
      return "\(path(modules[owner].makers[name] ?? name, in: owner))()"
    // Nothing asks for a function here.
    case .function, .variable: return "Unit"
    }
  }

  /// What holds no other value of a declared type if it can.
  private mutating func smallest(_ type: GeneratedType, _ place: Place) -> String {
    switch type {
    case .list: "[]"
    case .vector: "Vector.fromList([])"
    case .map: "{}"
    case .option: "Option.None"
    case .result(_, .string): "Result.Err(\"none\")"
    default: leaf(type, place)
    }
  }

  private mutating func variant(
    _ type: String, _ variant: Declarations.Variant,
    _ field: (inout ProgramGenerator, GeneratedType) -> String
  ) -> String {
    let fields = variant.fields.map { field(&self, $0) }
    return "\(typePath(type)).\(variant.name)" + (fields.isEmpty ? "" : "(\(fields.joined(separator: ", ")))")
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
    case .list(let element): return "[\((0..<source.below(4)).map { _ in make(element) }.joined(separator: ", "))]"
    case .vector(let element): return vector(element, depth, place)
    case .map(let key, let value):
      let entries = (0..<source.below(4)).map { _ in "\(make(key)) => \(make(value))" }
      return "{\(entries.joined(separator: ", "))}"
    case .option(let payload): return chance(75) ? "Option.Some(\(make(payload)))" : "Option.None"
    case .result(let success, let failure):
      return chance(70) ? "Result.Ok(\(make(success)))" : "Result.Err(\(make(failure)))"
    case .tuple(let elements):
      if let failure = place.failure, chance(15) {
        return "(\(elements.map { make(.result($0, failure)) }.joined(separator: ", ")))?!"
      }
      return "(\(elements.map { make($0) }.joined(separator: ", ")))" + (chance(25) ? "!" : "")
    case .named(let name): return named(name, depth, place)
    case .unit, .function, .variable: return leaf(type, place)
    }
  }

  /// A vector: made from a list, or one with an element replaced.
  private mutating func vector(_ element: GeneratedType, _ depth: Int, _ place: Place) -> String {
    let vectors = place.variables.filter { $0.type == .vector(element) }
    guard !vectors.isEmpty, chance(60) else { return "Vector.fromList(\(expression(.list(element), depth, place)))" }
    let (old, index) = (source.pick(vectors).name, operand(.int, depth, place))
    let set = "Vector.set(\(old), Int.mod(\(index), 4), \(expression(element, depth, place)))"
    return "Option.withDefault(\(set), \(chance(70) ? old : leaf(.vector(element), place)))"
  }

  private mutating func named(_ name: String, _ depth: Int, _ place: Place) -> String {
    if let variants = declarations.variants(of: name) {
      return variant(name, source.pick(variants)) { generator, type in generator.expression(type, depth, place) }
    }
    guard let fields = declarations.fields(of: name) else { return leaf(.named(name), place) }
    let shuffled = fields.shuffled(using: &source)
    let bases = place.variables.filter { $0.type == .named(name) }
    let isUpdate = !bases.isEmpty && chance(60)
    let written = isUpdate ? Array(shuffled.prefix(1 + source.below(fields.count))) : shuffled
    let values = written.map { "\($0.name) = \(expression($0.type, depth, place))" }.joined(separator: ", ")
    let path = typePath(name)
    return isUpdate ? "\(path).update(\(source.pick(bases).name), \(values))" : "\(path)(\(values))"
  }

  /// An expression whose type is known without its place, as operators and strings need it.
  mutating func operand(_ type: GeneratedType, _ depth: Int, _ place: Place) -> String {
    let text = expression(type, depth, place)
    guard text.contains(")?") else { return text }
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
    if chance(50) {
      let type = source.pick([GeneratedType.int, .int, .float, .string])
      let (left, right) = (operand(type, depth, place), operand(type, depth, place))
      return "(\(left) \(source.pick(["<", ">", "<=", ">="])) \(right))"
    }
    let type = self.type()
    let (left, right) = (closed(type, depth, place), operand(type, depth, place))
    return "(\(left) \(source.pick(["==", "!="])) \(right))"
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

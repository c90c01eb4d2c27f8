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
    /// The module that declares it.
    var module: Int
    var form: Form
    var parameters: [(name: String, type: GeneratedType)]
    var result: GeneratedType
    var prints: Bool
    /// Whether other modules can't call it.
    var isPrivate: Bool
    /// Whether it reads no top-level binding of its module, nor calls what does, so that their values may call it.
    var isEarly: Bool
  }

  /// Where an expression stands.
  struct Place {
    var variables: [(name: String, type: GeneratedType)]
    /// The parameters of `Fn` types.
    var callbacks: [(name: String, type: GeneratedType)] = []
    /// The variable that holds the fuel; without it no function is called.
    var fuel: String?
    /// The error type of a `?` here; nil where there may be none.
    var failure: GeneratedType?
    var mayPrint: Bool
    var isEntry = false
    /// Whether of the module's own functions only early ones are called.
    var isEarly = false
  }

  var source: RandomSource
  var declarations = Declarations()
  var signatures: [Signature] = []
  var modules: [GeneratedModule] = []
  private var next = 0
  /// The effects of all functions that print.
  var effects = "Args, Console"
  /// How many functions there are so far that have a parameter of a `Fn` type.
  private var callbackCount = 0

  /// The program of a seed: equal seeds give equal programs.
  ///
  /// - Parameter functions: how many functions the entry has beside `main` and those that render values.
  public static func program(seed: UInt64, functions: Int = 6) -> GeneratedProgram {
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

  private mutating func program(_ count: Int) -> GeneratedProgram {
    if chance(50) { effects = "Args.get, Console.error, Console.print, Console.warn" }
    for _ in 0..<max(0, source.below(5) - 1) { module(functions: 1 + source.below(3)) }
    module(functions: count, isEntry: true)
    return GeneratedProgram(files: modules.indices.reversed().map { file(of: $0) })
  }

  /// Makes the next module: its types, its bindings and its functions.
  private mutating func module(functions count: Int, isEntry: Bool = false) {
    begin(isEntry: isEntry)
    declareTypes(isEntry ? 3 : 2)
    for _ in 0..<count { declareFunction() }
    let globals = bindings()
    for signature in signatures where signature.module == current { add(function(signature, globals)) }
    if isEntry { add(main(globals)) }
    contracts()
  }

  private mutating func declareTypes(_ count: Int) {
    let sumNames = (0...source.below(count)).map { _ in fresh("S") }
    let recordNames = (0...source.below(count)).map { _ in fresh("R") }
    for name in sumNames + recordNames {
      declarations.owners[name] = current
      if modules[current].mayBeOpaque, chance(40) { declarations.opaque.insert(name) }
    }
    // The types that a field may have: those that surely have values.
    var known: [GeneratedType] = [.int, .float, .bool, .string, .unit, .bytes] + visibleTypes
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
    modules[current].typeNames = sumNames + recordNames
    declareMakers()
  }

  /// A type that has values whatever the given ones are.
  private mutating func loose(_ types: [GeneratedType]) -> GeneratedType {
    let type = source.pick(types)
    return source.pick([.list(type), .option(type), .result(type, .string), .vector(type), .map(.string, type)])
  }

  mutating func wrapped(_ types: [GeneratedType], _ depth: Int) -> GeneratedType {
    if depth == 0 || chance(60) { return source.pick(types) }
    switch source.below(8) {
    case 0, 1: return .list(wrapped(types, depth - 1))
    case 2: return .option(wrapped(types, depth - 1))
    case 3: return .result(wrapped(types, depth - 1), chance(70) ? .string : wrapped(types, depth - 1))
    case 4: return .vector(wrapped(types, depth - 1))
    case 5, 6: return .map(key(types, depth - 1), wrapped(types, depth - 1))
    default: return .tuple((0...(1 + source.below(2))).map { _ in wrapped(types, depth - 1) })
    }
  }

  /// A type of keys.
  private mutating func key(_ types: [GeneratedType], _ depth: Int) -> GeneratedType {
    for _ in 0..<4 {
      let type = wrapped(types, depth)
      if declarations.isKey(type) { return type }
    }
    return source.pick([.int, .string])
  }

  /// Any type of values.
  mutating func type(_ depth: Int = 2) -> GeneratedType { wrapped(allTypes, depth) }

  /// Any type of keys.
  mutating func keyType() -> GeneratedType { key(allTypes, 1) }

  private var allTypes: [GeneratedType] {
    [.int, .int, .float, .bool, .string, .string, .unit, .bytes, .digest] + visibleTypes
  }

  // MARK: Functions

  private mutating func declareFunction() {
    let form = source.pick([Signature.Form.plain, .plain, .overList, .counting])
    let prints = chance(30)
    var parameters: [(name: String, type: GeneratedType)] = [(fresh("fuel"), .int)]
    if form == .overList { parameters.append((fresh("xs"), .list(type(1)))) }
    if form == .counting { parameters.append((fresh("count"), .int)) }
    for _ in 0..<(1 + source.below(3)) { parameters.append((chance(6) ? "_" : fresh("a"), type())) }
    // Each combination of callbacks makes copies of functions.
    if callbackCount < 6, chance(40) {
      callbackCount += 1
      parameters.append((fresh("callback"), callbackType(mayPrint: prints)))
    }
    let result = chance(35) ? .result(type(1), chance(80) ? .string : type(0)) : type()
    let isPrivate = chance(20)
    signatures.append(
      Signature(
        name: isPrivate && modules[current].hidesByName ? fresh("_f") : fresh("f"), module: current, form: form,
        parameters: parameters, result: result, prints: prints, isPrivate: isPrivate, isEarly: chance(40)))
  }

  private mutating func function(_ signature: Signature, _ globals: [(name: String, type: GeneratedType)]) -> String {
    let head = { (generator: inout ProgramGenerator, name: String) -> String in
      let parameters = signature.parameters.map { "\($0.name): \(generator.text($0.type))" }.joined(separator: ", ")
      let result = signature.result == .unit && generator.chance(50) ? "" : " -> \(generator.text(signature.result))"
      let effects = signature.prints ? "    ! [\(generator.effects)]\n" : ""
      return "fn \(name)(\(parameters))\(result)\n    ? \"Computes something.\"\n\(effects)"
    }
    let fuel = signature.parameters[0].name
    var place = Place(variables: [], mayPrint: signature.prints, isEarly: signature.isEarly)
    for parameter in signature.parameters where parameter.name != "_" {
      if case .function = parameter.type {
        place.callbacks.append(parameter)
      } else {
        place.variables.append(parameter)
      }
    }
    if !signature.isEarly { place.variables += globals }
    if case .result(_, let failure) = signature.result { place.failure = failure }
    let empty = expression(signature.result, 1, place)
    place.fuel = fuel
    let guarded =
      head(&self, signature.name) + "    match \(fuel) <= 0\n        true -> \(empty)\n        false -> "
    let isReadable = !signature.parameters.contains { $0.name == "_" }
    guard signature.form == .plain, isReadable, chance(60) else { return guarded + body(signature, place) + "\n" }
    // Statements stand in a function of their own, behind the guard.
    let inner = signature.name + "Inner"
    let names = signature.parameters.map(\.name).joined(separator: ", ")
    let statements = self.statements(&place, 4)
    return guarded + "\(inner)(\(names))\n\n" + head(&self, inner) + statements + "    "
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
      if case .function = parameter.type {
        arguments.append(chance(60) ? parameter.name : callback(parameter.type, place) ?? parameter.name)
      } else {
        let keeps = parameter.name != "_" && chance(40)
        arguments.append(keeps ? parameter.name : expression(parameter.type, 1, place))
      }
    }
    let call = "\(signature.name)(\(arguments.joined(separator: ", ")))"
    guard chance(30), signature.result == .int || signature.result == .string else { return call }
    return "\(expression(signature.result, 0, place)) + \(call)"
  }

  // MARK: The entry

  private mutating func main(_ globals: [(name: String, type: GeneratedType)]) -> String {
    var lines: [String] = []
    let isResult = chance(40)
    var place = Place(
      variables: globals, fuel: nil, failure: isResult ? .string : nil, mayPrint: true, isEntry: true)
    for signature in signatures where isVisible(signature, place) {
      for _ in 0..<2 {
        guard let call = call(signature, 2, place) else { continue }
        lines.append("    Console.print(\"\(signature.name): \(show(signature.result, call))\")\n")
      }
    }
    for global in globals { lines.append("    Console.print(\"\(global.name): \(show(global.type, global.name))\")\n") }
    for _ in 0..<12 {
      let (call, type) = anyLibraryCall(1, place)
      let name = fresh("v")
      place.variables.append((name, type))
      lines.append("    \(name): \(text(type)) = \(call)\n    Console.print(\"\(name): \(show(type, name))\")\n")
    }
    let statements = self.statements(&place, 4)
    let end = isResult ? expression(.result(.unit, .string), 2, place) : expression(.unit, 1, place)
    return "fn main() -> \(isResult ? "Result<Unit, String>" : "Unit")\n    ? \"Runs all.\"\n    ! [\(effects)]\n"
      + lines.joined() + statements + "    \(end)\n"
  }
}

// Calls of the standard library.

extension ProgramGenerator {
  /// The functions whose result is no `Result` when that argument is a valid literal.
  private static let discharging = [
    "Int.div": 1, "Int.mod": 1, "Bits.shiftLeft": 1, "Bits.shiftRight": 1, "Bits.low": 1, "Bytes.fromList": 0,
    "Vector.new": 0,
  ]

  /// Functions that are not passed as callbacks: some arguments make them take long or make big values, or are faults.
  private static let demanding: Set<String> = [
    "Bits.shiftLeft", "Bits.low", "Vector.new", "Int.toBigEndian", "Int.toLittleEndian", "String.join",
    "String.replace", "List.concat", "Bytes.concat", "Char.toCode",
  ]

  /// The functions that may be passed for a parameter of a `Fn` type.
  static let callable = LibraryFunction.all.filter { !demanding.contains($0.name) }

  /// A call of a library function that gives the type, if there is one.
  mutating func libraryCall(_ type: GeneratedType, _ depth: Int, _ place: Place) -> String? {
    var candidates: [(function: LibraryFunction, types: [String: GeneratedType], isLiteral: Bool)] = []
    for function in LibraryFunction.all {
      if let types = function.result.match(type) { candidates.append((function, types, false)) }
      if Self.discharging[function.name] != nil, case .result(let success, _) = function.result,
        let types = success.match(type)
      {
        candidates.append((function, types, true))
      }
    }
    // A variable stands for any type: those functions are there for all of them.
    let areRare = candidates.count > 8 && chance(50)
    candidates.removeAll { candidate in
      if areRare, case .variable = candidate.function.result { return true }
      return !hasKeys(candidate.function, candidate.types)
    }
    guard !candidates.isEmpty else { return nil }
    let (function, types, isLiteral) = source.pick(candidates)
    return limited(function.name, call(function, types, isLiteral, depth, place))
  }

  /// A call of any library function, and its type; so none of them is rare.
  mutating func anyLibraryCall(_ depth: Int, _ place: Place) -> (call: String, type: GeneratedType) {
    let function = source.pick(LibraryFunction.all)
    let keys = Self.keys(of: function)
    var types: [String: GeneratedType] = [:]
    for name in function.result.variables.sorted() { types[name] = keys.contains(name) ? keyType() : type(1) }
    let call = limited(function.name, call(function, types, false, depth, place))
    return (call, function.result.replacing(types))
  }

  private func hasKeys(_ function: LibraryFunction, _ types: [String: GeneratedType]) -> Bool {
    Self.keys(of: function).allSatisfy { types[$0].map { declarations.isKey($0) } ?? true }
  }

  /// The type variables that stand for the keys of maps.
  private static func keys(of function: LibraryFunction) -> Set<String> {
    (function.parameters + [function.result]).reduce(into: []) { keys, type in
      if case .map(let key, _) = type { keys.formUnion(key.variables) }
    }
  }

  private mutating func call(
    _ function: LibraryFunction, _ known: [String: GeneratedType], _ isLiteral: Bool, _ depth: Int, _ place: Place
  ) -> String {
    var types = known
    let keys = Self.keys(of: function)
    for name in function.parameters.flatMap({ $0.variables.sorted() }) where types[name] == nil {
      types[name] = keys.contains(name) ? keyType() : type(1)
    }
    let arguments = function.parameters.enumerated().map { index, parameter in
      if Self.discharging[function.name] == index {
        return isLiteral ? literal(function.name) : variable(function.name, depth, place)
      }
      if let special = special(function.name, index, depth, place) { return special }
      let type = parameter.replacing(types)
      // What the result does not say is said by the argument.
      let isKnown = parameter.variables.isSubset(of: known.keys)
      return isKnown ? expression(type, depth, place) : closed(type, depth, place)
    }
    return "\(function.name)(\(arguments.joined(separator: ", ")))"
  }

  /// Values stay small, so that no loop makes them too big to compute with.
  private func limited(_ name: String, _ call: String) -> String {
    switch name {
    case "String.join", "String.replace": short(call)
    case "List.prepend", "List.concat": "List.take(\(call), 12)"
    case "Bytes.concat": "Bytes.take(\(call), 40)"
    default: call
    }
  }

  /// A literal with which the call of a function has no `Result`.
  private mutating func literal(_ name: String) -> String {
    switch name {
    case "Int.div", "Int.mod": source.pick(["2", "-3", "10", "(-(7))", "97", "18446744073709551616"])
    case "Bytes.fromList": source.pick(["[]", "[0, 127, 128, 255]", "[65]", "[195, 169]"])
    case "Vector.new": source.pick(["0", "1", "3", "(7)"])
    case "Bits.shiftRight": source.pick(["0", "1", "64", "100000000000000000000"])
    default: source.pick(["0", "1", "5", "(63)", "64", "100"])
    }
  }

  /// An argument with which the call has a `Result`.
  private mutating func variable(_ name: String, _ depth: Int, _ place: Place) -> String {
    func integer(_ generator: inout ProgramGenerator) -> String { generator.operand(.int, depth, place) }
    let isInvalid = chance(10)
    switch name {
    case "Int.div", "Int.mod":
      return isInvalid ? "0" : "\(integer(&self)) + \(source.pick(["0", "1"]))"
    case "Bytes.fromList":
      return isInvalid ? source.pick(["[256, 3]", "[7, -1]"]) : "List.take(\(closed(.list(.int), depth, place)), 12)"
    case "Vector.new": return isInvalid ? "1048577" : "Int.mod(\(integer(&self)), 12) - 2"
    case "Bits.shiftRight": return isInvalid ? "-1" : "\(integer(&self)) + 0"
    default: return isInvalid ? source.pick(["-1", "16777217"]) : "Int.mod(\(integer(&self)), 90) - 9"
    }
  }

  /// An argument that must not be just any value.
  private mutating func special(_ name: String, _ index: Int, _ depth: Int, _ place: Place) -> String? {
    switch (name, index) {
    case ("Int.toBigEndian", 1), ("Int.toLittleEndian", 1): source.pick(["0", "1", "4", "16", "-1", "2000000"])
    case ("Char.toCode", 0) where chance(98): "\(operand(.string, depth, place)) + \"x\""
    case ("String.replace", 0): short(operand(.string, depth, place))
    default: nil
    }
  }
}

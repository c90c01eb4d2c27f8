import Diagnostics
import Languages
import Nanopass

// How `LowerToWasmMemory` lowers primitives. The library's functions borrow what they get and give what the caller owns;
// an integer is two parts there: a word, and a big integer beside.

extension LowerToWasmMemory {
  /// The primitives on two integers whose functions may end the references to them.
  private static let endingFunctions: [Name: String] = [
    "int.add": "integer.add", "int.subtract": "integer.subtract", "int.multiply": "integer.multiply",
    "int.equal": "integer.equal", "int.less": "integer.less", "int.lessEqual": "integer.lessEqual",
    "int.divide": "integer.divide", "int.modulo": "integer.modulo",
  ]

  /// The others with functions of their own on tagged integers.
  private static let taggedFunctions: [Name: Name] = [
    "int.negate": "integer.negate", "int.toString": "integer.toString", "int.search": "int.search",
  ]

  /// How many of the steps behind an operation on two integers are drops of these. Words need none, so that they are
  /// done where one is big.
  func endings(of step: Counted.Step, _ following: ArraySlice<Counted.Step>) -> [Int] {
    guard !favoursSize, case .let(_, _, _, .primitive(_, let name, let arguments)) = step,
      Self.endingFunctions[name] != nil
    else { return [] }
    var positions: [Int] = []
    for next in following.prefix(2) {
      guard case .drop(_, let variable) = next, case .local(_, let register) = operand(of: variable, at: next.span),
        let position = arguments.indices.first(where: { position in
          if positions.contains(position) { return false }
          guard case .local(_, let argument) = arguments[position] else { return false }
          if case .local(_, let read) = operand(of: argument, at: next.span) { return read.id == register.id }
          return false
        })
      else { break }
      positions.append(position)
    }
    return positions
  }

  /// What the function of an operation that ends references to its operands is called.
  private static func suffix(_ endings: [Int]) -> String {
    switch (endings.contains(0), endings.contains(1)) {
    case (false, false): ".none"
    case (true, false): ".first"
    case (false, true): ".second"
    case (true, true): ".both"
    }
  }

  /// - Parameter endings: the positions of the arguments whose references end.
  mutating func primitive(
    _ primitive: Primitive, _ arguments: [Counted.Atom], endings: [Int], to variable: Local, at span: Span
  ) throws {
    let name = primitive.name
    if try vector(primitive, arguments, to: variable, at: span) { return }
    let operands = try arguments.map { try atom($0) }
    if let function = Self.endingFunctions[name] {
      let function = Name(function + Self.suffix(endings))
      return give(.call(span, function: function, arguments: operands), of: primitive, to: variable, at: span)
    }
    if let function = Self.taggedFunctions[name] {
      return give(.call(span, function: function, arguments: operands), of: primitive, to: variable, at: span)
    }
    if WasmPrimitive.identities.contains(name), let only = operands.first {
      if case .local(_, let same) = only { count("dup", same, at: span) }
      values[variable.id] = only
      return
    }
    if let value = WasmPrimitive.lowered(name, operands, at: span) {
      return give(value, of: primitive, to: variable, at: span)
    }
    switch name {
    case "bool.equal":
      give(.compute(span, operator: "i64.eq", operands: operands), of: primitive, to: variable, at: span)
    case "int.fromWord", "int.fromNatural": tag(variable, operands[0], at: span)
    case "int.fits":
      let bit = WasmIR.Expr.compute(span, operator: "i64.and", operands: operands + [.i64(span, value: .small(1))])
      give(.compute(span, operator: "i32.wrap_i64", operands: [bit]), of: primitive, to: variable, at: span)
    case "word.fromInt": set(variable, Self.untagged(operands[0], at: span), at: span)
    case "string.concatenate": concatenate(operands, to: variable, at: span)
    case "string.concat":
      set(variable, .call(span, function: name, arguments: operands), at: span)
      references.insert(variable.id)
      for case .local(let span, let operand) in operands { count("drop", operand, at: span) }
    default:
      if let instruction = WasmPrimitive.instructions[name] {
        return give(.compute(span, operator: instruction, operands: operands), of: primitive, to: variable, at: span)
      }
      var passed: [WasmIR.Expr] = []
      for (position, argument) in arguments.enumerated() {
        passed += try self.passed(argument, primitive.passing(at: position), at: span)
      }
      give(.call(span, function: name, arguments: passed), of: primitive, to: variable, at: span)
    }
  }

  // MARK: Integers

  /// The raw word of a small integer.
  private static func untagged(_ integer: WasmIR.Expr, at span: Span) -> WasmIR.Expr {
    if case .i64(_, .small(let word)) = integer { return .i64(span, value: .small(word >> 1)) }
    return .compute(span, operator: "i64.shr_s", operands: [integer, .i64(span, value: .small(1))])
  }

  /// Sets an integer to a raw word that fits 63 bits.
  private mutating func tag(_ variable: Local, _ word: WasmIR.Expr, at span: Span) {
    immediates.insert(variable.id)
    let one = WasmIR.Expr.i64(span, value: .small(1))
    let shifted = WasmIR.Expr.compute(span, operator: "i64.shl", operands: [word, one])
    set(variable, .compute(span, operator: "i64.or", operands: [shifted, one]), at: span)
  }

  /// An argument as the library takes it: a position or a count is a word, another integer its two parts.
  mutating func passed(_ argument: Counted.Atom, _ passing: Passing?, at span: Span) throws -> [WasmIR.Expr] {
    if case .integer(_, let value) = argument, value.small != nil {
      let parts = literals.integer(value, at: span)
      return passing == .index ? Array(parts.prefix(1)) : parts
    }
    let operand = try atom(argument)
    guard shape(of: argument) == .integer else { return [operand] }
    if passing == .index { return [index(operand, at: span)] }
    if isSmall(operand) { return [Self.untagged(operand, at: span), .word(0, at: span)] }
    return receiveParts(.call(span, function: "integer.parts", arguments: [operand]))
  }

  private func isSmall(_ operand: WasmIR.Expr) -> Bool {
    switch operand {
    case .local(_, let variable): immediates.contains(variable.id)
    case .i64: true
    default: false
    }
  }

  /// The raw word nearest to an integer.
  private mutating func index(_ operand: WasmIR.Expr, at span: Span) -> WasmIR.Expr {
    if isSmall(operand) { return Self.untagged(operand, at: span) }
    return bind("index", .i64, .call(span, function: "integer.toWord", arguments: [operand]))
  }

  // MARK: Results

  /// Sets a variable to what a primitive gives.
  private mutating func give(
    _ value: WasmIR.Expr, of primitive: Primitive, to variable: Local, at span: Span
  ) {
    let isParts = !isTagged(primitive.name)
    give(value, primitive.result, primitive.resultPassing, isParts: isParts, to: variable, at: span)
  }

  /// Sets a variable to a value of some type; an integer may come in two parts.
  private mutating func give(
    _ value: WasmIR.Expr, _ type: Typed.Ty, _ passing: Passing?, isParts: Bool, to variable: Local, at span: Span
  ) {
    if type == .bool { return setWord(variable, fromBit: value, at: span) }
    if passing == .index { return setIndex(variable, value, at: span) }
    switch type {
    case .int where shapes[variable.id] == .integer && isParts:
      let parts = receiveParts(value)
      set(variable, .call(span, function: "integer.of", arguments: parts), at: span)
    case .string, .bytes, .digest:
      set(variable, value, at: span)
      references.insert(variable.id)
    default: set(variable, value, at: span)
    }
  }

  /// Whether a primitive's function gives a tagged integer.
  private func isTagged(_ name: Name) -> Bool { Self.endingFunctions[name] != nil || Self.taggedFunctions[name] != nil }

  /// Sets a word to 0 or 1 by an `i32`, and remembers that for choices.
  mutating func setWord(_ variable: Local, fromBit value: WasmIR.Expr, at span: Span) {
    let bit = bind("is", .i32, value)
    bits[variable.id] = bit
    set(variable, .compute(span, operator: "i64.extend_i32_u", operands: [bit]), at: span)
  }

  /// Sets a variable to a position or a count, which is an integer or stays a raw word.
  mutating func setIndex(_ variable: Local, _ word: WasmIR.Expr, at span: Span) {
    if shapes[variable.id] == .integer { tag(variable, word, at: span) } else { set(variable, word, at: span) }
  }

  // MARK: Strings

  /// Two at once, more of them in an array, which takes them over.
  private mutating func concatenate(_ strings: [WasmIR.Expr], to variable: Local, at span: Span) {
    guard let first = strings.first, strings.count > 1 else {
      values[variable.id] = strings.first ?? literals.string("", at: span)
      return
    }
    references.insert(variable.id)
    if strings.count == 2 {
      set(variable, .call(span, function: "string.concat", arguments: strings), at: span)
      for case .local(let span, let operand) in strings { count("drop", operand, at: span) }
      return
    }
    let parts = bind("parts", .i32, .newFixed(first.span, type: "parts", elements: strings))
    set(variable, .call(span, function: "string.concatenate", arguments: [parts]), at: span)
    run(.call(span, function: "count.dropReference", arguments: [parts]))
  }

  // MARK: Services

  mutating func service(_ name: Name, _ arguments: [Counted.Atom], to variable: Local, at span: Span) throws {
    guard let operation = EffectOperation.service(name) else {
      throw bug("there is no service `\(name)`", "known-services", in: name)
    }
    if case .string(_, let text)? = arguments.first, let print = printing.printing(text, by: name, at: span) {
      run(print)
    } else {
      let operands = try zip(arguments, operation.passing).flatMap { try passed($0, $1, at: span) }
      let call = WasmIR.Expr.call(span, function: printing.function(for: name), arguments: operands)
      if operation.result != .unit {
        return give(call, operation.result, operation.resultPassing, isParts: true, to: variable, at: span)
      }
      run(call)
    }
    values[variable.id] = .i64(span, value: .small(0))
  }
}

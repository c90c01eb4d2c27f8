import Diagnostics
import Languages
import Nanopass

// How `LowerToWasmMemory` lowers the primitives on vectors: a vector's first field is its length, and its elements stand
// behind. Its functions are of the library and work on addresses; an element that is counted is a word there.

extension LowerToWasmMemory {
  /// The offset of the length, and that of the first element.
  private static let length = 8
  private static let elements = 16

  /// Lowers a primitive on vectors; false if it is none.
  mutating func vector(
    _ primitive: Primitive, _ arguments: [Counted.Atom], to variable: Local, at span: Span
  ) throws -> Bool {
    guard primitive.name.text.hasPrefix("vector.") else { return false }
    var operands: [WasmIR.Expr] = []
    for (position, argument) in arguments.enumerated() {
      operands.append(try vectorOperand(argument, primitive, position, at: span))
    }
    switch (primitive.name, operands.count) {
    case ("vector.empty", 0): values[variable.id] = .address(span, datum: "vector.none")
    case ("vector.length", 1):
      setIndex(variable, .load(.word, operands[0], Self.length, at: span), at: span)
    case ("vector.getByte", 2):
      let place = WasmIR.Expr.compute(span, operator: "i32.add", operands: operands)
      let byte = WasmIR.Expr.place(place, Self.elements, at: span)
      set(variable, .compute(span, operator: "i64.load8_u", operands: [byte]), at: span)
    case ("vector.getWord", 2), ("vector.getFloat", 2), ("vector.getCounted", 2):
      let offset = WasmIR.Expr.compute(span, operator: "i32.shl", operands: [operands[1], .word(3, at: span)])
      let place = WasmIR.Expr.compute(span, operator: "i32.add", operands: [operands[0], offset])
      set(variable, .load(shapes[variable.id] ?? .word, place, Self.elements, at: span), at: span)
    default:
      set(variable, .call(span, function: try function(primitive.name), arguments: operands), at: span)
      references.insert(variable.id)
    }
    return true
  }

  /// The operand for an argument: a position as an `i32`, the length of a new vector as a word, since it may be too
  /// great, and a counted element as a word.
  private mutating func vectorOperand(
    _ argument: Counted.Atom, _ primitive: Primitive, _ position: Int, at span: Span
  ) throws -> WasmIR.Expr {
    let passing = primitive.passing(at: position)
    if passing == .index, let word = try passed(argument, .index, at: span).first {
      return position == 0 ? word : .compute(span, operator: "i32.wrap_i64", operands: [word])
    }
    let operand = try atom(argument)
    guard passing == .counted, shape(of: argument) == .cell, position == elementPosition(primitive.name) else {
      return operand
    }
    return .compute(span, operator: "i64.extend_i32_u", operands: [operand])
  }

  /// The library's function for a primitive, such as `vector.set.counted` for `vector.setCounted`.
  private func function(_ name: Name) throws -> Name {
    guard let start = name.text.lastIndex(where: \.isUppercase) else {
      throw bug("the primitive does not say how elements are held", "known-functions", in: name)
    }
    return Name(name.text[..<start] + "." + name.text[start...].lowercased())
  }

  /// The argument that becomes an element.
  private func elementPosition(_ name: Name) -> Int? {
    if name.text.hasPrefix("vector.new") { return 1 }
    return name.text.hasPrefix("vector.set") || name.text.hasPrefix("vector.insert") ? 2 : nil
  }
}

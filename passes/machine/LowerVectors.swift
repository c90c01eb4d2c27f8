import Diagnostics
import Languages
import Nanopass

// How `LowerToMachine` lowers the primitives on vectors that are a few instructions: a vector's first field is its
// length, and its elements stand behind.

extension LowerToMachine {
  /// The offset of the length, and that of the first element.
  private static let length = 8
  private static let elements = 16

  /// Lowers a primitive on vectors in place; false if it is a call of the run-time library.
  mutating func vector(
    _ primitive: Primitive, _ arguments: [Machine.Operand], to variable: Local, at span: Span
  ) -> Bool {
    switch (primitive.name, arguments.count) {
    case ("vector.length", 1):
      let length = Machine.Operation.load(span, address: arguments[0], offset: Self.length, width: 8)
      setIndex(variable, builder.set("length", .word, length, at: span), at: span)
    case ("vector.getByte", 2):
      let address = address(of: arguments[1], width: 1, in: arguments[0], at: span)
      set(variable, .word, .load(span, address: address, offset: Self.elements, width: 1), at: span)
    case ("vector.getWord", 2), ("vector.getFloat", 2), ("vector.getCounted", 2):
      let address = address(of: arguments[1], width: 8, in: arguments[0], at: span)
      let type: Machine.Ty = primitive.name == "vector.getFloat" ? .float : .word
      set(variable, type, .load(span, address: address, offset: Self.elements, width: 8), at: span)
    case ("vector.setCounted", 3):
      setElement(arguments, width: 8, "nanoc_vector_set_counted", isCounted: true, to: variable, at: span)
    case ("vector.setByte", 3): setElement(arguments, width: 1, "nanoc_vector_set_byte", to: variable, at: span)
    case ("vector.setWord", 3): setElement(arguments, width: 8, "nanoc_vector_set_word", to: variable, at: span)
    case ("vector.setFloat", 3): setElement(arguments, width: 8, "nanoc_vector_set_float", to: variable, at: span)
    default: return false
    }
    return true
  }

  /// The address before which the element at an index lies by the offset of the first one.
  private mutating func address(
    of index: Machine.Operand, width: Int, in vector: Machine.Operand, at span: Span
  ) -> Machine.Operand {
    var offset = index
    if width == 8 { offset = builder.compute("offset", .word, "shl", [offset, .number(3)], at: span) }
    return builder.compute("element", .word, "add", [vector, offset], at: span)
  }

  /// Stores in place if nothing else refers to the vector; else the library makes a copy.
  private mutating func setElement(
    _ arguments: [Machine.Operand], width: Int, _ function: Name, isCounted: Bool = false, to variable: Local,
    at span: Span
  ) {
    let vector = arguments[0]
    let references = builder.set("references", .word, .load(span, address: vector, offset: 0, width: 4), at: span)
    let isUnique = builder.compute("unique", .bit, "eq", [references, .number(1)], at: span)
    let (here, copy, done) = (builder.make("here"), builder.make("copy"), builder.make("done"))
    builder.end(.branch(span, condition: isUnique, then: .to(here), else: .to(copy), likely: "then"))
    builder.begin(here, at: span)
    let address = address(of: arguments[1], width: width, in: vector, at: span)
    let place = Machine.Operation.load(span, address: address, offset: Self.elements, width: width)
    let old = isCounted ? builder.set("old", .word, place, at: span) : nil
    builder.append(.store(span, address: address, offset: Self.elements, width: width, value: arguments[2]))
    if let old {
      builder.append(.run(span, value: .compute(span, operator: "drop.reference", operands: [old])))
    }
    builder.end(.jump(span, label: done, arguments: [vector]))
    builder.begin(copy, at: span)
    let changed = builder.set("changed", .word, .runtime(span, function: function, arguments: arguments), at: span)
    builder.end(.jump(span, label: done, arguments: [changed]))
    builder.begin(done, [Machine.Parameter(span, variable: variable, ty: .word)], at: span)
    self.references.insert(variable.id)
  }
}

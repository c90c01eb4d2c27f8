import Diagnostics
import Languages
import Nanopass

// How `LowerToWasmGC` lowers primitives.

extension LowerToWasmGC {
  /// What a primitive gives: its parts, or a call of the library's function of its name, which gives as many.
  enum Lowered {
    case parts([WasmIR.Expr])
    case call(WasmIR.Expr)
  }

  mutating func primitive(
    _ name: Name, _ arguments: [[WasmIR.Expr]], _ type: Services.Ty, at span: Span
  ) throws -> Lowered {
    let operands = arguments.flatMap { $0 }
    if let instruction = WasmPrimitive.instructions[name] {
      return .parts([.compute(span, operator: instruction, operands: operands)])
    }
    if WasmPrimitive.identities.contains(name) { return .parts(operands) }
    if let value = WasmPrimitive.lowered(name, operands, at: span) { return .parts([value]) }
    switch name {
    case "int.fromWord", "int.fromNatural": return .parts(operands + [.null(span, type: HeapLayout.big)])
    case "int.fits":
      let isSmall = operands.dropFirst().map { WasmIR.Expr.isNull(span, subject: $0) }
      let tests = isSmall + [WasmPrimitive.fits(operands, at: span)]
      return .parts([.compute(span, operator: "i32.and", operands: tests)])
    case "word.fromInt": return .parts(Array(operands.prefix(1)))
    case "string.concatenate": return .parts([concatenated(operands, at: span)])
    case "int.equal", "int.less", "int.lessEqual": return .parts([compared(name, operands, at: span)])
    case "string.replace":
      if let result = replaced(operands, at: span) { return .parts([result]) }
    case "int.divide", "int.modulo":
      if let result = divided(name, operands, at: span) { return result }
    default: break
    }
    if let result = try vector(name, arguments, type, at: span) { return result }
    guard let primitive = Primitive.named(name) else { throw bug("there is no primitive", "known-functions", in: name) }
    guard case .runtime(_, let passing, let result) = primitive.native else {
      return .call(.call(span, function: name, arguments: operands))
    }
    let call = WasmIR.Expr.call(
      span, function: name, arguments: zip(arguments, passing).flatMap { passed($0, $1, at: span) })
    return result == .index && type == .int ? .parts([call, .null(span, type: HeapLayout.big)]) : .call(call)
  }

  /// An argument as the library takes it: a position or a count is a word.
  func passed(_ parts: [WasmIR.Expr], _ passing: Passing, at span: Span) -> [WasmIR.Expr] {
    guard passing == .index, parts.count == 2 else { return parts }
    if case .null = parts[1] { return [parts[0]] }
    return [.call(span, function: "int.toWord", arguments: parts)]
  }

  /// A comparison of integers; of two that are known to be words, a comparison of these. Beside a big integer the word is
  /// 0, so that another literal is the same only if the words are.
  func compared(_ name: Name, _ operands: [WasmIR.Expr], at span: Span) -> WasmIR.Expr {
    guard operands.count == 4, let relation = WasmPrimitive.comparisons[name] else {
      return .call(span, function: name, arguments: operands)
    }
    let words = WasmIR.Expr.compute(span, operator: relation, operands: [operands[0], operands[2]])
    switch (operands[1], operands[3]) {
    case (.null, .null): return words
    case (_, .null) where name == "int.equal": return same(words, operands[1], operands[2], at: span)
    case (.null, _) where name == "int.equal": return same(words, operands[3], operands[0], at: span)
    // Beside a word the sign of a big integer decides.
    case (_, .null): return .call(span, function: Name("\(name)ThanWord"), arguments: Array(operands.prefix(3)))
    case (.null, _):
      let arguments = [operands[0]] + operands.suffix(2)
      return .call(span, function: Name("\(name)FromWord"), arguments: arguments)
    default: return .call(span, function: name, arguments: operands)
    }
  }

  /// Whether two words are the same and there is no big integer beside the first.
  private func same(
    _ words: WasmIR.Expr, _ big: WasmIR.Expr, _ other: WasmIR.Expr, at span: Span
  ) -> WasmIR.Expr {
    if case .i64(_, let literal) = other, literal != .small(0) { return words }
    return .compute(span, operator: "i32.and", operands: [words, .isNull(span, subject: big)])
  }

  /// The greatest divisor for which a remainder and one more digit of 32 bits fit a word.
  private static let greatestDigit = 1 << 31

  /// A division by a literal that is a digit of a big integer: this takes one walk over the digits, and 120 bytes in
  /// place of the 750 of a division by any integer. The remainder is a word.
  private func divided(_ name: Name, _ operands: [WasmIR.Expr], at span: Span) -> Lowered? {
    guard operands.count == 4, case .i64(_, .small(let divisor)) = operands[2], case .null(_, let big) = operands[3],
      1...Self.greatestDigit ~= divisor
    else { return nil }
    let call = WasmIR.Expr.call(span, function: Name("\(name)By"), arguments: Array(operands.prefix(3)))
    return name == "int.modulo" ? .parts([call, .null(span, type: big)]) : .call(call)
  }

  /// Small programs replace a literal that is not empty without a list of pieces.
  private func replaced(_ operands: [WasmIR.Expr], at span: Span) -> WasmIR.Expr? {
    guard literals.favoursSize, operands.count == 3, case .global(_, let name) = operands[1],
      literals.length(of: name) ?? 0 > 0
    else { return nil }
    return .call(span, function: "string.replaceText", arguments: operands)
  }

  // MARK: Vectors

  /// A primitive on vectors: a call of the library's function for elements that are held like these.
  private mutating func vector(
    _ name: Name, _ arguments: [[WasmIR.Expr]], _ type: Services.Ty, at span: Span
  ) throws -> Lowered? {
    guard name.text.hasPrefix("vector.") else { return nil }
    let big = WasmIR.Expr.null(span, type: HeapLayout.big)
    if name == "vector.length" {
      let length = WasmIR.Expr.call(span, function: name, arguments: arguments.flatMap { $0 })
      return .parts(type == .int ? [length, big] : [length])
    }
    let element: Services.Ty
    if name == "vector.get" {
      element = type
    } else {
      guard case .data(let data) = type, case .vector(let held) = try layout.form(data, in: name) else {
        throw bug("`\(name)` gives no vector", "known-types", in: name)
      }
      element = held
    }
    let kind = layout.elements(element)
    // A word, or a record of only one, is never big.
    let isWord = layout.representation(element) == [.i64]
    // The argument that is an element stands last; the others but a first vector are positions.
    let takesElement = ["vector.new", "vector.set", "vector.put", "vector.insert"].contains(name)
    var operands: [WasmIR.Expr] = []
    for (index, parts) in arguments.enumerated() {
      if takesElement, index == arguments.count - 1 {
        operands += parts.isEmpty ? [.i32(span, value: .small(0))] : parts + (isWord ? [big] : [])
      } else {
        operands += passed(parts, parts.count == 2 ? .index : .counted, at: span)
      }
    }
    // Where no element is big the words are all that is looked at.
    let suffix = name == "vector.get" && isWord ? "longs" : kind.rawValue
    let call = WasmIR.Expr.call(span, function: Name("\(name).\(suffix)"), arguments: operands)
    guard name == "vector.get" else { return .call(call) }
    return got(call, kind, element, at: span)
  }

  /// What a vector holds as an element of its type.
  private mutating func got(
    _ call: WasmIR.Expr, _ kind: HeapLayout.Elements, _ element: Services.Ty, at span: Span
  ) -> Lowered {
    let representation = layout.representation(element)
    guard kind == .objects, let part = representation.first else {
      return representation.isEmpty ? .parts([]) : .call(call)
    }
    switch part {
    case .ref(let type): return .parts([.cast(span, type: type, subject: .notNull(span, subject: call))])
    case .nullable(let type):
      let held = bind("held", .nullable(type: HeapLayout.object), call)
      return .parts([
        .choose(
          span, condition: .isNull(span, subject: held), ty: part, then: .null(span, type: type),
          else: .cast(span, type: type, subject: .notNull(span, subject: held)))
      ])
    default: return .call(call)
    }
  }

  /// The most strings that small programs put together two at once: a longer array takes less than the calls.
  private static let mostPairs = 12

  /// Up to four at once, more of them in an array.
  private func concatenated(_ strings: [WasmIR.Expr], at span: Span) -> WasmIR.Expr {
    guard let first = strings.first else { return .call(span, function: "string.empty", arguments: []) }
    if strings.count == 1 { return first }
    if strings.count == 2 { return .call(span, function: "string.concat", arguments: strings) }
    if literals.favoursSize, strings.count <= Self.mostPairs {
      return strings.dropFirst().reduce(first) { .call(span, function: "string.concat", arguments: [$0, $1]) }
    }
    if strings.count == 3 { return .call(span, function: "string.concatenateThree", arguments: strings) }
    if strings.count == 4 { return .call(span, function: "string.concatenateFour", arguments: strings) }
    let parts = WasmIR.Expr.newFixed(span, type: "parts", elements: strings)
    return .call(span, function: "string.concatenate", arguments: [parts])
  }
}

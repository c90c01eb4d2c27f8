import Languages
import Nanopass

/// Turns the expressions of one function into closures.
struct TypedCompiler {
  typealias Code = TypedInterpreter.Code

  let machine: TypedInterpreter
  /// The places of the function's variables in its frame, by number.
  private var places: [Int: Int] = [:]

  init(_ machine: TypedInterpreter) { self.machine = machine }

  /// How many variables the function has.
  var size: Int { places.count }

  mutating func place(_ variable: Local) -> Int {
    if let place = places[variable.id] { return place }
    places[variable.id] = places.count
    return places.count - 1
  }

  // MARK: Expressions

  mutating func codes(_ nodes: [Typed.Expr]) throws -> [Code] { try nodes.map { try code($0) } }

  /// - Parameter isTail: whether the value is that of the function, so that a call is left to the call of this one.
  mutating func code(_ node: Typed.Expr, isTail: Bool = false) throws -> Code {
    switch node {
    case .integer(_, let value): return constant(.integer(Whole(value)))
    case .float(_, let value): return constant(.float(value))
    case .string(_, let value): return constant(.string(Text(value)))
    case .bool(_, let value): return constant(.bool(value))
    case .unit: return constant(.unit)
    case .callback(_, let callee, _): return constant(.callee(Callee(callee)))
    case .interpolate(_, let parts): return try interpolate(parts)
    case .local(_, let variable, _):
      let place = place(variable)
      return { [machine] base in machine.stack[base + place] }
    case .global(_, let name, _): return { [machine] _ in try machine.global(name) }
    case .call(_, let function, _, let arguments, _): return try call(function, arguments, isTail)
    case .apply(_, let parameter, let arguments, _): return try apply(parameter, arguments, isTail)
    case .match(_, let subject, let arms, _): return try match(subject, arms, isTail)
    case .block(_, let statements, let result, _): return try block(statements, result, isTail)
    case .primitive(_, let name, let arguments, _): return try primitive(name, codes(arguments))
    case .equal(_, let left, let right):
      let (left, right) = (try code(left), try code(right))
      return { base in
        let value = try left(base)
        return .bool(try Value.areEqual(value, right(base)))
      }
    case .perform(_, let effect, let arguments, _):
      let arguments = try codes(arguments)
      return { [machine] base in try machine.world.perform(effect, arguments.map { try $0(base) }) }
    case .construct(_, let type, let variant, let arguments, _): return data(type, variant, try codes(arguments))
    case .tuple(_, let elements, _): return data(KnownNames.tuple, KnownNames.tuple, try codes(elements))
    case .build(_, let given, let ty): return try build(given, ty, base: nil)
    case .update(_, let base, let given, let ty): return try build(given, ty, base: code(base))
    case .field(_, let base, let name, _): return try field(base, name)
    case .propagate(_, let value, _):
      let value = try code(value)
      return { base in try Self.propagate(value(base)) }
    case .product(_, let elements, let propagates, _): return product(try codes(elements), propagates)
    case .list(_, let elements, _):
      let elements = try codes(elements)
      return { base in .list(try elements.map { try $0(base) }) }
    case .map(_, let entries, _): return try map(entries)
    }
  }

  private func constant(_ value: Value) -> Code { { _ in value } }

  private func data(_ type: Name, _ constructor: Name, _ fields: [Code]) -> Code {
    if fields.isEmpty { return constant(.data(Data(type, constructor))) }
    return { base in .data(Data(type, constructor, 0, try fields.map { try $0(base) })) }
  }

  private func primitive(_ name: Name, _ arguments: [Code]) -> Code {
    if name == "key.order", arguments.count == 2 {
      let (left, right) = (arguments[0], arguments[1])
      return { [machine] base in
        let value = try left(base)
        return .integer(.small(try machine.records.keyOrder.order(value, right(base))))
      }
    }
    let meaning = PrimitiveMeanings.meaning(of: name)
    return { [machine] base in
      let value = try meaning(Arguments(count: arguments.count) { try arguments[$0](base) })
      try machine.pay(for: value)
      return value
    }
  }

  /// Each embedded value as `String.fromInt`, `String.fromFloat` or `String.fromBool` renders it, or as itself.
  private mutating func interpolate(_ parts: [Typed.Part]) throws -> Code {
    let parts = try parts.map { part in
      switch part {
      case .text(_, let value): constant(.string(Text(value)))
      case .value(_, let value): try code(value)
      }
    }
    return { base in
      var text = Text("")
      for part in parts { text.scalars += try Self.render(part(base)).scalars }
      return .string(text)
    }
  }

  private static func render(_ value: Value) throws -> Text {
    switch value {
    case .integer(let value): Text(value.digits)
    case .float(let value): Text(value)
    case .bool(let value): Text(value ? "true" : "false")
    case .string(let value): value
    case .bytes, .unit, .data, .vector, .callee: throw InterpreterError.broken("\(value) stands in a string")
    }
  }

  private static func propagate(_ value: Value) throws -> Value {
    let result = try value.data()
    guard result.constructor == KnownNames.ok, let success = result.fields.first else {
      throw TypedInterpreter.Leave(value: value)
    }
    return success
  }

  /// The elements of an independent product, from left to right. What would leave the function inside one, or because it
  /// is an error, does so when all have been evaluated, the leftmost first.
  private func product(_ elements: [Code], _ propagates: Bool) -> Code {
    { [machine] base in
      var leaving: TypedInterpreter.Leave?
      var values: [Value] = []
      for element in elements {
        let height = machine.stack.count
        do {
          let value = try element(base)
          values.append(propagates ? try Self.propagate(value) : value)
        } catch let leave as TypedInterpreter.Leave {
          machine.stack.removeLast(machine.stack.count - height)
          leaving = leaving ?? leave
        }
      }
      if let leaving { throw leaving }
      return .data(Data(KnownNames.tuple, KnownNames.tuple, 0, values))
    }
  }

  /// The entries are set one after the other, so that of equal keys the last one wins.
  private mutating func map(_ entries: [Typed.Entry]) throws -> Code {
    let empty = Value.data(Data(KnownNames.map, "Empty"))
    if entries.isEmpty { return constant(empty) }
    let entries = try entries.map { (try code($0.key), try code($0.value)) }
    let set = try machine.function("Map.set")
    return { [machine] base in
      let pairs = try entries.map { (try $0(base), try $1(base)) }
      return try pairs.reduce(empty) { try machine.call(set, [$0, $1.0, $1.1]) }
    }
  }

  // MARK: Records

  /// A record of the given fields, evaluated as they are written, and of those of `base`.
  private mutating func build(_ given: [Typed.FieldValue], _ ty: Typed.Ty, base: Code?) throws -> Code {
    let (type, names) = try machine.records.names(of: ty)
    let given = try given.map { (place: names.firstIndex(of: $0.name), value: try code($0.value)) }
    let isComplete = names.indices.allSatisfy { index in given.contains { $0.place == index } }
    guard base != nil || isComplete else { throw InterpreterError.broken("a field of \(type) is missing") }
    return { frame in
      var fields = try base?(frame).data().fields ?? names.map { _ in .unit }
      for (place, value) in given {
        guard let place, fields.indices.contains(place) else { throw InterpreterError.broken("\(type) lacks a field") }
        fields[place] = try value(frame)
      }
      return .data(Data(type, type, 0, fields))
    }
  }

  private mutating func field(_ record: Typed.Expr, _ name: Name) throws -> Code {
    let (type, names) = try machine.records.names(of: record.ty)
    let record = try code(record)
    guard let place = names.firstIndex(of: name) else { throw InterpreterError.broken("\(type) has no field \(name)") }
    return { base in
      let fields = try record(base).data().fields
      guard fields.indices.contains(place) else { throw InterpreterError.broken("\(type) has no field \(name)") }
      return fields[place]
    }
  }
}

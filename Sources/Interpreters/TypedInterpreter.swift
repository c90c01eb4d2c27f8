import Languages
import Nanopass

/// Gives programs of `Typed` their meaning, written straight from `language.md` 7: the reference for all else.
///
/// Evaluation is strict, left to right, and follows the shape of expressions. What stands in tail position is not
/// called but handed back to the loop of the call around it, so that tail calls take no stack.
final class TypedInterpreter {
  private let functions: [Name: Typed.Function]
  /// The names of the fields of each record in the order of the declaration.
  private let fields: [Name: [Name]]
  private let keyOrder: KeyOrder
  private let main: Name?
  /// The values of the top-level bindings that have been evaluated.
  private var globals: [Name: Value] = [:]
  private let world: World
  private var budget: Budget

  init(_ root: Typed.Root, in world: World, _ budget: Budget) {
    functions = Dictionary(root.functions.map { ($0.name, $0) }) { first, _ in first }
    var fields: [Name: [Name]] = [:]
    for case .record(_, let name, let declared) in root.types { fields[name] = declared.map(\.name) }
    self.fields = fields
    keyOrder = KeyOrder(fields: fields)
    main = root.main
    self.world = world
    self.budget = budget
  }

  /// Runs the top-level statements, then `main`; the error that this may return is the program's.
  func run() throws {
    if functions[.initialisation] != nil { _ = try call(.initialisation, []) }
    guard let main else { return }
    guard case .data(let result) = try call(main, []), result.constructor == "Err", let message = result.fields.first
    else { return }
    world.fail(try message.string().string)
  }

  // MARK: Calls

  /// The variables of one call, by number.
  private final class Frame {
    private var values: [Value?] = []

    subscript(_ variable: Local) -> Value {
      get throws {
        guard values.indices.contains(variable.id), let value = values[variable.id] else {
          throw InterpreterError.broken("\(variable) has no value")
        }
        return value
      }
    }

    func bind(_ variable: Local, to value: Value) {
      while values.count <= variable.id { values.append(nil) }
      values[variable.id] = value
    }
  }

  /// What an expression in tail position comes to: a value, or a call whose result is that of the function.
  private enum Ending {
    case value(Value)
    case call(Name, [Value])
  }

  /// Ends the function with a value: how `?` leaves it.
  private struct Leave: Error {
    var value: Value
  }

  private func call(_ name: Name, _ arguments: [Value]) throws -> Value {
    var ending = Ending.call(name, arguments)
    do {
      while case .call(let name, let arguments) = ending {
        try budget.step()
        guard let function = functions[name] else { throw InterpreterError.broken("no function \(name)") }
        guard function.parameters.count == arguments.count else {
          throw InterpreterError.broken("\(name) is called with \(arguments.count) arguments")
        }
        let frame = Frame()
        for (parameter, value) in zip(function.parameters, arguments) { frame.bind(parameter.variable, to: value) }
        ending = try finish(function.body, frame)
      }
    } catch let leave as Leave {
      return leave.value
    }
    guard case .value(let value) = ending else { throw InterpreterError.broken("a call has no result") }
    return value
  }

  /// Evaluates what stands in tail position.
  private func finish(_ node: Typed.Expr, _ frame: Frame) throws -> Ending {
    switch node {
    case .call(_, let function, _, let arguments, _):
      return .call(function, try evaluate(arguments, frame))
    case .apply(_, let parameter, let arguments, _):
      return try apply(frame[parameter], evaluate(arguments, frame))
    case .match(_, let subject, let arms, _):
      let value = try evaluate(subject, frame)
      for arm in arms where try matches(value, arm.pattern, frame) { return try finish(arm.body, frame) }
      throw InterpreterError.broken("no arm matches \(value)")
    case .block(_, let statements, let result, _):
      for statement in statements {
        switch statement {
        case .bind(_, let variable, let value): frame.bind(variable, to: try evaluate(value, frame))
        case .define(_, let name, let value): globals[name] = try evaluate(value, frame)
        case .evaluate(_, let value): _ = try evaluate(value, frame)
        }
      }
      return try finish(result, frame)
    default: return .value(try evaluate(node, frame))
    }
  }

  /// Applies what was passed for a parameter of a `Fn` type.
  private func apply(_ callback: Value, _ arguments: [Value]) throws -> Ending {
    guard case .callee(let callee) = callback else { throw InterpreterError.broken("\(callback) is called") }
    switch callee {
    case .function(_, let name, _): return .call(name, arguments)
    case .operation(_, let effect): return .value(try world.perform(effect, arguments))
    case .constructor(_, let type, let variant): return .value(.data(Data(type, variant, 0, arguments)))
    }
  }

  // MARK: Expressions

  private func evaluate(_ nodes: [Typed.Expr], _ frame: Frame) throws -> [Value] {
    try nodes.map { try evaluate($0, frame) }
  }

  private func evaluate(_ node: Typed.Expr, _ frame: Frame) throws -> Value {
    switch node {
    case .integer(_, let value): return .integer(Whole(value))
    case .float(_, let value): return .float(value)
    case .string(_, let value): return .string(Text(value))
    case .bool(_, let value): return .bool(value)
    case .unit: return .unit
    case .interpolate(_, let parts): return .string(try interpolate(parts, frame))
    case .local(_, let variable, _): return try frame[variable]
    case .global(_, let name, _):
      guard let value = globals[name] else { throw InterpreterError.broken("\(name) has no value") }
      return value
    case .callback(_, let callee, _): return .callee(callee)
    case .call, .apply, .match, .block:
      switch try finish(node, frame) {
      case .value(let value): return value
      case .call(let function, let arguments): return try call(function, arguments)
      }
    case .primitive(_, let name, let keys, _) where name == KnownNames.keyOrder && keys.count == 2:
      return .integer(.small(try keyOrder.order(evaluate(keys[0], frame), evaluate(keys[1], frame))))
    case .primitive(_, let name, let arguments, _):
      let value = try PrimitiveMeanings.apply(name, evaluate(arguments, frame))
      try budget.pay(for: value)
      return value
    case .equal(_, let left, let right): return .bool(try Value.areEqual(evaluate(left, frame), evaluate(right, frame)))
    case .perform(_, let effect, let arguments, _): return try world.perform(effect, evaluate(arguments, frame))
    case .construct(_, let type, let variant, let arguments, _):
      return .data(Data(type, variant, 0, try evaluate(arguments, frame)))
    case .build(_, let given, let ty): return try build(given, ty, base: nil, frame)
    case .update(_, let base, let given, let ty):
      return try build(given, ty, base: evaluate(base, frame).data(), frame)
    case .field(_, let base, let name, _): return try field(name, of: evaluate(base, frame).data())
    case .propagate(_, let value, _): return try propagate(evaluate(value, frame).data())
    case .tuple(_, let elements, _):
      return .data(Data(KnownNames.tuple, KnownNames.tuple, 0, try evaluate(elements, frame)))
    case .product(_, let elements, let propagates, _): return try product(elements, propagates, frame)
    case .list(_, let elements, _): return .list(try evaluate(elements, frame))
    case .map(_, let entries, _): return try map(entries, frame)
    }
  }

  /// Each embedded value as `String.fromInt`, `String.fromFloat` or `String.fromBool` renders it, or as itself.
  private func interpolate(_ parts: [Typed.Part], _ frame: Frame) throws -> Text {
    var text = Text("")
    for part in parts {
      switch part {
      case .text(_, let value): text.scalars += value.unicodeScalars
      case .value(_, let value): text.scalars += try render(evaluate(value, frame)).scalars
      }
    }
    return text
  }

  private func render(_ value: Value) throws -> Text {
    switch value {
    case .integer(let value): Text(value.digits)
    case .float(let value): Text(value)
    case .bool(let value): Text(value ? "true" : "false")
    case .string(let value): value
    case .bytes, .unit, .data, .vector, .callee: throw InterpreterError.broken("\(value) stands in a string")
    }
  }

  /// The entries are set one after the other, so that of equal keys the last one wins.
  private func map(_ entries: [Typed.Entry], _ frame: Frame) throws -> Value {
    let pairs = try entries.map { (try evaluate($0.key, frame), try evaluate($0.value, frame)) }
    return try pairs.reduce(.data(Data("Map", "Empty"))) { try call("Map.set", [$0, $1.0, $1.1]) }
  }

  private func propagate(_ result: Data) throws -> Value {
    guard result.constructor == KnownNames.ok, let value = result.fields.first else {
      throw Leave(value: .data(result))
    }
    return value
  }

  /// The elements of an independent product, from left to right. What would leave the function inside one, or because it
  /// is an error, does so when all have been evaluated, the leftmost first.
  private func product(_ elements: [Typed.Expr], _ propagates: Bool, _ frame: Frame) throws -> Value {
    var leaving: Leave?
    var values: [Value] = []
    for element in elements {
      do {
        let value = try evaluate(element, frame)
        values.append(propagates ? try propagate(value.data()) : value)
      } catch let leave as Leave {
        leaving = leaving ?? leave
      }
    }
    if let leaving { throw leaving }
    return .data(Data(KnownNames.tuple, KnownNames.tuple, 0, values))
  }

  // MARK: Records

  /// A record of the given fields, evaluated as they are written, and of those of `base`.
  private func build(_ given: [Typed.FieldValue], _ ty: Typed.Ty, base: Data?, _ frame: Frame) throws -> Value {
    guard case .data(let type) = ty, let names = fields[type] else {
      throw InterpreterError.broken("a record has the type \(ty)")
    }
    var values: [Name: Value] = [:]
    for one in given { values[one.name] = try evaluate(one.value, frame) }
    let all = try names.enumerated().map { index, name in
      guard let value = try values[name] ?? base.map({ try field(name, of: $0) }) else {
        throw InterpreterError.broken("the field \(name) of \(type) at \(index) is missing")
      }
      return value
    }
    return .data(Data(type, type, 0, all))
  }

  private func field(_ name: Name, of record: Data) throws -> Value {
    guard let index = fields[record.constructor]?.firstIndex(of: name), record.fields.indices.contains(index) else {
      throw InterpreterError.broken("\(record.constructor) has no field \(name)")
    }
    return record.fields[index]
  }

  // MARK: Patterns

  /// Whether a pattern matches; binds its variables then.
  private func matches(_ value: Value, _ pattern: Typed.Pattern, _ frame: Frame) throws -> Bool {
    switch pattern {
    case .wildcard: return true
    case .bind(_, let variable, _):
      frame.bind(variable, to: value)
      return true
    case .integer(_, let literal): return try value.integer() == Whole(literal)
    case .float(_, let literal): return try value.float() == literal
    case .string(_, let literal): return try value.string() == Text(literal)
    case .bool(_, let literal): return try value.bool() == literal
    case .list(_, let elements, let rest): return try matches(value, elements, rest, frame)
    case .tuple(_, let elements): return try matches(value.data().fields, elements, frame)
    case .constructor(_, _, let variant, let arguments):
      let data = try value.data()
      return try data.constructor == variant && matches(data.fields, arguments, frame)
    }
  }

  private func matches(_ values: [Value], _ patterns: [Typed.Pattern], _ frame: Frame) throws -> Bool {
    guard values.count == patterns.count else { throw InterpreterError.broken("a pattern has the wrong size") }
    return try zip(values, patterns).allSatisfy { try matches($0, $1, frame) }
  }

  private func matches(
    _ list: Value, _ elements: [Typed.Pattern], _ rest: Typed.Pattern?, _ frame: Frame
  ) throws -> Bool {
    var list = list
    for element in elements {
      guard let (head, tail) = try list.uncons(), try matches(head, element, frame) else { return false }
      list = tail
    }
    if let rest { return try matches(list, rest, frame) }
    return try list.uncons() == nil
  }
}

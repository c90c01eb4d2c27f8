import Languages
import Nanopass

// Calls, blocks and matches.

extension TypedCompiler {
  mutating func call(_ name: Name, _ arguments: [Typed.Expr], _ isTail: Bool) throws -> Code {
    let function = try machine.function(name)
    let arguments = try codes(arguments)
    return { [machine] base in
      let start = try Self.push(arguments, base, on: machine)
      return isTail ? machine.end(with: function, from: start) : try machine.call(function, from: start)
    }
  }

  /// Leaves arguments on the stack; gives where they start.
  private static func push(_ arguments: [Code], _ base: Int, on machine: TypedInterpreter) throws -> Int {
    let start = machine.stack.count
    for argument in arguments {
      let value = try argument(base)
      machine.stack.append(value)
    }
    return start
  }

  /// Applies what was passed for a parameter of a `Fn` type.
  mutating func apply(_ parameter: Local, _ arguments: [Typed.Expr], _ isTail: Bool) throws -> Code {
    let place = place(parameter)
    let arguments = try codes(arguments)
    return { [machine] base in
      guard case .callee(let callback) = machine.stack[base + place] else {
        throw InterpreterError.broken("\(parameter) is called")
      }
      switch callback.callee {
      case .function(_, let name, _):
        let function = try machine.function(name)
        let start = try Self.push(arguments, base, on: machine)
        return isTail ? machine.end(with: function, from: start) : try machine.call(function, from: start)
      case .operation(_, let effect): return try machine.world.perform(effect, arguments.map { try $0(base) })
      case .constructor(_, let type, let variant):
        return .data(Data(type, variant, 0, try arguments.map { try $0(base) }))
      }
    }
  }

  mutating func block(_ statements: [Typed.Statement], _ result: Typed.Expr, _ isTail: Bool) throws -> Code {
    let statements = try statements.map { try statement($0) }
    let result = try code(result, isTail: isTail)
    return { base in
      for statement in statements { try statement(base) }
      return try result(base)
    }
  }

  private mutating func statement(_ node: Typed.Statement) throws -> (Int) throws -> Void {
    switch node {
    case .bind(_, let variable, let value):
      let (value, place) = (try code(value), place(variable))
      return { [machine] base in
        let value = try value(base)
        machine.stack[base + place] = value
      }
    case .define(_, let name, let value):
      let value = try code(value)
      return { [machine] base in machine.define(name, try value(base)) }
    case .evaluate(_, let value):
      let value = try code(value)
      return { base in _ = try value(base) }
    }
  }

  // MARK: Matches

  mutating func match(_ subject: Typed.Expr, _ arms: [Typed.Arm], _ isTail: Bool) throws -> Code {
    let subject = try code(subject)
    let literals = LiteralArms(arms)
    let arms = try arms.map { (matches: test($0.pattern), body: try code($0.body, isTail: isTail)) }
    return { base in
      let value = try subject(base)
      if let index = try literals.position(of: value) { return try arms[index].body(base) }
      for arm in arms[literals.count...] where try arm.matches(value, base) { return try arm.body(base) }
      throw InterpreterError.broken("no arm matches \(value)")
    }
  }

  /// Tells whether a pattern matches; binds its variables then.
  private typealias Test = (_ value: Value, _ base: Int) throws -> Bool

  private mutating func test(_ pattern: Typed.Pattern) -> Test {
    switch pattern {
    case .wildcard: return { _, _ in true }
    case .bind(_, let variable, _):
      let place = place(variable)
      return { [machine] value, base in
        machine.stack[base + place] = value
        return true
      }
    case .integer(_, let literal):
      let literal = Whole(literal)
      return { value, _ in try value.integer() == literal }
    case .float(_, let literal): return { value, _ in try value.float() == literal }
    case .string(_, let literal):
      let literal = Text(literal)
      return { value, _ in try value.string() == literal }
    case .bool(_, let literal): return { value, _ in try value.bool() == literal }
    case .list(_, let elements, let rest): return list(elements, rest)
    case .tuple(_, let elements):
      let elements = elements.map { test($0) }
      return { value, base in try Self.match(value.data().fields, elements, base) }
    case .constructor(_, _, let variant, let arguments):
      let arguments = arguments.map { test($0) }
      return { value, base in
        let data = try value.data()
        return try data.constructor == variant && Self.match(data.fields, arguments, base)
      }
    }
  }

  private static func match(_ values: [Value], _ tests: [Test], _ base: Int) throws -> Bool {
    guard values.count == tests.count else { throw InterpreterError.broken("a pattern has the wrong size") }
    for (value, test) in zip(values, tests) where try !test(value, base) { return false }
    return true
  }

  private mutating func list(_ elements: [Typed.Pattern], _ rest: Typed.Pattern?) -> Test {
    let elements = elements.map { test($0) }
    let rest = rest.map { test($0) }
    return { value, base in
      var list = value
      for element in elements {
        guard let (head, tail) = try list.uncons(), try element(head, base) else { return false }
        list = tail
      }
      if let rest { return try rest(list, base) }
      return try list.uncons() == nil
    }
  }
}

/// The arms at the start of a match whose patterns are numbers or strings, by these: there may be thousands.
private struct LiteralArms {
  /// How many there are.
  private(set) var count = 0
  private var integers: [Whole: Int] = [:]
  private var strings: [Text: Int] = [:]

  init(_ arms: [Typed.Arm]) {
    add(arms)
    // A few are faster compared one by one.
    if count < 8 { (count, integers, strings) = (0, [:], [:]) }
  }

  private mutating func add(_ arms: [Typed.Arm]) {
    for arm in arms {
      switch arm.pattern {
      case .integer(_, let literal): integers[Whole(literal)] = integers[Whole(literal)] ?? count
      case .string(_, let literal): strings[Text(literal)] = strings[Text(literal)] ?? count
      default: return
      }
      count += 1
    }
  }

  /// The arm for a value.
  func position(of value: Value) throws -> Int? {
    if !integers.isEmpty { return integers[try value.integer()] }
    return strings.isEmpty ? nil : strings[try value.string()]
  }
}

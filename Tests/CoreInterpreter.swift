import Languages
import Nanopass

/// Makes a Core program a Loops program, whose forms include those of Core.
struct CoreAsLoops: CoreToLoops {
  static let summary = "Read a Core program as one of Loops"
}

/// Gives Core, by way of `CoreAsLoops`, and Loops a meaning: runs a program and keeps what it prints. Integers are
/// machine words; a program that leaves them has no result here.
struct CoreInterpreter {
  /// A value at run time.
  indirect enum Value: Equatable {
    case int(Int)
    case bool(Bool)
    case float(UInt64)
    case string(String)
    case unit
    case data(Int, [Value])
  }

  /// What ends a run early. `broken` is a mistake in the program; the others mean that nothing can be said of it.
  enum Stop: Error, Equatable {
    case outOfFuel
    case unsupported(String)
    case broken(String)
  }

  /// What a program did.
  struct Outcome: Equatable {
    var result: Value
    var printed: [String]
  }

  private struct JoinPoint {
    var parameters: [Loops.Parameter]
    var body: Loops.Block
  }

  private struct Frame {
    var values: [Local: Value] = [:]
    var points: [Local: JoinPoint] = [:]
  }

  private enum Next {
    case result(Value)
    case block(Loops.Block)
    case call(Name, [Value])
  }

  private let functions: [Name: Loops.Function]
  private var fuel: Int
  private var depth = 0
  private var printed: [String] = []

  /// Runs a program from its entry.
  ///
  /// - Parameter fuel: how many blocks may be entered.
  static func run(_ root: Loops.Root, fuel: Int) throws(Stop) -> Outcome {
    let functions = Dictionary(root.functions.map { ($0.name, $0) }) { first, _ in first }
    var interpreter = CoreInterpreter(functions: functions, fuel: fuel)
    let result = try interpreter.call(root.entry, [])
    return Outcome(result: result, printed: interpreter.printed)
  }

  private init(functions: [Name: Loops.Function], fuel: Int) {
    self.functions = functions
    self.fuel = fuel
  }

  private mutating func call(_ name: Name, _ arguments: [Value]) throws(Stop) -> Value {
    depth += 1
    defer { depth -= 1 }
    guard depth < 1000 else { throw .outOfFuel }
    var (name, arguments) = (name, arguments)
    while true {
      guard let function = functions[name] else { throw .broken("no function \(name)") }
      var frame = Frame()
      try bind(function.parameters, arguments, &frame)
      var next = Next.block(function.body)
      while case .block(let block) = next { next = try run(block, &frame) }
      switch next {
      case .result(let value): return value
      case .call(let callee, let values): (name, arguments) = (callee, values)
      case .block: break
      }
    }
  }

  private func bind(_ parameters: [Loops.Parameter], _ values: [Value], _ frame: inout Frame) throws(Stop) {
    guard parameters.count == values.count else { throw .broken("wrong number of arguments") }
    for (parameter, value) in zip(parameters, values) { frame.values[parameter.variable] = value }
  }

  private mutating func run(_ block: Loops.Block, _ frame: inout Frame) throws(Stop) -> Next {
    fuel -= 1
    guard fuel > 0 else { throw .outOfFuel }
    for step in block.steps {
      switch step {
      case .let(_, let variable, _, let value): frame.values[variable] = try evaluate(value, frame)
      case .join(_, let label, let parameters, let body):
        frame.points[label] = JoinPoint(parameters: parameters, body: body)
      }
    }
    switch block.end {
    case .return(_, let value): return .result(try self.value(of: value, frame))
    case .tailCall(_, let name, let arguments): return .call(name, try values(of: arguments, frame))
    case .jump(_, let label, let arguments): return try jump(to: label, try values(of: arguments, frame), &frame)
    case .loop(_, let label, let parameters, let arguments, let body):
      let values = try values(of: arguments, frame)
      frame.points[label] = JoinPoint(parameters: parameters, body: body)
      return try jump(to: label, values, &frame)
    case .switch(_, let subject, _, let cases, let other):
      guard case .data(let variant, _) = try value(of: subject, frame) else { throw .broken("switch on no data") }
      guard let body = cases.first(where: { $0.index == variant })?.body ?? other else { throw .broken("no case") }
      return .block(body)
    case .test(_, let subject, let cases, let other):
      let value = try value(of: subject, frame)
      return .block(cases.first { Self.matches(value, $0.literal) }?.body ?? other)
    }
  }

  private func jump(to label: Local, _ values: [Value], _ frame: inout Frame) throws(Stop) -> Next {
    guard let point = frame.points[label] else { throw .broken("no label \(label)") }
    try bind(point.parameters, values, &frame)
    return .block(point.body)
  }

  private static func matches(_ value: Value, _ literal: Loops.Literal) -> Bool {
    switch (value, literal) {
    case (.int(let left), .integer(_, .small(let right))): left == right
    case (.bool(let left), .bool(_, let right)): left == right
    case (.string(let left), .string(_, let right)): left.utf8.elementsEqual(right.utf8)
    case (.float(let left), .float(_, let right)): Double(bitPattern: left) == right
    default: false
    }
  }

  // MARK: Values

  private func values(of atoms: [Loops.Atom], _ frame: Frame) throws(Stop) -> [Value] {
    var values: [Value] = []
    for atom in atoms { values.append(try value(of: atom, frame)) }
    return values
  }

  private func value(of atom: Loops.Atom, _ frame: Frame) throws(Stop) -> Value {
    switch atom {
    case .local(_, let variable):
      guard let value = frame.values[variable] else { throw .broken("\(variable) has no value") }
      return value
    case .integer(_, .small(let value)): return .int(value)
    case .integer(_, .big): throw .unsupported("big integer")
    case .float(_, let value): return .float(value.bitPattern)
    case .string(_, let value): return .string(value)
    case .bool(_, let value): return .bool(value)
    case .unit: return .unit
    }
  }

  private mutating func evaluate(_ node: Loops.Value, _ frame: Frame) throws(Stop) -> Value {
    switch node {
    case .atom(_, let atom): return try value(of: atom, frame)
    case .call(_, let function, let arguments): return try call(function, try values(of: arguments, frame))
    case .primitive(_, let name, let arguments):
      return try Self.primitive(name, try values(of: arguments, frame))
    case .perform(_, let effect, let arguments):
      guard effect == "Console.print", case .string(let text) = try values(of: arguments, frame).first else {
        throw .unsupported("\(effect)")
      }
      printed.append(text)
      return .unit
    case .construct(_, _, _, let index, let arguments): return .data(index, try values(of: arguments, frame))
    case .payload(_, let subject, _, let variant, let index):
      guard case .data(variant, let fields) = try value(of: subject, frame), fields.indices.contains(index) else {
        throw .broken("no such field")
      }
      return fields[index]
    }
  }

  private static func primitive(_ name: Name, _ arguments: [Value]) throws(Stop) -> Value {
    switch (name.text, arguments.first, arguments.dropFirst().first) {
    case ("int.add", .int(let a), .int(let b)): return try integer(a.addingReportingOverflow(b))
    case ("int.subtract", .int(let a), .int(let b)): return try integer(a.subtractingReportingOverflow(b))
    case ("int.multiply", .int(let a), .int(let b)): return try integer(a.multipliedReportingOverflow(by: b))
    case ("int.negate", .int(let a), nil): return try integer(0.subtractingReportingOverflow(a))
    case ("int.equal", .int(let a), .int(let b)): return .bool(a == b)
    case ("int.less", .int(let a), .int(let b)): return .bool(a < b)
    case ("int.lessEqual", .int(let a), .int(let b)): return .bool(a <= b)
    case ("int.toString", .int(let a), nil): return .string(String(a))
    case ("bool.equal", .bool(let a), .bool(let b)): return .bool(a == b)
    case ("string.equal", .string(let a), .string(let b)): return .bool(a == b)
    case ("string.concat", .string(let a), .string(let b)): return .string(a + b)
    case ("string.concatenate", _, _):
      var text = ""
      for case .string(let part) in arguments { text += part }
      return .string(text)
    case ("float.add", .float(let a), .float(let b)): return float(a, b, +)
    case ("float.multiply", .float(let a), .float(let b)): return float(a, b, *)
    case ("float.divide", .float(let a), .float(let b)): return float(a, b, /)
    case ("float.equal", .float(let a), .float(let b)): return .bool(Double(bitPattern: a) == Double(bitPattern: b))
    case ("float.less", .float(let a), .float(let b)): return .bool(Double(bitPattern: a) < Double(bitPattern: b))
    default: throw .unsupported("\(name)")
    }
  }

  private static func integer(_ result: (partialValue: Int, overflow: Bool)) throws(Stop) -> Value {
    if result.overflow { throw .unsupported("big integer") }
    return .int(result.partialValue)
  }

  private static func float(_ left: UInt64, _ right: UInt64, _ operation: (Double, Double) -> Double) -> Value {
    let result = operation(Double(bitPattern: left), Double(bitPattern: right))
    return .float(result.isNaN ? Double.nan.bitPattern : result.bitPattern)
  }
}

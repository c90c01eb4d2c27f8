import Languages
import Nanopass

/// Gives programs of `Typed` their meaning, written straight from `language.md` 7: the reference for all else.
///
/// Evaluation is strict, left to right, and follows the shape of expressions, each of which becomes a closure when its
/// function is first called. What stands in tail position is not called but handed back to the loop of the call around
/// it, so that tail calls take no stack.
final class TypedInterpreter {
  /// Evaluates an expression in the frame that starts there.
  typealias Code = (_ base: Int) throws -> Value

  /// A function, made ready when it is first called.
  final class Function {
    let declaration: Typed.Function
    var body: Code?
    /// How many variables its frame has; the parameters are the first.
    var size = 0

    init(_ declaration: Typed.Function) { self.declaration = declaration }
  }

  /// Ends the function with a value: how `?` leaves it.
  struct Leave: Error {
    var value: Value
  }

  let records: Records
  let world: World
  private let main: Name?
  private var functions: [Name: Function]
  private var budget: Budget
  /// The variables of all calls in progress, and the arguments of the call that is being prepared.
  var stack: [Value] = []
  /// The values of the top-level bindings that have been evaluated.
  private var globals: [Name: Value] = [:]
  /// The call whose result is that of the current function, and where its arguments start on the stack.
  private var pending: (function: Function, start: Int)?

  init(_ root: Typed.Root, in world: World, _ budget: Budget) {
    functions = Dictionary(root.functions.map { ($0.name, Function($0)) }) { first, _ in first }
    records = Records(root.types)
    main = root.main
    self.world = world
    self.budget = budget
  }

  /// Runs the top-level statements, then `main`; the error that this may return is the program's.
  func run() throws {
    // The closures refer to the interpreter.
    defer { functions = [:] }
    if functions[.initialisation] != nil { _ = try call(function(.initialisation), from: 0) }
    guard let main else { return }
    guard case .data(let result) = try call(function(main), from: 0), result.constructor == "Err",
      let message = result.fields.first
    else { return }
    world.fail(try message.string().string)
  }

  // MARK: Calls

  /// The function of that name.
  func function(_ name: Name) throws -> Function {
    guard let function = functions[name] else { throw InterpreterError.broken("no function \(name)") }
    return function
  }

  /// Calls a function whose arguments stand on the stack from a place on; takes them away.
  func call(_ function: Function, from start: Int) throws -> Value {
    var function = function
    while true {
      try budget.step()
      let body = try prepare(function)
      let count = function.declaration.parameters.count
      guard stack.count - start == count else {
        throw InterpreterError.broken("wrong number of arguments of \(function.declaration.name)")
      }
      for _ in count..<max(count, function.size) { stack.append(.unit) }
      let value: Value
      do {
        value = try body(start)
      } catch let leave as Leave {
        stack.removeLast(stack.count - start)
        return leave.value
      }
      guard let next = pending else {
        stack.removeLast(stack.count - start)
        return value
      }
      pending = nil
      stack.removeSubrange(start..<next.start)
      function = next.function
    }
  }

  /// Calls a function with arguments.
  func call(_ function: Function, _ arguments: [Value]) throws -> Value {
    let start = stack.count
    stack += arguments
    return try call(function, from: start)
  }

  /// Lets the function that is being evaluated end with a call.
  func end(with function: Function, from start: Int) -> Value {
    pending = (function, start)
    return .unit
  }

  private func prepare(_ function: Function) throws -> Code {
    if let body = function.body { return body }
    var compiler = TypedCompiler(self)
    for parameter in function.declaration.parameters { _ = compiler.place(parameter.variable) }
    let body = try compiler.code(function.declaration.body, isTail: true)
    function.body = body
    function.size = compiler.size
    return body
  }

  // MARK: Top-level bindings

  func global(_ name: Name) throws -> Value {
    guard let value = globals[name] else { throw InterpreterError.broken("\(name) has no value") }
    return value
  }

  func define(_ name: Name, _ value: Value) { globals[name] = value }

  /// Takes more steps for a value that is big.
  func pay(for value: Value) throws { try budget.pay(for: value) }
}

/// The records of a program.
struct Records {
  /// The names of the fields of each record in the order of the declaration.
  private let fields: [Name: [Name]]
  let keyOrder: KeyOrder

  init(_ types: [Typed.TypeDecl]) {
    var fields: [Name: [Name]] = [:]
    for case .record(_, let name, let declared) in types { fields[name] = declared.map(\.name) }
    self.fields = fields
    keyOrder = KeyOrder(fields: fields)
  }

  /// The names of a record's fields in the order of the declaration.
  func names(of type: Typed.Ty) throws -> (type: Name, fields: [Name]) {
    guard case .data(let name) = type, let names = fields[name] else {
      throw InterpreterError.broken("a record has the type \(type)")
    }
    return (name, names)
  }
}

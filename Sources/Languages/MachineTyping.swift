import Nanopass

extension Machine {
  /// Every operator, call, load, store and jump gets operands of the types that it takes, and its result is set as what
  /// it is.
  @Sendable static func checkWellTyped(_ root: Root) -> [Violation] {
    let signatures = Dictionary(root.functions.map { ($0.name, $0) }) { first, _ in first }
    return root.functions.flatMap { function in
      var checker = TypeChecker(function, signatures)
      checker.check()
      return checker.violations
    }
  }
}

/// Checks one function. What is unset or unknown is the concern of other invariants and fits everything here.
private struct TypeChecker {
  private let function: Machine.Function
  private let functions: [Name: Machine.Function]
  private var types: [Int: Machine.Ty] = [:]
  private var parameters: [Int: [Machine.Parameter]] = [:]
  var violations: [Violation] = []

  init(_ function: Machine.Function, _ functions: [Name: Machine.Function]) {
    self.function = function
    self.functions = functions
    for parameter in function.parameters { types[parameter.variable.id] = parameter.ty }
    for block in function.blocks {
      parameters[block.label.id] = block.parameters
      for parameter in block.parameters { types[parameter.variable.id] = parameter.ty }
      for instruction in block.instructions {
        switch instruction {
        case .set(_, let variable, let ty, _): types[variable.id] = ty
        case .checked(_, let variable, let overflow, _, _, _):
          types[variable.id] = .word
          types[overflow.id] = .bit
        case .receive(_, _, _, let parameters):
          for parameter in parameters { types[parameter.variable.id] = parameter.ty }
        case .run, .store: break
        }
      }
    }
  }

  mutating func check() {
    for block in function.blocks {
      for instruction in block.instructions { check(instruction) }
      check(block.end)
    }
  }

  private mutating func check(_ instruction: Machine.Instruction) {
    switch instruction {
    case .set(_, let variable, let ty, let operation):
      guard let result = result(of: operation, wanted: ty) else { return }
      if result != ty { complain("`\(variable)` is set as a \(ty) to a \(result)", instruction) }
    case .run(_, let operation): _ = result(of: operation, wanted: nil)
    case .receive(_, let name, let arguments, let parameters):
      guard let callee = functions[name] else { return }
      expect(callee.parameters.map(\.ty), arguments, instruction)
      if callee.results != parameters.map(\.ty) { complain("`\(name)` gives \(callee.results)", instruction) }
    case .checked(_, _, _, let name, let left, let right):
      if !["add", "sub", "mul"].contains(name) { complain("there is no checked operator `\(name)`", instruction) }
      expect([.word, .word], [left, right], instruction)
    case .store(_, let address, _, let width, let value):
      expect([.word], [address], instruction)
      let ty = type(of: value)
      if ty == .bit || ![1, 2, 4, 8].contains(width) || ty == .float && width != 8 {
        complain("this can't be stored in \(width) bytes", instruction)
      }
    }
  }

  /// The type of an operation's result, nil for none or if it is not known.
  private mutating func result(of operation: Machine.Operation, wanted: Machine.Ty?) -> Machine.Ty? {
    switch operation {
    case .allocate: return .word
    case .load(_, let address, _, let width):
      expect([.word], [address], operation)
      if ![1, 2, 4, 8].contains(width) || wanted == .float && width != 8 || wanted == .bit {
        complain("this can't be loaded from \(width) bytes", operation)
      }
      return wanted
    case .array(_, let elements):
      for element in elements where type(of: element) == .bit { complain("an array holds no bits", operation) }
      return .word
    case .compute(_, let name, let operands):
      let first = operands.first.flatMap { type(of: $0) }
      guard let `operator` = MachineOperator.named(name, count: operands.count, firstType: first) else {
        complain("there is no operator `\(name)`", operation)
        return nil
      }
      expect(`operator`.operands, operands, operation)
      if (`operator`.result == nil) != (wanted == nil) {
        complain("`\(name)` \(wanted == nil ? "is run, but gives a result only" : "gives no result")", operation)
      }
      return `operator`.result
    case .call(_, let name, let arguments):
      guard let callee = functions[name] else { return nil }
      expect(callee.parameters.map(\.ty), arguments, operation)
      if callee.results.count > 1 { complain("`\(name)` gives \(callee.results.count) results", operation) }
      return callee.results.first
    case .runtime(_, let name, let arguments):
      guard let callee = RuntimeFunction.named(name) else { return nil }
      expect(callee.arguments, arguments, operation)
      if callee.result == nil, wanted != nil { complain("`\(name)` gives no result", operation) }
      return callee.result
    }
  }

  private mutating func check(_ end: Machine.End) {
    switch end {
    case .return(_, let values): expect(function.results, values, end)
    case .branch(_, let condition, _, _, let likely):
      expect([.bit], [condition], end)
      if let likely, likely != "then", likely != "else" { complain("`\(likely)` is no way of a branch", end) }
    case .switch(_, let subject, let cases, _):
      expect([.word], [subject], end)
      var values: Set<Int> = []
      for branch in cases {
        guard case .small(let value) = branch.value, values.insert(value).inserted else {
          complain("\(branch.value) is no machine word, or a second case for one", end)
          continue
        }
      }
    case .tailCall(_, let name, let arguments):
      guard let callee = functions[name] else { break }
      expect(callee.parameters.map(\.ty), arguments, end)
      if callee.results != function.results { complain("`\(name)` gives other types than `\(function.name)`", end) }
    case .jump, .unreachable: break
    }
    for target in end.targets {
      guard let parameters = parameters[target.label.id], parameters.count == target.arguments.count else { continue }
      expect(parameters.map(\.ty), target.arguments, end)
    }
  }

  private mutating func expect(_ wanted: [Machine.Ty], _ operands: [Machine.Operand], _ node: some Writable) {
    guard wanted.count == operands.count else {
      return complain("this takes \(wanted.count) operands, not \(operands.count)", node)
    }
    for (ty, operand) in zip(wanted, operands) {
      if case .word(_, .big(let digits)) = operand { complain("\(digits) is no machine word", node) }
      guard let found = type(of: operand), found != ty else { continue }
      complain("an operand is a \(found) where a \(ty) is needed", node)
    }
  }

  private func type(of operand: Machine.Operand) -> Machine.Ty? {
    switch operand {
    case .local(_, let variable): return types[variable.id]
    case .word, .address: return .word
    case .float: return .float
    case .bit: return .bit
    }
  }

  private mutating func complain(_ message: String, _ node: some Writable) {
    violations.append(Violation(message, in: node))
  }
}

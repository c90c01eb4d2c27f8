/// What a program may take: steps, and room on the machine stack for nested calls.
struct Budget {
  private var steps: Int
  /// The lowest address that the stack may reach.
  private let floor: UInt

  /// - Parameters:
  ///   - steps: how many calls or jumps the program may make.
  ///   - stack: how many bytes of the current thread's stack are left, at least.
  init(steps: Int, stack: UInt) {
    self.steps = steps
    // The last part is left to what is called without a check.
    let here = Budget.place()
    floor = here > stack ? here - stack + (1 << 20) : 0
  }

  /// Takes a step.
  ///
  /// - Throws: `InterpreterError.exhausted`.
  mutating func step() throws {
    guard steps > 0 else { throw InterpreterError.exhausted("steps") }
    steps -= 1
    guard Budget.place() > floor else { throw InterpreterError.exhausted("nested calls") }
  }

  /// Takes more steps for a value that is big.
  mutating func pay(for value: Value) throws {
    switch value {
    case .string(let text): steps -= text.scalars.count / 64
    case .integer(.big(let number)): steps -= number.bitWidth / 1024
    default: break
    }
    if steps < 0 { throw InterpreterError.exhausted("steps") }
  }

  /// About the address where the stack ends now.
  @inline(never) private static func place() -> UInt {
    var local: UInt8 = 0
    return withUnsafePointer(to: &local) { UInt(bitPattern: $0) }
  }
}

import CRuntime

/// The command line as the system passed it.
nonisolated(unsafe) var arguments: (count: Int, values: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?) = (0, nil)

/// Runs a program: takes the command line, moves to the root stack, calls `entry` there and flushes standard output.
/// The result is the exit code.
@c(nanoc_start)
public func start(
  _ count: Int32, _ values: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?, _ entry: @convention(c) () -> Void
) -> Int32 {
  arguments = (Int(count), values)
  if let stack = allocateStack() {
    installHandlers()
    if runtime_run_on_stack(stack.base, stack.size, entry) != 0 { fault("out of memory") }
  } else {
    installHandlers()
    entry()
  }
  flushOutput()
  #if PROFILE
    end(0)
  #else
    return leakCheck()
  #endif
}

/// The exit code of a program that ended normally; in a checked runtime 99 when cells are still alive.
private func leakCheck() -> Int32 {
  #if CHECKED
    if liveCells != 0 {
      var digits = DecimalDigits(UInt(liveCells.magnitude))
      writeMessage("leak: ", digits.withBytes { UnsafeRawBufferPointer($0) }, " cells\n")
      return 99
    }
  #endif
  return 0
}

/// Ends the program with a fault.
@c(nanoc_fault)
public func fault(text message: Cell) -> Never {
  flushOutput()
  writeMessage("runtime fault: ", message.utf8, "\n")
  end(70)
}

/// Ends the program with a fault raised by the runtime itself.
func fault(_ message: StaticString) -> Never {
  flushOutput()
  writeMessage("runtime fault: ", bytes(of: message), "\n")
  end(70)
}

/// Ends a program whose `main` returned an error.
@c(nanoc_main_failed)
public func mainFailed(_ message: Cell) -> Never {
  flushOutput()
  writeMessage("Main returned error: ", message.utf8, "\n")
  end(1)
}

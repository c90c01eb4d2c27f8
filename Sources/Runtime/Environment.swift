import CRuntime

/// The bytes of an environment variable behind one byte; no bytes if there is none of that name.
@c(nanoc_env_get)
public func variable(_ name: Cell) -> Cell {
  let name = terminated(name)
  defer { free(name) }
  guard let value = getenv(name) else { return emptyString() }
  return optionalBytes(UnsafeRawBufferPointer(start: value, count: strlen(value)))
}

/// Sets an environment variable of this process. The empty string, or why that failed.
@c(nanoc_env_set)
public func setVariable(_ name: Cell, _ value: Cell) -> Cell {
  let name = terminated(name)
  let value = terminated(value)
  defer {
    free(name)
    free(value)
  }
  return setenv(name, value, 1) == 0 ? emptyString() : makeString(ascii: "Env.set: the environment is full")
}

/// A copy of a text without NUL as C has them, which the caller frees.
private func terminated(_ text: Cell) -> UnsafeMutablePointer<CChar> {
  guard let copy = malloc(text.byteLength &+ 1) else { fault("out of memory") }
  memcpy(copy, text.textStart, text.byteLength)
  copy.storeBytes(of: 0, toByteOffset: text.byteLength, as: UInt8.self)
  return copy.assumingMemoryBound(to: CChar.self)
}

import Foundation
import Nanopass

/// Source files on disk.
struct DiskFiles: SourceFiles {
  /// Where dependencies are looked for.
  let root: String

  func read(_ path: String, inRoot: Bool) -> SourceRead {
    let full = inRoot && root != "." ? root + "/" + path : path
    var status = stat()
    guard stat(full, &status) == 0 else {
      return errno == ENOENT || errno == ENOTDIR ? .missing : .unreadable(systemMessage())
    }
    let kind = status.st_mode & S_IFMT
    guard kind != S_IFDIR else { return .unreadable("it is a directory") }
    // A pipe may be what is to be compiled, but no device, which may have no end, and no module comes out of a pipe.
    guard kind == S_IFREG || kind == S_IFIFO && !inRoot else { return .unreadable("it is no regular file") }
    guard let bytes = Self.contents(of: full, expecting: Int(status.st_size)) else {
      return .unreadable(systemMessage())
    }
    return .bytes(bytes, identity: identity(of: path, inRoot: inRoot) ?? full)
  }

  func identity(of path: String, inRoot: Bool) -> String? {
    realpath(inRoot && root != "." ? root + "/" + path : path, nil).map { pointer in
      defer { free(pointer) }
      return String(cString: pointer)
    }
  }

  /// All bytes of a file or a pipe; nil if the system refuses them.
  private static func contents(of path: String, expecting size: Int) -> [UInt8]? {
    let descriptor = open(path, O_RDONLY)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var room = max(size, 4095) + 1
    while true {
      var part = [UInt8](repeating: 0, count: room)
      let count = part.withUnsafeMutableBytes { Foundation.read(descriptor, $0.baseAddress, $0.count) }
      if count < 0 {
        if errno == EINTR { continue }
        return nil
      }
      if count == 0 { return bytes }
      part.removeLast(room - count)
      // A file comes in one piece.
      if bytes.isEmpty { bytes = part } else { bytes += part }
      room = 65_536
    }
  }
}

/// The system's words for the last failure.
func systemMessage() -> String { String(cString: strerror(errno)) }

/// A failure that is the call's or the machine's, not the program's: exit code 2.
struct InvocationError: Error, CustomStringConvertible {
  var description: String
  /// The file that could not be read, if that is the failure.
  var unreadable: String?

  init(_ description: String, unreadable: String? = nil) {
    self.description = description
    self.unreadable = unreadable
  }
}

/// Reads a file as a whole.
func readFile(_ path: String) throws -> [UInt8] {
  switch DiskFiles(root: ".").read(path, inRoot: false) {
  case .bytes(let bytes, _): return bytes
  case .missing: throw InvocationError("can't read \(path): there is no such file", unreadable: path)
  case .unreadable(let reason): throw InvocationError("can't read \(path): \(reason)", unreadable: path)
  }
}

/// Whether a path stands for the standard output.
func isStandardOutput(_ path: String) -> Bool { path == "-" }

/// Whether two paths lead to one file that exists.
func isSameFile(_ left: String, _ right: String) -> Bool {
  var (a, b) = (stat(), stat())
  guard stat(left, &a) == 0, stat(right, &b) == 0 else { return false }
  return a.st_dev == b.st_dev && a.st_ino == b.st_ino && a.st_mode & S_IFMT == S_IFREG
}

/// Writes a file so that it is either whole or not there; an older one stays as it is until then.
func writeFile(_ bytes: [UInt8], to path: String) throws {
  if isStandardOutput(path) { return try Console.output(bytes) }
  try withTemporaryFile(beside: path) { temporary in
    try write(bytes, toFile: temporary, O_CREAT | O_TRUNC, called: path)
  }
}

/// Writes several files, so that none has changed if one can't be written.
func writeFiles(_ files: [(path: String, bytes: [UInt8])]) throws {
  guard let (path, bytes) = files.last else { return }
  try withTemporaryFile(beside: path) { temporary in
    try write(bytes, toFile: temporary, O_CREAT | O_TRUNC, called: path)
    try writeFiles(files.dropLast())
  }
}

/// Lets `make` fill a new file beside `path`, which takes the place of `path` only if all went well. A device or a pipe
/// such as `/dev/null` is written to, not replaced. A file of the same name with `.o` behind it may be used, too.
func withTemporaryFile(beside path: String, _ make: (String) throws -> Void) throws {
  if path.isEmpty || path.hasSuffix("/") { throw InvocationError("can't write `\(path)`: that names no file") }
  let url = URL(fileURLWithPath: path)
  var status = stat()
  let exists = stat(path, &status) == 0
  let kind = status.st_mode & S_IFMT
  if exists, kind == S_IFDIR { throw InvocationError("can't write \(path): it is a directory") }
  let isSpecial = exists && kind != S_IFREG
  let directory = isSpecial ? FileManager.default.temporaryDirectory : url.deletingLastPathComponent()
  do {
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
  } catch {
    throw InvocationError("can't write \(path): the folder \(directory.path) can't be made")
  }
  guard access(directory.path, W_OK) == 0 else { throw InvocationError("can't write \(path): \(systemMessage())") }
  let temporary = directory.appendingPathComponent(".\(url.lastPathComponent).\(getpid()).tmp").path
  try TemporaryFiles.using(temporary) {
    try TemporaryFiles.using(temporary + ".o") { try make(temporary) }
    if isSpecial {
      guard let data = FileManager.default.contents(atPath: temporary) else {
        throw InvocationError("can't read \(temporary)")
      }
      return try write([UInt8](data), toFile: path, 0, called: path)
    }
    guard rename(temporary, path) == 0 else { throw InvocationError("can't write \(path): \(systemMessage())") }
  }
}

/// Writes a file in place; errors speak of it by the name that the user knows.
private func write(_ bytes: [UInt8], toFile path: String, _ flags: Int32, called name: String) throws {
  let descriptor = open(path, O_WRONLY | flags, 0o666)
  guard descriptor >= 0 else { throw InvocationError("can't write \(name): \(systemMessage())") }
  defer { close(descriptor) }
  do {
    try write(bytes, to: descriptor)
  } catch {
    throw InvocationError("can't write \(name): \(error)")
  }
}

import Foundation

/// What the compiler brings along for native programs.
public enum SupportFiles {
  /// The file that lets gdb print values as Aver writes them.
  public static let gdbScript = "nanoc-gdb.py"

  /// Finds a file in `NANOC_RUNTIME_PATH` or beside the compiler.
  ///
  /// - Throws: `RuntimeLibrary.NotFound`; it calls the file `what`.
  public static func locate(_ name: String, _ what: String) throws -> String {
    var folders: [String] = []
    if let path = ProcessInfo.processInfo.environment["NANOC_RUNTIME_PATH"], !path.isEmpty {
      folders = [path]
    } else if let executable = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe") {
      let folder = URL(fileURLWithPath: executable).deletingLastPathComponent()
      folders = ["../lib/nanoc", "../../build/lib/nanoc", "../../../build/lib/nanoc"].map {
        folder.appendingPathComponent($0).standardizedFileURL.path
      }
    }
    for folder in folders {
      let path = folder + "/" + name
      if FileManager.default.fileExists(atPath: path) { return path }
    }
    let places = folders.joined(separator: " or ")
    throw RuntimeLibrary.NotFound(description: "\(what) \(name) is not in \(places); run `make build`")
  }
}

/// The archive that native programs are linked with.
public struct RuntimeLibrary: Sendable {
  /// The path of the archive.
  public let archive: String

  /// Why it can't be found.
  public struct NotFound: Error, CustomStringConvertible {
    /// One sentence.
    public let description: String
  }

  /// Which of its variants.
  public enum Variant: String, Sendable {
    case plain = "libnanocrt.a"
    /// Reports cells that were never freed.
    case checked = "libnanocrt-checked.a"
    /// Counts and samples what functions do, and reports it at the end.
    case profile = "libnanocrt-profile.a"
  }

  /// Finds a variant of the library.
  public static func locate(_ variant: Variant) throws -> RuntimeLibrary {
    RuntimeLibrary(archive: try SupportFiles.locate(variant.rawValue, "the run-time library"))
  }
}

/// A file that the linker needs or makes, and that the system does not take.
public struct UnwritableFile: Error {
  /// The system's words.
  public let reason: String
}

/// Ends the linker that runs, if any, with the processes that it has started; for signal handlers. It has a process group
/// of its own, which no signal to this process reaches.
public func killLinker() {
  if running > 0 { kill(-running, SIGKILL) }
}

/// The process of the linker; 0 for none.
private nonisolated(unsafe) var running: pid_t = 0

/// Calls the system's linker through its C compiler, which knows where the C library is.
enum Linker {
  /// Why linking failed.
  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  /// Where object files are while they are linked.
  static func objectPaths(beside path: String, count: Int) -> [String] { (0..<count).map { "\(path).\($0).o" } }

  static func link(_ objects: [[UInt8]], runtime: RuntimeLibrary, to path: String) throws {
    guard let driver = find("cc") ?? find("clang") ?? find("gcc") else {
      throw Failure(description: "linking needs a C compiler driver; install gcc or clang, or use --target=object")
    }
    let objectPaths = objectPaths(beside: path, count: objects.count)
    defer { for objectPath in objectPaths { unlink(objectPath) } }
    for (objectPath, object) in zip(objectPaths, objects) { try write(object, to: objectPath) }
    var arguments = ["-o", path] + objectPaths + [runtime.archive, "-l:libgmp.a"]
    arguments += ["-Wl,--gc-sections,--as-needed,--build-id=none", "-lm"]
    if find("ld.lld") != nil { arguments.append("-fuse-ld=lld") }
    var errors = try SystemPipe()
    let process = try ChildProcess(driver, arguments, output: STDERR_FILENO, errors: errors.end, ownGroup: true)
    running = process.identifier
    defer { running = 0 }
    errors.closeWriting()
    let output = errors.readAll()
    switch process.wait() {
    case .exit(code: 0): break
    case .signal(number: SIGXFSZ): throw UnwritableFile(reason: String(cString: strerror(EFBIG)))
    default:
      throw Failure(description: "the linker \(driver) failed:\n\(String(decoding: output, as: UTF8.self))")
    }
  }

  private static func write(_ object: [UInt8], to path: String) throws {
    let file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    guard file >= 0 else { throw UnwritableFile(reason: String(cString: strerror(errno))) }
    defer { close(file) }
    var rest = object[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Foundation.write(file, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw UnwritableFile(reason: String(cString: strerror(errno))) }
      rest = rest.dropFirst(count)
    }
  }

  /// The path of a program in `PATH`.
  private static func find(_ program: String) -> String? {
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin").split(separator: ":")
    return folders.map { "\($0)/\(program)" }.first { FileManager.default.isExecutableFile(atPath: $0) }
  }
}

import Foundation
import NativePasses

/// The unfinished files of this process, so that none is left behind when it is interrupted.
///
/// A signal handler may only touch plain memory, so the paths stand in a table of C strings.
enum TemporaryFiles {
  private static let capacity = 32
  nonisolated(unsafe) private static let paths: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?> = {
    let paths = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>.allocate(capacity: capacity)
    paths.initialize(repeating: nil, count: capacity)
    return paths
  }()

  /// Removes the unfinished files when the process is asked to end, and then lets it end as it would have. A file that
  /// grows larger than the system allows is no reason to end: writing it fails.
  static func removeOnSignals() {
    signal(SIGXFSZ, SIG_IGN)
    for number in [SIGINT, SIGTERM, SIGHUP] where !isIgnored(number) {
      signal(number) { number in
        killLinker()
        TemporaryFiles.removeAll()
        signal(number, SIG_DFL)
        raise(number)
      }
    }
    _ = paths
  }

  /// Removes all unfinished files.
  static func removeAll() {
    for index in 0..<capacity { if let path = paths[index] { unlink(path) } }
  }

  /// The same for several files.
  static func using<Result>(_ paths: some Collection<String>, _ body: () throws -> Result) rethrows -> Result {
    guard let first = paths.first else { return try body() }
    return try using(first) { try using(paths.dropFirst(), body) }
  }

  /// Runs `body`, in which a file of that path is unfinished; the file is gone behind it.
  static func using<Result>(_ path: String, _ body: () throws -> Result) rethrows -> Result {
    let free = (0..<capacity).first { paths[$0] == nil }
    if let free { paths[free] = strdup(path) }
    defer {
      unlink(path)
      if let free {
        let text = paths[free]
        paths[free] = nil
        Foundation.free(text)
      }
    }
    return try body()
  }
}

/// Whether the caller has switched the signal off, as `nohup` does.
func isIgnored(_ number: Int32) -> Bool {
  var action = sigaction()
  guard sigaction(number, nil, &action) == 0 else { return true }
  return unsafeBitCast(action.__sigaction_handler.sa_handler, to: UInt.self)
    == unsafeBitCast(SIG_IGN as sighandler_t?, to: UInt.self)
}

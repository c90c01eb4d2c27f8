public import Foundation

/// Why the system did not do what it was asked for.
public struct SystemFailure: Error, CustomStringConvertible {
  /// The system's words.
  public let description: String

  init(_ number: Int32) { description = String(cString: strerror(number)) }
}

/// A process that was started from a program's file.
///
/// Foundation's `Process` needs threads to wait, and waits for ever where the system gives none for want of memory; it
/// would also repair values of the environment that are not UTF-8.
public struct ChildProcess: Sendable {
  /// Its number.
  public let identifier: pid_t

  /// How it ended.
  public enum End: Sendable, Equatable {
    case exit(code: Int32)
    case signal(number: Int32)
  }

  /// Starts a program with this process's environment. It does not ignore signals that this process ignores, but for
  /// those that its caller may have switched off, as `nohup` does.
  ///
  /// - Parameters:
  ///   - output: what stands for its standard output; nil for that of this process.
  ///   - errors: the same for its standard error.
  ///   - ownGroup: whether it gets a process group of its own, which signals from the keyboard don't reach.
  /// - Throws: `SystemFailure` if the system does not start it.
  public init(
    _ path: String, _ arguments: [String], output: Int32? = nil, errors: Int32? = nil, ownGroup: Bool = false
  ) throws {
    var words: [UnsafeMutablePointer<CChar>?] = ([path] + arguments).map { strdup($0) } + [nil]
    defer { for word in words { free(word) } }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    if let output { posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO) }
    if let errors { posix_spawn_file_actions_adddup2(&actions, errors, STDERR_FILENO) }
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var signals = sigset_t()
    sigfillset(&signals)
    for number in [SIGHUP, SIGINT, SIGQUIT] { sigdelset(&signals, number) }
    posix_spawnattr_setsigdefault(&attributes, &signals)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF | (ownGroup ? POSIX_SPAWN_SETPGROUP : 0)))
    var process = pid_t()
    let error = posix_spawn(&process, path, &actions, &attributes, &words, environ)
    guard error == 0 else { throw SystemFailure(error) }
    identifier = process
  }

  /// Waits until it has ended.
  public func wait() -> End {
    var status: Int32 = 0
    while waitpid(identifier, &status, 0) == -1, errno == EINTR {}
    return status & 0x7f == 0 ? .exit(code: status >> 8 & 0xff) : .signal(number: status & 0x7f)
  }
}

/// A pipe of the system, whose ends child processes don't get but by name.
public struct SystemPipe: ~Copyable {
  /// What can be read from.
  public let reading: Int32
  private var writing: Int32

  /// - Throws: `SystemFailure` if the system gives none.
  public init() throws {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { throw SystemFailure(errno) }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    (reading, writing) = (ends[0], ends[1])
  }

  /// What a child process writes to.
  public var end: Int32 { writing }

  /// Closes this process's end for writing, so that reading ends with the last writer.
  public mutating func closeWriting() {
    if writing >= 0 { close(writing) }
    writing = -1
  }

  /// Reads all that is written.
  public func readAll() -> [UInt8] {
    var result: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = read(reading, &piece, piece.count)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return result }
      result += piece[..<count]
    }
  }

  deinit {
    if writing >= 0 { close(writing) }
    close(reading)
  }
}

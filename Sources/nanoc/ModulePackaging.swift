import ArgumentParser
import Foundation
import NativePasses

/// What a WebAssembly module comes as.
enum ModulePackaging {
  case module
  /// The module, and beside it the host that JavaScript runs it by.
  case moduleWithHost
  /// A page with the module and its host inside.
  case page

  /// The file of the host for browsers and Node.
  private static let host = "aver.mjs"

  /// By the options.
  ///
  /// - Throws: `ValidationError` if they contradict each other.
  init(html: Bool, host: Bool) throws {
    if html, host { throw ValidationError("--host goes not with --html: a page has the host inside") }
    self = html ? .page : host ? .moduleWithHost : .module
  }

  /// The suffix of the default output file, if it is not the target's.
  var suffix: String? { self == .page ? ".html" : nil }

  /// All files that are written when the output goes to `path`.
  ///
  /// - Throws: `InvocationError` if a file cannot stand beside that.
  func files(for path: String) throws -> [String] {
    guard self == .moduleWithHost else { return [path] }
    var status = stat()
    if isStandardOutput(path) || stat(path, &status) == 0 && ![S_IFREG, S_IFDIR].contains(status.st_mode & S_IFMT) {
      throw InvocationError("--host writes \(Self.host) beside the module, but \(path) is no file; name one with -o")
    }
    let url = URL(fileURLWithPath: path)
    guard url.lastPathComponent != Self.host else {
      throw InvocationError("--host writes \(Self.host), so that the module can't have this name; name another with -o")
    }
    let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
    let host = folder + Self.host
    if isSameFile(host, path) { throw InvocationError("\(host) and \(path) are one file; name another with -o") }
    return [host, path]
  }

  /// Writes a module. A file that can't be written leaves all as they were.
  ///
  /// - Throws: `InvocationError`, `RuntimeLibrary.NotFound` if a part of the page or the host is not installed.
  func write(_ module: [UInt8], to path: String, under heading: PageHeading) throws {
    switch self {
    case .module: try writeFile(module, to: path)
    case .page: try writeFile(Array(try WasmPage(module: module, heading: heading).html().utf8), to: path)
    case .moduleWithHost:
      let text = try readFile(try SupportFiles.locate(Self.host, "the host of modules"))
      try writeFiles(zip(try files(for: path), [text, module]).map { (path: $0, bytes: $1) })
    }
  }
}

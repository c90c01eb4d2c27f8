import ArgumentParser
import Foundation
import NativePasses
import WasmPasses

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

  /// All files that are written when the output goes to `path`; `mapped` if there is a source map.
  ///
  /// - Throws: `InvocationError` if a file cannot stand beside that.
  func files(for path: String, mapped: Bool) throws -> [String] {
    let map = mapped ? SourceMapPlace(of: path, self).file.map { [$0] } ?? [] : []
    return (try host(for: path).map { [$0] } ?? []) + map + [path]
  }

  /// The file of the host beside the output `path`, if there is one.
  private func host(for path: String) throws -> String? {
    guard self == .moduleWithHost else { return nil }
    if isNoFile(path) {
      throw InvocationError("--host writes \(Self.host) beside the module, but \(path) is no file; name one with -o")
    }
    let url = URL(fileURLWithPath: path)
    guard url.lastPathComponent != Self.host else {
      throw InvocationError("--host writes \(Self.host), so that the module can't have this name; name another with -o")
    }
    let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
    let host = folder + Self.host
    if isSameFile(host, path) { throw InvocationError("\(host) and \(path) are one file; name another with -o") }
    return host
  }

  /// Writes a module. A file that can't be written leaves all as they were.
  ///
  /// - Throws: `InvocationError`, `RuntimeLibrary.NotFound` if a part of the page or the host is not installed.
  func write(_ module: WasmBackEnd.Module, to path: String, under heading: PageHeading) throws {
    if self == .page {
      return try writeFile(Array(try WasmPage(module: module.bytes, heading: heading).html().utf8), to: path)
    }
    var files: [(path: String, bytes: [UInt8])] = []
    if let host = try host(for: path) {
      files.append((host, try readFile(try SupportFiles.locate(Self.host, "the host of modules"))))
    }
    if let map = module.sourceMap, let file = SourceMapPlace(of: path, self).file {
      files.append((file, Array(map.utf8)))
    }
    if files.isEmpty { return try writeFile(module.bytes, to: path) }
    try writeFiles(files + [(path, module.bytes)])
  }
}

/// Whether a path is that of a stream or device, beside which no file can stand.
private func isNoFile(_ path: String) -> Bool {
  var status = stat()
  return isStandardOutput(path) || stat(path, &status) == 0 && ![S_IFREG, S_IFDIR].contains(status.st_mode & S_IFMT)
}

/// Where the source map of a module goes.
struct SourceMapPlace {
  /// The file; nil if the map is inside the module, since no file can stand beside it.
  let file: String?
  /// Where debuggers find it, seen from the module.
  let url: String?
  /// The folder that names of sources are relative to.
  private let folder: [String]

  /// The place for a module that goes to `path`.
  init(of path: String, _ packaging: ModulePackaging) {
    let isInside = packaging == .page || isNoFile(path)
    file = isInside ? nil : path + ".map"
    let name = URL(fileURLWithPath: path).lastPathComponent + ".map"
    url = isInside ? nil : name.addingPercentEncoding(withAllowedCharacters: .urlPathAllowed) ?? name
    let folder = isInside ? URL(fileURLWithPath: ".") : URL(fileURLWithPath: path).deletingLastPathComponent()
    self.folder = folder.standardizedFileURL.pathComponents
  }

  /// What the map calls a source file: its path seen from the map, or `aver:List.av` for one of the library.
  func name(ofSource path: String) -> String {
    let library = "<library>/"
    if path.hasPrefix(library) { return "aver:" + path.dropFirst(library.count) }
    let parts = URL(fileURLWithPath: path).standardizedFileURL.pathComponents
    let common = zip(parts, folder).prefix { $0 == $1 }.count
    let up = repeatElement("..", count: folder.count - common)
    let name = (Array(up) + parts[common...]).joined(separator: "/")
    return name.addingPercentEncoding(withAllowedCharacters: .urlPathAllowed) ?? name
  }
}

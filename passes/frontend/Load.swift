import Diagnostics
public import Languages
public import Nanopass
import Prelude

/// Read the files that the entry depends on, and add the modules of the standard library that are mentioned.
///
///     (source ((text "main.av" "" ...)))
///     =>  (source ((text "main.av" "" ...) (text "data/fib.av" "Data.Fib" ...) (text "<library>/List.av" "List" ...)))
///
/// Files stand in order of mention, each once. A file that is not there is left out; order-modules reports it.
///
/// Ensures: one-entry.
public struct Load: Pass {
  public typealias Input = Source
  public typealias Output = Source
  public static let summary = "Read the files that the entry depends on"
  public static let toleratesErrors = true
  public static let effects: Set<PassEffect> = [.readsFiles]

  private var files: [Source.File] = []
  /// Names of modules that were looked for.
  private var asked: Set<String> = []
  /// Canonical paths of the files that were read, with the module that each became.
  private var identities: Set<String> = []

  public init() {}

  public mutating func run(_ input: Source.Root, in context: PassContext) throws -> Source.Root {
    files = input.files
    for case .text(_, let path, _, false, _) in files {
      if let identity = context.files.identity(of: path, inRoot: false) { identities.insert(identity) }
    }
    var next = 0
    while next < files.count {
      if case .text(_, _, _, false, let content) = files[next] {
        for name in dependencies(of: content) where !providedModules.contains(name) && asked.insert(name).inserted {
          try load(name, in: context)
        }
      }
      next += 1
    }
    let own = files.count
    try addLibrary(in: context)
    context.explain(
      "loaded \(own) files and \(files.count - own) modules of the standard library",
      details: files.map(\.path), data: [("files", own), ("library", files.count - own)])
    return Source.Root(input.span, files: files)
  }

  /// The names in the `depends` clauses of a file's header, in order.
  private func dependencies(of content: String) -> [String] {
    var lexer = Lexer(content, base: 0, headerOnly: true)
    lexer.run()
    var names: [String] = []
    var path: [String]?
    for (index, token) in lexer.tokens.enumerated() {
      switch token {
      case .lower(_, "depends") where path == nil: path = opensList(lexer.tokens, index + 1) ? [] : nil
      case .lower(_, let name), .upper(_, let name): path?.append(name.text)
      case .sign(_, let sign) where sign == Signs.comma || sign == Signs.closeBracket:
        if let segments = path, !segments.isEmpty { names.append(segments.joined(separator: ".")) }
        if path != nil { path = sign == Signs.comma ? [] : nil }
      default: break
      }
    }
    return names
  }

  private func opensList(_ tokens: [Lexemes.Token], _ index: Int) -> Bool {
    guard index < tokens.count, case .sign(_, let sign) = tokens[index] else { return false }
    return sign == Signs.openBracket
  }

  /// Reads a module's file, if there is one that was not read before.
  private mutating func load(_ name: String, in context: PassContext) throws {
    for path in modulePaths(name) {
      switch context.files.read(path, inRoot: true) {
      case .missing: continue
      case .unreadable(let reason):
        files.append(.unreadable(.none, path: path, module: name, reason: reason))
        return
      case .bytes(let bytes, let identity):
        if identities.insert(identity).inserted { try add(path: path, bytes: bytes, module: name, in: context) }
        return
      }
    }
  }

  private mutating func add(path: String, bytes: [UInt8], module: String, in context: PassContext) throws {
    let span: Span
    do {
      span = try context.sources.add(path: path, bytes: bytes).span
    } catch {
      files.append(.unreadable(.none, path: path, module: module, reason: "\(error)"))
      return
    }
    if let content = String(validating: bytes, as: UTF8.self) {
      files.append(.text(span, path: path, module: module, isLibrary: false, content: content))
    } else {
      files.append(.malformed(span, path: path, module: module, offset: firstMalformedByte(of: bytes)))
    }
  }

  /// Adds the modules of the standard library that any file mentions, and those that these mention.
  private mutating func addLibrary(in context: PassContext) throws {
    var next = 0
    while next < files.count {
      if case .text(_, _, _, _, let content) = files[next] {
        for name in mentionedModules(in: content, among: preludeSources) {
          let path = "<library>/\(name).av"
          guard identities.insert(path).inserted, let text = preludeSources[name] else { continue }
          let file = try context.sources.add(path: path, bytes: Array(text.utf8))
          files.append(.text(file.span, path: path, module: name, isLibrary: true, content: text))
        }
      }
      next += 1
    }
  }
}

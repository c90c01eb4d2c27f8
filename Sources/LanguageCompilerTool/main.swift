import Foundation
import LanguageCompiler

/// `language-compiler OUTPUT-DIR FILE...`: writes the Swift derived from `.lang` files, one file each, or one
/// `PreludeSources.swift` for `.av` files, `PageSources.swift` for `.page` files, `WasmLibrarySources.swift` for `.wir`
/// files. A file whose text would not change is left alone.
func run(_ arguments: [String]) throws {
  guard let directory = arguments.first else {
    throw DefinitionError(file: "language-compiler", line: 0, message: "usage: language-compiler OUTPUT-DIR FILE...")
  }
  let files = try arguments.dropFirst().map { path in
    let url = URL(fileURLWithPath: path)
    return (path: path, url: url, text: try String(contentsOf: url, encoding: .utf8))
  }
  var outputs: [(name: String, text: String)] = []
  if files.contains(where: { $0.url.pathExtension == "lang" }) {
    let family = try LanguageFamily(files: files.map { ($0.path, $0.text) })
    outputs = family.languages.map { ("\($0.name).swift", family.swiftSource(of: $0)) }
  } else {
    let sources = files.map { ($0.url.deletingPathExtension().lastPathComponent, $0.text) }
    if files.contains(where: { $0.url.pathExtension == "page" }) {
      outputs = [("PageSources.swift", embeddedPages(sources))]
    } else if files.contains(where: { $0.url.pathExtension == "wir" }) {
      let isForMemory = files.map { $0.url.deletingLastPathComponent().lastPathComponent == "memory" }
      let (memory, general) = (zip(sources, isForMemory).filter(\.1), zip(sources, isForMemory).filter { !$0.1 })
      outputs = [
        ("WasmLibrarySources.swift", try embeddedLibrary(general.map(\.0), memory: memory.map(\.0)))
      ]
    } else {
      outputs = [("PreludeSources.swift", embeddedSources(sources))]
    }
  }
  for output in outputs {
    let url = URL(fileURLWithPath: directory).appendingPathComponent(output.name)
    if (try? String(contentsOf: url, encoding: .utf8)) != output.text {
      try output.text.write(to: url, atomically: true, encoding: .utf8)
    }
  }
}

do {
  try run(Array(CommandLine.arguments.dropFirst()))
} catch {
  FileHandle.standardError.write(Data("\(error)\n".utf8))
  exit(1)
}

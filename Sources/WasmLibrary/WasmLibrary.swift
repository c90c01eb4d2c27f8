import Foundation
import LanguageCompiler

/// The declarations of the library by name: those that the compiler carries. In debug builds those of the folder in the
/// environment variable `NANOC_WASM_LIBRARY`, if that is set, so that the library can be changed without a build.
public let wasmLibrary: [String: String] = declarations(in: "", else: wasmLibrarySources)

/// Those that stand before them where values lie in memory: of the folder `memory`.
public let wasmMemoryLibrary: [String: String] = declarations(in: "memory", else: wasmMemoryLibrarySources)

private func declarations(in part: String, else embedded: [String: String]) -> [String: String] {
  #if DEBUG
    if let folder = ProcessInfo.processInfo.environment["NANOC_WASM_LIBRARY"] {
      return read(URL(fileURLWithPath: folder).appendingPathComponent(part))
    }
  #endif
  return embedded
}

#if DEBUG
  private func read(_ folder: URL) -> [String: String] {
    do {
      let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        .filter { $0.pathExtension == "wir" }
      return try libraryForms(files.map { ($0.lastPathComponent, try String(contentsOf: $0, encoding: .utf8)) })
    } catch {
      FileHandle.standardError.write(Data("NANOC_WASM_LIBRARY: \(error)\n".utf8))
      return [:]
    }
  }
#endif

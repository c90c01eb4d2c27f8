import Foundation
import PackagePlugin

/// Runs the language compiler over a target's `.lang` (or `.av`, `.page` or `.wir`) files, those in folders included.
@main struct LanguagePlugin: BuildToolPlugin {
  func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
    let all = FileManager.default.enumerator(at: target.directoryURL, includingPropertiesForKeys: nil)
    let files = (all?.compactMap { $0 as? URL } ?? [])
      .filter { ["lang", "av", "page", "wir"].contains($0.pathExtension) }.sorted { $0.path < $1.path }
    let names = files.filter { $0.pathExtension == "lang" }.map { $0.deletingPathExtension().lastPathComponent }
    let kinds = ["page": "PageSources", "wir": "WasmLibrarySources"]
    let embedded = files.lazy.compactMap { kinds[$0.pathExtension] }.first ?? "PreludeSources"
    let outputs = (names.isEmpty ? [embedded] : names).map {
      context.pluginWorkDirectoryURL.appendingPathComponent("\($0).swift")
    }
    return [
      .buildCommand(
        displayName: "Deriving Swift for \(target.name)", executable: try context.tool(named: "language-compiler").url,
        arguments: [context.pluginWorkDirectoryURL.path] + files.map(\.path), inputFiles: files, outputFiles: outputs)
    ]
  }
}

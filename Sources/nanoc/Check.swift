import ArgumentParser
import Diagnostics
import Foundation
import Languages
import Nanopass
import Passes

/// `nanoc check PATH...`: the front end alone, with all warnings.
struct Check: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Report errors and warnings without compiling.",
    discussion: """
      A folder stands for all .av files below it. Each file is looked at with the modules it depends on; each module is
      reported once, behind those it depends on. Verify blocks are checked, not run. Warnings don't change the exit code.
      """)

  @Argument(help: ArgumentHelp("Files and folders.", valueName: "path"), completion: .file(extensions: ["av"]))
  var paths: [String]

  @OptionGroup(title: "Sources") var source: SourceOptions

  func run() throws {
    let (paths, source) = (paths, source)
    let code = onLargeStack { Checker(source: source).check(paths) }
    if code != 0 { throw ExitCode(code) }
  }
}

/// Checks files one after the other.
private struct Checker: Sendable {
  let source: SourceOptions

  /// What is known of all files so far.
  private struct Tally {
    var reported: Set<String> = []
    var (files, failed, errors, warnings) = (0, 0, 0, 0)
    var isUnreadable = false
  }

  /// Reports on all files and gives the exit code.
  func check(_ paths: [String]) -> Int32 {
    var tally = Tally()
    do {
      for path in paths {
        let files = isDirectory(path) ? try sources(below: path) : [path]
        for file in files { try check(file, &tally) }
      }
    } catch let bug as BugReport {
      return bug.report()
    } catch {
      Console.error("error: \(error)")
      return 2
    }
    if source.json {
      let renderer = JSONRenderer(sources: SourceMap())
      Console.output(
        renderer.summary(
          files: tally.files, passed: tally.files - tally.failed, failed: tally.failed, errors: tally.errors,
          warnings: tally.warnings) + "\n")
    }
    return tally.isUnreadable ? 2 : tally.errors > 0 ? 1 : 0
  }

  private func check(_ path: String, _ tally: inout Tally) throws {
    let context = PassContext(
      sources: SourceMap(), options: CompilerOptions(needsMain: false, isCheck: true),
      files: DiskFiles(root: try source.checkedModuleRoot()))
    let start: AnyProgram
    do {
      start = try startingProgram(path, context)
    } catch let failure as InvocationError {
      tally.isUnreadable = true
      tally.files += 1
      tally.failed += 1
      tally.errors += 1
      if source.json {
        let renderer = JSONRenderer(sources: context.sources)
        Console.output(renderer.fileError(path: path, error: failure.description) + "\n")
      } else {
        Console.error("error: \(failure)")
      }
      return
    }
    var runner = PipelineRunner(stages: nativePipeline.stages)
    let end = runner.stages.lastIndex { $0.isAdvice } ?? runner.stages.count - 1
    var names: [UInt32: String] = [:]
    runner.observe = { _, _, program in
      guard let root = program.root as? Program.Root else { return }
      for module in root.modules where !module.name.text.isEmpty {
        if let file = context.sources.file(at: module.span.start) { names[file.base] = module.name.text }
      }
    }
    do {
      _ = try runner.run(start, through: end, in: context)
    } catch let bug as PassBug {
      throw BugReport(bug, start, behind: nil, in: context)
    }
    report(context, names, &tally)
  }

  /// Reports the files that have not been reported yet, by the names of their modules, or their own if those are not
  /// known.
  ///
  /// - Parameter names: the names of modules by the positions where their files begin.
  private func report(_ context: PassContext, _ names: [UInt32: String], _ tally: inout Tally) {
    let folder = FileManager.default.currentDirectoryPath
    let files = context.sources.reportOrder.filter { !$0.path.hasPrefix("<library>") }
    let sorted = DiagnosticList(context.diagnostics).sorted(by: context.sources)
    let json = JSONRenderer(sources: context.sources, relativeTo: folder)
    for (index, file) in files.enumerated() {
      guard tally.reported.insert(identity(of: file.path)).inserted else { continue }
      let isLast = index == files.count - 1
      let own = sorted.filter { finding in
        if finding.span.isNone { return isLast }
        return context.sources.file(at: finding.span.start) === file
      }
      let errors = own.count { $0.severity == .error }
      let warnings = own.count { $0.severity == .warning }
      tally.files += 1
      tally.failed += errors > 0 ? 1 : 0
      tally.errors += errors
      tally.warnings += warnings
      let label = json.label(of: file)
      if source.json {
        Console.output(json.analysis(label: label, own) + "\n")
        continue
      }
      let name = names[file.base] ?? label
      Console.output("Check: \(name): \(counted(errors, "error")), \(counted(warnings, "warning"))\n")
      if own.isEmpty { continue }
      let text = TextRenderer(color: source.color.isOn, sources: context.sources, relativeTo: folder)
      Console.errorText(text.render(own, most: TextRenderer.mostShown))
    }
  }

  private func counted(_ count: Int, _ what: String) -> String { "\(count) \(what)\(count == 1 ? "" : "s")" }

  private func identity(of path: String) -> String {
    let full = source.moduleRoot == "." || path.hasPrefix("/") ? path : source.moduleRoot + "/" + path
    return canonical(FileManager.default.fileExists(atPath: path) ? path : full)
  }

  private func canonical(_ path: String) -> String { URL(fileURLWithPath: path).resolvingSymlinksInPath().path }

  private func isDirectory(_ path: String) -> Bool {
    var isDirectory: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) && isDirectory.boolValue
  }

  /// All source files below a folder by path, without those in hidden folders.
  private func sources(below folder: String, _ around: [String] = []) throws -> [String] {
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder) else {
      throw InvocationError("can't read the folder \(folder)")
    }
    // A link to a folder around is not followed.
    let around = around + [canonical(folder)]
    return try names.sorted().flatMap { name -> [String] in
      let path = folder == "." ? name : "\(folder)/\(name)"
      if name.hasPrefix(".") { return [] }
      if isDirectory(path) { return around.contains(canonical(path)) ? [] : try sources(below: path, around) }
      return name.hasSuffix(".av") ? [path] : []
    }
  }
}

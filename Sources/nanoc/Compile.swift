import ArgumentParser
import CAllocator
import Foundation
import Interpreters
import Nanopass
import NativePasses
import Passes

extension Interpreter: ExpressibleByArgument {}

/// `nanoc FILE.av`: compile, or stop on the way.
struct Compile: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Compile a program (the default command).",
    discussion: """
      Without `-o` the output goes to the current directory, named after FILE. Nothing is written unless the
      compilation succeeds.
      """)

  @Argument(help: ArgumentHelp("The program's main file.", valueName: "file.av"), completion: .file(extensions: ["av"]))
  var file: String?

  @Option(name: [.short, .customLong("output")], help: ArgumentHelp("The output file.", valueName: "out"))
  var output: String?

  @Option(
    name: .customLong("target"),
    help: ArgumentHelp(
      "What to make: native (the default), object, assembly, llvm-ir, wasm-gc or wasm32.", valueName: "target"),
    completion: .list(Target.allCases.map(\.rawValue)), transform: Target.parse)
  var chosenTarget: Target?

  private var target: Target { chosenTarget ?? .native }

  @Flag(help: "For wasm-gc: write a page that runs the program in a browser, FILE.html, in place of the module.")
  var html = false

  @Flag(help: "For wasm-gc: write the module's host for JavaScript, aver.mjs, beside the module.")
  var host = false

  @Flag var optimization: OptimizationFlag?

  @Option(
    help: ArgumentHelp(
      "Run up to and including this pass and print the program; with -o X.zst write a snapshot.", valueName: "pass"),
    completion: .list(allPassNames))
  var stopAfter: String?

  @Flag(
    name: [.customShort("g"), .customLong("debug")],
    help: "Tell debuggers of lines, functions and variables; best with -O0. A module gets names and a source map.")
  var debug = false

  @Flag(
    help: "For modules: write a source map, OUT.map, by which debuggers show lines of the source; part of -g.")
  var sourceMap = false

  @Flag(help: "List all passes in order, or those on the way to the target that is named.")
  var listPasses = false

  @Flag(help: "Print where the script is that lets gdb print Aver's values: gdb -x $(nanoc --gdb-script) PROGRAM.")
  var gdbScript = false

  @Flag(name: .customLong("check-leaks"), help: "Have the program report cells that were never freed; not for wasm-gc.")
  var checkLeaks = false

  @OptionGroup(title: "Sources") var source: SourceOptions
  @OptionGroup(title: "Passes") var passes: PassOptions

  func run() throws {
    if listPasses { return PassList.print(json: source.json, to: chosenTarget) }
    if gdbScript {
      return Console.output(try SupportFiles.locate(SupportFiles.gdbScript, "the script for gdb") + "\n")
    }
    guard file != nil || passes.resume != nil else {
      throw CleanExit.helpRequest(Nanoc.self)
    }
    if let stopAfter { try PassList.validate(stopAfter) }
    let packaging = try ModulePackaging(html: html, host: host)
    if packaging != .module {
      let option = html ? "--html" : "--host"
      guard target == .wasmGC else {
        let reason = target == .wasm32 ? "; the host of wasm32 is the WebAssembly System Interface" : ""
        throw ValidationError("\(option) is for modules of wasm-gc: add --target=wasm-gc\(reason)")
      }
      guard stopAfter == nil else {
        throw ValidationError("\(option) goes not with --stop-after, which ends before there is a module")
      }
    }
    guard !sourceMap || target.isModule else {
      throw ValidationError("--source-map is for modules; add --target=wasm-gc or --target=wasm32")
    }
    try target.allow(checkLeaks: checkLeaks)
    var driver = try Driver(file: file, source: source, passes: passes, optimization: optimization)
    driver.stopAfter = stopAfter
    driver.target = stopAfter.map { target.leading(through: $0) } ?? target
    driver.packaging = packaging
    driver.output = output
    driver.checksLeaks = checkLeaks
    driver.describes = debug
    driver.mapsSource = sourceMap
    let prepared = driver
    let code = onLargeStack { prepared.compile() }
    if code != 0 { throw ExitCode(code) }
  }
}

/// `nanoc run FILE.av`: compile in memory and run.
struct Run: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Compile a program in memory and run it; its exit code is passed on.",
    usage: "nanoc run FILE.av [options] [-- ARGS...]")

  @Argument(help: ArgumentHelp("The program's main file.", valueName: "file.av"), completion: .file(extensions: ["av"]))
  var file: String?

  @Option(
    help: "Where to run it: native, in this process; wasm-gc, by Node; or wasm32, by wasmtime, Node or wasmkit.",
    completion: .list(Target.runnable.map(\.rawValue)), transform: Target.parse)
  var target: Target = .native

  @Flag var optimization: OptimizationFlag?

  @OptionGroup(title: "Sources") var source: SourceOptions
  @OptionGroup(title: "Passes") var passes: PassOptions

  @Flag(name: .customLong("check-leaks"), help: "Use a runtime that reports cells that were never freed.")
  var checkLeaks = false

  @Flag(
    help: ArgumentHelp(
      "Report at the end, on standard error, what each function took.",
      discussion: """
        Each line is a function with its share of the time of the processor, and the calls, allocations and bytes of its \
        own, without those of the functions that it calls. What was inlined counts for its caller; -O0 inlines nothing.
        """))
  var profile = false

  @Flag(
    name: [.customShort("g"), .customLong("debug")],
    help: ArgumentHelp(
      "Tell a debugger of lines, functions and variables; best with -O0.",
      discussion: "For gdb -x $(nanoc --gdb-script) --args nanoc run -g -O0 FILE.av"))
  var debug = false

  @Option(
    help: ArgumentHelp(
      "Run the program by the interpreter of a language (typed, core or counted) instead of compiling it; what it prints comes at its end.",
      valueName: "language"))
  var interpret: Interpreter?

  @Argument(parsing: .postTerminator, help: "What the program gets from Args.get().")
  var arguments: [String] = []

  func run() throws {
    guard file != nil || passes.resume != nil else { throw ValidationError("Name the file to run: nanoc run FILE.av") }
    let isModule = file?.hasSuffix(Target.wasmGC.suffix) == true
    let late = [
      (optimization?.flag ?? "", optimization != nil), ("--profile", profile), ("--check-leaks", checkLeaks),
      ("-g", debug), ("--interpret", interpret != nil),
    ].first { $0.1 }
    if isModule, let late { throw ValidationError("\(file ?? "") has been compiled; leave \(late.0) out") }
    var driver = try Driver(file: file, source: source, passes: passes, optimization: optimization)
    if debug, interpret != nil { throw ValidationError("-g goes not with --interpret, which makes no code") }
    if profile, checkLeaks || interpret != nil {
      throw ValidationError("--profile goes neither with --check-leaks nor with --interpret")
    }
    guard Target.runnable.contains(target) else {
      let targets = Target.runnable.map(\.rawValue).joined(separator: ", ")
      throw ValidationError("a program can't be run as \(target.rawValue); the targets are \(targets)")
    }
    if target != .native, profile || interpret != nil {
      throw ValidationError("--profile and --interpret are for the target native")
    }
    try target.allow(checkLeaks: checkLeaks)
    driver.checksLeaks = checkLeaks
    driver.profiles = profile
    driver.describes = debug
    driver.target = target
    let prepared = driver
    let programArguments = arguments
    if let file, isModule { throw ExitCode(prepared.runModule(at: file, programArguments)) }
    if target.isModule { throw ExitCode(onLargeStack { prepared.runModule(programArguments) }) }
    if let interpreter = interpret {
      throw ExitCode(onLargeStack { prepared.interpret(by: interpreter, programArguments) })
    }
    // The system may put object code on both sides of the stack, and it must lie within 2 GiB to be linked.
    let loaded = onLargeStack(limit: 1 << 30) { prepared.loadProgram() }
    // The C library gives the main thread memory in larger pieces than others, should address space run out.
    // The end of memory is a fault of the program from here on.
    nanoc_leave_memory_to_program()
    let code = loaded.program?.run(name: prepared.programName, arguments: programArguments) ?? loaded.code
    throw ExitCode(code)
  }
}

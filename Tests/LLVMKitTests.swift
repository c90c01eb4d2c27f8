import Foundation
import LLVMKit
import Testing

/// Builds small modules and takes them through every stage: checking, optimising, emitting, running.
@Suite struct LLVMKitTests {
  let context = Context()

  /// `int64 sum(int64 n)`: 0 + 1 + ... + (n - 1), by a loop of blocks with parameters.
  func addSum(to module: Module) throws -> Function {
    let i64 = context.i64
    let sum = try module.addFunction("sum", context.function([i64], to: i64))
    try sum.add(.nounwind, .memory("none"), in: context)
    try sum.add(.noundef, to: .parameter(0), in: context)
    let entry = sum.appendBlock("entry", in: context)
    let loop = sum.appendBlock("loop", in: context)
    let body = sum.appendBlock("body", in: context)
    let done = sum.appendBlock("done", in: context)
    let build = Builder(module, at: entry)
    build.branch(to: loop)
    build.move(to: loop)
    let index = build.phi(i64, name: "index")
    let total = build.phi(i64, name: "total")
    let more = build.icmp(.slt, index, sum.parameters[0])
    build.branch(if: more, then: body, else: done, weights: (yes: 100, no: 1))
    build.move(to: body)
    let newTotal = build.binary(.add, total, index)
    let newIndex = build.binary(.add, index, context.integer(1), flags: .noSignedWrap)
    build.branch(to: loop)
    try build.addIncoming(index, [(context.integer(0), entry), (newIndex, body)])
    try build.addIncoming(total, [(context.integer(0), entry), (newTotal, body)])
    build.move(to: done)
    build.ret(total)
    return sum
  }

  @Test func loopsAreSeen() throws {
    let module = Module("loops", context: context)
    #expect(try addSum(to: module).goesBack)
    let straight = try module.addFunction("straight", context.function([], to: context.i64))
    #expect(!straight.goesBack)
    let (first, last) = (straight.appendBlock("", in: context), straight.appendBlock("", in: context))
    let build = Builder(module, at: first)
    build.branch(to: last)
    build.move(to: last)
    build.ret(context.integer(0))
    #expect(!straight.goesBack)
  }

  /// `int64 run(int64 n)`: two functions with different parameters that jump to each other n times; the first one
  /// counts the steps in a second parameter, the second one carries nine more so that some are passed in memory.
  func addPingPong(to module: Module) throws {
    let i64 = context.i64
    let ping = try module.addFunction(
      "ping", context.function([i64, i64], to: i64), linkage: .internal, convention: .tail)
    let pong = try module.addFunction(
      "pong", context.function(Array(repeating: i64, count: 11), to: i64), linkage: .internal, convention: .tail)
    for (function, other, count) in [(ping, pong, 11), (pong, ping, 2)] {
      try function.add(.noinline, .nounwind, in: context)
      let build = Builder(module, at: function.appendBlock("entry", in: context))
      let (left, steps) = (function.parameters[0], function.parameters[1])
      let stop = function.appendBlock("stop", in: context)
      let go = function.appendBlock("go", in: context)
      build.branch(if: build.icmp(.eq, left, context.integer(0)), then: stop, else: go)
      build.move(to: stop)
      build.ret(steps)
      build.move(to: go)
      let less = build.binary(.sub, left, context.integer(1))
      let more = build.binary(.add, steps, context.integer(1))
      let arguments = [less, more] + Array(repeating: more, count: count - 2)
      build.ret(try build.call(other, arguments, tail: .required))
    }
    let run = try module.addFunction("run", context.function([i64], to: i64))
    let build = Builder(module, at: run.appendBlock("entry", in: context))
    build.ret(try build.call(ping, [run.parameters[0], context.integer(0)]))
  }

  typealias Unary = @convention(c) (Int64) -> Int64

  /// The symbol as a C function of one number.
  func function(_ name: String, in jit: JIT) throws -> Unary {
    unsafeBitCast(try jit.lookup(name), to: Unary.self)
  }

  @Test(arguments: OptimisationLevel.allCases)
  func loopAndTailCallsRun(level: OptimisationLevel) throws {
    let module = Module("run", context: context)
    _ = try addSum(to: module)
    try addPingPong(to: module)
    try module.verify()
    try PassPipeline.run(level.pipeline, on: module, for: TargetMachine(optimisation: level))
    try module.verify()
    let jit = try JIT(optimisation: level)
    try jit.add(module)
    #expect(try function("sum", in: jit)(1000) == 499_500)
    #expect(try function("run", in: jit)(10_000_000) == 10_000_000)
  }

  @Test func overflowIsReported() throws {
    let module = Module("overflow", context: context)
    let twice = try module.addFunction("twice", context.function([context.i64], to: context.i64))
    let build = Builder(module, at: twice.appendBlock(in: context))
    let sum = try build.overflowing(.sadd, twice.parameters[0], twice.parameters[0])
    build.ret(build.select(sum.overflowed, context.integer(-1), sum.result))
    try module.verify()
    let jit = try JIT()
    try jit.add(module)
    #expect(try function("twice", in: jit)(21) == 42)
    #expect(try function("twice", in: jit)(.max) == -1)
  }

  @Test func memoryAndSwitchRun() throws {
    let module = Module("memory", context: context)
    let header = context.integer(context.i32, 7)
    let words = context.array(of: context.i64, [40, 50, 60].map { context.integer($0) })
    let object = try module.addGlobal(
      "object", context.structure([header, context.integer(context.i32, 0), words]), constant: false,
      unnamedAddress: false, alignment: 8)
    let pick = try module.addFunction("pick", context.function([context.i64], to: context.i64))
    let build = Builder(module, at: pick.appendBlock("entry", in: context))
    let last = pick.appendBlock("last", in: context)
    let other = pick.appendBlock("other", in: context)
    try build.switch(
      on: pick.parameters[0], default: other, cases: [(context.integer(2), last)], weights: [9, 1])
    build.move(to: last)
    build.ret(try build.load(context.i64, build.offset(object.value, bytes: 24), alignment: 8))
    build.move(to: other)
    let count = build.binary(.add, try build.load(context.i32, object.value), context.integer(context.i32, 1))
    try build.store(count, to: object.value)
    build.ret(build.convert(.zext, count, to: context.i64))
    try module.verify()
    #expect(module.text.contains(#"!"branch_weights", i32 9, i32 1"#))
    let jit = try JIT()
    try jit.add(module)
    #expect(try function("pick", in: jit)(2) == 60)
    #expect(try function("pick", in: jit)(0) == 8)
    #expect(try function("pick", in: jit)(0) == 9)
  }

  @Test func numbersKeepTheirBits() throws {
    #expect(context.real(-0.0).text == "double -0.000000e+00")
    #expect(context.real(.infinity).text == "double 0x7FF0000000000000")
    #expect(context.real(0.1).text == "double 1.000000e-01")
    #expect(context.integer(context.i8, -1).text == "i8 -1")
    #expect(context.bytes("a\0b".utf8).text == #"[3 x i8] c"a\00b""#)
  }

  @Test func objectsAndAssemblyAreEmitted() throws {
    let module = Module("emit", context: context)
    _ = try addSum(to: module)
    let cold = try module.addFunction("fail", context.function([], to: context.void))
    try cold.add(.cold, .noreturn, in: context)
    Builder(module, at: cold.appendBlock(in: context)).unreachable()
    _ = try module.addGlobal("words", context.bytes([1, 2, 3]), constant: true)
    _ = try module.addGlobal("where", cold.value, constant: true)
    _ = try module.addGlobal("count", context.integer(0), constant: false)
    module.useSectionPerSymbol()
    try module.verify()
    let machine = try TargetMachine()
    let object = try machine.emit(module)
    #expect(object.starts(with: [0x7f, 0x45, 0x4c, 0x46]))
    let path = FileManager.default.temporaryDirectory.appending(path: "llvmkit-\(UUID()).o").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    try machine.emit(module, to: path)
    #expect(FileManager.default.contents(atPath: path).map(Array.init) == object)
    let assembly = String(decoding: try machine.emit(module, .assembly), as: UTF8.self)
    for section in [".text.sum", ".text.unlikely.fail", ".rodata.words", ".data.rel.ro.where", ".bss.count"] {
      #expect(assembly.contains(section))
    }
    let jit = try JIT()
    try jit.addObject(object)
    #expect(try function("sum", in: jit)(5) == 10)
    #expect(throws: LLVMError.self) { try machine.emit(module, to: "/nowhere/at/all.o") }
  }

  @Test func sourceLinesAreEmitted() throws {
    let module = Module("lines", context: context)
    let answer = try module.addFunction("answer", context.function([context.i64], to: context.i64))
    let info = try DebugInfo(module, file: "answer.av", directory: "/src", producer: "test", optimised: false)
    let scope = info.describe(answer, name: "answer", line: 3)
    let build = Builder(module, at: answer.appendBlock(in: context))
    build.setLocation(line: 4, column: 7, in: scope)
    build.ret(build.binary(.mul, answer.parameters[0], context.integer(3)))
    info.finish()
    try module.verify()
    #expect(module.text.contains("!DILocation(line: 4, column: 7"))
    let assembly = String(decoding: try TargetMachine().emit(module, .assembly), as: UTF8.self)
    #expect(assembly.contains("\"answer.av\"") && assembly.contains(" 4 7"))
  }

  @Test func textAndBitcodeAreReadBack() throws {
    let module = Module("round", context: context)
    _ = try addSum(to: module)
    let again = try Module(parsing: module.text, context: context)
    let third = try Module(parsing: module.bitcode(), name: "third", context: Context())
    for copy in [again, third] {
      #expect(copy.function(named: "sum")?.type.text == "i64 (i64)")
      #expect(copy.text.contains("memory(none)"))
    }
    let message = #expect(throws: LLVMError.self) { try Module(parsing: "define nothing", context: context) }
    #expect(message?.message.contains("error") == true)
  }

  @Test func invalidModulesAreRefused() throws {
    let module = Module("broken", context: context)
    let function = try module.addFunction("broken", context.function([], to: context.i64))
    Builder(module, at: function.appendBlock("entry", in: context)).ret(context.bool(true))
    let error = #expect(throws: LLVMError.self) { try module.verify() }
    #expect(error?.message.contains("return type") == true)
  }

  @Test func misuseIsAnError() throws {
    let module = Module("misuse", context: context)
    let sum = try addSum(to: module)
    let build = Builder(module, at: sum.appendBlock(in: context))
    let machine = try TargetMachine()
    #expect(throws: LLVMError.self) { try build.call(sum, []) }
    #expect(throws: LLVMError.self) { try build.call(sum, [context.bool(true)]) }
    #expect(throws: LLVMError.self) { try build.extract(sum.parameters[0], 0) }
    #expect(throws: LLVMError.self) { try build.alloca(context.i64, alignment: 3) }
    #expect(throws: LLVMError.self) { try sum.add(.named("nounwinding"), in: context) }
    #expect(throws: LLVMError.self) { try sum.add(.memory("nothing"), in: context) }
    #expect(throws: LLVMError.self) { try sum.add(.noundef, to: .parameter(1), in: context) }
    #expect(throws: LLVMError.self) { try module.addFunction("f", context.i64) }
    #expect(throws: LLVMError.self) { try module.addGlobal("g", sum.parameters[0], constant: true) }
    #expect(throws: LLVMError.self) { try Intrinsic("llvm.no.such.thing") }
    #expect(throws: LLVMError.self) { try Intrinsic("llvm.trap").declare(in: module, overloads: [context.i64]) }
    #expect(throws: LLVMError.self) { try PassPipeline.run("no-such-pass", on: module, for: machine) }
  }

  @Test func missingSymbolsAreNamed() throws {
    let module = Module("missing", context: context)
    let absent = try module.addFunction("no_such_function", context.function([], to: context.void))
    let start = try module.addFunction("start", context.function([], to: context.void))
    let build = Builder(module, at: start.appendBlock(in: context))
    try build.call(absent, [])
    build.ret()
    let jit = try JIT()
    try jit.add(module)
    for symbol in ["nowhere_defined", "start"] {
      let error = #expect(throws: LLVMError.self) { try jit.lookup(symbol) }
      #expect(error?.message.contains(symbol == "start" ? "no_such_function" : symbol) == true)
    }
    #expect(throws: LLVMError.self) { try jit.add(module) }
    #expect(throws: LLVMError.self) { try jit.addObject([1, 2, 3]) }
    #expect(throws: LLVMError.self) { try jit.addObject(path: "/nowhere.o") }
    #expect(throws: LLVMError.self) { try jit.addStaticLibrary(path: "/nowhere.a") }
    #expect(throws: LLVMError.self) { try jit.addSharedLibrary(path: "libnosuchlibrary.so.1") }
  }

  @Test func symbolsComeFromTheProcessAndFromGivenAddresses() throws {
    let module = Module("symbols", context: context)
    let type = context.function([context.i64], to: context.i64)
    let given = try module.addFunction("given", type)
    let labs = try module.addFunction("labs", type)
    let both = try module.addFunction("both", type)
    let build = Builder(module, at: both.appendBlock(in: context))
    build.ret(try build.call(given, [build.call(labs, [both.parameters[0]])]))
    let jit = try JIT()
    try jit.add(module)
    let addOne: Unary = { $0 + 1 }
    try jit.define(["given": UInt(bitPattern: unsafeBitCast(addOne, to: Int.self))])
    #expect(throws: LLVMError.self) { try jit.define(["given": 1]) }
    #expect(try function("both", in: jit)(-41) == 42)
  }

  /// A static library with one object file, laid out as `ar` does.
  func archive(of object: [UInt8], defining symbol: String) -> [UInt8] {
    func header(_ name: String, _ size: Int) -> [UInt8] {
      func pad(_ text: String, _ width: Int) -> String { text.padding(toLength: width, withPad: " ", startingAt: 0) }
      return Array((pad(name, 16) + pad("0", 32) + pad(String(size), 10) + "`\n").utf8)
    }
    let names = Array(symbol.utf8) + (symbol.utf8.count % 2 == 0 ? [0, 0] : [0])
    let offset = 8 + 60 + 8 + names.count
    let index = [0, 0, 0, 1, 0, 0, 0, UInt8(offset)] + names
    return Array("!<arch>\n".utf8) + header("/", index.count) + index + header("a.o/", object.count) + object
  }

  @Test func staticLibrariesAreSearched() throws {
    let module = Module("member", context: context)
    _ = try addSum(to: module)
    let library = archive(of: try TargetMachine().emit(module), defining: "sum")
    let folder = FileManager.default.temporaryDirectory
    let path = folder.appending(path: "llvmkit-\(UUID()).a").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    try Data(library).write(to: URL(fileURLWithPath: path))
    let jit = try JIT()
    try jit.addStaticLibrary(path: path)
    #expect(try function("sum", in: jit)(4) == 6)
    for length in [4, 8, 40, 70, 90, library.count - 1] {
      try Data(library.prefix(length)).write(to: URL(fileURLWithPath: path))
      let cut = try JIT()
      #expect(throws: LLVMError.self) {
        try cut.addStaticLibrary(path: path)
        _ = try cut.lookup("sum")
      }
    }
  }
}

import Languages
import LLVMKit
import Nanopass

/// Lets functions count their calls and say when they run, for `nanoc run --profile`.
///
/// Each function of the program or the library has a record: its name, and the numbers of calls, allocations, bytes and
/// samples. On entry, and behind each call of another such function, it makes its record the current one, for which the
/// run-time library counts; see `Profile.swift` there. What the compiler adds counts for its caller, and so does what
/// passes have inlined; LLVM may inline as it likes.
final class ProfileEmitter {
  private static let recordSize = 40

  private let module: Module
  private let records: Global
  private let current: Global
  private var positions: [Name: Int] = [:]

  init(_ module: Module, _ program: Machine.Root) throws {
    self.module = module
    let context = module.context
    let names = program.functions.map(\.name).filter { !$0.text.hasPrefix("nanoc.") }
    positions = Dictionary(names.enumerated().map { ($1, $0) }) { first, _ in first }
    let zeros = [Value](repeating: context.integer(0), count: 4)
    let fields = try names.map { name in
      let text = try module.addGlobal(
        "nanoc.name", context.bytes(Array((name == program.entry ? "(start)" : name.text).utf8), zeroTerminated: true),
        constant: true)
      return context.structure([text.value] + zeros)
    }
    let type = context.structure([context.pointer, context.i64, context.i64, context.i64, context.i64])
    records = try module.addGlobal(
      "nanoc.profile", context.array(of: type, fields), constant: false, alignment: 8)
    current = try module.addGlobal("nanoc_profile_current", context.pointer)
  }

  /// Whether calls of a function leave it or one that it called as the current one.
  func has(_ function: Name) -> Bool { positions[function] != nil }

  /// Counts a call of a function, at its start.
  func enter(_ function: Name, _ builder: Builder) throws {
    guard let position = positions[function] else { return }
    try makeCurrent(function, builder)
    let calls = builder.offset(records.value, bytes: position * Self.recordSize + 8)
    let count = try builder.load(module.context.i64, calls, alignment: 8)
    try builder.store(builder.binary(.add, count, module.context.integer(1)), to: calls, alignment: 8)
  }

  /// Says that a function runs. The library reads it whenever the timer ticks, so that no store may be left out.
  func makeCurrent(_ function: Name, _ builder: Builder) throws {
    guard let position = positions[function] else { return }
    let record = builder.offset(records.value, bytes: position * Self.recordSize)
    try builder.store(record, to: current.value, alignment: 8, isVolatile: true)
  }

  /// Starts the samples, in the C `main`.
  func start(_ builder: Builder) throws {
    let context = module.context
    let start = try module.addFunction(
      "nanoc_profile_start", context.function([context.pointer, context.i64], to: context.void))
    _ = try builder.call(start, [records.value, context.integer(Int64(positions.count))])
  }
}

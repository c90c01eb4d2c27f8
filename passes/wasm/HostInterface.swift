import Languages
public import Nanopass
public import WasmBinary

/// What modules may ask their host for, function by function, and which effects each function carries out. It is written
/// beside the library that uses it, so that what a module imports can be judged by its bytes and by what its program
/// declares alone.
public struct HostInterface: Sendable {
  /// Whom a function of the host serves.
  public enum Service: Sendable {
    /// Programs that declare one of these effects.
    case effects([Name])
    /// Any program: it tells how the program ended.
    case ends
  }

  private var services: [ImportList.Entry: Service] = [:]

  /// A host with these functions.
  public init(_ services: [ImportList.Entry: Service]) { self.services = services }

  /// The hosts of all targets.
  public static let standard = HostInterface(aver.merging(wasi) { first, _ in first })

  /// The host of `wasm-gc`: a function for each effect, which is called like it. `take` brings what those effects give
  /// that are not numbers.
  private static let aver: [ImportList.Entry: Service] = {
    let operations = EffectOperation.all.filter { $0.access != .compiler }
    let giving = operations.filter { ![.unit, .int, .float].contains($0.result) }
    var services: [ImportList.Entry: Service] = [
      entry("aver", "fail"): .ends, entry("aver", "take"): .effects(giving.map(\.name)),
    ]
    for operation in operations { services[entry("aver", operation.name.text)] = .effects([operation.name]) }
    return services
  }()

  /// The WebAssembly System Interface, preview 1. Faults and errors of `main` are written, too.
  private static let wasi: [ImportList.Entry: Service] = {
    let services: [String: Service] = [
      "fd_write": .ends, "proc_exit": .ends, "fd_fdstat_get": .effects(["Console.print"]),
      "fd_read": .effects(["Console.readLine"]),
      "args_sizes_get": .effects(["Args.get"]), "args_get": .effects(["Args.get"]),
      "environ_sizes_get": .effects(["Env.get"]), "environ_get": .effects(["Env.get"]),
      "clock_time_get": .effects(["Time.now", "Time.unixMs"]), "poll_oneoff": .effects(["Time.sleep"]),
      "random_get": .effects(["Random.int", "Random.float"]),
    ]
    return Dictionary(uniqueKeysWithValues: services.map { (entry("wasi_snapshot_preview1", $0), $1) })
  }()

  private static func entry(_ module: String, _ field: String) -> ImportList.Entry {
    ImportList.Entry(module: module, field: field)
  }

  /// Checks that what a module imports serves effects that its program declares, or any program.
  ///
  /// - Throws: `BinaryError` that names the first import that does not.
  public func check(_ imports: ImportList, declared: [Name]) throws {
    let effects = EffectSet(declared)
    let list = declared.isEmpty ? "no effects" : declared.map { "`\($0)`" }.joined(separator: ", ")
    for entry in imports.entries {
      switch services[entry] {
      case .ends: continue
      case .effects(let served) where served.contains(where: effects.covers): continue
      case .effects(let served):
        let served = served.map { "`\($0)`" }.joined(separator: ", ")
        throw BinaryError("the module imports `\(entry)`, which is for \(served), but the program declares \(list)")
      case nil:
        throw BinaryError("the module imports `\(entry)`, which is for no effect, and the program declares \(list)")
      }
    }
  }
}

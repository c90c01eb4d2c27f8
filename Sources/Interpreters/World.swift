import Foundation
import Languages
import Nanopass

/// What the interpreters' programs get from the system. Each part may be another one, such as one that always gives the
/// same.
public struct System {
  /// The next line of standard input without its end; nil at the end of input.
  public var readLine: () -> [UInt8]?
  /// The environment variables, by name.
  public var environment: [String: [UInt8]]
  /// The milliseconds since 1970 in UTC.
  public var milliseconds: () -> Int
  /// Waits that many milliseconds.
  public var sleep: (Int) -> Void
  /// The next 64 random bits.
  public var randomBits: () -> UInt64

  /// What the system gives.
  public static var real: System {
    var generator = SystemRandomNumberGenerator()
    var lines = Lines { (try? FileHandle.standardInput.read(upToCount: 1 << 16)).map { Array($0) } ?? [] }
    return System(
      readLine: { lines.next() },
      environment: ProcessInfo.processInfo.environment.mapValues { Array($0.utf8) },
      milliseconds: { Int((Date().timeIntervalSince1970 * 1000).rounded(.down)) },
      sleep: { Thread.sleep(forTimeInterval: Double($0) / 1000) },
      randomBits: { generator.next() })
  }

  /// The same without anything that differs from run to run: the given input and environment, a clock that only sleep
  /// moves on, and random bits by SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, OOPSLA
  /// 2014).
  public static func fixed(input: [UInt8] = [], environment: [String: String] = [:]) -> System {
    var rest = input
    var lines = Lines {
      defer { rest = [] }
      return rest
    }
    var now = 1_786_525_507_042
    var seed: UInt64 = 0
    return System(
      readLine: { lines.next() },
      environment: environment.mapValues { Array($0.utf8) }, milliseconds: { now }, sleep: { now += $0 },
      randomBits: {
        seed &+= 0x9E37_79B9_7F4A_7C15
        var bits = seed
        bits = (bits ^ bits >> 30) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ bits >> 27) &* 0x94D0_49BB_1331_11EB
        return bits ^ bits >> 31
      })
  }
}

/// The lines of an input that comes in pieces.
private struct Lines {
  private var rest: ArraySlice<UInt8> = []
  /// The next piece; empty at the end.
  private let more: () -> [UInt8]

  init(_ more: @escaping () -> [UInt8]) { self.more = more }

  /// The next line without its end, LF or CRLF; nil at the end of input.
  mutating func next() -> [UInt8]? {
    var line: [UInt8] = []
    while true {
      if let feed = rest.firstIndex(of: UInt8(ascii: "\n")) {
        line += rest[..<feed]
        rest = rest[(feed + 1)...]
        return line.last == UInt8(ascii: "\r") ? line.dropLast() : line
      }
      line += rest
      rest = more()[...]
      if rest.isEmpty { return line.isEmpty ? nil : line }
    }
  }
}

/// What a program sees of the world: its arguments, streams that only keep what is written, and the system.
final class World {
  private(set) var outcome = Outcome()
  private let arguments: [String]
  private var system: System

  init(arguments: [String], system: System) {
    self.arguments = arguments
    self.system = system
  }

  /// Carries out an effect operation, as `EffectOperation.all` says.
  func perform(_ effect: Name, _ arguments: [Value]) throws -> Value {
    switch effect {
    case "Console.print": outcome.output += try text(arguments) + "\n"
    case "Console.error": outcome.errors += try text(arguments) + "\n"
    case "Console.warn": outcome.errors += try "[warn] \(text(arguments))\n"
    case "Console.readLine": return optional(system.readLine())
    case "Env.get": return optional(system.environment[try text(arguments)])
    case "Env.set":
      system.environment[try text(arguments)] = Array(try argument(arguments, 1).string().string.utf8)
      return .string(Text(""))
    case "Time.now", "Time.unixMs": return .integer(.small(system.milliseconds()))
    case "Time.sleep": system.sleep(try argument(arguments, 0).integer().clamped)
    case "Random.int":
      let (least, most) = (try argument(arguments, 0).integer().clamped, try argument(arguments, 1).integer().clamped)
      var bits = RandomBits(next64: system.randomBits)
      guard least <= most else { throw InterpreterError.broken("random bounds are not in order") }
      return .integer(.small(Int.random(in: least...most, using: &bits)))
    case "Random.float": return .float(Double(system.randomBits() >> 11) * 0x1p-53)
    case "Args.get": return .list(self.arguments.map { .string(Text($0)) })
    case "Program.printInt", "Program.printNatural":
      outcome.output += "\(try argument(arguments, 0).integer().clamped)\n"
    case "Program.fail": fail(try text(arguments))
    default: throw InterpreterError.unsupported("the effect \(effect)")
    }
    return .unit
  }

  private func argument(_ arguments: [Value], _ index: Int) throws -> Value {
    guard arguments.indices.contains(index) else { throw InterpreterError.broken("an effect lacks an argument") }
    return arguments[index]
  }

  private func text(_ arguments: [Value]) throws -> String { try argument(arguments, 0).string().string }

  /// Bytes that may be missing, behind one byte.
  private func optional(_ bytes: [UInt8]?) -> Value { .bytes(bytes.map { [UInt8(ascii: "=")] + $0 } ?? []) }

  /// Notes that `main` returned an error.
  func fail(_ message: String) {
    outcome.errors += "Main returned error: \(message)\n"
    outcome.code = 1
  }

  /// Notes that the program ended with a fault.
  func end(with fault: Fault) {
    outcome.errors += "runtime fault: \(fault.message)\n"
    outcome.code = 70
  }
}

/// The system's random bits as Swift's library takes them.
private struct RandomBits: RandomNumberGenerator {
  let next64: () -> UInt64

  mutating func next() -> UInt64 { next64() }
}

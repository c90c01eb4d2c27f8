import Diagnostics
import Languages
import Nanopass

/// How a program prints. If all that it prints are a few short literals and words, each once, they go to the host from
/// where they lie in memory; else they wait in a buffer of the library's.
struct PrintingPlan {
  /// Whether the buffer has to be emptied at the end of the program.
  private(set) var isBuffered = false
  /// The host's function for texts, with an effect of the program that it carries out.
  private(set) var imports: [WasmIR.Import] = []
  /// The lines of literals, and what describes them to the host.
  private(set) var data: [WasmIR.Datum] = []
  private var lines: [Name: Name] = [:]

  /// The most literals that are printed without the buffer.
  private static let mostLines = 8
  /// The most bytes of one: a pipe takes as many at once (POSIX.1-2017, limits.h, _POSIX_PIPE_BUF).
  private static let longestLine = 512

  /// The plan of a program that prints nothing.
  init() {}

  init(_ program: Counted.Root) throws {
    var finder = ServiceFinder()
    var isRepeated = false
    let repeated = try RepeatedFunctions.names(in: program)
    for function in program.functions {
      let before = finder.count
      try finder.visit(function)
      if finder.count > before, repeated.contains(function.name) { isRepeated = true }
    }
    let effects = finder.services.compactMap(EffectOperation.service).filter(\.isPrinting)
    isBuffered =
      (finder.services.contains("console.print") || !Self.printsWords.isDisjoint(with: finder.services))
      && (isRepeated || finder.count > Self.mostLines || finder.longest > Self.longestLine)
    writesDirectly = !isRepeated && finder.count <= Self.mostLines && finder.longest <= Self.longestLine
    guard let effect = effects.first(where: { !$0.ends }) else { return }
    imports = [
      WasmIR.Import(
        program.span, name: "wasi.write", module: "wasi_snapshot_preview1", field: "fd_write", effect: effect.name,
        parameters: [.i32, .i32, .i32, .i32], results: [.i32])
    ]
  }

  /// Whether what is printed does not wait in the buffer.
  private var writesDirectly = false
  fileprivate static let printsWords: Set<Name> = ["program.printInt", "program.printNatural"]

  /// The function of the library that carries out a service.
  func function(for service: Name) -> Name {
    Self.printsWords.contains(service) && writesDirectly ? Name("\(service).now") : service
  }

  /// The expression that prints a literal; nil if that is the library's.
  mutating func printing(_ text: String, by service: Name, at span: Span) -> WasmIR.Expr? {
    let prefix = service == "console.warn" ? "[warn] " : ""
    guard ["console.print", "console.error", "console.warn"].contains(service) else { return nil }
    let line = prefix + text + "\n"
    if writesDirectly {
      let file = WasmIR.Expr.word(service == "console.print" ? 1 : 2, at: span)
      let operands = [file, .address(span, datum: part(of: line, at: span)), .word(1, at: span)]
      return .host(span, import: "wasi.write", arguments: operands + [.address(span, datum: "wasi.result")])
    }
    guard service == "console.print" else { return nil }
    let datum = datum(line, at: span)
    let place: [WasmIR.Expr] = [.address(span, datum: datum), .size(span, datum: datum)]
    return .call(span, function: "console.append", arguments: place)
  }

  /// The datum with a line.
  private mutating func datum(_ line: String, at span: Span) -> Name {
    if let name = lines[Name(line)] { return name }
    let name = Name("line.\(lines.count)")
    lines[Name(line)] = name
    data.append(.text(span, name: name, value: line))
    return name
  }

  /// What says the host where a line lies and how long it is.
  private mutating func part(of line: String, at span: Span) -> Name {
    let text = datum(line, at: span)
    let name = Name("part." + text.text)
    if !data.contains(where: { $0.name == name }) {
      let words: [WasmIR.Word] = [.address(span, datum: text), .i32(span, value: .small(line.utf8.count))]
      data.append(.words(span, name: name, values: words))
    }
    return name
  }
}

extension EffectOperation {
  /// Whether it prints a text.
  fileprivate var isPrinting: Bool { parameters == [.string] && result == .unit }
}

/// The services that a program calls.
private struct ServiceFinder: CountedWalker {
  private(set) var services: [Name] = []
  private(set) var count = 0
  /// The bytes of the longest text that is given to one; too many for any literal if one gets no literal.
  private(set) var longest = 0

  mutating func visit(_ node: Counted.Value) throws {
    guard case .service(_, let name, let arguments) = node else { return try walk(node) }
    count += 1
    if !services.contains(name) { services.append(name) }
    if PrintingPlan.printsWords.contains(name) { return }
    for argument in arguments {
      if case .string(_, let text) = argument { longest = max(longest, text.utf8.count) } else { longest = .max }
    }
    // What the library and the compiler perform has everything written before.
    if let operation = EffectOperation.service(name), operation.access != .program { longest = .max }
  }
}

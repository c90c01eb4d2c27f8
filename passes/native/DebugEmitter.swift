import Diagnostics
import Languages
import LLVMKit
import Nanopass

/// Describes the functions of a module to a debugger. Those of the library are left without lines, so that a debugger
/// steps over them.
final class DebugEmitter {
  let info: DebugInfo
  let facts: DebugFacts
  let types: DebugTypes
  /// Whether variables lie in registers while they are needed, not in memory to the end of their function.
  let isOptimised: Bool
  private let entry: Name
  private let functions: Set<Name>
  private var files: [UInt32: DebugInfo.File] = [:]
  private var inlined: [Int: Header] = [:]
  private var texts: [String: Name]

  init(_ module: Module, _ program: Machine.Root, _ facts: DebugFacts, isOptimised: Bool) throws {
    let path = facts.sources.files.first { !$0.isLibrary }?.path ?? "program"
    // gdb trusts the marks where functions have set up their frames only in what begins with `clang`.
    info = try DebugInfo(module, file: path, directory: "", producer: "clang LLVM (nanoc)", optimised: isOptimised)
    types = DebugTypes(info, facts)
    self.facts = facts
    self.isOptimised = isOptimised
    entry = program.entry
    functions = Set(program.functions.map(\.name))
    texts = [:]
    for case .text(_, let name, let value) in program.constants { texts[value.description] = name }
  }

  /// A function of the source and the line where it begins.
  struct Header {
    var scope: DebugInfo.Scope
    var file: DebugInfo.File
    var line: Int
  }

  /// The description of a function's body, if it was written by the user.
  func begin(_ function: Machine.Function, _ target: Function) -> FunctionDebug? {
    var own = facts.function(around: function.span)
    var span = own.map { facts.functions[$0].span }
    var name = own.map { facts.functions[$0].name } ?? ""
    if function.name == entry, own == nil || functions.contains(Name(name)) {
      // Unless `main` is inlined there, the entry is what initialises top-level bindings.
      own = nil
      span = function.blocks.flatMap(\.instructions).map(\.span).first { isOutside($0) }
      name = "(start)"
    } else if function.name != entry, !function.name.text.hasPrefix(name) {
      // It has been made for something that stands there.
      return nil
    }
    guard let span, let place = place(of: span) else { return nil }
    let scope = info.describe(target, name: name, line: place.line, in: place.file)
    guard let start = info.location(line: place.line, column: place.column, in: scope) else { return nil }
    return FunctionDebug(self, function, own: own, Header(scope: scope, file: place.file, line: place.line), start)
  }

  /// Whether a span lies in a file of the user but in no function.
  private func isOutside(_ span: Span) -> Bool { facts.function(around: span) == nil && place(of: span) != nil }

  /// A function of the source whose code stands in others.
  func inlined(_ function: Int) -> Header? {
    if let known = inlined[function] { return known }
    let source = facts.functions[function]
    guard let place = place(of: source.span) else { return nil }
    let scope = info.inlined(name: source.name, line: place.line, in: place.file)
    let header = Header(scope: scope, file: place.file, line: place.line)
    inlined[function] = header
    return header
  }

  /// The line and column of the start of a span.
  func place(of span: Span) -> (file: DebugInfo.File, line: Int, column: Int)? {
    guard let location = facts.sources.location(of: span.start), !location.file.isLibrary else { return nil }
    let file = files[location.file.base] ?? info.file(location.file.path)
    files[location.file.base] = file
    return (file, location.line, location.column)
  }

  /// A constant as an operand, if it is one that a debugger can show.
  func operand(_ atom: Counted.Atom) -> Machine.Operand? {
    switch atom {
    case .integer(let span, .small(let value)):
      let (doubled, overflow) = value.multipliedReportingOverflow(by: 2)
      return overflow ? nil : .word(span, value: .small(doubled + 1))
    case .float(let span, let value): return .float(span, value: value)
    case .word(let span, let value): return .word(span, value: value)
    case .immediate(let span, let tag): return .word(span, value: .small(tag << 1 | 1))
    case .string(let span, let value): return texts[value.description].map { .address(span, name: $0) }
    case .integer, .local, .constant: return nil
    }
  }
}

extension SourceFile {
  /// Whether it is a part of the standard library.
  fileprivate var isLibrary: Bool { path.hasPrefix("<library>") }
}

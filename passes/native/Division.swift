import Languages
import Nanopass

/// Divides the functions of a program into parts of about one size, for which LLVM can generate code side by side. The
/// division depends on the program alone, not on the machine, so equal programs give equal executables.
struct Division {
  /// One part: what it defines, what it has a copy of, and what it mentions of the rest.
  struct Part {
    /// The positions of the functions that only this part defines.
    var own: [Int] = []
    /// The positions of the small functions that all parts that call them define.
    var shared: [Int] = []
    /// The positions of the functions that it only declares.
    var declared: [Int] = []
    /// The positions of the constants that it mentions.
    var constants: [Int] = []
  }

  /// The number of instructions of a part: less than half a second of LLVM's time, so that the last part to be done does not
  /// hold up the others for long.
  private static let size = 8_000
  /// The number of instructions of a function that LLVM may well put in place of its calls.
  private static let small = 16

  private(set) var parts: [Part] = []
  private let program: Machine.Root
  private let functions: [Name: Int]
  private let constants: [Name: Int]
  private let lengths: [Int]

  /// - Parameter isDivided: whether there may be more than one part.
  init(_ program: Machine.Root, isDivided: Bool) {
    self.program = program
    functions = Dictionary(program.functions.enumerated().map { ($1.name, $0) }) { first, _ in first }
    constants = Dictionary(program.constants.enumerated().map { ($1.name, $0) }) { first, _ in first }
    lengths = program.functions.map { $0.blocks.reduce(0) { $0 + $1.instructions.count + 1 } }
    let total = lengths.reduce(0, +)
    let count = isDivided ? max(1, total / Self.size) : 1
    var owners = [[Int]](repeating: [], count: count)
    var before = 0
    for (position, length) in lengths.enumerated() {
      if count == 1 || length > Self.small || program.functions[position].name == program.entry {
        owners[min(count - 1, before * count / max(1, total))].append(position)
      }
      before += length
    }
    parts = owners.map { part($0, isOnly: count == 1) }
  }

  /// A part with all that its functions mention.
  private func part(_ own: [Int], isOnly: Bool) -> Part {
    var part = Part(own: own)
    var mentioned = Mentions()
    var seen = Set(own)
    var waiting = own
    while let position = waiting.popLast() {
      mentioned.names = []
      mentioned.look(at: program.functions[position])
      for callee in mentioned.names.compactMap({ functions[$0] }) where seen.insert(callee).inserted {
        if isOnly || lengths[callee] > Self.small || program.functions[callee].name == program.entry {
          part.declared.append(callee)
        } else {
          part.shared.append(callee)
          waiting.append(callee)
        }
      }
    }
    part.shared.sort()
    part.declared.sort()
    part.constants = isOnly ? Array(program.constants.indices) : constants(mentioned.addresses)
    return part
  }

  /// The positions of constants, and of those in their fields.
  private func constants(_ names: Set<Name>) -> [Int] {
    var seen: Set<Int> = []
    var waiting = names.compactMap { constants[$0] }
    while let position = waiting.popLast() {
      guard seen.insert(position).inserted, case .cell(_, _, _, let counted, let raw) = program.constants[position]
      else { continue }
      for case .address(_, let name) in counted + raw { if let field = constants[name] { waiting.append(field) } }
    }
    return seen.sorted()
  }
}

extension Machine.Constant {
  /// What it is called.
  fileprivate var name: Name {
    switch self {
    case .text(_, let name, _), .integer(_, let name, _), .cell(_, let name, _, _, _), .external(_, let name): name
    }
  }
}

/// Gathers the names of functions and constants in a function.
private struct Mentions {
  var names: Set<Name> = []
  var addresses: Set<Name> = []

  mutating func look(at function: Machine.Function) {
    for block in function.blocks {
      for instruction in block.instructions {
        if let name = instruction.callee { names.insert(name) }
        instruction.forEachOperand { if case .address(_, let name) = $0 { addresses.insert(name) } }
      }
      if case .tailCall(_, let name, _) = block.end { names.insert(name) }
      block.end.forEachOperand { if case .address(_, let name) = $0 { addresses.insert(name) } }
    }
  }
}

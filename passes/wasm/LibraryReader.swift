import Diagnostics
import Languages
import Nanopass
import WasmLibrary

/// Reads declarations of the library from their text, which says the forms of WasmIR in fewer words:
///
///     (struct string object (bytes (ref bytes)) (start i32) (count i32))
///     (function string.first [(s (ref string)) (or i32)] [i32]
///       (when (i32.eqz (get string count s)) (return or))
///       (let bytes (ref bytes) (get string bytes s))
///       (return (element bytes bytes (get string start s))))
///
/// A word is a variable, a number an `i32`, one that ends in `L` an `i64`, one with a point an `f64`. A form whose head
/// is an instruction is `compute`; one whose head is no form of WasmIR calls the function of that name. Fields have
/// names. A block is written as its steps and its end, in `(do ...)` where it stands in an `if`; `(when C END)` goes to
/// an end if C is not 0, and on if it is. A table `(kinds ...)` instantiates declarations for each of its lines.
struct LibraryReader {
  private let heap: WasmIR.Heap
  /// The names of the fields of structs, those of parents first.
  private var fields: [Name: [Name]] = [:]
  private var scope: [String: Local] = [:]
  private var fresh = FreshLocals(from: 0)

  /// - Parameter heap: where the program's values lie. What is in memory has declarations of its own for some names.
  init(_ heap: WasmIR.Heap) { self.heap = heap }

  /// The declaration of a name, if the library has it.
  ///
  /// - Throws: `ReadError` if its text is wrong.
  func text(of name: Name) throws -> SExpression? {
    guard let source = heap.declaration(of: name) else { return nil }
    var reader = SExpressionReader(Array(source.utf8))
    return try reader.readWhole()
  }

  private func error(_ message: String, _ text: SExpression) -> ReadError {
    ReadError(offset: text.start, message: message)
  }

  private func name(_ text: SExpression) throws -> Name {
    guard text.kind == .atom else { throw error("expected a name", text) }
    return Name(text.text)
  }

  private func parts(_ text: SExpression, atLeast count: Int = 0) throws -> ArraySlice<SExpression> {
    guard text.kind == .form || text.kind == .list, text.items.count >= count else {
      throw error("expected a form of at least \(count) parts", text)
    }
    return text.items[...]
  }

  // MARK: Types

  func type(_ text: SExpression) throws -> WasmIR.Ty {
    switch (text.kind, text.text) {
    case (.atom, "i32"): return .i32
    case (.atom, "i64"): return .i64
    case (.atom, "f64"): return .f64
    case (.form, _):
      let parts = try parts(text, atLeast: 2)
      return parts[0].text == "nullable" ? .nullable(type: try name(parts[1])) : .ref(type: try name(parts[1]))
    default: throw error("expected a type", text)
    }
  }

  private func types(_ text: SExpression) throws -> [WasmIR.Ty] { try parts(text).map { try type($0) } }

  private func storage(_ text: SExpression) throws -> WasmIR.Storage {
    switch text.text {
    case "i8": .i8
    case "i16": .i16
    default: .whole(ty: try type(text))
    }
  }

  /// A field: its type, in `(mutable ...)` if it may change.
  func field(_ text: SExpression) throws -> WasmIR.Field {
    if text.kind == .form, text.items.first?.text == "mutable", text.items.count == 2 {
      return WasmIR.Field(.none, storage: try storage(text.items[1]), isMutable: true)
    }
    return WasmIR.Field(.none, storage: try storage(text), isMutable: false)
  }

  /// `(struct NAME PARENT (FIELD TYPE)...)`; a parent's fields are not said again.
  func structure(_ text: SExpression) throws -> WasmIR.TypeDef {
    let parts = try parts(text, atLeast: 3)
    let parent = parts[2].text == "-" ? nil : try name(parts[2])
    var fields: [WasmIR.Field] = []
    if let parent, let text = try self.text(of: parent), case .struct(_, _, _, let inherited) = try structure(text) {
      fields = inherited
    }
    fields += try parts.dropFirst(3).map { try field(try self.parts($0, atLeast: 2)[1]) }
    return .struct(.none, name: try name(parts[1]), parent: parent, fields: fields)
  }

  // MARK: Functions

  /// `(function NAME [(PARAMETER TYPE)...] [RESULT...] STEP... END)`
  mutating func function(_ text: SExpression) throws -> WasmIR.Function {
    let parts = try parts(text, atLeast: 5)
    (scope, fresh) = ([:], FreshLocals(from: 0))
    let parameters = try self.parts(parts[2]).map { try parameter($0) }
    return WasmIR.Function(
      .none, name: try name(parts[1]), parameters: parameters, results: try types(parts[3]),
      body: try block(parts[4...]))
  }

  private mutating func bind(_ text: SExpression) throws -> Local {
    let local = fresh.make(try name(text))
    scope[text.text] = local
    return local
  }

  private mutating func parameter(_ text: SExpression) throws -> WasmIR.Parameter {
    let parts = try parts(text, atLeast: 2)
    let type = try type(parts[1])
    return WasmIR.Parameter(.none, variable: try bind(parts[0]), ty: type)
  }

  private mutating func block(_ items: ArraySlice<SExpression>) throws -> WasmIR.Block {
    let outer = scope
    defer { scope = outer }
    var steps: [WasmIR.Step] = []
    for (index, item) in items.enumerated() {
      if index == items.count - 1 { return WasmIR.Block(.none, steps: steps, end: try end(item)) }
      if item.items.first?.text == "when" {
        let parts = try parts(item, atLeast: 3)
        let condition = try expression(parts[1])
        let then = try block(parts[2...])
        let rest = try block(items[(items.startIndex + index + 1)...])
        return WasmIR.Block(.none, steps: steps, end: .if(.none, condition: condition, then: then, else: rest))
      }
      steps.append(try step(item))
    }
    return WasmIR.Block(.none, steps: steps, end: .unreachable(.none))
  }

  private mutating func step(_ text: SExpression) throws -> WasmIR.Step {
    let parts = try parts(text, atLeast: 1)
    switch parts[0].text {
    case "let" where parts.count == 4:
      let (type, value) = (try type(parts[2]), try expression(parts[3]))
      return .let(.none, variable: try bind(parts[1]), ty: type, value: value)
    case "receive" where parts.count == 3:
      let value = try expression(parts[2])
      return .receive(.none, parameters: try self.parts(parts[1]).map { try parameter($0) }, value: value)
    case "join" where parts.count >= 4:
      // Its label is bound behind its body.
      let outer = scope
      let parameters = try self.parts(parts[2]).map { try parameter($0) }
      let body = try block(parts[3...])
      scope = outer
      return .join(.none, label: try bind(parts[1]), parameters: parameters, body: body)
    default: return .run(.none, value: try expression(text))
    }
  }

  private mutating func end(_ text: SExpression) throws -> WasmIR.End {
    let parts = try parts(text, atLeast: 1)
    switch parts[0].text {
    case "return": return .return(.none, values: try expressions(parts.dropFirst()))
    case "jump" where parts.count >= 2:
      return .jump(.none, label: try local(parts[1]), arguments: try expressions(parts.dropFirst(2)))
    case "tailCall" where parts.count >= 2:
      return .tailCall(.none, function: try name(parts[1]), arguments: try expressions(parts.dropFirst(2)))
    case "unreachable": return .unreachable(.none)
    case "abandon": return .abandon(.none)
    case "if" where parts.count == 4:
      return .if(
        .none, condition: try expression(parts[1]), then: try arm(parts[2]), else: try arm(parts[3]))
    case "loop" where parts.count >= 4:
      return try loop(parts)
    case "switch" where parts.count >= 3:
      let subject = try expression(parts[1])
      var cases: [WasmIR.Case] = []
      for one in parts.dropFirst(2).dropLast() {
        let items = try self.parts(one, atLeast: 2)
        guard let value = Int(items[0].text) else { throw error("expected a number", items[0]) }
        cases.append(WasmIR.Case(.none, value: value, body: try block(items[1...])))
      }
      return .switch(.none, subject: subject, cases: cases, default: try arm(parts[parts.endIndex - 1]))
    default: throw error("expected the end of a block", text)
    }
  }

  /// An end, or a block in `(do STEP... END)`.
  private mutating func arm(_ text: SExpression) throws -> WasmIR.Block {
    if text.items.first?.text == "do" { return try block(text.items.dropFirst()) }
    return try block([text])
  }

  /// `(loop LABEL [(PARAMETER TYPE ARGUMENT)...] STEP... END)`
  private mutating func loop(_ parts: ArraySlice<SExpression>) throws -> WasmIR.End {
    let items = try self.parts(parts[2])
    let arguments = try items.map { try expression(try self.parts($0, atLeast: 3)[2]) }
    let outer = scope
    defer { scope = outer }
    let parameters = try items.map { try parameter($0) }
    let label = try bind(parts[1])
    return .loop(.none, label: label, parameters: parameters, arguments: arguments, body: try block(parts[3...]))
  }

  // MARK: Expressions

  private func local(_ text: SExpression) throws -> Local {
    guard let local = scope[text.text] else { throw error("`\(text.text)` is not bound", text) }
    return local
  }

  private mutating func expressions(_ items: ArraySlice<SExpression>) throws -> [WasmIR.Expr] {
    try items.map { try expression($0) }
  }

  private func atom(_ text: SExpression) throws -> WasmIR.Expr {
    let word = text.text
    guard let first = word.utf8.first, (48...57).contains(first) || (first == 45 && word.utf8.count > 1) else {
      return .local(.none, variable: try local(text))
    }
    if word.hasSuffix("L"), let value = Int(word.dropLast()) { return .i64(.none, value: .small(value)) }
    if let value = Int(word) { return .i32(.none, value: .small(value)) }
    guard let value = Double(word) else { throw error("`\(word)` is no number", text) }
    return .f64(.none, value: value)
  }

  /// The names of the fields of a struct, those of its parent first.
  private mutating func fieldNames(_ type: Name) throws -> [Name] {
    if let names = fields[type] { return names }
    guard let text = try self.text(of: type), text.items.count >= 3, text.items[0].text == "struct" else { return [] }
    let parent = text.items[2].text == "-" ? [] : try fieldNames(Name(text.items[2].text))
    let names = parent + text.items.dropFirst(3).compactMap { $0.items.first.map { Name($0.text) } }
    fields[type] = names
    return names
  }

  private mutating func fieldIndex(_ type: Name, _ text: SExpression) throws -> Int {
    guard let index = try fieldNames(type).firstIndex(of: Name(text.text)) else {
      throw error("`\(type)` has no field `\(text.text)`", text)
    }
    return index
  }

  /// Constants of globals and expressions of functions.
  mutating func expression(_ text: SExpression) throws -> WasmIR.Expr {
    if text.kind == .atom { return try atom(text) }
    let parts = try parts(text, atLeast: 1)
    let head = parts[0].text
    guard parts.count > 1 else { return operation(head, []) }
    switch (head, parts.count) {
    case ("null", 2): return .null(.none, type: try name(parts[1]))
    case ("global", 2): return .global(.none, name: try name(parts[1]))
    case ("setGlobal", 3): return .setGlobal(.none, name: try name(parts[1]), value: try expression(parts[2]))
    case ("address", 2): return .address(.none, datum: try name(parts[1]))
    case ("size", 2): return .size(.none, datum: try name(parts[1]))
    case ("choose", 5):
      return .choose(
        .none, condition: try expression(parts[1]), ty: try type(parts[2]), then: try expression(parts[3]),
        else: try expression(parts[4]))
    case ("host", _): return .host(.none, import: try name(parts[1]), arguments: try expressions(parts.dropFirst(2)))
    case ("new", _): return .new(.none, type: try name(parts[1]), fields: try expressions(parts.dropFirst(2)))
    case ("get", 4):
      let type = try name(parts[1])
      return .get(.none, type: type, field: try fieldIndex(type, parts[2]), subject: try expression(parts[3]))
    case ("set", 5):
      let type = try name(parts[1])
      return .set(
        .none, type: type, field: try fieldIndex(type, parts[2]), subject: try expression(parts[3]),
        value: try expression(parts[4]))
    case ("isNull", 2): return .isNull(.none, subject: try expression(parts[1]))
    case ("notNull", 2): return .notNull(.none, subject: try expression(parts[1]))
    case ("same", 3): return .same(.none, left: try expression(parts[1]), right: try expression(parts[2]))
    case ("is", 3): return .is(.none, type: try name(parts[1]), subject: try expression(parts[2]))
    case ("cast", 3): return .cast(.none, type: try name(parts[1]), subject: try expression(parts[2]))
    default: return try array(head, parts) ?? operation(head, try expressions(parts.dropFirst(1)))
    }
  }

  private func operation(_ head: String, _ operands: [WasmIR.Expr]) -> WasmIR.Expr {
    let name = Name(head)
    return WasmOperator.named(name) == nil
      ? .call(.none, function: name, arguments: operands) : .compute(.none, operator: name, operands: operands)
  }

  private mutating func array(_ head: String, _ parts: ArraySlice<SExpression>) throws -> WasmIR.Expr? {
    switch (head, parts.count) {
    case ("newArray", 4):
      return .newArray(
        .none, type: try name(parts[1]), element: try expression(parts[2]), length: try expression(parts[3]))
    case ("newZeroed", 3): return .newZeroed(.none, type: try name(parts[1]), length: try expression(parts[2]))
    case ("newFixed", _):
      return .newFixed(.none, type: try name(parts[1]), elements: try expressions(parts.dropFirst(2)))
    case ("newFromDatum", 3): return .newFromDatum(.none, type: try name(parts[1]), datum: try name(parts[2]))
    case ("length", 2): return .length(.none, array: try expression(parts[1]))
    case ("elements", 2): return .elements(.none, array: try expression(parts[1]))
    case ("element", 4):
      return .element(
        .none, type: try name(parts[1]), array: try expression(parts[2]), index: try expression(parts[3]))
    case ("setElement", 5):
      return .setElement(
        .none, type: try name(parts[1]), array: try expression(parts[2]), index: try expression(parts[3]),
        value: try expression(parts[4]))
    case ("copy", 7):
      let operands = try expressions(parts.dropFirst(2))
      return .copy(
        .none, type: try name(parts[1]), to: operands[0], start: operands[1], from: operands[2], first: operands[3],
        count: operands[4])
    case ("fill", 6):
      let operands = try expressions(parts.dropFirst(2))
      return .fill(
        .none, type: try name(parts[1]), array: operands[0], start: operands[1], element: operands[2],
        count: operands[3])
    default: return nil
    }
  }
}

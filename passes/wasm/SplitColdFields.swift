import Diagnostics
public import Languages
public import Nanopass

/// Gives the references to big integers in structs to a subtype of their own, which only those have that hold a big
/// integer: the others are smaller by a reference for each field.
///
///     (struct Tree object [LEFT (field (whole i64) false) (field (whole (nullable big)) false) RIGHT])
///     (let t.3 (ref Tree) (new Tree [(local l.0) (local word.1) (local big.2) (local r.4)]))
///     (let b.5 (nullable big) (get Tree 2 (local t.3)))
///
/// becomes
///
///     (struct Tree object [LEFT (field (whole i64) false) RIGHT])
///     (struct Tree.big Tree [LEFT (field (whole i64) false) RIGHT (field (whole (nullable big)) false)])
///     (let t.3 (ref Tree) (choose (isNull (local big.2)) (ref Tree) (new Tree [(local l.0) (local word.1) (local r.4)])
///       (new Tree.big [(local l.0) (local word.1) (local r.4) (local big.2)])))
///     (let b.5 (nullable big)
///       (choose (is Tree.big (local t.3)) (nullable big) (get Tree.big 3 (cast Tree.big (local t.3))) (null big)))
///
/// This is the splitting of structures by how often fields are used (Chilimbi, Davidson, Larus: Cache-Conscious Structure
/// Definition, PLDI 1999), with a subtype in place of a pointer to the rest. What programs with much data wait for is the
/// collector, which copies what lives: on V8 binary_trees takes 0.78 of the time. A test of the type takes as long as one
/// of the reference.
///
/// Structs whose big integers change in place, and those that are built of more than variables, stay whole. Left out if
/// small output is asked for.
///
/// Needs: bound-locals, known-names. Ensures: bound-locals, known-names.
public struct SplitColdFields: Pass {
  public typealias Input = WasmIR
  public typealias Output = WasmIR
  public static let summary = "Give the references to big integers in structs to a subtype of their own"

  public init() {}

  public mutating func run(_ input: WasmIR.Root, in context: PassContext) throws -> WasmIR.Root {
    var splits = Self.candidates(input)
    var uses = ColdUses(splits)
    try uses.visit(input)
    for name in uses.kept { splits[name] = nil }
    var splitter = FieldSplitter(splits)
    var output = input
    output.globals = try input.globals.map { try splitter.global($0) }
    for (position, function) in input.functions.enumerated() where uses.users.contains(function.name) {
      output.functions[position] = try splitter.function(function)
    }
    output.types = input.types.flatMap { type in splits[type.name].map { [$0.rest, $0.subtype] } ?? [type] }
    let fields = splits.values.reduce(0) { $0 + $1.cold.count }
    context.explain(
      "\(fields) references to big integers in \(splits.count) structs are in subtypes.",
      details: splits.keys.sorted().map { "\($0): smaller by \(splits[$0]?.cold.count ?? 0) references" },
      data: [("structs", splits.count), ("fields", fields)])
    return output
  }

  /// The structs without subtypes that have such fields of their own, none of which changes.
  private static func candidates(_ root: WasmIR.Root) -> [Name: Split] {
    var fields: [Name: Int] = [:]
    for type in root.types { fields[type.name] = type.fields.count }
    let parents = Set(root.types.compactMap(\.parent))
    var taken = Set(root.declaredNames)
    var result: [Name: Split] = [:]
    for type in root.types {
      guard case .struct(_, let name, let parent, let all) = type, !parents.contains(name) else { continue }
      let cold = all.indices.filter { all[$0].storage.type?.isBig ?? false }
      let inherited = parent.flatMap { fields[$0] } ?? 0
      guard let first = cold.first, first >= inherited, !cold.contains(where: { all[$0].isMutable }) else { continue }
      var subtype = Name("\(name).big")
      while !taken.insert(subtype).inserted { subtype = Name("\(subtype)'") }
      result[name] = Split(type, subtype, cold: cold)
    }
    return result
  }
}

/// How a struct is split.
private struct Split {
  /// The struct with the fields that are left, and the one below it with all.
  let rest: WasmIR.TypeDef
  let subtype: WasmIR.TypeDef
  /// The fields that only the subtype has, by their places before.
  let cold: [Int]

  init(_ type: WasmIR.TypeDef, _ name: Name, cold: [Int]) {
    self.cold = cold
    let kept = type.fields.enumerated().filter { !cold.contains($0.offset) }.map(\.element)
    let span = type.fields.first?.span ?? .none
    rest = .struct(span, name: type.name, parent: type.parent, fields: kept)
    subtype = .struct(span, name: name, parent: type.name, fields: kept + cold.map { type.fields[$0] })
  }

  /// The place of a field now; of a cold one in the subtype.
  func place(of field: Int) -> Int {
    if let position = cold.firstIndex(of: field) { return rest.fields.count + position }
    return field - cold.count { $0 < field }
  }

  /// The operands for the fields that all have, and those for the subtype's.
  func divided(_ operands: [WasmIR.Expr]) -> (rest: [WasmIR.Expr], cold: [WasmIR.Expr]) {
    let kept = operands.enumerated().filter { !cold.contains($0.offset) }.map(\.element)
    return (kept, operands.enumerated().filter { cold.contains($0.offset) }.map(\.element))
  }
}

/// Finds the structs that have to stay whole, and who makes or reads any of them.
private struct ColdUses: WasmIRWalker {
  private let splits: [Name: Split]
  private(set) var kept: Set<Name> = []
  /// The functions.
  private(set) var users: Set<Name> = []
  private var isUser = false

  init(_ splits: [Name: Split]) { self.splits = splits }

  mutating func visit(_ node: WasmIR.Function) throws {
    isUser = false
    try walk(node)
    if isUser { users.insert(node.name) }
  }

  mutating func visit(_ node: WasmIR.Expr) throws {
    switch node {
    case .new(_, let type, let operands):
      guard let cold = splits[type]?.divided(operands).cold else { break }
      isUser = true
      // All operands stand there twice, but where it is known which struct is made.
      let isTwice = cold.contains(where: \.isRead) && operands.contains { !$0.isAtom }
      if isTwice || cold.contains(where: { !$0.isAtom }) { kept.insert(type) }
    case .get(_, let type, let field, let subject):
      guard let split = splits[type] else { break }
      isUser = true
      if split.cold.contains(field), !subject.isAtom { kept.insert(type) }
    case .set(_, let type, let field, _, _):
      guard let split = splits[type] else { break }
      isUser = true
      if split.cold.contains(field) { kept.insert(type) }
    default: break
    }
    try walk(node)
  }
}

extension WasmIR.Expr {
  /// Whether it is known only when the program runs if it is null.
  fileprivate var isRead: Bool {
    if case .local = self { true } else { false }
  }
}

/// Rewrites what makes and reads structs that are split.
private struct FieldSplitter: WasmIRToWasmIR {
  static let summary = ""
  private let splits: [Name: Split]
  /// What tells of variables that hold the only such field of a struct that they are not null.
  private var tests: LocalTable<WasmIR.Expr> = [:]

  init() { self.init([:]) }

  init(_ splits: [Name: Split]) { self.splits = splits }

  mutating func function(_ node: WasmIR.Function) throws -> WasmIR.Function {
    tests = [:]
    return try derive(node)
  }

  mutating func step(_ node: WasmIR.Step) throws -> WasmIR.Step {
    if case .let(_, let variable, _, .get(let span, let type, let field, let subject)) = node,
      let split = splits[type], split.cold == [field]
    {
      tests[variable.id] = .is(span, type: split.subtype.name, subject: subject)
    }
    return try derive(node)
  }

  mutating func expr(_ node: WasmIR.Expr) throws -> WasmIR.Expr {
    if case .isNull(let span, .local(_, let variable)) = node, let test = tests[variable.id] {
      return .compute(span, operator: "i32.eqz", operands: [test])
    }
    let copy = try derive(node)
    switch copy {
    case .new(let span, let type, let operands):
      guard let split = splits[type] else { return copy }
      return made(type, split, operands, at: span)
    case .get(let span, let type, let field, let subject):
      guard let split = splits[type] else { return copy }
      return read(type, split, field, subject, at: span)
    case .set(let span, let type, let field, let subject, let value):
      guard let split = splits[type] else { return copy }
      return .set(span, type: type, field: split.place(of: field), subject: subject, value: value)
    default: return copy
    }
  }

  private func made(_ type: Name, _ split: Split, _ operands: [WasmIR.Expr], at span: Span) -> WasmIR.Expr {
    let (rest, cold) = split.divided(operands)
    let small = WasmIR.Expr.new(span, type: type, fields: rest)
    let large = WasmIR.Expr.new(span, type: split.subtype.name, fields: rest + cold)
    // A constant is a big integer.
    if cold.contains(where: { if case .global = $0 { true } else { false } }) { return large }
    let variables = cold.compactMap { if case .local(_, let variable) = $0 { variable } else { nil } }
    guard let condition = WasmIR.Expr.areNull(variables, at: span) else { return small }
    return .choose(span, condition: condition, ty: .ref(type: type), then: small, else: large)
  }

  private func read(
    _ type: Name, _ split: Split, _ field: Int, _ subject: WasmIR.Expr, at span: Span
  ) -> WasmIR.Expr {
    let place = split.place(of: field)
    guard split.cold.contains(field) else { return .get(span, type: type, field: place, subject: subject) }
    let subtype = split.subtype.name
    let cell = WasmIR.Expr.cast(span, type: subtype, subject: subject)
    return .choose(
      span, condition: .is(span, type: subtype, subject: subject), ty: .nullable(type: HeapLayout.big),
      then: .get(span, type: subtype, field: place, subject: cell), else: .null(span, type: HeapLayout.big))
  }
}

import Diagnostics
public import Languages
public import Nanopass

/// Takes the array of a vector out of the loop that reads the vector or changes it in place, and its length.
///
///     (loop again.3 [(parameter v.0 (ref vector.bytes)) (parameter i.1 i64)] [(local v.4) (i64 0)]
///       (block [... (let w.2 (ref vector.bytes) (call vector.put.bytes [(local v.0) (local i.1) (i32 0)]))]
///         (jump again.3 [(local w.2) (local i.5)])))
///
/// becomes
///
///     (let held.6 (nullable elements.bytes) (get vector.bytes 1 (local v.4)))
///     (let elements.7 (ref elements.bytes)
///       (choose (isNull (local held.6)) (ref elements.bytes) (call vector.renewed.bytes [(local v.4)])
///         (notNull (local held.6))))
///     (loop again.3 [(parameter v.0 (ref vector.bytes)) (parameter i.1 i64)] [(local v.4) (i64 0)]
///       (block [... (run (setElement elements.bytes (local elements.7) (compute i32.wrap_i64 [(local i.1)]) (i32 0)))]
///         (jump again.3 [(local v.0) (local i.5)])))
///
/// A vector's array is its own until an older version of it is read, which takes the array over. So a loop must have one
/// vector of its kind, which each round hands on, and call nothing that may move arrays of that kind between vectors.
/// Engines do not find that out, since the way to an older version is a call (V8: sieve takes 0.77 of the time).
///
/// A loop may end before it comes to the vector; that an older version has got the array then counts as a read of it.
///
/// Left out if small output is asked for.
///
/// Needs: bound-locals, bound-labels, known-names. Ensures: bound-locals, bound-labels.
public struct HoistVectorArrays: Pass {
  public typealias Input = WasmIR
  public typealias Output = WasmIR
  public static let summary = "Take the arrays of vectors out of the loops that read or set their elements"

  private var movers: [VectorKind: Set<Name>] = [:]
  private var fresh = FreshLocals(from: 0)
  private var steps: [WasmIR.Step] = []
  private var count = 0
  private var loops = 0

  public init() {}

  public mutating func run(_ input: WasmIR.Root, in context: PassContext) throws -> WasmIR.Root {
    movers = try Self.movers(in: input)
    var output = input
    if !movers.isEmpty { output.functions = try input.functions.map { try function($0) } }
    context.explain(
      "\(count) vectors' arrays are taken out of \(loops) loops.", data: [("vectors", count), ("loops", loops)])
    return output
  }

  // MARK: What moves arrays

  /// For each kind of vectors in the program, the functions that may move arrays between vectors of that kind.
  private static func movers(in root: WasmIR.Root) throws -> [VectorKind: Set<Name>] {
    let declared = Set(root.types.map(\.name))
    let kinds = VectorKind.allCases.filter { declared.contains($0.type) }
    guard !kinds.isEmpty else { return [:] }
    let uses = try root.functions.map { function in
      var changes = VectorChanges()
      try changes.visit(function)
      return (name: function.name, changes: changes)
    }
    var callers: [Name: [Name]] = [:]
    for (name, changes) in uses { for callee in changes.callees { callers[callee, default: []].append(name) } }
    var result: [VectorKind: Set<Name>] = [:]
    for kind in kinds {
      var pending = uses.filter { $0.changes.changed.contains(kind.type) }.map(\.name)
      var found = Set(pending)
      while let name = pending.popLast() {
        for caller in callers[name] ?? [] where found.insert(caller).inserted { pending.append(caller) }
      }
      result[kind] = found
    }
    return result
  }

  // MARK: Loops

  private mutating func function(_ node: WasmIR.Function) throws -> WasmIR.Function {
    var size = WasmSize()
    try size.visit(node.body)
    guard size.hasLoops, size.calls.contains(where: { VectorKind.access($0) != nil }) else { return node }
    fresh = FreshLocals(above: node)
    var function = node
    function.body = try block(node.body)
    return function
  }

  private mutating func block(_ node: WasmIR.Block) throws -> WasmIR.Block {
    var block = node
    block.steps = try node.steps.map { step in
      guard case .join(let span, let label, let parameters, let body) = step else { return step }
      return .join(span, label: label, parameters: parameters, body: try self.block(body))
    }
    var end = node.end
    if case .loop(let span, let label, let parameters, let arguments, let body) = end {
      end = try loop(span, label, parameters, arguments, body, &block.steps)
    }
    block.end = try end.mapBlocks { try self.block($0) }
    return block
  }

  private mutating func loop(
    _ span: Span, _ label: Local, _ parameters: [WasmIR.Parameter], _ arguments: [WasmIR.Expr], _ body: WasmIR.Block,
    _ steps: inout [WasmIR.Step]
  ) throws -> WasmIR.End {
    var uses = LoopVectors(label, parameters)
    try uses.visit(body)
    var arguments = arguments
    var access = ElementAccess(versions: uses.versions)
    for (kind, vector) in uses.alone where uses.calls.isDisjoint(with: movers[kind] ?? uses.calls) {
      var outside = vector
      if let position = parameters.firstIndex(where: { $0.variable.id == vector.id }) {
        if case .local(_, let variable) = arguments[position] {
          outside = variable
        } else {
          outside = fresh.make(vector.name)
          steps.append(
            .let(span, variable: outside, ty: parameters[position].ty, value: arguments[position]))
          arguments[position] = .local(span, variable: outside)
        }
      }
      access.arrays[vector.id] = array(of: outside, kind, at: span, &steps)
      if uses.measured.contains(vector.id) {
        let length = fresh.make("length")
        let call = WasmIR.Expr.call(
          span, function: VectorKind.length, arguments: [.local(span, variable: outside)])
        steps.append(.let(span, variable: length, ty: .i64, value: call))
        access.lengths[vector.id] = length
      }
      count += 1
    }
    guard !access.arrays.isEmpty else {
      return .loop(span, label: label, parameters: parameters, arguments: arguments, body: body)
    }
    loops += 1
    return .loop(
      span, label: label, parameters: parameters, arguments: arguments, body: try access.block(body))
  }

  /// The array of a vector, whose own it is from now on.
  private mutating func array(
    of vector: Local, _ kind: VectorKind, at span: Span, _ steps: inout [WasmIR.Step]
  ) -> ElementAccess.Array {
    let held = fresh.make("held")
    let elements = fresh.make("elements")
    let read = WasmIR.Expr.local(span, variable: vector)
    steps.append(
      .let(
        span, variable: held, ty: .nullable(type: kind.elements),
        value: .get(span, type: kind.type, field: VectorKind.elementsField, subject: read)))
    let array = WasmIR.Expr.local(span, variable: held)
    let own = WasmIR.Expr.choose(
      span, condition: .isNull(span, subject: array), ty: .ref(type: kind.elements),
      then: .call(span, function: kind.renewed, arguments: [read]), else: .notNull(span, subject: array))
    steps.append(.let(span, variable: elements, ty: .ref(type: kind.elements), value: own))
    return ElementAccess.Array(variable: elements, type: kind.elements)
  }
}

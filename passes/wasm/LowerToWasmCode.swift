import Diagnostics
public import Languages
public import Nanopass

/// Lowers functions to instructions on a stack in structured control, and gives numbers to all that has a name.
///
/// A join point is what stands behind a block, which jumps to it leave; a loop is a loop. What control comes to anyway
/// needs no jump, and results stay on the stack:
///
///     (function f [(parameter x.0 i32)] [i32]
///       (block [] (if (local x.0) (block [] (return [(i32 1)])) (block [] (return [(i32 2)])))))
///
/// becomes
///
///     (function f 0 [x] []
///       [(indexed local.get 0) (if (one i32) [(i32 1)] [(i32 2)])])
///
/// Variables of one type whose lives do not overlap share a local. Types lie in recursion groups as small as they can
/// be. Data whose address is asked for are in memory from the start, from address 0 on.
///
/// Needs: bound-locals, bound-labels, known-names, well-typed. Ensures: known-indices, known-instructions.
public struct LowerToWasmCode: Pass {
  public typealias Input = WasmIR
  public typealias Output = WasmCode
  public static let summary = "Lower functions to structured stack code, and number all that has a name"

  public init() {}

  public mutating func run(_ input: WasmIR.Root, in context: PassContext) throws -> WasmCode.Root {
    let mentions = try ProgramMentions(input)
    var tables = try ProgramTables(input, mentions)
    let ordered = try GlobalOrder.ordered(input.globals)
    tables.number(ordered)
    let imports = try input.imports.map { each in
      let parameters = try each.parameters.map { try tables.types.type($0) }
      let type = tables.types.function(parameters, try each.results.map { try tables.types.type($0) })
      return WasmCode.Import(
        each.span, name: each.name, module: each.module, field: each.field, effect: each.effect, type: type)
    }
    var lowering = FunctionLowering(tables)
    let globals = try ordered.map { each in
      WasmCode.Global(
        each.span, name: each.name, ty: try tables.types.type(each.ty), isMutable: each.isMutable,
        value: try lowering.constant(each.value))
    }
    let functions = try input.functions.map { try lowering.function($0) }
    tables = lowering.tables

    let pages = (tables.data.memorySize + 65_535) / 65_536
    // Who lends values in memory to the host has one in any case.
    let isInMemory = input.heap == .memory
    let hasMemory = isInMemory || mentions.usesMemory || !mentions.addressed.isEmpty
    let memory = hasMemory ? max(1, pages) : nil
    let main = try tables.find(input.entry, in: tables.functions)
    var exports: [WasmCode.Export] = [.function(input.span, field: isInMemory ? "_start" : "main", function: main)]
    if memory != nil { exports.append(.memory(input.span, field: "memory")) }
    if let flush = tables.functions[WasmIR.Root.flush] {
      exports.append(.function(input.span, field: "flush", function: flush))
    }
    let locals = functions.reduce(0) { $0 + $1.locals.count }
    let types = tables.types.groups.reduce(0) { $0 + $1.types.count }
    context.explain(
      "Lowered \(functions.count) functions with \(locals) locals; \(types) types in \(tables.types.groups.count) groups.",
      data: [
        ("functions", functions.count), ("locals", locals), ("types", types), ("groups", tables.types.groups.count),
        ("bytes in memory", tables.data.memorySize),
      ])
    return WasmCode.Root(
      input.span, effects: input.effects, groups: tables.types.groups, imports: imports, memory: memory,
      tags: tables.tags, globals: globals, functions: functions, exports: exports, data: tables.data.data)
  }
}

/// The order of globals: behind those that their values read.
enum GlobalOrder {
  static func ordered(_ globals: [WasmIR.Global]) throws -> [WasmIR.Global] {
    let positions = Dictionary(globals.enumerated().map { ($1.name, $0) }) { first, _ in first }
    let reads = try globals.map { global in
      var reads = GlobalReads()
      try reads.visit(global.value)
      return reads.names.compactMap { positions[$0] }
    }
    return stronglyConnectedComponents(reads).joined().map { globals[$0] }
  }
}

/// The globals that an expression reads.
private struct GlobalReads: WasmIRWalker {
  var names: [Name] = []

  mutating func visit(_ node: WasmIR.Expr) throws {
    if case .global(_, let name) = node { names.append(name) }
    try walk(node)
  }
}

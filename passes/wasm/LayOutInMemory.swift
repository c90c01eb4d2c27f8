import Diagnostics
public import Languages
public import Nanopass

/// Puts objects into memory: structs and arrays become cells, what is done with them becomes loads, stores and calls of
/// functions that make them, and references become addresses. Objects that globals hold from the start become data.
///
///     (struct pair - [(field (whole (ref pair)) false) (field (whole i32) true)])
///     ...
///     (set pair 1 (local p.0) (get pair 1 (get pair 0 (local p.0))))
///
/// becomes
///
///     (compute i32.store
///       [(compute i32.add [(local p.0) (i32 12)])
///        (compute i32.load [(compute i32.add [(compute i32.load [(compute i32.add [(local p.0) (i32 8)])]) (i32 12)])])])
///
/// Needs: known-names, well-typed. Ensures: known-names, well-typed.
public struct LayOutInMemory: Pass {
  public typealias Input = WasmIR
  public typealias Output = WasmIR
  public static let summary = "Put structs and arrays into memory as cells"

  public init() {}

  public mutating func run(_ input: WasmIR.Root, in context: PassContext) throws -> WasmIR.Root {
    let declarations = WasmDeclarations(input)
    let layout = CellLayout(input.types)
    var cells = StaticCells(input, declarations, layout)
    var output = input
    output.types = []
    output.globals = []
    var placed: Set<Name> = []
    for global in input.globals {
      if let type = global.ty.mentioned {
        var address = WasmIR.Expr.i32(global.span, value: .small(WasmIR.isList(type) ? WasmIR.emptyList : 0))
        if case .null = global.value {
        } else {
          let name = global.isMutable ? Name("\(global.name).start") : global.name
          try cells.place(global.value, as: name)
          address = .address(global.span, datum: name)
        }
        if global.isMutable {
          output.globals.append(
            WasmIR.Global(global.span, name: global.name, ty: .i32, isMutable: true, value: address))
        } else {
          placed.insert(global.name)
        }
      } else {
        output.globals.append(global)
      }
    }
    output.data += cells.data
    var lowering = ObjectLowering(declarations, layout, placed: placed)
    output.functions = try input.functions.map { try lowering.lower($0) }
    output.functions += lowering.constructors.sorted { $0.name < $1.name }
    let made = lowering.constructors.count
    context.explain(
      "Laid out \(input.types.count) types, made \(made) functions and \(cells.data.count) data.",
      data: [("types", input.types.count), ("functions", made), ("data", cells.data.count)])
    return output
  }
}

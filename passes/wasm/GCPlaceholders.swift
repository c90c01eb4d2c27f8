import Diagnostics
import Languages
import Nanopass

/// What stands for fields that a value has not, among the results of a function that gives those of all constructors:
/// zeros, null, and where a reference cannot be null a constant that nobody looks into.
struct GCPlaceholders {
  /// The constants, each behind those that it mentions.
  private(set) var globals: [WasmIR.Global] = []
  private var made: Set<Name> = []
  /// The types whose constants are being made.
  private var open: Set<Name> = []

  /// The parts of a value of a type.
  ///
  /// - Throws: `PassBug` if a type is not declared, or holds itself, so that it has no values.
  mutating func parts(
    _ type: Services.Ty, _ layout: HeapLayout, _ literals: inout WasmLiterals, at span: Span, in node: some Writable
  ) throws -> [WasmIR.Expr] {
    switch type {
    case .string, .bytes, .digest: return [literals.string("", at: span)]
    case .data(let name):
      switch try layout.form(name, in: node) {
      case .field(let field): return try parts(field, layout, &literals, at: span, in: node)
      case .record, .typed, .tagged, .vector:
        return [try constant(name, layout, &literals, at: span, in: node)]
      case .enumeration, .optional: break
      }
    case .int, .word, .float, .bool, .unit: break
    }
    return try layout.representation(type).map { try Self.nothing($0, at: span, in: node) }
  }

  private static func nothing(_ type: WasmIR.Ty, at span: Span, in node: some Writable) throws -> WasmIR.Expr {
    switch type {
    case .i32: return .i32(span, value: .small(0))
    case .i64: return .i64(span, value: .small(0))
    case .f64: return .f64(span, value: 0)
    case .nullable(let type): return .null(span, type: type)
    case .ref: throw PassBug(LowerToWasmGC.self, "a reference is never null", broke: "known-types", in: node)
    }
  }

  private mutating func constant(
    _ name: Name, _ layout: HeapLayout, _ literals: inout WasmLiterals, at span: Span, in node: some Writable
  ) throws -> WasmIR.Expr {
    let form = try layout.form(name, in: node)
    let structure: Name
    if case .vector(let element) = form {
      structure = HeapLayout.vector(layout.elements(element))
    } else {
      structure = name
    }
    let global = Name("absent.\(structure)")
    if made.contains(global) { return .global(span, name: global) }
    guard open.insert(global).inserted else {
      throw PassBug(LowerToWasmGC.self, "`\(name)` holds itself", broke: "known-types", in: node)
    }
    var fields: [WasmIR.Expr] = []
    switch form {
    case .tagged: fields = [.i32(span, value: .small(0))]
    case .record:
      for field in layout.types[name]?.variants.first?.fields ?? [] {
        fields += try parts(field, layout, &literals, at: span, in: node)
      }
    case .vector(let element): fields = Self.vector(layout.elements(element), at: span)
    case .typed, .enumeration, .field, .optional: break
    }
    open.remove(global)
    made.insert(global)
    globals.append(
      WasmIR.Global(
        span, name: global, ty: .ref(type: structure), isMutable: false,
        value: .new(span, type: structure, fields: fields)))
    return .global(span, name: global)
  }

  /// The fields of a vector that holds nothing, as the library has them.
  private static func vector(_ elements: HeapLayout.Elements, at span: Span) -> [WasmIR.Expr] {
    let zero = WasmIR.Expr.i32(span, value: .small(0))
    let vector = HeapLayout.vector(elements)
    let none: [WasmIR.Expr]
    switch elements {
    case .bytes, .words: none = [zero]
    case .ints: none = [.i64(span, value: .small(0)), .null(span, type: HeapLayout.vector(.objects))]
    case .floats: none = [.f64(span, value: 0)]
    case .objects: none = [.null(span, type: HeapLayout.object)]
    }
    let array = WasmIR.Expr.null(span, type: Name("elements.\(elements.rawValue)"))
    return [zero, array, .null(span, type: vector), zero] + none
  }
}

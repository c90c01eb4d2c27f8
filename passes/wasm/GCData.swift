import Diagnostics
import Languages
import Nanopass

// How `LowerToWasmGC` makes data and takes it apart.

extension LowerToWasmGC {
  mutating func construct(
    _ data: Name, _ index: Int, _ arguments: [[WasmIR.Expr]], at span: Span, in node: some Writable
  ) throws -> [WasmIR.Expr] {
    let fields = arguments.flatMap { $0 }
    let variant = try variant(data, index, in: node)
    guard variant.fields.count == arguments.count else {
      throw bug("`\(data)` has another number of fields", "known-types", in: node)
    }
    switch try layout.form(data, in: node) {
    case .enumeration: return [.i32(span, value: .small(index))]
    case .field: return fields
    case .record: return [.new(span, type: data, fields: fields)]
    case .optional(let some, let inner):
      if index != some { return [.null(span, type: try nullType(data, inner, in: node))] }
      return inner == nil ? [.new(span, type: data, fields: fields)] : fields
    case .typed, .tagged:
      let (name, before) = layout.structure(data, variant)
      if variant.fields.isEmpty { return [.global(span, name: HeapLayout.constant(data, variant.name))] }
      let tag: [WasmIR.Expr] = before > 0 ? [.i32(span, value: .small(index))] : []
      return [.new(span, type: name, fields: tag + fields)]
    case .vector: throw bug("a vector is constructed", "known-types", in: node)
    }
  }

  private func nullType(_ data: Name, _ inner: Services.Ty?, in node: some Writable) throws -> Name {
    guard let inner else { return data }
    guard case .ref(let type)? = layout.representation(inner).first else {
      throw bug("a field of `\(data)` is no reference", "known-types", in: node)
    }
    return type
  }

  func variant(_ data: Name, _ index: Int, in node: some Writable) throws -> Services.Variant {
    guard let type = layout.types[data], type.variants.indices.contains(index) else {
      throw bug("`\(data)` has no constructor \(index)", "known-types", in: node)
    }
    return type.variants[index]
  }

  /// The parts of a field of a variable whose constructor is known.
  mutating func payload(
    _ subject: Services.Atom, _ data: Name, _ index: Int, _ field: Int, at span: Span, in node: some Writable
  ) throws -> [WasmIR.Expr] {
    let variant = try variant(data, index, in: node)
    guard variant.fields.indices.contains(field) else {
      throw bug("constructor \(index) has no field \(field)", "known-types", in: node)
    }
    let form = try layout.form(data, in: node)
    if case .field = form { return try atom(subject) }
    let cell = try narrowed(subject, data, index, form, at: span, in: node)
    if case .optional(_, .some) = form { return [cell] }
    let (name, before) = layout.structure(data, variant)
    let first = before + variant.fields[..<field].reduce(0) { $0 + layout.representation($1).count }
    return layout.representation(variant.fields[field]).indices.map {
      .get(span, type: name, field: first + $0, subject: cell)
    }
  }

  /// A value as a reference of its constructor's struct.
  private mutating func narrowed(
    _ subject: Services.Atom, _ data: Name, _ index: Int, _ form: HeapLayout.Form, at span: Span,
    in node: some Writable
  ) throws -> WasmIR.Expr {
    guard let reference = try atom(subject).first else {
      throw bug("`\(data)` is no reference", "known-types", in: node)
    }
    if case .local(_, let variable) = subject, let fact = known[variable.id], fact.variant == index { return fact.part }
    let (type, value): (Name, WasmIR.Expr)
    switch form {
    // Of null fields are never asked for.
    case .enumeration, .field, .record, .vector, .optional(_, nil): return reference
    case .optional(_, let inner):
      (type, value) = (try nullType(data, inner, in: node), .notNull(span, subject: reference))
    case .typed, .tagged:
      type = layout.structure(data, try variant(data, index, in: node)).name
      value = .cast(span, type: type, subject: reference)
    }
    let cell = bind(data.lastSegment, .ref(type: type), value)
    if case .local(_, let variable) = subject { known[variable.id] = (index, cell) }
    return cell
  }
}

import Diagnostics
import Languages
import Nanopass

/// How values of each type of the program lie in variables and on the engine's heap.
///
/// An `Int` takes two variables: a word, and a reference to a big integer, which is null while the word is the value. One
/// that is known to be a word takes only that.
/// `Unit` takes none. Types whose constructors all have no fields are words, and a type of one constructor with one
/// field is held as that field. Other values are structs; for one of two constructors that has no fields null stands.
struct HeapLayout {
  /// The supertype of all structs, and the structs of the library.
  static let object: Name = "object"
  static let string: Name = "string"
  static let big: Name = "big"

  /// How the values of a data type are told apart.
  enum Form {
    /// A word says the constructor.
    case enumeration
    /// Held as the only field of the only constructor.
    case field(Services.Ty)
    /// A struct of the type's name.
    case record
    /// Null, or the constructor at `some`; `inner` if that is held as its only field.
    case optional(some: Int, inner: Services.Ty?)
    /// A struct for each of a few constructors: which it is, tests of its type say. Those without fields are constants.
    case typed
    /// A struct for each constructor with fields, which begins with the constructor's number; the others are constants.
    case tagged
    /// A vector of the library, by how it holds elements.
    case vector(element: Services.Ty)
  }

  /// How a vector holds its elements.
  enum Elements: String {
    case bytes, words, ints, floats, objects
  }

  private(set) var types: [Name: Services.TypeDecl] = [:]
  private var forms: [Name: Form] = [:]
  /// The types whose forms are being found.
  private var open: Set<Name> = []

  /// The most constructors that tests of types tell apart, one after the other. A number in each struct takes 8 bytes on
  /// V8's heap, whose collector is what programs that make much data wait for: without it symbolic_derivation takes 0.81
  /// of the time, constant_folding 0.85.
  private static let mostTyped = 8

  init(_ declarations: [Services.TypeDecl]) {
    types = Dictionary(declarations.map { ($0.name, $0) }) { first, _ in first }
    for declaration in declarations { _ = form(of: declaration.name) }
  }

  // MARK: Forms

  /// The form of a declared data type.
  ///
  /// - Throws: `PassBug` if there is none of that name.
  func form(_ name: Name, in node: some Writable) throws -> Form {
    guard let form = forms[name] else {
      throw PassBug(LowerToWasmGC.self, "`\(name)` is not declared", broke: "known-types", in: node)
    }
    return form
  }

  private mutating func form(of name: Name) -> Form {
    if let form = forms[name] { return form }
    guard let type = types[name], open.insert(name).inserted else { return .enumeration }
    let form = found(type)
    open.remove(name)
    forms[name] = form
    return form
  }

  private mutating func found(_ type: Services.TypeDecl) -> Form {
    let variants = type.variants
    if type.facts.contains("array") { return .vector(element: variants.first?.fields.first ?? .unit) }
    if variants.allSatisfy(\.fields.isEmpty) { return .enumeration }
    if variants.count == 1 {
      guard let field = variants.first?.fields.first, variants.first?.fields.count == 1 else { return .record }
      return isSettled(field) ? .field(field) : .record
    }
    guard variants.count == 2, let some = variants.firstIndex(where: { !$0.fields.isEmpty }),
      variants[1 - some].fields.isEmpty
    else { return variants.count <= Self.mostTyped ? .typed : .tagged }
    let fields = variants[some].fields
    if fields.count == 1, let field = fields.first, isSettled(field), case .ref? = representation(field).first,
      representation(field).count == 1
    {
      return .optional(some: some, inner: field)
    }
    return .optional(some: some, inner: nil)
  }

  /// Whether the form of a type can be found without that of a type which holds it, and is so from now on.
  private mutating func isSettled(_ type: Services.Ty) -> Bool {
    guard case .data(let name) = type else { return true }
    if open.contains(name) { return false }
    // A vector's kind is that of its elements.
    if case .vector(let element) = form(of: name) { return isSettled(element) }
    return true
  }

  // MARK: Representations

  /// The variables that a value takes.
  func representation(_ type: Services.Ty) -> [WasmIR.Ty] {
    switch type {
    case .int: return [.i64, .nullable(type: Self.big)]
    case .word: return [.i64]
    case .float: return [.f64]
    case .bool: return [.i32]
    case .unit: return []
    case .string, .bytes, .digest: return [.ref(type: Self.string)]
    case .data(let name):
      switch forms[name] {
      case nil, .enumeration?: return [.i32]
      case .field(let field)?: return representation(field)
      case .record?, .typed?, .tagged?: return [.ref(type: name)]
      case .optional(_, let inner)?:
        if let inner, case .ref(let type)? = representation(inner).first { return [.nullable(type: type)] }
        return [.nullable(type: name)]
      case .vector(let element)?: return [.ref(type: Self.vector(elements(element)))]
      }
    }
  }

  /// How vectors of a type hold elements.
  func elements(_ type: Services.Ty) -> Elements {
    switch representation(type) {
    case [.f64]: return .floats
    case []: return .bytes
    case [.i32]:
      guard case .data(let name) = type, (types[name]?.variants.count ?? 0) > 256 else { return .bytes }
      return .words
    case [.i64], [.i64, .nullable(type: Self.big)]: return .ints
    default: return .objects
    }
  }

  static func vector(_ elements: Elements) -> Name { Name("vector.\(elements.rawValue)") }

  /// The struct of a constructor, in a type of the form `typed` or `tagged`.
  static func structure(_ type: Name, _ variant: Name) -> Name { Name("\(type).\(variant)") }

  /// The constant of a constructor without fields, in such a type.
  static func constant(_ type: Name, _ variant: Name) -> Name { Name("\(structure(type, variant)).constant") }

  /// The struct that holds the fields of a constructor, and how many of its fields stand before them.
  func structure(_ type: Name, _ variant: Services.Variant) -> (name: Name, before: Int) {
    switch forms[type] {
    case .typed?: return (Self.structure(type, variant.name), 0)
    case .tagged?: return (Self.structure(type, variant.name), 1)
    default: return (type, 0)
    }
  }

  // MARK: Declarations

  /// The structs of the program's types, each behind its parent.
  func declarations() -> [WasmIR.TypeDef] {
    types.values.sorted { $0.name < $1.name }.flatMap(declarations)
  }

  private func declarations(_ type: Services.TypeDecl) -> [WasmIR.TypeDef] {
    let span = type.span
    let object = Self.object
    switch forms[type.name] {
    case .record?:
      return [.struct(span, name: type.name, parent: object, fields: fields(type.variants.first?.fields ?? [], span))]
    case .optional(let some, nil)?:
      return [.struct(span, name: type.name, parent: object, fields: fields(type.variants[some].fields, span))]
    case .typed?:
      return [.struct(span, name: type.name, parent: object, fields: [])]
        + type.variants.map {
          .struct($0.span, name: structure(type.name, $0).name, parent: type.name, fields: fields($0.fields, span))
        }
    case .tagged?:
      let tag = WasmIR.Field(span, storage: .whole(ty: .i32), isMutable: false)
      return [.struct(span, name: type.name, parent: object, fields: [tag])]
        + type.variants.filter { !$0.fields.isEmpty }.map {
          .struct(
            $0.span, name: structure(type.name, $0).name, parent: type.name, fields: [tag] + fields($0.fields, span))
        }
    default: return []
    }
  }

  private func fields(_ types: [Services.Ty], _ span: Span) -> [WasmIR.Field] {
    types.flatMap { type in
      representation(type).map { WasmIR.Field(span, storage: storage($0, of: type), isMutable: false) }
    }
  }

  /// Words of few values take a byte.
  private func storage(_ part: WasmIR.Ty, of type: Services.Ty) -> WasmIR.Storage {
    part == .i32 && elements(type) == .bytes ? .i8 : .whole(ty: part)
  }

  /// The constants of constructors without fields in types of several structs.
  func constants() -> [WasmIR.Global] {
    types.values.sorted { $0.name < $1.name }.flatMap { type -> [WasmIR.Global] in
      let isTagged: Bool
      switch forms[type.name] {
      case .tagged?: isTagged = true
      case .typed?: isTagged = false
      default: return []
      }
      return type.variants.enumerated().filter { $0.element.fields.isEmpty }.map { index, variant in
        let tag = WasmIR.Expr.i32(variant.span, value: .small(index))
        let structure = isTagged ? type.name : Self.structure(type.name, variant.name)
        return WasmIR.Global(
          variant.span, name: Self.constant(type.name, variant.name), ty: .ref(type: type.name), isMutable: false,
          value: .new(variant.span, type: structure, fields: isTagged ? [tag] : []))
      }
    }
  }
}

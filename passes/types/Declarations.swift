import Diagnostics
import Languages
import Nanopass

/// What a function says of itself to its callers.
struct Signature {
  let name: Name
  /// Where it is declared; none in the standard library, whose source is no help.
  let span: Span
  let isLibrary: Bool
  let variables: [Name]
  let parameters: [Resolved.Ty]
  let result: Resolved.Ty
  /// Where its header says what it returns; none if it does not.
  var resultSpan = Span.none
  /// What it declares to do.
  var effects: [Name] = []
  /// The positions of the variables that are the keys of maps in it, with that of a parameter of just this type.
  let keys: [(variable: Int, parameter: Int?)]
}

/// A constructor as its type declares it.
struct Constructor {
  /// The type variables of a built-in type.
  var variables: [Name] = []
  let fields: [Resolved.Ty]
  let result: Resolved.Ty
  let span: Span
}

/// A part of a declaration that has a type.
enum DeclaredPart: Hashable {
  /// A parameter of a function by its position, from 0.
  case parameter(of: Name, Int)
  case field(of: Name, Name)
  /// A field of a variant of a sum type by its position, from 0.
  case payload(of: Name, Name, Int)
  case result(of: Name)
  /// The annotation of a binding in a function, by the number of its local.
  case annotation(in: Name, Int)
  /// How many fields a variant of a sum type has, and of which types.
  case shape(of: Name, Name)
}

extension Name {
  /// The name of a type that is to be found out from all its uses.
  static func sought(_ position: Int) -> Name { Name("?\(position)") }

  var isSought: Bool { text.utf8.first == UInt8(ascii: "?") }
}

/// What the declarations of a program say, for looking up while functions are checked.
struct Declarations {
  private var functions: [Name: Signature]
  /// The types of top-level bindings, as far as they are known.
  var globals: [Name: Resolved.Ty] = [:]
  /// The annotations of bindings that are taken to be others.
  private(set) var annotations: [DeclaredPart: Resolved.Ty] = [:]
  private var constructors: [Name: [Name: Constructor]]
  private var records: [Name: [Name: Resolved.Ty]]
  private let recordFields: [Name: [Name]]
  private let spans: [Name: Span]
  /// Which types can be keys.
  let keyTypes: KeyTypes
  /// The modules of opaque types.
  private let owners: [Name: Name]

  init(_ program: Resolved.Root) {
    functions = Dictionary(program.functions.map { ($0.name, Signature($0)) }) { first, _ in first }
    var constructors = Self.builtins
    var records: [Name: [Name: Resolved.Ty]] = [:]
    var recordFields: [Name: [Name]] = [:]
    var spans: [Name: Span] = [:]
    for type in program.types {
      switch type {
      case .sum(let span, let name, let variants):
        let entries = variants.map {
          ($0.name, Constructor(fields: $0.fields, result: .data(name: name), span: $0.span))
        }
        constructors[name] = Dictionary(entries) { first, _ in first }
        spans[name] = span
      case .record(let span, let name, let fields):
        records[name] = Dictionary(fields.map { ($0.name, $0.ty) }) { first, _ in first }
        recordFields[name] = fields.map(\.name)
        spans[name] = span
      }
    }
    var owners: [Name: Name] = [:]
    for module in program.modules {
      for type in module.opaque { owners[type] = module.name }
    }
    (self.constructors, self.records, self.recordFields) = (constructors, records, recordFields)
    (self.spans, self.owners) = (spans, owners)
    keyTypes = KeyTypes(program.types)
    if let main = program.main, let result = functions[main]?.result, result != .unit,
      result != .result(success: .unit, failure: .string)
    {
      // It has been reported.
      setResult(of: main, to: .erroneous)
    }
  }

  private static let builtins: [Name: [Name: Constructor]] = {
    let (t, e): (Resolved.Ty, Resolved.Ty) = (.variable(name: "t"), .variable(name: "e"))
    let option: Resolved.Ty = .option(payload: t)
    let result: Resolved.Ty = .result(success: t, failure: e)
    let list: Resolved.Ty = .list(element: t)
    let (k, v): (Resolved.Ty, Resolved.Ty) = (.variable(name: "k"), .variable(name: "v"))
    let map: Resolved.Ty = .map(key: k, value: v)
    func make(_ variables: [Name], _ fields: [Resolved.Ty], _ result: Resolved.Ty) -> Constructor {
      Constructor(variables: variables, fields: fields, result: result, span: .none)
    }
    return [
      "Option": ["None": make(["t"], [], option), "Some": make(["t"], [t], option)],
      "Result": ["Ok": make(["t", "e"], [t], result), "Err": make(["t", "e"], [e], result)],
      "List": ["Nil": make(["t"], [], list), "Cons": make(["t"], [t, list], list)],
      "Map": [
        "Empty": make(["k", "v"], [], map),
        "Leaf": make(["k", "v"], [.vector(element: k), .vector(element: v)], map),
        "Inner": make(["k", "v"], [.int, .vector(element: k), .vector(element: map)], map),
      ],
    ]
  }()

  func function(_ name: Name) -> Signature? { functions[name] }

  /// The user's functions that fit a `Fn` type, in order of their names.
  func functions(fitting type: Resolved.Ty) -> [Signature] {
    guard case .function(let parameters, let result, let effects) = type else { return [] }
    let allowed = EffectSet(effects)
    let fitting = functions.values.filter {
      !$0.isLibrary && $0.parameters == parameters && $0.result == result && $0.effects.allSatisfy(allowed.covers)
    }
    return fitting.sorted { $0.name < $1.name }
  }

  /// Takes a function to have another result.
  mutating func setResult(of name: Name, to result: Resolved.Ty) {
    guard let old = functions[name] else { return }
    functions[name] = Signature(
      name: old.name, span: old.span, isLibrary: old.isLibrary, variables: old.variables, parameters: old.parameters,
      result: result, resultSpan: old.resultSpan, effects: old.effects, keys: old.keys)
  }

  /// The type of a part of a declaration; nil if there is no such part.
  func type(of part: DeclaredPart) -> Resolved.Ty? {
    switch part {
    case .parameter(let name, let index):
      functions[name].flatMap { $0.parameters.indices.contains(index) ? $0.parameters[index] : nil }
    case .field(let record, let name): records[record]?[name]
    case .payload(let sum, let variant, let index):
      constructors[sum]?[variant].flatMap { $0.fields.indices.contains(index) ? $0.fields[index] : nil }
    case .result(let name): functions[name]?.result
    case .annotation: annotations[part]
    case .shape: nil
    }
  }

  /// Takes a part of a declaration to have another type.
  mutating func setType(of part: DeclaredPart, to type: Resolved.Ty) {
    switch part {
    case .parameter(let name, let index):
      guard let old = functions[name], old.parameters.indices.contains(index) else { return }
      var parameters = old.parameters
      parameters[index] = type
      functions[name] = Signature(
        name: old.name, span: old.span, isLibrary: old.isLibrary, variables: old.variables, parameters: parameters,
        result: old.result, resultSpan: old.resultSpan, effects: old.effects, keys: old.keys)
    case .field(let record, let name): records[record]?[name] = type
    case .payload(let sum, let variant, let index):
      guard let old = constructors[sum]?[variant], old.fields.indices.contains(index) else { return }
      var fields = old.fields
      fields[index] = type
      setFields(of: sum, variant, to: fields)
    case .result(let name): setResult(of: name, to: type)
    case .annotation: annotations[part] = type
    case .shape: break
    }
  }

  /// Takes a variant to have other fields.
  mutating func setFields(of sum: Name, _ variant: Name, to fields: [Resolved.Ty]) {
    guard let old = constructors[sum]?[variant] else { return }
    constructors[sum]?[variant] = Constructor(
      variables: old.variables, fields: fields, result: old.result, span: old.span)
  }

  func constructor(_ type: Name, _ variant: Name) -> Constructor? { constructors[type]?[variant] }

  /// The type of a record's field.
  func field(_ name: Name, of record: Name) -> Resolved.Ty? { records[record]?[name] }

  /// The names of a record's fields in order; nil for other types.
  func fields(of record: Name) -> [Name]? { recordFields[record] }

  /// The variants of a sum type in order, each as a pattern that takes all of it; nil for other types.
  func variants(of type: Name) -> [String]? {
    guard records[type] == nil, let variants = constructors[type] else { return nil }
    return variants.sorted { ($0.value.span.start, $0.key.text) < ($1.value.span.start, $1.key.text) }.map {
      name, made in
      let parts = Array(repeating: "_", count: made.fields.count).joined(separator: ", ")
      return "`\(type.lastSegment).\(name)\(parts.isEmpty ? "" : "(\(parts))")`"
    }
  }

  /// Where a type is declared.
  func span(of type: Name) -> Span { spans[type] ?? .none }

  /// The module outside of which a type is opaque.
  func owner(ofOpaque type: Name) -> Name? { owners[type] }
}

extension Signature {
  fileprivate init(_ function: Resolved.Function) {
    name = function.name
    span = function.isLibrary ? .none : function.span
    isLibrary = function.isLibrary
    variables = function.variables
    parameters = function.parameters.map(\.ty)
    result = function.result.ty
    resultSpan = function.isLibrary ? .none : function.result.declaredSpan
    effects = function.effects.effects.map(\.name)
    var keys: [(variable: Int, parameter: Int?)] = []
    for case .map(.variable(let name), _) in isLibrary ? parameters + [result] : [] {
      guard let variable = variables.firstIndex(of: name), !keys.contains(where: { $0.variable == variable }) else {
        continue
      }
      keys.append((variable, parameters.firstIndex(of: .variable(name: name))))
    }
    self.keys = keys
  }
}

import Nanopass

extension Primitive {
  private static let element: Typed.Ty = .variable(name: "t")
  private static let vector: Typed.Ty = .vector(element: element)

  /// The primitives of vectors and maps.
  ///
  /// Those of vectors that make or hold elements stand for one of four each, which `choose-shapes` picks by how
  /// elements are held: counted words, raw words, bytes or floats. `key.order` is gone behind `derive-order`.
  static let collections: [Primitive] =
    [
      // Key order: negative, zero or positive.
      Primitive("key.order", [.variable(name: "k"), .variable(name: "k")], .int, variables: ["k"]),
      Primitive("bytes.order", [.bytes, .bytes], .int, .runtime("nanoc_string_order", [.counted, .counted], .index)),
      Primitive(
        "digest.order", [.digest, .digest], .int, .runtime("nanoc_string_order", [.counted, .counted], .index)),
      // The place of a key among keys in order; for one that is not there, -1 less the place where it belongs.
      Primitive(
        "int.search", [.vector(element: .int), .int], .int,
        .runtime("nanoc_int_search", [.counted, .counted], .index)),
      Primitive(
        "string.search", [.vector(element: .string), .string], .int,
        .runtime("nanoc_string_search", [.counted, .counted], .index)),
      Primitive("vector.empty", [], vector, .runtime("nanoc_vector_empty", [], .counted), variables: ["t"]),
      Primitive("vector.length", [vector], .int, .runtime("nanoc_vector_length", [.counted], .index), variables: ["t"]),
      // The size is no less than 0, and an index is inside the vector.
      Primitive("vector.new", [.int, element], vector, variables: ["t"]),
      Primitive("vector.get", [vector, .int], element, variables: ["t"]),
      Primitive("vector.set", [vector, .int, element], vector, variables: ["t"], ownsArguments: true),
      // The index of what is inserted may be the length; ends are no less than starts.
      Primitive("vector.insert", [vector, .int, element], vector, variables: ["t"], ownsArguments: true),
      Primitive("vector.remove", [vector, .int], vector, variables: ["t"], ownsArguments: true),
      Primitive("vector.slice", [vector, .int, .int], vector, variables: ["t"]),
      Primitive("vector.concat", [vector, vector], vector, variables: ["t"]),
    ] + vectors(of: element, "Counted", .counted) + vectors(of: .unit, "Word", .word)
    + vectors(of: .unit, "Byte", .word) + vectors(of: .float, "Float", .float)

  /// The primitives of vectors whose elements are held in one way.
  private static func vectors(of element: Typed.Ty, _ kind: String, _ passing: Passing) -> [Primitive] {
    let function = { (name: String) in "nanoc_vector_\(name)_\(kind.lowercased())" }
    let variables: [Name] = if case .variable(let name) = element { [name] } else { [] }
    return [
      Primitive(
        Name("vector.new\(kind)"), [.int, element], vector,
        .runtime(function("new"), [.index, passing], .counted), variables: variables),
      Primitive(
        Name("vector.get\(kind)"), [vector, .int], element,
        .runtime(function("get"), [.counted, .index], passing), variables: variables),
      Primitive(
        Name("vector.set\(kind)"), [vector, .int, element], vector,
        .runtime(function("set"), [.counted, .index, passing], .counted), variables: variables, ownsArguments: true),
      Primitive(
        Name("vector.insert\(kind)"), [vector, .int, element], vector,
        .runtime(function("insert"), [.counted, .index, passing], .counted), variables: variables,
        ownsArguments: true),
      Primitive(
        Name("vector.remove\(kind)"), [vector, .int], vector,
        .runtime(function("remove"), [.counted, .index], .counted), variables: variables, ownsArguments: true),
      Primitive(
        Name("vector.slice\(kind)"), [vector, .int, .int], vector,
        .runtime(function("slice"), [.counted, .index, .index], .counted), variables: variables),
      Primitive(
        Name("vector.concat\(kind)"), [vector, vector], vector,
        .runtime(function("concat"), [.counted, .counted], .counted), variables: variables),
    ]
  }

  /// Whether the primitive of that name gives what its first argument holds, without a reference of its own.
  public static func lendsElement(_ name: Name) -> Bool { name == "vector.getCounted" }

  /// The variable of the vector whose element the primitive of that name gives; nil if it gives nothing of the kind.
  static func holder(_ name: Name, _ first: Local?) -> Local? { lendsElement(name) ? first : nil }

  /// The types of its parameters and its result at a use, where its variables stand for what these types say.
  ///
  /// - Parameters:
  ///   - arguments: the types of the arguments.
  ///   - given: the type of the result.
  public func instance(
    arguments: [Typed.Ty], result given: Typed.Ty
  ) -> (parameters: [Typed.Ty], result: Typed.Ty) {
    if isVariadic, let only = parameters.first { return (arguments.map { _ in only }, result) }
    guard !variables.isEmpty else { return (parameters, result) }
    var known: [Name: Typed.Ty] = [:]
    for (parameter, argument) in zip(parameters + [result], arguments + [given]) {
      switch (parameter, argument) {
      case (.variable(let name), _): known[name] = known[name] ?? argument
      case (.vector(.variable(let name)), .vector(let element)): known[name] = known[name] ?? element
      default: break
      }
    }
    return (parameters.map { $0.substituting(known) }, result.substituting(known))
  }
}

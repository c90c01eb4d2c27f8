// Functions that render values.

extension ProgramGenerator {
  /// The text that renders a value inside of a string.
  mutating func show(_ type: GeneratedType, _ value: String) -> String {
    if type.isRendered, type != .string { return "{\(value)}" }
    // The insides of a declared type are looked at by its own module.
    var owner = current
    if case .named(let name) = type { owner = declarations.owners[name] ?? current }
    return "{\(path(showFunction(type, in: owner), in: owner))(\(value))}"
  }

  private mutating func showFunction(_ type: GeneratedType, in owner: Int) -> String {
    if let name = modules[owner].shows[type] { return name }
    let name = fresh("show")
    modules[owner].shows[type] = name
    modules[owner].helpers.append(name)
    let user = current
    declarations.module = owner
    add("fn \(name)(x: \(text(type))) -> String\n    ? \"Renders a value.\"\n\(showBody(type, name))")
    declarations.module = user
    return name
  }

  private mutating func showBody(_ type: GeneratedType, _ name: String) -> String {
    switch type {
    case .string: return "    \"'{x}'\"\n"
    case .list(let element):
      let rest = "{\(name)(rest)}"
      return "    match x\n        [] -> \".\"\n        [head, ..rest] -> \"\(show(element, "head")), \(rest)\"\n"
    case .vector(let element): return "    \"v\(show(.list(element), "List.fromVector(x)"))\"\n"
    case .map(let key, let value):
      return "    \"m{Map.len(x)} \(show(.list(.tuple([key, value])), "Map.entries(x)"))\"\n"
    case .named(let record) where declarations.fields(of: record) != nil:
      let fields = (declarations.fields(of: record) ?? []).map { show($0.type, "x.\($0.name)") }
      return "    \"\(record)<\(fields.joined(separator: ", "))>\"\n"
    case .bytes: return "    Bytes.toHex(x)\n"
    case .digest: return "    Crypto.Digest32.toHex(x)\n"
    case .unit: return "    match x\n        _ -> \"Unit\"\n"
    default:
      let arms = (declarations.constructors(of: type) ?? []).map { one in
        let names = one.fields.indices.map { "e\($0)" }
        let parts = zip(one.fields, names).map { show($0, $1) }
        let pattern = GeneratedPattern.constructor(one.name, names.map { .name($0) }).text
        return "        \(pattern) -> \"\(one.name)(\(parts.joined(separator: ", ")))\"\n"
      }
      return "    match x\n" + arms.joined()
    }
  }
}

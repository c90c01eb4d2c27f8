public import Languages
public import Nanopass

/// Reads the code of a character where it stands in its text, without a string of that character.
///
///     (let c.2 string (primitive string.at [(local s.0) (local i.1)]))
///     (let n.3 int (primitive char.toCode [(local c.2)]))
///
/// becomes
///
///     (let c.2 string (primitive string.at [(local s.0) (local i.1)]))
///     (let n.3 int (primitive string.codeAt [(local s.0) (local i.1)]))
///
/// so that `c.2` goes unless something else reads it. There is a character at that index, so its code is sure to be
/// there as well.
///
/// Needs: bound-locals, known-primitives.   Ensures: nothing beyond the language.
public struct FuseCharacters: CoreToCore, FunctionPass {
  public static let summary = "Read the code of a character where it stands in its text"

  /// The primitives that give the code of a string's first character.
  private static let codes: Set<Name> = ["char.toCode", "string.firstCodePoint"]

  /// The text and the index that characters come from.
  private var places: LocalTable<[Core.Atom]> = [:]
  private var count = 0

  public init() {}

  public mutating func end(in context: PassContext) {
    context.explain("\(count) codes of characters read in their texts", data: [("fused", count)])
  }

  public mutating func function(_ node: Core.Function) throws -> Core.Function {
    places.removeAll(keepingCapacity: true)
    return try derive(node)
  }

  public mutating func step(_ node: Core.Step) throws -> Core.Step {
    guard case .let(let span, let variable, let ty, .primitive(let place, let name, let arguments)) = node else {
      return try derive(node)
    }
    if name == "string.at" { places[variable] = arguments }
    guard Self.codes.contains(name), let character = arguments.first?.variable, let text = places[character] else {
      return node
    }
    count += 1
    return .let(span, variable: variable, ty: ty, value: .primitive(place, name: "string.codeAt", arguments: text))
  }
}

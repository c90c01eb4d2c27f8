import Diagnostics
import Languages
import Nanopass

// How `UnboxCharacters` carries out on codes what the program does with texts.

extension UnboxCharacters {
  mutating func primitive(
    _ name: Name, _ arguments: [Core.Atom], to variable: Local, at span: Span
  ) -> Core.Value {
    let isTarget = isCode(node(variable))
    switch (name, arguments.first) {
    case ("string.at", _?) where isTarget:
      return .primitive(span, name: "string.codeAt", arguments: arguments.map { text($0) })
    case ("string.fromScalar", let code?) where isTarget: return .atom(span, atom: text(code))
    case ("string.firstCodePoint", let character?) where isCode(character): return .atom(span, atom: code(character))
    case ("char.toCode", let character?) where isCode(character) && isSolid(character):
      return .atom(span, atom: code(character))
    case ("string.length", let character?) where isCode(character) && isSolid(character):
      return .atom(span, atom: .integer(span, value: .small(1)))
    case _ where CharacterFinder.comparisons.contains(name) && arguments.count == 2:
      let (left, right) = (arguments[0], arguments[1])
      guard isCode(left) || isCode(right), isCode(left) || left.isLiteral, isCode(right) || right.isLiteral else {
        break
      }
      note(name, left, right, in: variable)
      return comparison(name, left, right, at: span)
    default: break
    }
    return .primitive(span, name: name, arguments: arguments.map { text($0) })
  }

  /// The comparison of two codes in place of that of two texts, one of which may be a longer literal.
  private func comparison(_ name: Name, _ left: Core.Atom, _ right: Core.Atom, at span: Span) -> Core.Value {
    func compare(_ name: Name, _ left: Core.Atom, _ right: Core.Atom) -> Core.Value {
      .primitive(span, name: name, arguments: [left, right])
    }
    if let first = left.firstOfSeveral {
      return name == "string.equal"
        ? .atom(span, atom: .bool(span, value: false)) : compare("int.less", first, code(right))
    }
    if let first = right.firstOfSeveral {
      // The only character is that of a shorter text, so the texts are in order if the characters are the same.
      return name == "string.equal"
        ? .atom(span, atom: .bool(span, value: false)) : compare("int.lessEqual", code(left), first)
    }
    let onCodes: Name = name == "string.equal" ? "int.equal" : name == "string.less" ? "int.less" : "int.lessEqual"
    return compare(onCodes, code(left), code(right))
  }

  /// Takes note of what a comparison tells about texts that are not empty.
  private mutating func note(_ name: Name, _ left: Core.Atom, _ right: Core.Atom, in variable: Local) {
    switch name {
    case "string.equal":
      let (text, other) = isCode(left) ? (left, right) : (right, left)
      if isSolid(other) {
        facts[variable] = Facts(whenTrue: code(text).variable)
      } else if other.text == "" {
        facts[variable] = Facts(whenFalse: code(text).variable)
      }
    case "string.less":
      facts[variable] = Facts(whenTrue: code(right).variable, whenFalse: isSolid(right) ? code(left).variable : nil)
    default:
      facts[variable] = Facts(whenTrue: isSolid(left) ? code(right).variable : nil, whenFalse: code(left).variable)
    }
  }
}

extension Core.Atom {
  /// The text of a literal.
  var text: String? {
    if case .string(_, let value) = self { return value }
    return nil
  }

  /// The code of the first character of a literal with more than one.
  fileprivate var firstOfSeveral: Core.Atom? {
    guard case .string(let span, let text) = self, CharacterFinder.Character(text) == nil else { return nil }
    return text.unicodeScalars.first.map { .integer(span, value: .small(Int($0.value))) }
  }
}

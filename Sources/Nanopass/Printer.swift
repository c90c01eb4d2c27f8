public import Diagnostics

/// Prints nodes as S-expressions that a person can read, edit and compare line by line.
///
/// What fits the line stays on one; otherwise a form keeps its leading terminals beside its head and puts each further
/// part on a line of its own. Indentation stops growing at a limit, so that the text stays linear in the tree's size.
public struct Printer: NodeSink {
  private enum Kind { case form, list, atom }
  private struct Token {
    var kind: Kind
    var text: String
    /// Columns when printed on one line.
    var width: Int
    /// The index behind the last token inside.
    var end: Int
  }

  private var tokens: [Token] = []
  private var open: [Int] = []
  /// The spans of all spanned nodes in preorder.
  public private(set) var spans: [Span] = []

  private static let lineWidth = 110
  private static let deepestIndentation = 60

  public init() {}

  /// The node's text form, with a line end.
  public static func text(of node: some Writable) -> String {
    var printer = Printer()
    node.write(to: &printer)
    return printer.finish()
  }

  // MARK: Sink

  public mutating func open(_ form: StaticString, _ span: Span, spanned: Bool) {
    if spanned { spans.append(span) }
    open.append(tokens.count)
    tokens.append(Token(kind: .form, text: "\(form)", width: form.utf8CodeUnitCount + 1, end: 0))
  }

  public mutating func close(empty: Bool) {
    guard let start = open.popLast() else { return }
    if empty {
      tokens[start].kind = .atom
      tokens[start].width -= 1
    } else {
      tokens[start].width += 1
    }
    finishToken(start)
  }

  public mutating func atom(_ text: String) {
    tokens.append(Token(kind: .atom, text: text, width: text.utf8.count, end: tokens.count + 1))
    widenParent(by: text.utf8.count)
  }

  public mutating func beginList(count: Int, minimum: Int) {
    open.append(tokens.count)
    tokens.append(Token(kind: .list, text: "", width: count == 0 ? 2 : 1, end: 0))
  }

  public mutating func endList() {
    guard let start = open.popLast() else { return }
    finishToken(start)
  }

  public mutating func absent() { atom("-") }

  private mutating func finishToken(_ start: Int) {
    tokens[start].end = tokens.count
    widenParent(by: tokens[start].width)
  }

  /// Each part costs its width and one column for the space before it or the bracket behind it.
  private mutating func widenParent(by width: Int) {
    if let parent = open.last { tokens[parent].width += width + 1 }
  }

  // MARK: Layout

  /// The text of all that was written, with a line end.
  public func finish() -> String {
    var text = ""
    var index = 0
    while index < tokens.count {
      layout(index, indentation: 0, column: 0, into: &text)
      text += "\n"
      index = tokens[index].end
    }
    return text
  }

  private func flat(_ index: Int, into text: inout String) {
    let token = tokens[index]
    guard token.kind != .atom else {
      text += token.text
      return
    }
    text += token.kind == .form ? "(" + token.text : "["
    var part = index + 1
    while part < token.end {
      if token.kind == .form || part > index + 1 { text += " " }
      flat(part, into: &text)
      part = tokens[part].end
    }
    text += token.kind == .form ? ")" : "]"
  }

  private func layout(_ index: Int, indentation: Int, column: Int, into text: inout String) {
    let token = tokens[index]
    guard token.kind != .atom, column + token.width > Self.lineWidth else { return flat(index, into: &text) }
    let inner = min(indentation + (token.kind == .form ? 2 : 1), Self.deepestIndentation)
    text += token.kind == .form ? "(" + token.text : "["
    var column = column + 1 + token.text.utf8.count
    var part = index + 1
    var onFirstLine = true
    while part < token.end {
      let width = tokens[part].width
      let leading = token.kind == .list ? part == index + 1 : onFirstLine && tokens[part].end == part + 1
      if leading, column + width < Self.lineWidth || token.kind == .list {
        if token.kind == .form {
          text += " "
          column += 1
        }
        layout(part, indentation: inner, column: column, into: &text)
        column += width
      } else {
        onFirstLine = false
        text += "\n" + String(repeating: " ", count: inner)
        layout(part, indentation: inner, column: inner, into: &text)
      }
      part = tokens[part].end
    }
    text += token.kind == .form ? ")" : "]"
  }

  // MARK: Atoms

  /// A name as an atom: bare if it can be read back so, else between bars.
  static func spelling(of name: String) -> String {
    let bare = !name.isEmpty && name != "-" && name.utf8.allSatisfy { $0 > 32 && $0 != 127 && !isSpecial($0) }
    return bare ? name : "|" + escaped(name, quote: "|") + "|"
  }

  /// A text in quotes.
  static func quoted(_ text: String) -> String { "\"" + escaped(text, quote: "\"") + "\"" }

  private static func isSpecial(_ byte: UInt8) -> Bool {
    SExpressionReader.isDelimiter(byte) || byte == UInt8(ascii: "\\")
  }

  private static func escaped(_ text: String, quote: Unicode.Scalar) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case quote, "\\":
        result += "\\"
        result.unicodeScalars.append(scalar)
      case "\n": result += "\\n"
      case "\t": result += "\\t"
      case "\r": result += "\\r"
      default:
        if scalar.value < 32 || scalar.value == 127 {
          result += "\\u{\(String(scalar.value, radix: 16))}"
        } else {
          result.unicodeScalars.append(scalar)
        }
      }
    }
    return result
  }
}

import Diagnostics
import Languages
import Nanopass

/// The operators and the types that they work on.
enum Operators {
  /// Whether an operator works on a type.
  static func works(_ sign: Name, on head: TypeHead) -> Bool {
    switch sign.text {
    case "==", "!=", "=>": head != .function
    case "+", "<", ">", "<=", ">=": head == .int || head == .float || head == .string
    case "-", "*": head == .int || head == .float
    case "/": head == .float
    default: false
    }
  }

  /// Whether the result is a truth value.
  static func compares(_ sign: Name) -> Bool {
    switch sign.text {
    case "==", "!=", "=>", "<", ">", "<=", ">=": true
    default: false
    }
  }

  /// The primitive of an operator that works on the type.
  static func primitive(_ sign: Name, on ty: Typed.Ty) -> Name {
    guard let names = primitives[sign] else { return sign }
    return ty == .float ? names.float : ty == .string ? names.string : names.int
  }

  private static let primitives: [Name: (int: Name, float: Name, string: Name)] = [
    "+": ("int.add", "float.add", "string.concat"),
    "-": ("int.subtract", "float.subtract", "-"),
    "*": ("int.multiply", "float.multiply", "*"),
    "/": ("/", "float.divide", "/"),
    "<": ("int.less", "float.less", "string.less"),
    "<=": ("int.lessEqual", "float.lessEqual", "string.lessEqual"),
  ]

  /// The types that an operator works on, for people.
  static func operands(of sign: Name) -> String {
    switch sign.text {
    case "+", "<", ">", "<=", ">=": "`Int`, `Float` and `String`"
    case "-", "*": "`Int` and `Float`"
    case "/": "`Float`"
    default: "values"
    }
  }
}

extension Inference {
  mutating func binary(
    _ span: Span, _ sign: Name, _ left: Resolved.Expr, _ right: Resolved.Expr, _ expected: Expectation?
  ) throws -> TypeRef {
    let before = diagnostics.count
    let type = try infer(left)
    if let head = table.head(type), !Operators.works(sign, on: head), sign != "/" || head != .int {
      reportOperator(sign, type, head, left: left.span, whole: span)
      let reported = diagnostics.count - 1
      if head == .list, sign == "+", table.head(try infer(right)) == .list {
        diagnostics[reported].advise(
          "lists are joined: \(code: "List.concat(\(source(left.span)), \(source(right.span)))", at: left.span.union(right.span))"
        )
        return expected?.type ?? type
      }
      _ = try infer(right)
      return Operators.compares(sign) ? .bool : .wrong
    }
    let operand = Expectation(type, .operand(sign, left: left.span))
    let other = try infer(right, table.isWrong(type) ? nil : operand)
    let compares = Operators.compares(sign)
    if case .local = left, diagnostics.count == before + 1 { joinOperand(left.span) }
    if diagnostics.count == before {
      guard check(sign, type, left: left.span, whole: span) else {
        if sign == "/" { adviseDivision(left.span, right.span, expected) }
        return compares ? .bool : .wrong
      }
    } else if !compares {
      return .wrong
    }
    return meet(compares ? .bool : table.isWrong(type) ? other : type, expected, at: span)
  }

  /// Joins the last error, about a name on the left of an operator, to an earlier one that says the same of that name:
  /// it has another type than it should have.
  private mutating func joinOperand(_ name: Span) {
    guard let last = diagnostics.last, last.slug == "type-mismatch", let text = sources.text(of: name) else { return }
    let earlier = diagnostics.dropLast().firstIndex { other in
      other.slug == last.slug && other.fields == last.fields
        && other.regions.contains { $0.span.length == name.length && sources.text(of: $0.span) == text }
    }
    guard let earlier else { return }
    diagnostics.removeLast()
    diagnostics[earlier].regions.append(Region(last.span, "here too"))
    diagnostics[earlier].repair.edits = []
    if let found = last.fields.first?.value {
      diagnostics[earlier].repair.primary = "`\(text)` is `\(found)` wherever it is used: see where it is bound"
    }
  }

  /// Says in the last error, about a division of `Int`s, how to divide these, and where a `Float` is wanted how to divide
  /// them as such.
  private mutating func adviseDivision(_ left: Span, _ right: Span, _ expected: Expectation?) {
    guard let last = diagnostics.indices.last, diagnostics[last].slug == "int-div" else { return }
    let (dividend, divisor) = (source(left), source(right))
    if dividend != "...", divisor != "..." {
      let isLiteral = divisor.utf8.allSatisfy { (48...57).contains($0) } && divisor.contains { $0 != "0" }
      let call = "Int.div(\(dividend), \(divisor))"
      diagnostics[last].advise(
        isLiteral
          ? "use \(code: call), which gives an `Int` with this divisor"
          : "use `\(call)`, which gives a `Result`, since the divisor may be 0")
    }
    guard let expected, table.head(expected.type) == .float else { return }
    let sides = [dividend, divisor].map { Self.isNumber($0) ? "\($0).0" : "Float.fromInt(\($0))" }
    let division = diagnostics[last].repair.primary
    let whole = left.union(right)
    diagnostics[last].advise(
      sides.contains { $0.contains("...") }
        ? "convert both sides" : "convert both sides: \(code: sides.joined(separator: " / "), at: whole)")
    if let division { diagnostics[last].repair.alternatives = [division] }
  }

  mutating func negate(_ span: Span, _ value: Resolved.Expr, _ expected: Expectation?) throws -> TypeRef {
    let type = try infer(value)
    guard check("-", type, left: value.span, whole: span) else { return .wrong }
    return meet(type, expected, at: span)
  }

  /// Whether an operator may work on a type. What is wrong is reported; an open type is looked at in the end.
  private mutating func check(_ sign: Name, _ type: TypeRef, left: Span, whole: Span) -> Bool {
    if table.isWrong(type) { return true }
    guard let head = table.head(type) else {
      delayed.append(Delayed(kind: .operation(sign), type: type, span: left))
      return true
    }
    if Operators.works(sign, on: head) { return true }
    reportOperator(sign, type, head, left: left, whole: whole)
    return false
  }

  mutating func interpolated(_ value: Resolved.Expr) throws {
    let type = try infer(value)
    if table.isWrong(type) { return }
    guard let head = table.head(type) else {
      delayed.append(Delayed(kind: .interpolation, type: type, span: value.span))
      return
    }
    if !head.isRendered { reportInterpolation(type, at: value.span) }
  }

  /// Looks at what could not be judged where it stood.
  mutating func finishDelayed() {
    for check in delayed where !table.isWrong(check.type) {
      if case .mapKey = check.kind {
        finish(mapKey: check)
        continue
      }
      guard let head = table.head(check.type) else {
        reportUndetermined(check)
        _ = table.unify(check.type, .wrong)
        continue
      }
      switch check.kind {
      case .operation(let sign):
        if !Operators.works(sign, on: head) {
          reportOperator(sign, check.type, head, left: check.span, whole: check.span)
        }
      case .interpolation: if !head.isRendered { reportInterpolation(check.type, at: check.span) }
      case .mapKey: break
      }
    }
  }
}

extension TypeHead {
  /// Whether an interpolation can render values of the type.
  var isRendered: Bool { self == .int || self == .float || self == .bool || self == .string }

  /// How to make a text of values of the type, if the library can.
  var rendering: Advice? {
    switch self {
    case .bytes: "write the digits, `Bytes.toHex`, or decode it, `String.fromUtf8`"
    case .digest: "write the digits: `Crypto.Digest32.toHex`"
    default: nil
    }
  }
}

import Diagnostics
import Languages
import Nanopass

/// Carries primitives out on literals. Integers that leave the machine word stay for the run-time library, as does what
/// gives no number: the bits of a NaN are the processor's business.
enum ConstantFolding {
  /// Longer texts are not made at compile time, so that the program stays linear in its source.
  private static let longestText = 1024

  /// The result of a primitive on literals; nil if it is left for run time.
  static func fold(_ name: Name, _ arguments: [Core.Atom], at span: Span) -> Core.Atom? {
    switch (arguments.first, arguments.dropFirst().first) {
    case (.integer(_, let value), nil): integer(name, value, span)
    case (.integer(_, let left), .integer(_, let right)): integers(name, left, right, span)
    case (.float(_, let value), nil): name == "float.negate" ? float(-value, span) : nil
    case (.float(_, let left), .float(_, let right)): floats(name, left, right, span)
    case (.bool(_, let left), .bool(_, let right)):
      name == "bool.equal" ? .bool(span, value: left == right) : nil
    case (.string(_, let left), .string(_, let right)) where arguments.count == 2:
      strings(name, left, right, span)
    default: nil
    }
  }

  private static func integer(_ name: Name, _ value: Integer, _ span: Span) -> Core.Atom? {
    switch name.text {
    case "int.negate": .integer(span, value: value.negated)
    case "int.toString": .string(span, value: value.description)
    default: nil
    }
  }

  private static func integers(_ name: Name, _ left: Integer, _ right: Integer, _ span: Span) -> Core.Atom? {
    // Equal integers have equal digits, big ones too.
    if name == "int.equal" { return .bool(span, value: left == right) }
    guard case .small(let left) = left, case .small(let right) = right else { return nil }
    switch name.text {
    case "int.add": return integer(left.addingReportingOverflow(right), span)
    case "int.subtract": return integer(left.subtractingReportingOverflow(right), span)
    case "int.multiply": return integer(left.multipliedReportingOverflow(by: right), span)
    case "int.less": return .bool(span, value: left < right)
    case "int.lessEqual": return .bool(span, value: left <= right)
    default: return nil
    }
  }

  private static func integer(_ result: (partialValue: Int, overflow: Bool), _ span: Span) -> Core.Atom? {
    result.overflow ? nil : .integer(span, value: .small(result.partialValue))
  }

  private static func floats(_ name: Name, _ left: Double, _ right: Double, _ span: Span) -> Core.Atom? {
    switch name.text {
    case "float.add": float(left + right, span)
    case "float.subtract": float(left - right, span)
    case "float.multiply": float(left * right, span)
    case "float.divide": float(left / right, span)
    case "float.equal": .bool(span, value: left == right)
    case "float.less": .bool(span, value: left < right)
    case "float.lessEqual": .bool(span, value: left <= right)
    default: nil
    }
  }

  private static func float(_ value: Double, _ span: Span) -> Core.Atom? {
    value.isNaN ? nil : .float(span, value: value)
  }

  private static func strings(_ name: Name, _ left: String, _ right: String, _ span: Span) -> Core.Atom? {
    switch name.text {
    case "string.concat", "string.concatenate": joined(left, right).map { .string(span, value: $0) }
    case "string.equal": .bool(span, value: left.utf8.elementsEqual(right.utf8))
    default: nil
    }
  }

  /// Two texts one after the other; nil if that is too long.
  static func joined(_ left: String, _ right: String) -> String? {
    left.utf8.count + right.utf8.count <= longestText ? left + right : nil
  }
}

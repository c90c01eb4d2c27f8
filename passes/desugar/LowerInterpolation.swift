public import Diagnostics
public import Languages
public import Nanopass

/// Turns string interpolation into conversions and one concatenation.
///
///     (interpolate ((text "n = ") (value (local n.0 (int)))))
///     (primitive string.concatenate
///       ((string "n = ") (primitive int.toString ((local n.0 (int))) (string))) (string))
///
/// An interpolation of one part is that part alone; empty pieces of text vanish. Very many are joined in groups, since
/// engines of WebAssembly bound the number of arguments.
///
/// Needs: every interpolated value is an `Int`, `Float`, `Bool` or `String`.
/// Ensures: parts are evaluated in the order written, each once.
public struct LowerInterpolation: OrderedToRendered, FunctionPass {
  public static let summary = "Turn string interpolation into conversions and one concatenation"

  private var count = 0

  public init() {}

  public mutating func end(in context: PassContext) {
    context.explain("\(count) interpolations lowered", data: [("interpolations", count)])
  }

  public mutating func interpolate(at span: Span, parts: [Ordered.Part]) throws -> Rendered.Expr {
    count += 1
    var pieces: [Rendered.Expr] = []
    for part in parts {
      switch part {
      case .text(let span, let value):
        if !value.isEmpty { pieces.append(.string(span, value: value)) }
      case .value(_, let value):
        pieces.append(try rendered(value))
      }
    }
    guard !pieces.isEmpty else { return .string(span, value: "") }
    while pieces.count > Self.mostPieces {
      pieces = stride(from: 0, to: pieces.count, by: Self.mostPieces).map { start in
        joined(pieces[start...].prefix(Self.mostPieces), at: span)
      }
    }
    return joined(pieces[...], at: span)
  }

  /// The most pieces of one concatenation.
  private static let mostPieces = 256

  private func joined(_ pieces: ArraySlice<Rendered.Expr>, at span: Span) -> Rendered.Expr {
    if let first = pieces.first, pieces.count == 1 { return first }
    return .primitive(span, name: "string.concatenate", arguments: Array(pieces), ty: .string)
  }

  /// The text of a value.
  private mutating func rendered(_ value: Ordered.Expr) throws -> Rendered.Expr {
    let span = value.span
    let lowered = try expr(value)
    switch value.ty {
    case .string: return lowered
    case .int: return .primitive(span, name: "int.toString", arguments: [lowered], ty: .string)
    case .float: return .primitive(span, name: "float.toString", arguments: [lowered], ty: .string)
    case .bool:
      let arms = [true, false].map { value in
        Rendered.Arm(span, pattern: .bool(span, value: value), body: .string(span, value: value ? "true" : "false"))
      }
      return .match(span, subject: lowered, arms: arms, ty: .string)
    default:
      throw PassBug(Self.self, "an interpolated value is not primitive", broke: "well-typed", in: value)
    }
  }
}

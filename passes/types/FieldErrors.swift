import Diagnostics
import Languages
import Nanopass

// What is reported of fields that are read and are not there, not known yet, or hidden.

extension Inference {
  /// The place of the field's name alone, which ends a field read.
  private func place(of name: Name, in span: Span) -> Span {
    let length = UInt32(clamping: name.text.utf8.count)
    return length < span.length ? Span(start: span.end - length, length: length) : span
  }

  mutating func reportOpenRead(_ name: Name, at span: Span, base: Span) {
    report(
      .error(
        "undetermined-type", at: span, "the type of this value is not known yet, so its field `\(name)` can't be read",
        help: "bind the value with an annotation first: `name: Type = ...`", regions: [Region(base, nil)]))
  }

  mutating func reportNoField(
    _ name: Name, _ type: TypeRef, _ fields: [Name], at span: Span, of base: Resolved.Expr
  ) {
    if let inside = insideHelp(name, type, base, in: span) {
      let error = Diagnostic.error(
        "unknown-field", at: place(of: name, in: span),
        "`\(table.text(type))` is no record and has no field `\(name)`", help: inside.help, regions: inside.regions)
      return inside.regions.isEmpty ? report(error) : reportOnce(error)
    }
    let near = nearestNames(to: name.text, among: fields.map(\.text))
    let known =
      fields.isEmpty
      ? functionHelp(name, type, in: span) ?? "only records have fields; functions are called by their full names"
      : "it has \(fields.prefix(12).map { "`\($0)`" }.joined(separator: ", "))\(fields.count > 12 ? " and \(fields.count - 12) more" : "")"
    let what = fields.isEmpty ? "`\(table.text(type))` is no record and" : "the record `\(table.text(type))`"
    let help = didYouMean(near) ?? innerHelp(name, fields, of: type, in: span) ?? known
    var error = Diagnostic.error(
      "unknown-field", at: place(of: name, in: span), "\(what) has no field `\(name)`", help: help)
    if case .data(let record)? = table.head(type), !declarations.span(of: record).isNone {
      error.regions = [Region(declarations.span(of: record), "declared here")]
    }
    report(error)
  }

  /// How to get at a field of the record inside an `Option` or a `Result`, and where that is bound to a name; nil for
  /// other types.
  private mutating func insideHelp(_ name: Name, _ type: TypeRef, _ base: Resolved.Expr, in span: Span)
    -> (help: Advice, regions: [Region])?
  {
    guard let head = table.head(type), head == .option || head == .result, let inner = table.arguments(type).first,
      case .data(let record)? = table.head(inner), declarations.field(name, of: record) != nil
    else { return nil }
    guard head == .result, table.head(result) == .result else {
      let form = head == .option ? "Option.Some(value)" : "Result.Ok(value)"
      return ("match on it to get at the record inside: `\(form) -> value.\(name)`", [])
    }
    if case .local(_, let local) = base, let value = boundValues[local.id] {
      let better = sources.postfixed(value, "?")
      let help: Advice = "pass a failure on to the caller where the name is bound: `\(local.name) = \(better)`"
      return (better.contains("...") ? help : help.by(Edit(value, better)), [Region(value, "bound to this")])
    }
    let text = source(base.span)
    let advice: Advice = "pass a failure on to the caller: `\(text == "..." ? "value" : text)?.\(name)`"
    return (advice.by(.insert("?", behind: base.span)), [])
  }

  /// How to read a field that records in fields of a record have, and not the record itself.
  private mutating func innerHelp(_ name: Name, _ fields: [Name], of type: TypeRef, in span: Span) -> Advice? {
    guard case .data(let record)? = table.head(type), fields.count <= 20 else { return nil }
    let owners = fields.filter { field in
      guard case .data(let inner)? = declarations.field(field, of: record) else { return false }
      return declarations.field(name, of: inner) != nil
        && (declarations.owner(ofOpaque: inner).map { $0 == module } ?? true)
    }
    let place = place(of: name, in: span)
    let base = source(Span(start: span.start, length: place.start &- span.start))
    return owners.first.map { owner in
      let advice: Advice = "its field `\(owner)` has one: `\(base == "..." ? "value." : base)\(owner).\(name)`"
      return advice.by(.insert("\(owner).", before: place))
    }
  }

  /// How a function of the type's namespace, or of this module, is called that was read like a field.
  private mutating func functionHelp(_ name: Name, _ type: TypeRef, in span: Span) -> Advice? {
    let length = span.length.subtractingReportingOverflow(place(of: name, in: span).length &+ 1)
    guard !length.overflow, let written = table.written(type) else { return nil }
    let value = source(Span(start: span.start, length: length.partialValue))
    if let space = written.namespace, ["length", "size", "count", "len"].contains(name.text),
      LibraryFunctions.byNamespace[space]?.contains("len") == true
    {
      return "functions are called by their names: \(code: "\(space).len(\(value))", at: span)"
    }
    if let space = written.namespace, LibraryFunctions.byNamespace[space]?.contains(name.text) == true {
      let count = declarations.function(Name("\(space).\(name)"))?.parameters.count ?? 1
      return
        "functions are called by their names: \(code: "\(space).\(name)(\(value)\(count > 1 ? ", ..." : ""))", at: span)"
    }
    guard let own = declarations.function(module.text.isEmpty ? name : Name("\(module).\(name)")) else { return nil }
    return
      "functions are called by their names: \(code: "\(name)(\(value)\(own.parameters.count > 1 ? ", ..." : ""))", at: span)"
  }

  mutating func reportOpaque(_ record: Name, _ owner: Name, at span: Span) {
    report(.opaqueAccess(record, of: owner, at: span, help: "use a function that `\(owner)` exposes"))
  }
}

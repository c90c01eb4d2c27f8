/// The stable kebab-case name of a kind of diagnostic, such as `type-mismatch`. It never changes its meaning.
public struct Slug: Hashable, RawRepresentable, ExpressibleByStringLiteral, Sendable, CustomStringConvertible {
  /// The name as printed.
  public let rawValue: String

  /// The slug of the given name.
  public init(rawValue: String) { self.rawValue = rawValue }

  /// The slug of the given name.
  public init(stringLiteral value: String) { rawValue = value }

  /// The name as printed.
  public var description: String { rawValue }
}

/// How much a diagnostic weighs.
public enum Severity: String, Hashable, Sendable {
  /// The program is wrong; later steps do not happen.
  case error
  /// Worth a look; never changes an exit code.
  case warning
  /// A contract was checked and did not hold (verify, replay).
  case fail
  /// For editors.
  case hint
}

/// A place and what is to be said about it.
public struct Region: Hashable, Sendable {
  /// The place.
  public var span: Span
  /// The text beside the underline; nil shows the line as context, without an underline.
  public var label: String?

  /// A labelled place, or with no label a line shown as context.
  public init(_ span: Span, _ label: String?) {
    self.span = span
    self.label = label
  }
}

/// One key and value; the order of fields is meaningful and keys may repeat.
public struct Field: Hashable, Sendable {
  /// The key, printed before the colon.
  public var key: String
  /// The value.
  public var value: String

  /// A field of the given key and value.
  public init(_ key: String, _ value: String) {
    self.key = key
    self.value = value
  }
}

/// What would mend the program.
public struct Repair: Hashable, Sendable {
  /// The advised change, as a sentence. Another sentence is carried out by other changes.
  public var primary: String? { didSet { edits = [] } }
  /// Other changes that would do.
  public var alternatives: [String]
  /// The source rewritten; the text rendering shows it in place of `primary`.
  public var example: String?
  /// Changes of the source that carry out `primary`, to be made all at once; they don't overlap. Empty if that takes
  /// knowledge that the compiler has not.
  public var edits: [Edit] = []

  /// A repair; all parts may be missing.
  public init(primary: String? = nil, alternatives: [String] = [], example: String? = nil) {
    self.primary = primary
    self.alternatives = alternatives
    self.example = example
  }

  /// What advice for a finding at `place` says.
  public init(_ advice: Advice?, at place: Span) {
    primary = advice?.text
    alternatives = []
    edits = advice?.edits(at: place) ?? []
  }

  /// Whether another repair says the same, though at other places.
  public func saysTheSame(as other: Repair) -> Bool {
    primary == other.primary && alternatives == other.alternatives && example == other.example
  }
}

/// One finding about the program, told in the words of the language.
public struct Diagnostic: Error, Hashable, Sendable {
  /// How much it weighs.
  public var severity: Severity
  /// Its kind.
  public var slug: Slug
  /// The smallest piece of source that is wrong.
  public var span: Span
  /// The text beside the primary underline.
  public var label: String?
  /// One sentence, without a final full stop.
  public var summary: String
  /// Further places, underlined in the text rendering.
  public var regions: [Region] = []
  /// Facts about the finding, in order.
  public var fields: [Field] = []
  /// Background that helps to understand the finding.
  public var note: String?
  /// What would mend it.
  public var repair = Repair()
  /// Places that tools may offer to visit; the text rendering leaves them to `note`.
  public var related: [Region] = []
  /// The function concerned.
  public var fnName: String?
  /// The intent of the module.
  public var intent: String?
  /// What contradicts what.
  public var conflict: String?
  /// Whether the verify case at fault was injected rather than written.
  public var fromHostile = false

  /// A diagnostic of the given parts; all others are empty and can be set afterwards.
  public init(_ severity: Severity, _ slug: Slug, at span: Span, _ summary: String, label: String? = nil) {
    self.severity = severity
    self.slug = slug
    self.span = span
    self.summary = summary
    self.label = label
  }

  /// Sets the repair to what advice says.
  public mutating func advise(_ advice: Advice?) { repair = Repair(advice, at: span) }

  /// Adds another place of the same mistake, with the changes that mend it there.
  public mutating func join(_ other: Diagnostic, label: String = "here too") {
    regions.append(Region(other.span, label))
    let more = other.repair.edits.filter { !repair.edits.contains($0) }
    repair.edits = repair.edits.isEmpty || other.repair.edits.isEmpty ? [] : repair.edits + more
  }

  /// An error. `help` is the advised change, `example` the source rewritten.
  public static func error(
    _ slug: Slug, at span: Span, _ summary: String, label: String? = nil, help: Advice? = nil,
    example: String? = nil, note: String? = nil, regions: [Region] = [], fields: [Field] = [], fnName: String? = nil
  ) -> Diagnostic {
    var result = Diagnostic(.error, slug, at: span, summary, label: label)
    result.repair = Repair(help, at: span)
    result.repair.example = example
    result.note = note
    result.regions = regions
    result.fields = fields
    result.fnName = fnName
    return result
  }

  /// A warning. `help` is the advised change, `example` the source rewritten.
  public static func warning(
    _ slug: Slug, at span: Span, _ summary: String, label: String? = nil, help: Advice? = nil,
    example: String? = nil, note: String? = nil, regions: [Region] = [], fields: [Field] = [], fnName: String? = nil
  ) -> Diagnostic {
    var result = error(
      slug, at: span, summary, label: label, help: help, example: example, note: note, regions: regions,
      fields: fields, fnName: fnName)
    result.severity = .warning
    return result
  }
}

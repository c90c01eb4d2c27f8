public import Diagnostics

/// One step of the compiler: it takes a program of one language and gives one of another, or of the same.
public protocol Pass: SendableMetatype {
  /// The language that it takes.
  associatedtype Input: Language
  /// The language that it gives.
  associatedtype Output: Language
  /// The kebab-case name; by default the type's name, `LowerEffects` as `lower-effects`.
  static var name: String { get }
  /// What it does, in one line that starts with a verb.
  static var summary: String { get }
  /// Whether it may run on programs in which errors were found already; checks of the front end may.
  static var toleratesErrors: Bool { get }
  /// What it touches beside the program.
  static var effects: Set<PassEffect> { get }
  /// The names of parts of it that can be left out alone.
  static var parts: [String] { get }

  init()
  /// Runs the pass on a whole program.
  ///
  /// - Throws: `PassBug` if the program breaks an invariant of the input language that the pass relies on.
  mutating func run(_ input: Input.Root, in context: PassContext) throws -> Output.Root
}

/// What a pass touches beside the program that it is given.
public enum PassEffect: String, Sendable {
  /// It reads source files.
  case readsFiles = "reads files"
}

extension Pass {
  public static var name: String { kebabCase("\(Self.self)") }
  public static var toleratesErrors: Bool { false }
  public static var effects: Set<PassEffect> { [] }
  public static var parts: [String] { [] }
}

/// A pass that overrides a derived traversal.
public protocol TreePass: Pass {
  /// Called before the traversal, to look at the whole program or keep the context.
  mutating func begin(_ input: Input.Root, in context: PassContext) throws
  /// Called behind it, to report what was decided.
  mutating func end(in context: PassContext) throws
}

extension TreePass {
  public mutating func begin(_ input: Input.Root, in context: PassContext) throws {}
  public mutating func end(in context: PassContext) throws {}
}

/// A pass that only looks: it reports errors, and gives its input on untouched.
public protocol CheckPass: Pass where Input == Output {
  /// Looks at the program and reports to the context.
  mutating func check(_ program: Input.Root, in context: PassContext) throws
}

extension CheckPass {
  public static var toleratesErrors: Bool { true }
  public mutating func run(_ input: Input.Root, in context: PassContext) throws -> Input.Root {
    try check(input, in: context)
    return input
  }
}

/// `LowerEffects` as `lower-effects`, `NormaliseToANF` as `normalise-to-anf`.
public func kebabCase(_ name: String) -> String {
  let characters = Array(name)
  var result = ""
  for (index, character) in characters.enumerated() {
    let startsWord =
      character.isUppercase && index > 0
      && (characters[index - 1].isLowercase || characters.dropFirst(index + 1).first?.isLowercase == true)
    result += (startsWord ? "-" : "") + character.lowercased()
  }
  return result
}

/// A bug of the compiler, found by a pass or by the verifier behind it.
public struct PassBug: Error, CustomStringConvertible {
  /// The pass that found it, or whose output is broken.
  public var pass: String
  /// What is wrong.
  public var message: String
  /// The invariant that does not hold.
  public var invariant: String
  /// The text of the offending form.
  public var form: String

  public init(_ pass: String, _ message: String, broke invariant: String, form: String = "") {
    self.pass = pass
    self.message = message
    self.invariant = invariant
    self.form = form
  }

  /// The bug of a pass that met a form it has been promised not to meet.
  public init(_ pass: any Pass.Type, _ message: String, broke invariant: String, in node: some Writable) {
    self.init(pass.name, message, broke: invariant, form: Violation(message, in: node).form)
  }

  public var description: String { "pass \(pass): \(message) (broken invariant: \(invariant))" }
}

/// What a pass did, for `--explain-passes`.
public struct PassReport: Sendable {
  /// One line.
  public var summary: String
  /// More lines.
  public var details: [String]
  /// Counts by name, in the order given.
  public var data: [(key: String, count: Int)]

  /// A report.
  public init(summary: String, details: [String] = [], data: [(key: String, count: Int)] = []) {
    self.summary = summary
    self.details = details
    self.data = data
  }
}

/// What surrounds the passes of one run: options, the sources, and what they report.
public final class PassContext {
  /// The files, to show places in them.
  public let sources: SourceMap
  /// The options that passes may ask for.
  public var options: CompilerOptions
  /// Errors and warnings so far.
  public private(set) var diagnostics: [Diagnostic] = []
  /// The names of optimisations, and of parts of passes, that are left out.
  public internal(set) var leftOut: Set<String> = []
  /// What the pass that runs has said of its decisions.
  public internal(set) var report: PassReport?
  /// Access to source files, for passes that declare it.
  public var files: any SourceFiles
  /// The names of declarations that could not be understood, by the first position of their file. That has been
  /// reported; where such a name is used there is no second mistake.
  public var unreadNames: [UInt32: Set<Name>] = [:]

  public init(
    sources: SourceMap, options: CompilerOptions = CompilerOptions(), files: any SourceFiles = NoSourceFiles()
  ) {
    self.sources = sources
    self.options = options
    self.files = files
  }

  /// Reports an error or a warning.
  public func report(_ diagnostic: Diagnostic) {
    if diagnostic.severity == .error { hasErrors = true }
    diagnostics.append(diagnostic)
  }

  /// Adds the place of an error to the first one that is about the same mistake; false if there is none.
  public func join(_ error: Diagnostic, toFirst isSame: (Diagnostic) -> Bool) -> Bool {
    guard let first = diagnostics.firstIndex(where: isSame) else { return false }
    var joined = diagnostics[first]
    if joined.span == error.span { return true }
    joined.join(error)
    // The earliest place comes first.
    if error.span.start < joined.span.start, let last = joined.regions.indices.last {
      (joined.regions[last].span, joined.span) = (joined.span, error.span)
    }
    diagnostics[first] = joined
    return true
  }

  /// Makes warnings of the errors reported from a position on, which don't stop what is done now.
  func demoteErrors(from start: Int) {
    for index in start..<diagnostics.count where diagnostics[index].severity == .error {
      diagnostics[index].severity = .warning
    }
    hasErrors = diagnostics[..<start].contains { $0.severity == .error }
  }

  /// Whether an error has been reported.
  public private(set) var hasErrors = false

  /// Says what the pass decided.
  public func explain(_ summary: String, details: [String] = [], data: [(key: String, count: Int)] = []) {
    report = PassReport(summary: summary, details: details, data: data)
  }
}

extension Name {
  /// Among `unreadNames`: all names of the file.
  public static let everyName: Name = "*"
  /// Among `unreadNames`: those that a module, which could not be read, may give to the file.
  public static let someModule: Name = "*.*"
}

/// The options of a compilation that passes may depend on. They are part of every snapshot.
public struct CompilerOptions: Hashable, Sendable {
  /// 0 to 3.
  public var optimization: Int
  /// Whether small output matters more than speed.
  public var favoursSize: Bool
  /// Whether an executable is wanted, which needs something to run.
  public var needsMain: Bool
  /// Whether the program reports cells that were never freed.
  public var checksLeaks: Bool
  /// Whether the program is looked at as `nanoc check` does: with all warnings, and with the errors that don't stop a
  /// build. No snapshot has it.
  public var isCheck: Bool
  /// What the program is for, if that is known; each language's passes know the names of theirs. No snapshot has it.
  public var platform: String?

  public init(
    optimization: Int = 2, favoursSize: Bool = false, needsMain: Bool = true, checksLeaks: Bool = false,
    isCheck: Bool = false, platform: String? = nil
  ) {
    self.optimization = optimization
    self.favoursSize = favoursSize
    self.needsMain = needsMain
    self.checksLeaks = checksLeaks
    self.isCheck = isCheck
    self.platform = platform
  }
}

/// What one look at a source file gave.
public enum SourceRead: Sendable {
  /// Its bytes, and the canonical path that identifies it.
  case bytes([UInt8], identity: String)
  /// There is no such file.
  case missing
  /// It is there but can't be read, for the reason given.
  case unreadable(String)
}

/// Reads source files for the passes that declare it.
public protocol SourceFiles {
  /// Reads the file at a path, relative to the module root if `inRoot`, else as it is.
  func read(_ path: String, inRoot: Bool) -> SourceRead

  /// The canonical path of a file, without reading it; nil if there is none.
  func identity(of path: String, inRoot: Bool) -> String?
}

extension SourceFiles {
  public func identity(of path: String, inRoot: Bool) -> String? {
    if case .bytes(_, let identity) = read(path, inRoot: inRoot) { identity } else { nil }
  }
}

/// No files at all, for passes that run on a given program.
public struct NoSourceFiles: SourceFiles {
  public init() {}
  public func read(_ path: String, inRoot: Bool) -> SourceRead { .missing }
}

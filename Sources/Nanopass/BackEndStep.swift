/// A step behind the last language of a road. What it makes is the back end's, not a language of ours.
public protocol BackEndStep: Sendable, RawRepresentable<String> {
  /// The phase that it belongs to.
  static var phase: String { get }
  /// What the step does, in one line.
  var summary: String { get }
  /// What it takes.
  var input: String { get }
  /// What it gives.
  var output: String { get }
}

extension BackEndStep {
  /// Its name, like that of a pass.
  public var name: String { rawValue }
}

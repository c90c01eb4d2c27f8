/// The source files of a generated program, or of a smaller one that was made from it.
public struct GeneratedProgram: Equatable, Sendable {
  /// A file by its path under the module root.
  public struct File: Equatable, Sendable {
    /// The path, such as `data/m3.av`.
    public var path: String
    /// The text.
    public var text: String
  }

  /// The path of the entry.
  public static let entry = "main.av"

  /// All files; the entry is `main.av`.
  public var files: [File]

  /// The text of the entry's file.
  public var entryText: String { files.first { $0.path == Self.entry }?.text ?? "" }

  private static let mark = "// file: "

  /// All files as one text, each behind a comment with its path.
  public var text: String { files.map { "\(Self.mark)\($0.path)\n\($0.text)" }.joined() }

  init(files: [File]) { self.files = files }

  /// The files that stand in one text; what no comment with a path stands before is the entry's.
  public init(text: String) {
    files = []
    var path = Self.entry
    var lines: [Substring] = []
    func take() -> [File] {
      lines.isEmpty ? [] : [File(path: path, text: lines.map { $0 + "\n" }.joined())]
    }
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      guard line.hasPrefix(Self.mark) else {
        lines.append(line)
        continue
      }
      files += take()
      (path, lines) = (String(line.dropFirst(Self.mark.count)), [])
    }
    // The text ends with a line break.
    if lines.last == "" { lines.removeLast() }
    files += take()
  }
}

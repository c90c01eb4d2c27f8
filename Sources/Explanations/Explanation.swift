/// What a slug means: text, a program with that mistake, and the program without it.
public struct Explanation: Sendable {
  /// One file of an example.
  public struct File: Sendable {
    /// The path, `main.av` for the file to compile.
    public let path: String
    /// The source as it is shown. `<FF>` stands for that byte, `<TAB>` for a tab, `<20000 times (>` for a repetition.
    public let text: String

    /// The source as it would stand in a file.
    public var bytes: [UInt8] {
      var bytes: [UInt8] = []
      var rest = text[...]
      while let open = rest.firstIndex(of: "<"), let close = rest[open...].firstIndex(of: ">") {
        bytes += rest[..<open].utf8
        let inner = rest[rest.index(after: open)..<close]
        let words = inner.split(separator: " ")
        if inner == "FF" {
          bytes.append(0xFF)
        } else if inner == "TAB" {
          bytes.append(UInt8(ascii: "\t"))
        } else if words.count == 3, words[1] == "times", let count = Int(words[0]) {
          bytes += String(repeating: String(words[2]), count: count).utf8
        } else {
          bytes += rest[open...close].utf8
        }
        rest = rest[rest.index(after: close)...]
      }
      return bytes + Array(rest.utf8)
    }
  }

  /// The slug, such as `type-mismatch`.
  public let slug: String
  /// One sentence.
  public let summary: String
  /// What to know and to do about it.
  public let text: String
  /// A program with the mistake; empty if none can show it.
  public let wrong: [File]
  /// The files that change to mend it.
  public let right: [File]

  /// The mended program.
  public var mended: [File] { right + wrong.filter { old in !right.contains { $0.path == old.path } } }

  /// All slugs, in alphabetical order.
  public static var slugs: [String] { pageSources.keys.sorted() }

  /// The page of a slug; nil if there is none.
  public init?(_ slug: String) {
    guard let source = pageSources[slug] else { return nil }
    self.init(slug, source)
  }

  private init(_ slug: String, _ source: String) {
    var text: [Substring] = []
    var files: [(isWrong: Bool, path: String, lines: [Substring])] = []
    for line in source.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("--- ") {
        let words = line.split(separator: " ").dropFirst()
        files.append((words.first == "wrong", words.dropFirst().first.map(String.init) ?? "main.av", []))
      } else if files.isEmpty {
        text.append(line)
      } else {
        files[files.count - 1].lines.append(line)
      }
    }
    let all = files.map { file in
      (isWrong: file.isWrong, file: File(path: file.path, text: Self.joined(file.lines) + "\n"))
    }
    self.slug = slug
    summary = text.first.map(String.init) ?? ""
    self.text = Self.joined(text.dropFirst())
    wrong = all.filter(\.isWrong).map(\.file)
    right = all.filter { !$0.isWrong }.map(\.file)
  }

  /// Lines as one text, without empty ones at the end.
  private static func joined(_ lines: some Collection<Substring>) -> String {
    var lines = Array(lines)
    while lines.last?.isEmpty == true { lines.removeLast() }
    return lines.joined(separator: "\n")
  }

  /// The page as it is printed.
  public var page: String {
    var out = "\(slug): \(summary)\n\n\(text)\n"
    func show(_ title: String, _ files: [File]) {
      for file in files {
        out += files.count > 1 || file.path != "main.av" ? "\n\(title), \(file.path):\n\n" : "\n\(title):\n\n"
        for line in file.text.split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
          out += line.isEmpty ? "\n" : "    \(line)\n"
        }
      }
    }
    show("Wrong", wrong)
    show("Right", right)
    return out
  }
}

/// Makes a failing program smaller as long as it fails in the same way: leaves out functions and lines, and puts parts
/// of expressions in the place of the whole (after Zeller and Hildebrandt, Simplifying failure-inducing input, TSE 2002).
/// Files that are not needed go first.
public struct Shrinker {
  private let stillFails: (String) -> Bool
  private var tries: Int

  /// - Parameters:
  ///   - tries: how many smaller programs are tried at most.
  ///   - stillFails: whether a program fails as the first one did.
  public init(tries: Int = 2000, stillFails: @escaping (String) -> Bool) {
    self.tries = tries
    self.stillFails = stillFails
  }

  /// The smallest program found.
  public mutating func shrink(_ text: String) -> String {
    var best = text
    while tries > 0 {
      let before = best
      best = drop(from: best, separator: "\n// file: ")
      best = drop(from: best, separator: "\n\n")
      best = drop(from: best, separator: "\n")
      best = simplify(best)
      if best == before { break }
    }
    return best
  }

  private mutating func test(_ text: String) -> Bool {
    guard tries > 0 else { return false }
    tries -= 1
    return stillFails(text)
  }

  /// Leaves out parts: many at once at first, then single ones.
  private mutating func drop(from text: String, separator: String) -> String {
    var parts = text.components(separator)
    var size = max(1, parts.count / 2)
    while size > 0 {
      var start = 0
      while start < parts.count {
        let end = min(parts.count, start + size)
        let rest = Array(parts[..<start] + parts[end...])
        if test(rest.joined(separator: separator)) { parts = rest } else { start = end }
      }
      size /= 2
    }
    return parts.joined(separator: separator)
  }

  /// Puts the inside of brackets in the place of the brackets and what stands before them, or a small literal there.
  private mutating func simplify(_ text: String) -> String {
    var text = Array(text.unicodeScalars)
    var index = 0
    while index < text.count, tries > 0 {
      if text[index] == "(", let close = closing(index, in: text) {
        var start = index
        while start > 0,
          text[start - 1].properties.isAlphabetic || "._0123456789".unicodeScalars.contains(text[start - 1])
        {
          start -= 1
        }
        let candidates = parts(text[(index + 1)..<close]) + ["0", "\"\"", "true"].map { Array($0.unicodeScalars) }
        for candidate in candidates where candidate.count < close + 1 - start {
          let smaller = Array(text[..<start]) + candidate + text[(close + 1)...]
          if test(string(smaller)) {
            text = smaller
            index = start
            break
          }
        }
      }
      index += 1
    }
    return string(text)
  }

  private func string(_ scalars: [Unicode.Scalar]) -> String {
    var view = String.UnicodeScalarView()
    view.append(contentsOf: scalars)
    return String(view)
  }

  private func closing(_ open: Int, in text: [Unicode.Scalar]) -> Int? {
    var depth = 0
    for index in open..<text.count {
      if text[index] == "\n" { return nil }
      if text[index] == "(" { depth += 1 }
      if text[index] == ")" { depth -= 1 }
      if depth == 0 { return index }
    }
    return nil
  }

  /// What commas outside of brackets separate.
  private func parts(_ text: ArraySlice<Unicode.Scalar>) -> [[Unicode.Scalar]] {
    var parts: [[Unicode.Scalar]] = [[]]
    var depth = 0
    for scalar in text {
      if "([{".unicodeScalars.contains(scalar) { depth += 1 }
      if ")]}".unicodeScalars.contains(scalar) { depth -= 1 }
      if depth == 0, scalar == "," { parts.append([]) } else { parts[parts.count - 1].append(scalar) }
    }
    return parts.map { Array($0.drop { $0 == " " }) }
  }
}

extension String {
  /// The parts between separators.
  fileprivate func components(_ separator: String) -> [String] {
    var parts = [""]
    var rest = self[...]
    while !rest.isEmpty {
      if rest.hasPrefix(separator) {
        parts.append("")
        rest = rest.dropFirst(separator.count)
      } else {
        parts[parts.count - 1].append(rest.removeFirst())
      }
    }
    return parts
  }
}

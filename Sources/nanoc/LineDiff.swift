/// A line-by-line comparison of two texts.
enum LineDiff {
  /// The differing lines with `-` and `+`, three lines around each; the shortest edit script (Myers, Algorithmica 1986,
  /// as Swift's `difference` finds it).
  static func text(_ left: String, _ right: String) -> String {
    let old = left.split(separator: "\n", omittingEmptySubsequences: false)
    let new = right.split(separator: "\n", omittingEmptySubsequences: false)
    let difference = new.difference(from: old)
    var removed = Set<Int>()
    var inserted = Set<Int>()
    for change in difference {
      switch change {
      case .remove(let offset, _, _): removed.insert(offset)
      case .insert(let offset, _, _): inserted.insert(offset)
      }
    }
    var lines: [(mark: Character, text: Substring)] = []
    var i = 0
    var j = 0
    while i < old.count || j < new.count {
      if i < old.count, removed.contains(i) {
        lines.append(("-", old[i]))
        i += 1
      } else if j < new.count, inserted.contains(j) {
        lines.append(("+", new[j]))
        j += 1
      } else {
        if i < old.count { lines.append((" ", old[i])) }
        i += 1
        j += 1
      }
    }
    return withContext(lines)
  }

  private static func withContext(_ lines: [(mark: Character, text: Substring)]) -> String {
    var shown = [Bool](repeating: false, count: lines.count)
    for (index, line) in lines.enumerated() where line.mark != " " {
      for near in max(0, index - 3)...min(lines.count - 1, index + 3) { shown[near] = true }
    }
    var result = ""
    var skipping = false
    for (index, line) in lines.enumerated() {
      if shown[index] {
        result += "\(line.mark)\(line.text)\n"
        skipping = false
      } else if !skipping {
        result += "…\n"
        skipping = true
      }
    }
    return result
  }
}

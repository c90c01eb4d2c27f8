/// The names that may have been meant by a misspelt one, best first.
///
/// A name counts if its distance is at most 2 and at most a third of the misspelt name's length, rounded up, and 0 for a
/// single letter, to which any other would be near; a name that differs only in case has distance 0, and then no other counts. Equal distances are ordered by the name. The misspelt name itself is left out.
///
/// The distance is the number of insertions, deletions, substitutions and swaps of neighbours that no later step
/// touches again: F. J. Damerau, "A technique for computer detection and correction of spelling errors", Communications
/// of the ACM 7(3), 1964, in the restricted form known as optimal string alignment.
public func nearestNames(to name: String, among candidates: some Sequence<String>, limit: Int = 3) -> [String] {
  let wanted = Array(name.unicodeScalars)
  let folded = name.lowercased()
  let letters = asciiLetters(of: name)
  let most = wanted.count < 2 ? 0 : min(2, (wanted.count + 2) / 3)
  var found: [(distance: Int, name: String)] = []
  var seen: Set<String> = []
  for candidate in candidates {
    // One change adds or removes at most one scalar of four bytes, and at most two letters.
    guard abs(candidate.utf8.count - name.utf8.count) <= 4 * most,
      (asciiLetters(of: candidate) ^ letters).nonzeroBitCount <= 2 * most, candidate != name
    else { continue }
    var distance = alignmentDistance(wanted, Array(candidate.unicodeScalars), atMost: most)
    if distance != 0, candidate.lowercased() == folded { distance = 0 }
    if let distance, seen.insert(candidate).inserted { found.append((distance, candidate)) }
  }
  found.sort { ($0.distance, $0.name) < ($1.distance, $1.name) }
  if found.first?.distance == 0 { found.removeAll { $0.distance > 0 } }
  return found.prefix(max(0, limit)).map(\.name)
}

/// The question for a help line: "did you mean `x` or `y`?"; nil without names. A single name is what to write in the
/// place of the finding.
public func didYouMean(_ names: [String]) -> Advice? {
  if let only = names.first, names.count == 1 { return "did you mean \(code: only)?" }
  let quoted = names.map { "`\($0)`" }
  guard let last = quoted.last else { return nil }
  let others = quoted.dropLast().joined(separator: ", ")
  return "did you mean \(others) or \(last)?"
}

/// The set of ASCII characters of a text, letters without their case and some others falling together.
private func asciiLetters(of text: String) -> UInt64 {
  var set: UInt64 = 0
  for byte in text.utf8 where byte < 0x80 { set |= 1 << UInt64((byte | 0x20) & 63) }
  return set
}

/// The optimal string alignment distance, or nil if it is above `most`. Only the cells within `most` of the diagonal are
/// visited, so the cost grows with the length and not with its square.
func alignmentDistance(_ a: [Unicode.Scalar], _ b: [Unicode.Scalar], atMost most: Int) -> Int? {
  guard abs(a.count - b.count) <= most else { return nil }
  let far = most + 1
  var twoAbove = [Int](repeating: far, count: b.count + 1)
  var above = (0...b.count).map { min($0, far) }
  var row = twoAbove
  for i in stride(from: 1, through: a.count, by: 1) {
    let (first, last) = (max(1, i - most), min(b.count, i + most))
    // The cells beside the band still hold an older row.
    row[first - 1] = first == 1 ? min(i, far) : far
    if last < b.count { row[last + 1] = far }
    var nearest = row[first - 1]
    for j in stride(from: first, through: last, by: 1) {
      var best = min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1))
      if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] { best = min(best, twoAbove[j - 2] + 1) }
      row[j] = min(best, far)
      nearest = min(nearest, best)
    }
    if nearest > most { return nil }
    (twoAbove, above, row) = (above, row, twoAbove)
  }
  return above[b.count] <= most ? above[b.count] : nil
}

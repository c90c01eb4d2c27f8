import Languages
import Nanopass

/// Chooses the column to compare next, by three of Maranget's heuristics in turn: the most rows that compare it before
/// one that does not (`q`), the fewest branches (`b`), the fewest new columns (`a`); then the leftmost.
struct ColumnChoice {
  let types: [Name: Closed.TypeDecl]
  let columns: [Occurrence]
  let rows: [Row]

  /// The best of some columns; nil if there are none.
  func best(of candidates: [Int]) -> Int? {
    if candidates.count <= 1 { return candidates.first }
    let prefixes = candidates.map { column in rows.prefix { $0.patterns[column].isRefutable }.count }
    let longest = prefixes.max() ?? 0
    let left = zip(candidates, prefixes).filter { $1 == longest }.map(\.0)
    if left.count == 1 { return left.first }
    let costs = left.map { cost(of: $0) }
    return zip(left, costs).min { $0.1 < $1.1 }?.0
  }

  /// The number of branches, then the number of columns that take the place of this one in all of them.
  private func cost(of column: Int) -> (branches: Int, parts: Int) {
    var heads: Set<Head> = []
    var parts = 0
    for row in rows {
      let pattern = row.patterns[column]
      if let head = pattern.head, heads.insert(head).inserted { parts += pattern.parts.count }
    }
    let all: Int
    switch columns[column].ty {
    case .data(let type): all = types[type]?.variants.count ?? 0
    case .bool: all = 2
    default: all = .max
    }
    return (heads.count == all ? all : heads.count + 1, parts)
  }
}

import Languages
import Nanopass

// How `UniqueCells` chooses which cells are written over.

extension UniqueCells {
  /// Whether there are cells among those to write over that are not held alone. Without them less may be shared.
  mutating func rejectShared() -> Bool {
    let shared = Set(chosen.filter { graph.isShared(.variable(function: $0.function, local: $0.old)) })
    rejected.formUnion(shared)
    rounds += 1
    // No others are tried any more, then none at all: each round takes as long as the first.
    if rounds == Self.mostRounds.choosing { allowed = Set(chosen).subtracting(shared) }
    if rounds == Self.mostRounds.rejecting { allowed = [] }
    return !shared.isEmpty
  }

  /// Whether a cell may be written over, as far as is known from earlier rounds.
  private func mayReuse(_ reuse: Reuse) -> Bool {
    !rejected.contains(reuse) && allowed?.contains(reuse) ?? true
  }

  /// Notes whether what a variable has been read from is read behind a place where its cell goes on.
  mutating func seeOrigins(of variable: Int, after target: CellGraph.Place, _ read: PersistentLocalSet) {
    let origins = names.origins(of: variable)
    guard let first = origins.first else { return }
    for origin in origins {
      let isSeen = read.contains(Self.whole(origin.owner)) || read.contains(Self.field(origin.owner, origin.index))
      // What holds the same cell may have been taken apart as well.
      guard isSeen || names.anyPartOfAlias(of: origin.owner, { read.contains(Self.any($0)) }) else { continue }
      graph.see(place(variable), after: target)
      graph.see(types.content(first.type, first.index), after: target)
      return
    }
  }

  /// Chooses the cell to write over: one that has most of the new one's fields already.
  mutating func reuse(
    _ variable: Local, _ ty: WasmIR.Ty, _ type: Name, _ fields: [WasmIR.Expr], _ reach: Int, _ read: PersistentLocalSet,
    _ uses: inout Uses
  ) {
    var best: (cell: Local, original: Int, kept: Set<Int>)?
    let inherited = types.inherited(type)
    for cell in opened[..<reach].reversed() where cell.type == type {
      let number = names.original(cell.variable)
      let reads = uses.read
      func isRead(_ number: Int) -> Bool { read.contains(Self.any(number)) || reads.contains(Self.any(number)) }
      guard names.known[number]?.mentioned == ty.mentioned, best?.original != number, !isRead(number),
        !names.anyAlias(of: number, isRead),
        mayReuse(Reuse(function: current, new: variable.id, old: number))
      else { continue }
      // What structs of the same type have inherited says that they are.
      let kept = fields.indices.filter { $0 < inherited || names.isField($0, of: number, fields[$0]) }
      if kept.count > best?.kept.count ?? -1 { best = (cell.variable, number, Set(kept)) }
    }
    guard let best else { return }
    var isNullable = false
    if case .nullable? = names.known[best.original] { isNullable = true }
    found[current][variable.id] = OldCell(
      variable: best.cell, whole: names.whole(best.cell), isNullable: isNullable, kept: best.kept)
    chosen.append(Reuse(function: current, new: variable.id, old: best.original))
    graph.change(place(best.original))
    seeOrigins(of: best.original, after: place(best.original), read)
    // Who looked at the cell from here on would see the new one; its fields are as they have been read.
    uses.read.insert(Self.any(best.original))
  }
}

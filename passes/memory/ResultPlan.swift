import Languages
import Nanopass

/// Which results of which functions come as their fields.
///
/// Functions that tail-call one another give their results together. These come as fields if some function of them makes
/// a cell for its result and a caller takes it apart at once, unless more callers want the whole, or one does and some
/// function of them has the cell anyway.
struct ResultPlan {
  /// Of the functions that change, for each result how it is spread, if it is.
  private(set) var layouts: [Name: [ResultLayout?]] = [:]
  /// The functions whose results stay cells although some are made for them, since callers want the whole.
  private(set) var kept: [Name] = []
  private let uses: [Name: ResultUses]
  /// The numbers of the results that are spread.
  private var chosen: NumberSet = []

  init(_ program: Services.Root) throws {
    var finder = ResultFinder(program)
    if !finder.table.layouts.isEmpty { for function in program.functions { try finder.visit(function) } }
    uses = finder.uses
    decide(finder.table.finished(), program)
  }

  /// The values that a function builds, receives and returns.
  func uses(in function: Name) -> ResultUses { uses[function] ?? ResultUses() }

  /// Whether a function gives or receives results that are spread.
  func changes(_ function: Name) -> Bool {
    layouts[function] != nil || uses[function]?.received.contains { chosen.contains($0) } ?? false
  }

  private mutating func decide(_ table: ResultTable, _ program: Services.Root) {
    var chosen: [Int: ResultLayout] = [:]
    var room = program.functions.map { ResultLayout.Registers($0.results) }
    for (root, members) in table.classes {
      guard let first = members.first, let layout = table.layout(of: first) else { continue }
      let count = table.count(of: root)
      guard count.built > 0, count.takenApart > 0 else { continue }
      if count.whole > (count.found > 0 ? 0 : count.takenApart) {
        kept += members.map { program.functions[table.function(of: $0)].name }
        continue
      }
      let grown = ResultLayout.Registers(layout.types) - ResultLayout.Registers([.data(name: layout.name)])
      let functions = members.map { table.function(of: $0) }
      guard functions.allSatisfy({ (room[$0] + grown).fit(ResultLayout.most) }) else { continue }
      for function in functions { room[function] = room[function] + grown }
      for member in members { chosen[member] = layout }
    }
    guard !chosen.isEmpty else { return }
    self.chosen = NumberSet(chosen.keys)
    for (index, function) in program.functions.enumerated() {
      let positions = table.positions(of: index)
      if positions.contains(where: { chosen[$0] != nil }) { layouts[function.name] = positions.map { chosen[$0] } }
    }
  }
}

import CRuntime

/// Takes one reference away from a cell and adds one to each of its counted fields: with the last reference the fields
/// are just taken over.
@c(nanoc_take)
public func takeFields(_ cell: Cell) {
  let references = cell.references
  if references == 1 { return release(cell) }
  for index in 0..<cell.countedFields { duplicate(cell.field(index)) }
  if references > 1 { cell.references = references &- 1 }
}

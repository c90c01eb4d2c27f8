import CRuntime

/// Gives the memory of a cell back, and does nothing about what it holds.
@c(nanoc_release)
public func releaseMemory(_ cell: Cell) { release(cell) }

/// Takes one reference away from all counted fields of a cell.
@c(nanoc_drop_fields)
public func dropFields(_ cell: Cell) {
  for index in 0..<cell.countedFields { drop(cell.field(index)) }
}

/// Takes one reference away from a cell and adds one to each of its counted fields: with the last reference the fields
/// are just taken over.
@c(nanoc_take)
public func takeFields(_ cell: Cell) {
  let references = cell.references
  if references == 1 { return release(cell) }
  for index in 0..<cell.countedFields { duplicate(cell.field(index)) }
  if references > 1 { cell.references = references &- 1 }
}

import CRuntime

#if CHECKED
  /// The number of cells allocated and not yet freed.
  nonisolated(unsafe) var liveCells = 0
#endif

/// Allocates a cell of `size` bytes with undefined contents, aligned to 16 bytes.
@c(nanoc_alloc)
public func allocate(_ size: Int) -> Cell {
  #if CHECKED
    liveCells &+= 1
  #endif
  guard let cell = malloc(size) else { fault("out of memory") }
  return cell
}

/// Gives the memory of one cell back.
@inline(__always)
func release(_ cell: Cell) {
  #if CHECKED
    liveCells &-= 1
  #endif
  free(cell)
}

import CRuntime

/// Frees a cell to which only one reference is left, and nothing that it holds: the caller has taken its fields over.
@c(nanoc_release)
public func releaseAlone(_ cell: Cell) { release(cell) }

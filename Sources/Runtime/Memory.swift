import CRuntime

// Cells of up to 512 bytes come from pools, one for each multiple of 8 bytes up to 64, since most cells of programs are
// so small, and one for each multiple of 16 beyond; larger ones come from malloc. A pool has a
// short list of cells that are ready, of which the one freed last is the first to be used again, since it is still in
// the caches. It gets them from pages and gives them back, a few at a time: see `Pages.swift`. Programs have a single
// thread, so nothing is locked.

private let largestPooled = 512
private let largestSmall = 64

/// The bytes of large cells allocated since the system was last asked for its memory.
nonisolated(unsafe) private var uncheckedBytes = 0

/// The pools. Compiled programs take the first cell that is ready, and call `allocate` only when there is none.
@_silgen_name("nanoc_pools") @used
nonisolated(unsafe) private var pools = runtime_pools()

/// The pool of cells of `index` times 8 bytes.
@inline(__always)
func pool(_ index: Int) -> UnsafeMutablePointer<runtime_pool> {
  UnsafeMutableRawPointer(&pools).assumingMemoryBound(to: runtime_pool.self) + index
}

/// Allocates a cell of `size` bytes when compiled code has found none ready.
@c(nanoc_refill)
public func refill(_ size: Int) -> Cell { allocate(size) }

#if CHECKED
  /// The number of cells allocated and not yet freed.
  nonisolated(unsafe) var liveCells = 0

  /// Allocates a cell of `size` bytes with undefined contents, aligned to 8 bytes. Every cell of the checked runtime
  /// is a block of its own, so that tools that watch memory see each one.
  @c(nanoc_alloc)
  public func allocate(_ size: Int) -> Cell {
    liveCells &+= 1
    return allocateLarge(size)
  }

  /// Gives the memory of one cell back.
  func release(_ cell: Cell) {
    liveCells &-= 1
    free(cell)
  }

  /// The bytes that a cell has room for.
  private func capacity(of cell: Cell) -> Int { malloc_usable_size(cell) }
#else
  /// Allocates a cell of `size` bytes with undefined contents, aligned to 8 bytes.
  @c(nanoc_alloc)
  public func allocate(_ size: Int) -> Cell {
    #if PROFILE
      countAllocation(size)
    #endif
    if size > largestPooled { return allocateLarge(size) }
    let index = size <= largestSmall ? (size &+ 7) &>> 3 : ((size &+ 15) &>> 4) &<< 1
    let pool = pool(index)
    guard let cell = pool.pointee.ready else { return allocateFromPage(index) }
    pool.pointee.ready = cell.load(as: Cell?.self)
    return cell
  }

  /// Gives the memory of one cell back.
  @inline(__always)
  func release(_ cell: Cell) {
    guard let index = poolIndex(of: cell) else { return free(cell) }
    let pool = pool(index)
    cell.storeBytes(of: pool.pointee.ready, as: Cell?.self)
    pool.pointee.ready = cell
    pool.pointee.freed &+= 1
    if pool.pointee.freed == 0 { returnCells(index) }
  }

  /// The bytes that a cell has room for.
  private func capacity(of cell: Cell) -> Int { poolIndex(of: cell).map { $0 &<< 3 } ?? malloc_usable_size(cell) }
#endif

/// A cell with the first `used` bytes of one that nothing else refers to, and room for `size`: the same if it has the
/// room, else a larger one, by half more than it needs, but from the pools if they have cells as large.
func grown(_ cell: Cell, from used: Int, to size: Int) -> Cell {
  if size <= capacity(of: cell) { return cell }
  let room = size &+ size / 2
  let larger = allocate(size <= largestPooled ? min(room, largestPooled) : room)
  memcpy(larger, cell, used)
  release(cell)
  return larger
}

/// Allocates a cell outside the pools.
@inline(never)
func allocateLarge(_ size: Int) -> Cell {
  uncheckedBytes &+= size
  if uncheckedBytes >= Int(heapStep) || size >= Int(heapStep) {
    if !hasMemory(size) { fault("out of memory") }
    uncheckedBytes = 0
  }
  guard let cell = malloc(size) else { fault("out of memory") }
  return cell
}

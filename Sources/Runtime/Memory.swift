import CRuntime

// Cells of up to 512 bytes come from pools, one for each multiple of 16 bytes; larger ones from malloc. A pool takes
// pages of 64 KiB out of one large reserved region, and keeps the cells that were freed in a list. A table with one
// byte for each page tells the pool of a cell when it is freed. Programs have a single thread, so nothing is locked.

/// A source of cells of one size.
private struct Pool {
  /// The first freed cell; each holds the address of the next.
  var freed: UnsafeMutableRawPointer?
  /// The address of the first cell never used in the current page, and that page's end.
  var next: UInt
  var end: UInt
}

/// The reserved region. The table of pages is at its start.
private struct Region {
  var base: UInt = 0
  var size: UInt = 0
  /// The offsets of the first page not yet given to a pool, and of the first byte not yet committed.
  var nextPage: UInt = 0
  var committed: UInt = 0
}

private let pageBits: UInt = 16
private let pageSize: UInt = 1 &<< pageBits
private let largestPooled = 512
private let heapStep: UInt = 32 &<< 20

nonisolated(unsafe) private var region = Region()
nonisolated(unsafe) private var pools = runtime_pools()
/// The bytes of large cells allocated since the system was last asked for its memory.
nonisolated(unsafe) private var uncheckedBytes = 0

#if CHECKED
  /// The number of cells allocated and not yet freed.
  nonisolated(unsafe) var liveCells = 0

  /// Allocates a cell of `size` bytes with undefined contents, aligned to 16 bytes. Every cell of the checked runtime
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
  /// Allocates a cell of `size` bytes with undefined contents, aligned to 16 bytes.
  @c(nanoc_alloc)
  public func allocate(_ size: Int) -> Cell {
    if size > largestPooled { return allocateLarge(size) }
    let index = (size &+ 15) &>> 4
    let pool = pool(index)
    if let cell = pool.pointee.freed {
      pool.pointee.freed = cell.load(as: UnsafeMutableRawPointer?.self)
      return cell
    }
    let next = pool.pointee.next
    if next < pool.pointee.end, let cell = Cell(bitPattern: next) {
      pool.pointee.next = next &+ UInt(bitPattern: index &<< 4)
      return cell
    }
    return allocateFromNewPage(index)
  }

  /// Gives the memory of one cell back.
  @inline(__always)
  func release(_ cell: Cell) {
    let offset = UInt(bitPattern: cell) &- region.base
    if offset >= region.size { return free(cell) }
    guard let table = UnsafeRawPointer(bitPattern: region.base) else { return }
    let index = table.load(fromByteOffset: Int(bitPattern: offset &>> pageBits), as: UInt8.self)
    let pool = pool(Int(index))
    cell.storeBytes(of: pool.pointee.freed, as: UnsafeMutableRawPointer?.self)
    pool.pointee.freed = cell
  }

  /// The bytes that a cell has room for.
  private func capacity(of cell: Cell) -> Int {
    let offset = UInt(bitPattern: cell) &- region.base
    guard offset < region.size, let table = UnsafeRawPointer(bitPattern: region.base) else {
      return malloc_usable_size(cell)
    }
    return Int(table.load(fromByteOffset: Int(bitPattern: offset &>> pageBits), as: UInt8.self)) &<< 4
  }
#endif

/// A cell with the first `used` bytes of one that nothing else refers to, and room for `size`: the same if it has the
/// room, else a larger one, by half more than it needs.
func grown(_ cell: Cell, from used: Int, to size: Int) -> Cell {
  if size <= capacity(of: cell) { return cell }
  let larger = allocate(size &+ size / 2)
  memcpy(larger, cell, used)
  release(cell)
  return larger
}

/// The pool of cells of `index` times 16 bytes.
@inline(__always)
private func pool(_ index: Int) -> UnsafeMutablePointer<Pool> {
  let start = UnsafeMutableRawPointer(&pools).assumingMemoryBound(to: Pool.self)
  return start + index
}

/// Allocates a cell outside the pools.
@inline(never)
private func allocateLarge(_ size: Int) -> Cell {
  uncheckedBytes &+= size
  if uncheckedBytes >= Int(heapStep) || size >= Int(heapStep) {
    if !hasMemory(size) { fault("out of memory") }
    uncheckedBytes = 0
  }
  guard let cell = malloc(size) else { fault("out of memory") }
  return cell
}

/// Allocates the first cell of a new page, or, when the region is used up, one outside the pools.
@inline(never)
private func allocateFromNewPage(_ index: Int) -> Cell {
  if region.size == 0 { reserveRegion() }
  if region.nextPage &+ pageSize > region.size { return allocateLarge(index &<< 4) }
  if region.nextPage &+ pageSize > region.committed { commitMore() }
  guard let table = UnsafeMutableRawPointer(bitPattern: region.base) else { return allocateLarge(index &<< 4) }
  table.storeBytes(
    of: UInt8(truncatingIfNeeded: index), toByteOffset: Int(bitPattern: region.nextPage &>> pageBits), as: UInt8.self)
  let size = UInt(bitPattern: index &<< 4)
  let page = table + Int(bitPattern: region.nextPage)
  region.nextPage &+= pageSize
  let pool = pool(index)
  pool.pointee.next = UInt(bitPattern: page) &+ size
  pool.pointee.end = UInt(bitPattern: page) &+ pageSize / size &* size
  return page
}

/// Reserves the region: 1 TiB, or what the system allows.
private func reserveRegion() {
  var size: UInt = 1 &<< 40
  while size > heapStep &* 4 {
    if let start = runtime_reserve(Int(bitPattern: size)) {
      let tableSize = max(size &>> pageBits, pageSize)
      if runtime_commit(start, Int(bitPattern: tableSize)) == 0 {
        region = Region(base: UInt(bitPattern: start), size: size, nextPage: tableSize, committed: tableSize)
        return
      }
      munmap(start, Int(bitPattern: size))
    }
    size &>>= 1
  }
}

/// Commits the next part of the region. The first part is small in most programs and takes no questions.
private func commitMore() {
  let start = UnsafeMutableRawPointer(bitPattern: region.base &+ region.committed)
  let size = Int(bitPattern: min(heapStep, region.size &- region.committed))
  let isFirst = region.nextPage == max(region.size &>> pageBits, pageSize)
  if !isFirst && !hasMemory(size) { fault("out of memory") }
  if runtime_commit(start, size) != 0 { fault("out of memory") }
  if !isFirst { runtime_prefer_large_pages(start, size) }
  region.committed &+= UInt(bitPattern: size)
}

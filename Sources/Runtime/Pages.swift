import CRuntime

// Pages of 64 KiB, each with cells of one size and a list of those that are free, so that cells that are allocated one
// after the other lie close to one another, in whatever order they were freed (Leijen, Zorn, de Moura: Mimalloc: Free
// List Sharding in Action, APLAS 2019). A pool that has no cell ready takes those of the page that waits longest; a
// page waits when a part of it is free. If no page waits, the pool takes cells never used. A page that is all free
// can serve any pool, and its cells are in order again.
//
// All pages lie in one large reserved region. At its start are a table with a byte for each page, which says whose it
// is, and one with the rest.

/// The reserved region.
private struct Region {
  var base: UInt = 0
  var size: UInt = 0
  /// The offsets of the first page never used, and of the first byte not yet committed.
  var nextPage: UInt = 0
  var committed: UInt = 0
}

private typealias Page = UnsafeMutablePointer<runtime_page>
private typealias Queue = UnsafeMutablePointer<runtime_queue>

/// The states of a page. A fresh one has cells never used.
private enum State {
  static let fresh: UInt8 = 0
  static let freshWithFree: UInt8 = 1
  static let usedUp: UInt8 = 2
  static let waiting: UInt8 = 3
}

private let pageBits: UInt = 16
private let pageSize: UInt = 1 &<< pageBits
private let entryBits: UInt = 5
/// Cells never used become ready a few at a time, so that memory is not touched before it is needed.
private let chunk: UInt = 4096
/// How many cells stay ready when others go back to their pages.
private let mostReady = 64
/// By how much the region grows.
let heapStep: UInt = 32 &<< 20

nonisolated(unsafe) private var region = Region()
nonisolated(unsafe) private var queues = runtime_queues()

/// Whose cell it is; nil for one outside the region.
@inline(__always)
func poolIndex(of cell: Cell) -> Int? {
  let offset = UInt(bitPattern: cell) &- region.base
  if offset >= region.size { return nil }
  // The table starts where the offset is 0.
  return Int(cell.load(fromByteOffset: Int(bitPattern: offset &>> pageBits &- offset), as: UInt8.self))
}

private func queue(_ index: Int) -> Queue {
  UnsafeMutableRawPointer(&queues).assumingMemoryBound(to: runtime_queue.self) + index
}

@inline(__always)
private func page(_ number: UInt32) -> Page? {
  Page(bitPattern: region.base &+ region.size &>> pageBits &+ UInt(number) &<< entryBits)
}

/// How many cells a page has.
private func count(_ index: Int) -> Int32 {
  Int32(truncatingIfNeeded: pageSize / UInt(bitPattern: index &<< 3))
}

/// How many of them are free when the page can be used again.
private func share(_ index: Int) -> Int32 { count(index) &>> 5 }

// MARK: Allocation

/// Allocates a cell of `index` times 8 bytes when none is ready; when the region is used up, outside.
@inline(never)
func allocateFromPage(_ index: Int) -> Cell {
  let queue = queue(index)
  let first: Cell
  if queue.pointee.first != 0, let waiting = page(queue.pointee.first), let cells = waiting.pointee.cells {
    remove(waiting, from: queue)
    waiting.pointee.cells = nil
    waiting.pointee.state = State.usedUp
    waiting.pointee.due = share(index)
    first = cells
  } else {
    if queue.pointee.fresh == 0 { queue.pointee.fresh = freshPage(index) }
    guard let fresh = page(queue.pointee.fresh), let cells = newCells(in: fresh, queue, index) else {
      return allocateLarge(index &<< 3)
    }
    first = cells
  }
  pool(index).pointee.ready = first.load(as: Cell?.self)
  return first
}

/// The first of a list of cells never used; nil without a page.
private func newCells(in page: Page, _ queue: Queue, _ index: Int) -> Cell? {
  let size = UInt(bitPattern: index &<< 3)
  let room = UInt(page.pointee.room)
  let start = region.base &+ UInt(queue.pointee.fresh) &<< pageBits
  guard queue.pointee.fresh != 0, let first = Cell(bitPattern: start &+ room) else { return nil }
  let end = min(room &+ max(chunk, size), pageSize)
  var (cell, next) = (first, room &+ size)
  while next &+ size <= end {
    let following = cell + Int(bitPattern: size)
    cell.storeBytes(of: following, as: Cell?.self)
    cell = following
    next &+= size
  }
  cell.storeBytes(of: nil, as: Cell?.self)
  page.pointee.room = UInt32(truncatingIfNeeded: next)
  if next &+ size > pageSize {
    if page.pointee.state == State.fresh {
      page.pointee.state = State.usedUp
    } else {
      page.pointee.state = State.waiting
      append(queue.pointee.fresh, page, to: queue)
    }
    queue.pointee.fresh = 0
  }
  return first
}

/// The number of a page for new cells: one that is all free, or a new one; 0 when the region is used up.
private func freshPage(_ index: Int) -> UInt32 {
  let empty = queue(0)
  // The last one that became free is the one most likely to be in the caches.
  var number = empty.pointee.last
  if number != 0, let page = page(number) {
    remove(page, from: empty)
  } else {
    if region.size == 0, !isRegionRefused { reserveRegion() }
    if region.nextPage &+ pageSize > region.size { return 0 }
    if region.nextPage &+ pageSize > region.committed { commitMore() }
    number = UInt32(truncatingIfNeeded: region.nextPage &>> pageBits)
    region.nextPage &+= pageSize
  }
  guard let table = UnsafeMutableRawPointer(bitPattern: region.base) else { return 0 }
  table.storeBytes(of: UInt8(truncatingIfNeeded: index), toByteOffset: Int(number), as: UInt8.self)
  page(number)?.pointee = runtime_page(
    cells: nil, due: share(index), previous: 0, next: 0, room: 0, state: State.fresh)
  return number
}

// MARK: Freeing

/// Gives cells that are ready back to their pages, but for the first few.
@inline(never)
func returnCells(_ index: Int) {
  guard var last = pool(index).pointee.ready else { return }
  for _ in 1..<mostReady {
    guard let next = last.load(as: Cell?.self) else { return }
    last = next
  }
  var rest = last.load(as: Cell?.self)
  last.storeBytes(of: nil, as: Cell?.self)
  while let first = rest {
    let offset = UInt(bitPattern: first) &- region.base
    guard let page = page(UInt32(truncatingIfNeeded: offset &>> pageBits)) else { return }
    // Neighbours in the list are often of one page.
    let start = UInt(bitPattern: first) &- offset & (pageSize &- 1)
    var last = first
    var count: Int32 = 1
    rest = last.load(as: Cell?.self)
    while let next = rest, UInt(bitPattern: next) &- start < pageSize {
      last = next
      count &+= 1
      rest = last.load(as: Cell?.self)
    }
    last.storeBytes(of: page.pointee.cells, as: Cell?.self)
    page.pointee.cells = first
    page.pointee.due &-= count
    if page.pointee.due <= 0 { manyFree(UInt32(truncatingIfNeeded: offset &>> pageBits), page, index) }
  }
}

/// Many cells of a page are free: it can be used again, or it is all free.
private func manyFree(_ number: UInt32, _ page: Page, _ index: Int) {
  if page.pointee.state != State.waiting {
    page.pointee.due &+= count(index) &- share(index)
    if page.pointee.state == State.fresh {
      page.pointee.state = State.freshWithFree
    } else {
      page.pointee.state = State.waiting
      append(number, page, to: queue(index))
    }
  }
  if page.pointee.state == State.waiting, page.pointee.due <= 0 {
    remove(page, from: queue(index))
    append(number, page, to: queue(0))
  }
}

// MARK: Queues

private func append(_ number: UInt32, _ page: Page, to queue: Queue) {
  page.pointee.previous = queue.pointee.last
  page.pointee.next = 0
  link(queue.pointee.last, to: number, in: queue)
  queue.pointee.last = number
}

private func remove(_ removed: Page, from queue: Queue) {
  let (previous, next) = (removed.pointee.previous, removed.pointee.next)
  link(previous, to: next, in: queue)
  if next != 0 { page(next)?.pointee.previous = previous } else { queue.pointee.last = previous }
}

/// Makes `next` the page behind `previous`, or the first of the queue.
private func link(_ previous: UInt32, to next: UInt32, in queue: Queue) {
  if previous != 0 { page(previous)?.pointee.next = next } else { queue.pointee.first = next }
}

// MARK: The region

/// Whether the system gave no region, not even a small one: it is not asked again for each cell.
private nonisolated(unsafe) var isRegionRefused = false

/// Reserves the region: 1 TiB, or what the system allows.
private func reserveRegion() {
  var size: UInt = 1 &<< 40
  while size > heapStep &* 4 {
    if let start = runtime_reserve(Int(bitPattern: size)) {
      let tables = tablesSize(size)
      if runtime_commit(start, Int(bitPattern: size &>> pageBits)) == 0 {
        region = Region(base: UInt(bitPattern: start), size: size, nextPage: tables, committed: tables)
        return
      }
      munmap(start, Int(bitPattern: size))
    }
    size &>>= 1
  }
  isRegionRefused = true
}

/// The space of both tables of a region, in whole pages.
private func tablesSize(_ size: UInt) -> UInt {
  (size &>> pageBits &+ size &>> (pageBits &- entryBits) &+ pageSize &- 1) & ~(pageSize &- 1)
}

/// Commits the next part of the region, and of the second table. The first part is small in most programs and takes no
/// questions.
private func commitMore() {
  let isFirst = region.nextPage == tablesSize(region.size)
  let size = min(heapStep, region.size &- region.committed)
  if !isFirst && !hasMemory(Int(bitPattern: size)) { fault("out of memory") }
  let table = region.size &>> pageBits
  let start = (table &+ region.committed &>> (pageBits &- entryBits)) & ~4095
  commit(start, table &+ (region.committed &+ size) &>> (pageBits &- entryBits) &- start)
  commit(region.committed, size)
  if !isFirst, let start = UnsafeMutableRawPointer(bitPattern: region.base &+ region.committed) {
    runtime_prefer_large_pages(start, Int(bitPattern: size))
  }
  region.committed &+= size
}

private func commit(_ offset: UInt, _ size: UInt) {
  guard let start = UnsafeMutableRawPointer(bitPattern: region.base &+ offset) else { fault("out of memory") }
  if runtime_commit(start, Int(bitPattern: size)) != 0 { fault("out of memory") }
}

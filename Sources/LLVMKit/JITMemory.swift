internal import CLLVM
import Glibc

/// The memory for everything that a JIT links: one region, so that all of it is within reach of the short jumps and
/// addresses of the usual code model. Object files that are mapped one by one can be further apart than that.
final class JITMemory {
  private let region: UnsafeMutableRawPointer
  private let size: Int
  private var used = 0
  private static let page = max(4096, sysconf(Int32(_SC_PAGESIZE)))

  /// Reserves addresses; memory is used only as far as sections are put there.
  init() throws {
    for size in [1 << 30, 256 << 20, 64 << 20] {
      let flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE
      if let region = mmap(nil, size, PROT_READ | PROT_WRITE, flags, -1, 0), region != MAP_FAILED {
        (self.region, self.size) = (region, size)
        return
      }
    }
    throw LLVMError("there is no memory for code")
  }

  deinit { munmap(region, size) }

  /// Room for a section; nil if there is not enough.
  fileprivate func allocate(_ count: Int, alignment: Int) -> UnsafeMutableRawPointer? {
    let alignment = max(alignment, 1)
    let start = (used + alignment - 1) / alignment * alignment
    guard count >= 0, start <= size, count <= size - start else { return nil }
    used = start + count
    return region + start
  }

  /// Room for code: whole pages, which hold nothing else.
  fileprivate func allocateCode(_ count: Int, alignment: Int) -> UnsafeMutableRawBufferPointer? {
    let whole = (max(count, 1) + Self.page - 1) / Self.page * Self.page
    guard let start = allocate(whole, alignment: max(alignment, Self.page)) else { return nil }
    return UnsafeMutableRawBufferPointer(start: start, count: whole)
  }

  /// A layer that links object files into this memory, which must outlive it.
  func makeLayer(_ session: LLVMOrcExecutionSessionRef?) -> LLVMOrcObjectLayerRef? {
    LLVMOrcCreateRTDyldObjectLinkingLayerWithMCJITMemoryManagerLikeCallbacks(
      session, Unmanaged.passUnretained(self).toOpaque(), beginObject, { _ in }, allocateCodeSection,
      allocateDataSection, protectCode, endObject)
  }
}

/// The sections of one object file.
private final class ObjectSections {
  let memory: JITMemory
  var code: [UnsafeMutableRawBufferPointer] = []

  init(_ memory: JITMemory) { self.memory = memory }
}

private func beginObject(_ memory: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  guard let memory else { return nil }
  let sections = ObjectSections(Unmanaged<JITMemory>.fromOpaque(memory).takeUnretainedValue())
  return Unmanaged.passRetained(sections).toOpaque()
}

private func sections(_ box: UnsafeMutableRawPointer?) -> ObjectSections? {
  box.map { Unmanaged<ObjectSections>.fromOpaque($0).takeUnretainedValue() }
}

private func allocateCodeSection(
  _ box: UnsafeMutableRawPointer?, _ size: UInt, _ alignment: UInt32, _ id: UInt32, _ name: UnsafePointer<CChar>?
) -> UnsafeMutablePointer<UInt8>? {
  guard let sections = sections(box),
    let room = sections.memory.allocateCode(Int(clamping: size), alignment: Int(alignment))
  else { return nil }
  sections.code.append(room)
  return room.baseAddress?.assumingMemoryBound(to: UInt8.self)
}

private func allocateDataSection(
  _ box: UnsafeMutableRawPointer?, _ size: UInt, _ alignment: UInt32, _ id: UInt32, _ name: UnsafePointer<CChar>?,
  _ isReadOnly: LLVMBool
) -> UnsafeMutablePointer<UInt8>? {
  sections(box)?.memory.allocate(Int(clamping: size), alignment: Int(alignment))?
    .assumingMemoryBound(to: UInt8.self)
}

/// Makes the code runnable, and no longer writable; gives whether that failed.
private func protectCode(
  _ box: UnsafeMutableRawPointer?, _ message: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
) -> LLVMBool {
  for room in sections(box)?.code ?? [] where mprotect(room.baseAddress, room.count, PROT_READ | PROT_EXEC) != 0 {
    message?.pointee = strdup("the code cannot be made runnable")
    return 1
  }
  return 0
}

private func endObject(_ box: UnsafeMutableRawPointer?) {
  if let box { Unmanaged<ObjectSections>.fromOpaque(box).release() }
}

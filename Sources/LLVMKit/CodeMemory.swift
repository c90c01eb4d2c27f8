internal import CLLVM
internal import Glibc

/// The memory of everything that a JIT links: one block of addresses, since code reaches what it calls and reads by
/// distances of 32 bits, and the linker does not notice when one is too long. Blocks that the system chooses one by one
/// may lie on both sides of a large stack.
final class CodeMemory {
  private let start: UnsafeMutableRawPointer
  private let size: Int
  private var used = 0
  private let page = sysconf(Int32(_SC_PAGESIZE))

  /// Reserves addresses; memory is taken as it is written to. Where addresses are limited the block is smaller.
  init() throws {
    for size in [1 << 30, 256 << 20, 64 << 20] {
      let flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE
      let block = mmap(nil, size, PROT_READ | PROT_WRITE, flags, -1, 0)
      if let block, block != MAP_FAILED {
        start = block
        self.size = size
        return
      }
    }
    throw LLVMError("there is no memory for code")
  }

  deinit {
    munmap(start, size)
  }

  /// Whole pages for a section, writable until their object is finished; nil when the block is full.
  func allocate(_ count: Int, alignment: Int) -> UnsafeMutableRawBufferPointer? {
    guard count <= size else { return nil }
    let alignment = max(alignment, page)
    let offset = (used + alignment - 1) / alignment * alignment
    let pages = (max(count, 1) + page - 1) / page * page
    guard offset <= size, pages <= size - offset else { return nil }
    used = offset + pages
    return UnsafeMutableRawBufferPointer(start: start + offset, count: pages)
  }
}

/// The sections of one object, which are written and then protected.
private final class ObjectMemory {
  private let memory: CodeMemory
  private var sections: [(bytes: UnsafeMutableRawBufferPointer, protection: Int32)] = []

  init(_ memory: CodeMemory) {
    self.memory = memory
  }

  func allocate(_ size: UInt, _ alignment: UInt32, protection: Int32) -> UnsafeMutablePointer<UInt8>? {
    guard let bytes = memory.allocate(Int(clamping: size), alignment: Int(alignment)) else { return nil }
    sections.append((bytes, protection))
    return bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
  }

  /// Gives the sections their final protection; false if the system refuses.
  func protect() -> Bool {
    defer { sections.removeAll() }
    return sections.allSatisfy { mprotect($0.bytes.baseAddress, $0.bytes.count, $0.protection) == 0 }
  }
}

/// The callback by which LLJIT makes what links objects; `context` is the `CodeMemory`, which the caller keeps alive.
func makeLinkingLayer(
  _ context: UnsafeMutableRawPointer?, _ session: LLVMOrcExecutionSessionRef?, _ triple: UnsafePointer<CChar>?
) -> LLVMOrcObjectLayerRef? {
  LLVMOrcCreateRTDyldObjectLinkingLayerWithMCJITMemoryManagerLikeCallbacks(
    session, context,
    { context in
      guard let context else { return nil }
      let memory = Unmanaged<CodeMemory>.fromOpaque(context).takeUnretainedValue()
      return Unmanaged.passRetained(ObjectMemory(memory)).toOpaque()
    },
    { _ in },
    { context, size, alignment, _, _ in
      object(context)?.allocate(UInt(size), alignment, protection: PROT_READ | PROT_EXEC)
    },
    { context, size, alignment, _, _, isReadOnly in
      object(context)?.allocate(UInt(size), alignment, protection: isReadOnly != 0 ? PROT_READ : PROT_READ | PROT_WRITE)
    },
    { context, message in
      if object(context)?.protect() == true { return 0 }
      message?.pointee = strdup("the system does not let code run that was made in memory")
      return 1
    },
    { context in
      if let context { Unmanaged<ObjectMemory>.fromOpaque(context).release() }
    })
}

private func object(_ context: UnsafeMutableRawPointer?) -> ObjectMemory? {
  context.map { Unmanaged<ObjectMemory>.fromOpaque($0).takeUnretainedValue() }
}

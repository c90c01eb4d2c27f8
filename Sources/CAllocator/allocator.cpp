#include "allocator.h"

#ifdef NANOC_TCMALLOC

#include <gperftools/malloc_extension.h>
#include <sys/mman.h>

#include <cstddef>
#include <cstdint>
#include <new>

namespace {

constexpr size_t large_page = size_t{2} << 20;
// Address space, not memory: what is never touched costs nothing.
constexpr size_t least_reserved = size_t{64} << 20;

size_t rounded(size_t size, size_t unit) { return (size + unit - 1) / unit * unit; }

// Gives parts of areas that are advised to be large pages.
class LargePages : public SysAllocator {
  uintptr_t next = 0;
  uintptr_t end = 0;

 public:
  void *Alloc(size_t size, size_t *actual, size_t alignment) override {
    const size_t unit = alignment < 4096 ? 4096 : alignment;
    size = rounded(size, 4096);
    if (rounded(next, unit) + size > end && !reserve(size + unit)) return nullptr;
    const uintptr_t start = rounded(next, unit);
    next = start + size;
    if (actual != nullptr) *actual = size;
    return reinterpret_cast<void *>(start);
  }

 private:
  bool reserve(size_t least) {
    size_t size = rounded(least < least_reserved ? least_reserved : least, large_page) + large_page;
    void *area = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (area == MAP_FAILED) return false;
    end = reinterpret_cast<uintptr_t>(area) + size;
    next = rounded(reinterpret_cast<uintptr_t>(area), large_page);
    madvise(reinterpret_cast<void *>(next), end - next, MADV_HUGEPAGE);
    return true;
  }
};

alignas(LargePages) unsigned char storage[sizeof(LargePages)];

}  // namespace

void nanoc_prefer_large_pages(void) { MallocExtension::instance()->SetSystemAllocator(new (storage) LargePages); }

#else

void nanoc_prefer_large_pages(void) {}

#endif

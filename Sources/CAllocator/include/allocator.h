#ifndef NANOC_ALLOCATOR_H
#define NANOC_ALLOCATOR_H

#ifdef __cplusplus
extern "C" {
#endif

/// Lets the allocator of a release compiler take memory in large pages, where the system gives them on request. The
/// trees of a program of 10,000 lines take 100 MiB: with pages of 4 KiB a tenth of the time goes into page faults and
/// misses of the translation buffers. Call it first of all; a debug compiler has the C library's allocator and goes on
/// with it.
void nanoc_prefer_large_pages(void);

/// Lets a release compiler end with a message and exit code 2 where the system has no more memory for it. Swift would
/// end it with a signal.
void nanoc_end_without_memory(void);

/// Lets a program that is run in the compiler's process find out itself that there is no more memory.
void nanoc_leave_memory_to_program(void);

/// Takes memory from now on from pages that hold nothing that lasts, on this thread. What passes make for each other
/// would else leave gaps between the trees that stay, and these come in an order that processors can't foresee.
void nanoc_take_passing_memory(void);

/// Takes memory as before again.
void nanoc_take_lasting_memory(void);

/// Takes memory as before again, and gives the pages of passing memory back.
void nanoc_end_passing_memory(void);

#ifdef __cplusplus
}
#endif

#endif

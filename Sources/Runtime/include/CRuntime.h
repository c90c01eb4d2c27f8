// What the runtime takes from C: libc, GMP, and the few things of them that Swift cannot call directly.
#ifndef NANOC_CRUNTIME_H
#define NANOC_CRUNTIME_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include <errno.h>
#include <fcntl.h>
#include <gmp.h>
#include <malloc.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

/// The error number of the last failed call.
static inline int runtime_errno(void) { return errno; }

/// The address whose access raised the signal.
static inline void *runtime_fault_address(const siginfo_t *info) { return info->si_addr; }

/// Installs a handler that runs on the alternate signal stack.
static inline void runtime_handle(int signal, void (*handler)(int, siginfo_t *, void *), int flags) {
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_sigaction = handler;
  action.sa_flags = flags | SA_SIGINFO | SA_ONSTACK;
  sigemptyset(&action.sa_mask);
  sigaction(signal, &action, NULL);
}

/// Gives a signal back its default action, or ignores it.
static inline void runtime_reset_signal(int number, int ignore) { signal(number, ignore ? SIG_IGN : SIG_DFL); }

/// Reserves address space without committing memory to it; null when the system refuses.
static inline void *runtime_reserve(size_t size) {
  void *region = mmap(NULL, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  return region == MAP_FAILED ? NULL : region;
}

/// Makes a part of a reserved region usable; 0 on success.
static inline int runtime_commit(void *start, size_t size) { return mprotect(start, size, PROT_READ | PROT_WRITE); }

/// Asks for large pages, which make the first touch of much memory several times faster; only a hint.
static inline void runtime_prefer_large_pages(void *start, size_t size) { madvise(start, size, MADV_HUGEPAGE); }

/// For each size of cells divided by 8 the first of those that are ready, each of which holds the address of the next,
/// and how many were freed, modulo 256. A type of C starts out as zeros without code, and its layout is known to
/// compiled programs. Without the filling Swift would see 9 bytes and place them closer.
typedef struct runtime_pool { void *ready; uint8_t freed, filling[7]; } runtime_pool;
typedef struct runtime_pools { runtime_pool pools[65]; } runtime_pools;

/// A page of the allocator.
typedef struct runtime_page {
  /// The first free cell; each holds the address of the next.
  void *cells;
  /// How many cells must be freed here until something is to be done.
  int32_t due;
  /// The pages before and behind in the queue, by number; 0 for none.
  uint32_t previous, next;
  /// The offset of the first cell never used.
  uint32_t room;
  uint8_t state;
} runtime_page;

/// For each size of cells divided by 8 the first and the last page of the queue of those with free cells, and the one
/// with cells never used. Those that are all free are in the queue of size 0.
typedef struct runtime_queue { uint32_t first, last, fresh; } runtime_queue;
typedef struct runtime_queues { runtime_queue queues[65]; } runtime_queues;

/// What the variant for profiles knows of a function. Compiled programs have one for each.
typedef struct runtime_profile {
  /// The name, ended by a zero.
  const char *name;
  uint64_t calls, allocations, bytes, samples;
} runtime_profile;

/// Sends SIGPROF whenever the program has used so many microseconds of the processor; never again for 0.
static inline void runtime_start_timer(long microseconds) {
  struct timeval interval = {0, microseconds};
  struct itimerval timer = {interval, interval};
  setitimer(ITIMER_PROF, &timer, NULL);
}

/// The nanoseconds of the processor that the program has used.
static inline size_t runtime_processor_time(void) {
  struct timespec time;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return (size_t)time.tv_sec * 1000000000 + (size_t)time.tv_nsec;
}

/// Runs `entry` on the given stack and comes back when it returns.
static inline int runtime_run_on_stack(void *base, size_t size, void (*entry)(void)) {
  ucontext_t caller, root;
  if (getcontext(&root) != 0) return -1;
  root.uc_stack.ss_sp = base;
  root.uc_stack.ss_size = size;
  root.uc_link = &caller;
  makecontext(&root, entry, 0);
  return swapcontext(&caller, &root);
}

/// Asks for memory that will be read soon. Any address may be given.
static inline void runtime_prefetch(const void *address) { __builtin_prefetch(address); }

/// `value` if `left` is not less than `right`, else 0; computed where it can't be guessed which.
static inline intptr_t runtime_if_not_less(intptr_t left, intptr_t right, intptr_t value) {
  return __builtin_unpredictable(left >= right) ? value : 0;
}

/// Opens a file for reading.
static inline int runtime_open(const char *path) { return open(path, O_RDONLY | O_CLOEXEC); }

#endif

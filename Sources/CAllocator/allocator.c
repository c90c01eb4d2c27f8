#include "allocator.h"

#ifdef NANOC_MIMALLOC

#include <errno.h>
#include <mimalloc.h>
#include <string.h>
#include <unistd.h>

void nanoc_prefer_large_pages(void) { mi_option_enable(mi_option_large_os_pages); }

static void give_up(int code, void *unused) {
  static const char message[] = "error: there is not enough memory to compile this program\n";
  (void)unused;
  if (code != ENOMEM) return;
  ssize_t written = write(STDERR_FILENO, message, strlen(message));
  (void)written;
  _exit(2);
}

void nanoc_end_without_memory(void) { mi_register_error(give_up, NULL); }

static void go_on(int code, void *unused) { (void)code, (void)unused; }

void nanoc_leave_memory_to_program(void) { mi_register_error(go_on, NULL); }

#else

void nanoc_prefer_large_pages(void) {}

void nanoc_end_without_memory(void) {}

void nanoc_leave_memory_to_program(void) {}

#endif

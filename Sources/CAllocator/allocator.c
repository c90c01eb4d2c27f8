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

static _Thread_local mi_heap_t *passing;
static _Thread_local mi_heap_t *lasting;

void nanoc_take_passing_memory(void) {
  if (passing == NULL) {
    passing = mi_heap_new();
    if (passing == NULL) return;
    lasting = mi_heap_set_default(passing);
  } else {
    mi_heap_set_default(passing);
  }
}

void nanoc_take_lasting_memory(void) {
  if (passing != NULL) mi_heap_set_default(lasting);
}

void nanoc_end_passing_memory(void) {
  if (passing == NULL) return;
  mi_heap_set_default(lasting);
  // What is still in use goes over to the other heap.
  mi_heap_delete(passing);
  passing = NULL;
}

#else

void nanoc_prefer_large_pages(void) {}
void nanoc_take_passing_memory(void) {}
void nanoc_take_lasting_memory(void) {}
void nanoc_end_passing_memory(void) {}

void nanoc_end_without_memory(void) {}

void nanoc_leave_memory_to_program(void) {}

#endif

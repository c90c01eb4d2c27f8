#include "allocator.h"

#ifdef NANOC_MIMALLOC

#include <mimalloc.h>

void nanoc_prefer_large_pages(void) { mi_option_enable(mi_option_large_os_pages); }

#else

void nanoc_prefer_large_pages(void) {}

#endif

// The least program: what it links is what every compiled program carries.
#include "nanoc.h"

static struct {
  int32_t references;
  uint16_t tag, counted;
  int64_t byte_length, scalar_count;
  char bytes[16];
} hello = {INT32_MIN, 0xFFFF, 0, 13, 13, "hello, world!"};

static void entry(void) { nanoc_console_print((text *)&hello); }

int main(int count, char **values) { return nanoc_start(count, values, entry); }

#include "Fixture.h"

#include <stdint.h>
#include <string.h>

/* A run is one thread's; tests run several at once. */
static _Thread_local int64_t counter;

static int32_t add_i32(int32_t a, int32_t b) { return (int32_t)((uint32_t)a + (uint32_t)b); }

static int64_t next_count(void) { return ++counter; }

static const struct {
  const char *symbol;
  void *address;
} table[] = {
    {"add_i32", (void *)add_i32},
    {"next_count", (void *)next_count},
};

void *fixture_lookup(const char *symbol) {
  for (unsigned i = 0; i < sizeof table / sizeof *table; i++)
    if (strcmp(table[i].symbol, symbol) == 0) return table[i].address;
  return NULL;
}

void fixture_reset(void) { counter = 0; }

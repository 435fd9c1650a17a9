#include "Fixture.h"

#include <stddef.h>
#include <string.h>

#include "Table.h"

static const Part *const parts[] = {
    &fixture_scalars, &fixture_registers, &fixture_structs, &fixture_passing, &fixture_callbacks,
    &fixture_state,
};

/* A loop over all functions; `entry` is the current one. */
#define EACH_ENTRY                                                               \
  for (unsigned long part = 0; part < sizeof parts / sizeof *parts; part++)      \
    for (const Entry *entry = parts[part]->entries,                              \
                     *const end = parts[part]->entries + parts[part]->count;     \
         entry < end; entry++)

void *fixture_lookup(const char *symbol) {
  EACH_ENTRY if (strcmp(entry->symbol, symbol) == 0) return entry->address;
  return NULL;
}

FixtureSignature fixture_signature(unsigned long index) {
  EACH_ENTRY if (index-- == 0) return (FixtureSignature){entry->symbol, entry->signature};
  return (FixtureSignature){NULL, NULL};
}

#define FIRST(type, name) #name ": " #type
#define NEXT(type, name) ", " #name ": " #type
#define STRUCT(name, fields) "struct " #name " { " fields " }",
static const char *const structures[] = {FIXTURE_STRUCTS(STRUCT, FIRST, NEXT)};

const char *fixture_structure(unsigned long index) {
  return index < sizeof structures / sizeof *structures ? structures[index] : NULL;
}

void fixture_reset(void) { fixture_reset_state(); }

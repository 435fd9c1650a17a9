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

/* What comes behind a type at the start of `types`; null if it starts otherwise. */
static const char *behind_type(const char *name, size_t length, const char *types) {
  const char *fields = NULL;
  for (unsigned long i = 0; i < sizeof structures / sizeof *structures; i++) {
    const char *declared = structures[i] + strlen("struct ");
    if (strncmp(declared, name, length) == 0 && declared[length] == ' ') fields = structures[i];
  }
  if (!fields) return strncmp(types, name, length) == 0 ? types + length : NULL;
  char before = '{';
  while ((fields = strstr(fields, ": "))) {
    if (*types++ != before) return NULL;
    fields += strlen(": ");
    types = behind_type(fields, strcspn(fields, ", "), types);
    if (!types) return NULL;
    before = ',';
  }
  return *types == '}' ? types + 1 : NULL;
}

static int has_types(const char *signature, const char *types) {
  while (*signature) {
    size_t length = strcspn(signature, " (),->");
    if (length > 0) {
      types = behind_type(signature, length, types);
      if (!types) return 0;
      signature += length;
    } else if (*signature++ != ' ' && *types++ != signature[-1]) {
      return 0;
    }
  }
  return *types == 0;
}

void *fixture_lookup(const char *symbol, const char *types) {
  EACH_ENTRY if (strcmp(entry->symbol, symbol) == 0)
    return has_types(entry->signature, types) ? entry->address : NULL;
  return NULL;
}

void fixture_reset(void) { fixture_reset_state(); }

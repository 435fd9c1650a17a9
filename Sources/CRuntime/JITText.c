/* For memmem. */
#define _GNU_SOURCE
#include "JITText.h"

#include <string.h>

const void *jit_find_bytes(
    const void *text, size_t text_bytes, const void *pattern, size_t pattern_bytes) {
  return memmem(text, text_bytes, pattern, pattern_bytes);
}

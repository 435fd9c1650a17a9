/* Searching in bytes. */
#ifndef TIERPROOF_JIT_TEXT_H
#define TIERPROOF_JIT_TEXT_H

#include <stddef.h>

/* The first place of the pattern in the text, null if there is none. Complexity: linear. */
const void *jit_find_bytes(
    const void *text, size_t text_bytes, const void *pattern, size_t pattern_bytes);

#endif

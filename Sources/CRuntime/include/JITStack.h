/* The process's one big stack: a thread of its own on which runs execute, one at a time. */
#ifndef TIERPROOF_JIT_STACK_H
#define TIERPROOF_JIT_STACK_H

#include "JITContext.h"

#include <stddef.h>
#include <stdint.h>

/* Enters compiled code by a public entry from outside of any; everything that it and what it calls
 * keep on the native stack lies below native_stack_top, which this sets. */
uint64_t jit_enter(JITContext *context, const void *entry);

/* Calls body(argument) on the big stack, which is made with so many bytes at the first call.
 * Already on it, calls it directly. Returns 0, or an error number if the thread cannot be made. */
int jit_stack_run(size_t bytes, void (*body)(void *argument), void *argument);

/* The lowest address of the big stack; 0 before it was made. */
uintptr_t jit_stack_base(void);

#endif

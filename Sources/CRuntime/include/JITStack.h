/* The process's one big stack: a thread of its own on which runs execute, one at a time. */
#ifndef TIERPROOF_JIT_STACK_H
#define TIERPROOF_JIT_STACK_H

#include <stddef.h>
#include <stdint.h>

/* Calls body(argument) on the big stack, which is made with so many bytes at the first call.
 * Already on it, calls it directly. Returns 0, or an error number if the thread cannot be made. */
int jit_stack_run(size_t bytes, void (*body)(void *argument), void *argument);

/* The lowest address of the big stack; 0 before it was made. */
uintptr_t jit_stack_base(void);

#endif

/* What a call of a C function needs of the machine besides libffi. */
#ifndef TIERPROOF_JIT_FOREIGN_H
#define TIERPROOF_JIT_FOREIGN_H

#include <stdint.h>

/* How the thread rounds and which exceptions it traps, without the sticky flags; compared and given
 * back as it is. */
uint64_t jit_float_control(void);
void jit_set_float_control(uint64_t control);

/* Bytes of the calling thread's stack below the caller's frame; SIZE_MAX if unknown. */
uintptr_t jit_stack_room(void);

#endif

#include "JITHeap.h"

/* Reads the frames of others word by word, between their variables too. */
__attribute__((noinline, no_sanitize("address", "thread"))) void jit_visit_native_stack(
    uintptr_t top, uintptr_t low, uintptr_t high, void (*visit)(void *argument, uintptr_t address),
    void *argument) {
  /* Saves every callee-saved register in this frame; the others are the callers' to save. */
  __builtin_unwind_init();
  uintptr_t here;
#if defined(__x86_64__)
  __asm__ volatile("mov %%rsp, %0" : "=r"(here));
#elif defined(__aarch64__)
  __asm__ volatile("mov %0, sp" : "=r"(here));
#else
#error "the stack pointer of this machine is not known here"
#endif
  const uintptr_t *word = (const uintptr_t *)(here & ~(uintptr_t)7);
  for (; (uintptr_t)word < top; word++) {
    uintptr_t tag = *word >> 48;
    uintptr_t address = *word & 0xFFFFFFFFFFFFu;
    if ((tag == 0 || tag == JIT_HEAP_TAG) && address >= low && address < high) {
      visit(argument, address);
    }
  }
}

__attribute__((noinline)) uintptr_t jit_stack_position(void) {
  return (uintptr_t)__builtin_frame_address(0);
}

/* Present in a process built with the address sanitizer. */
extern void __asan_poison_memory_region(void const volatile *address, size_t size)
    __attribute__((weak));
extern void __asan_unpoison_memory_region(void const volatile *address, size_t size)
    __attribute__((weak));

void jit_forbid_memory(const void *address, size_t byte_count) {
  if (__asan_poison_memory_region) __asan_poison_memory_region(address, byte_count);
}

void jit_allow_memory(const void *address, size_t byte_count) {
  if (__asan_unpoison_memory_region) __asan_unpoison_memory_region(address, byte_count);
}

int jit_has_address_sanitizer(void) { return __asan_poison_memory_region != 0; }

#define _GNU_SOURCE
#include "JITForeign.h"

#include <fenv.h>
#include <pthread.h>

#include "JITHeap.h"

#if defined(__x86_64__)

/* The sticky flags of MXCSR are its lowest six bits. */
static const uint32_t mxcsr_control = 0xFFC0;

uint64_t jit_float_control(void) {
  uint32_t sse;
  uint16_t x87;
  __asm__ volatile("stmxcsr %0" : "=m"(sse));
  __asm__ volatile("fnstcw %0" : "=m"(x87));
  return (uint64_t)x87 << 32 | (sse & mxcsr_control);
}

void jit_set_float_control(uint64_t control) {
  uint32_t sse;
  uint16_t x87 = (uint16_t)(control >> 32);
  __asm__ volatile("stmxcsr %0" : "=m"(sse));
  sse = (sse & ~mxcsr_control) | ((uint32_t)control & mxcsr_control);
  __asm__ volatile("ldmxcsr %0" : : "m"(sse));
  __asm__ volatile("fldcw %0" : : "m"(x87));
}

#else

uint64_t jit_float_control(void) { return (uint64_t)fegetround(); }

void jit_set_float_control(uint64_t control) { fesetround((int)control); }

#endif

uintptr_t jit_stack_room(void) {
  static __thread uintptr_t lowest; /* of this thread; 0 until asked for, 1 if unknown */
  if (lowest == 0) {
    pthread_attr_t attributes;
    void *address = 0;
    size_t size = 0;
    lowest = 1;
    if (pthread_getattr_np(pthread_self(), &attributes) == 0) {
      if (pthread_attr_getstack(&attributes, &address, &size) == 0) lowest = (uintptr_t)address;
      pthread_attr_destroy(&attributes);
    }
  }
  uintptr_t position = jit_stack_position();
  return lowest == 1 || position < lowest ? UINTPTR_MAX : position - lowest;
}

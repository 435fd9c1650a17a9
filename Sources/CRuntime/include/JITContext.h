/* What the runtime, the interpreter and generated code share about one run.
 *
 * Code generation takes every offset from this header; nothing else states one.
 * All values are NaN-boxed words (Sources/JIT/Runtime/Word.swift) unless said otherwise. */
#ifndef TIERPROOF_JIT_CONTEXT_H
#define TIERPROOF_JIT_CONTEXT_H

#include <stddef.h>
#include <stdint.h>

/* How a run, or a call that gave the sentinel, ended. */
enum {
  JIT_STATUS_RUNNING = 0,
  JIT_STATUS_TRAPPED = 1,
  JIT_STATUS_OUT_OF_FUEL = 2,
  JIT_STATUS_OUT_OF_MEMORY = 3,
  JIT_STATUS_DEOPTIMIZED = 4,
};

/* The signal a direct call returns beside its value. */
enum {
  JIT_SIGNAL_NONE = 0,
  JIT_SIGNAL_ENDED = 1,
  JIT_SIGNAL_DEOPTIMIZED = 2, /* its frames are in the deoptimization buffer */
};

/* The entries of the locals area: the most arguments a call passes. */
#define JIT_ARGUMENT_SLOTS 256

/* What generated code and the runtime know of one version of code; generated code holds it. */
typedef struct JITVersion {
  const uint8_t *armed; /* one byte a deoptimization point; hooked code only */
  uint64_t number;      /* counts the versions of a session */
  uint64_t valid;       /* 1 as long as all facts hold that the code rests on without testing them */
  void *host;           /* the Swift object that describes the version, unretained */
} JITVersion;

/* Says that code is not to be relied on any more; another thread may run it. */
static inline void jit_invalidate(JITVersion *version) {
  __atomic_store_n(&version->valid, 0, __ATOMIC_RELEASE);
}

typedef struct JITContext {
  uint64_t fuel;            /* units left */
  uint64_t frames_left;     /* bytecode frames that may still be entered */
  uint64_t heap_charged;    /* bytes ever allocated, by abstract size */
  uint64_t heap_limit;      /* bytes; UINT64_MAX is unlimited, less where a test must be seen */
  uint64_t *bindings;       /* one word per module binding */
  const uint8_t *binding_watches; /* one byte per binding: 1 if the runtime is to see its stores */
  const void **function_table; /* public entries by function index, null where interpreted */
  uintptr_t stack_limit;    /* compiled entries below this stack address run interpreted */
  uint64_t records_events;  /* 1 if stores of bindings are events of the trace */
  uint32_t status;          /* JIT_STATUS_... */
  uint32_t trap_kind;       /* number of the trap, valid when trapped */
  uint32_t raise_function;  /* where the trap or exit was raised */
  uint32_t raise_offset;    /* instructions from the function's entry */
  uint64_t raise_depth;     /* frames at the raise; main alone is 1 */
  uint64_t raise_handlers;  /* handlers in force at the raise, of all frames */
  uint64_t depth_limit;     /* frames_left before the entry was made */
  uint64_t compiled_entries;/* calls that entered generated code */
  uint64_t canary_reached;  /* planted faults: faulty code that ran */
  uint64_t canary_triggered;/* planted faults: runs of it that made a difference */
  uint64_t *stack_end;      /* the value stack holds no value at or above this address */
  uint64_t pending_payload; /* what a Throw raised, a word; null where nothing is pending */
  uint64_t native_stack_top;/* native frames above this address hold no values; 0 outside a run */
  void *host;               /* the Swift object that owns this run, unretained */
  const void **direct_table;/* direct entries by function index, null where interpreted */
  uint64_t *countdowns;     /* by function index: entries of counted code before one looks for other */
  struct JITBump *bumps;    /* by size class of the heap, where its next cell goes */
  uint64_t closure;         /* the closure a public entry runs, a word */
  uint64_t *deoptimization_buffer; /* values of the frames that leave compiled code */
  const JITVersion *deoptimized_version; /* whose code they leave */
  uint32_t deoptimization_point; /* where, by number */
  uint32_t callee;          /* the function a public entry is entered for, by index */
  uint64_t arguments[JIT_ARGUMENT_SLOTS]; /* arguments of a public entry */
} JITContext;

_Static_assert(offsetof(JITContext, fuel) == 0, "the hottest field comes first");
_Static_assert(sizeof(JITContext) % 8 == 0, "the context is an array of words");

/* What a direct call returns, in two registers. */
typedef struct JITResult {
  uint64_t value;
  uint32_t signal;
} JITResult;

#endif

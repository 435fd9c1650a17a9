#include "CFuzzer.h"

#include <signal.h>
#include <string.h>

// libFuzzer finds counters of the application's own in this section and treats each nonzero one
// as a feature of the input.
__attribute__((section("__libfuzzer_extra_counters"))) static uint8_t
    marks[TIERPROOF_COUNTER_COUNT];

void tierproof_mark(uint32_t index) {
  // One bit, not a count: counts would keep an input for each power of two of each feature.
  marks[index & (TIERPROOF_COUNTER_COUNT - 1)] = 1;
}

void tierproof_clear_marks(void) { memset(marks, 0, sizeof marks); }

uint32_t tierproof_marked_count(void) {
  uint32_t count = 0;
  for (size_t index = 0; index < TIERPROOF_COUNTER_COUNT; index++) count += marks[index];
  return count;
}

// Weak: an executable built without the sanitizer has no driver, and says so.
__attribute__((weak)) int LLVMFuzzerRunDriver(
    int *argument_count, char ***arguments,
    int (*test_one_input)(const uint8_t *data, size_t size));

int tierproof_has_driver(void) { return LLVMFuzzerRunDriver != NULL; }

int tierproof_run_driver(
    int *argument_count, char ***arguments,
    int (*test_one_input)(const uint8_t *data, size_t size)) {
  if (LLVMFuzzerRunDriver == NULL) return -1;
  return LLVMFuzzerRunDriver(argument_count, arguments, test_one_input);
}

// Instrumented code reports every comparison. libFuzzer uses the reports for its own mutations, which
// a custom mutator replaces, and for `-use_value_profile=1`; without that option they are a seventh
// of a campaign's time for nothing. The linker sends them here (`--wrap`), as tail calls, so that
// libFuzzer still sees the address of the comparison.
static int traces_comparisons;

__attribute__((weak)) void __real___sanitizer_cov_trace_cmp1(uint8_t left, uint8_t right);

void tierproof_trace_comparisons(int enabled) {
  traces_comparisons = enabled && __real___sanitizer_cov_trace_cmp1 != NULL;
}

#define WRAP_COMPARISON(NAME, TYPE)                                          \
  __attribute__((weak)) void __real_##NAME(TYPE left, TYPE right);           \
  void __wrap_##NAME(TYPE left, TYPE right) {                                \
    if (traces_comparisons) __real_##NAME(left, right);                      \
  }

WRAP_COMPARISON(__sanitizer_cov_trace_cmp1, uint8_t)
WRAP_COMPARISON(__sanitizer_cov_trace_cmp2, uint16_t)
WRAP_COMPARISON(__sanitizer_cov_trace_cmp4, uint32_t)
WRAP_COMPARISON(__sanitizer_cov_trace_cmp8, uint64_t)
WRAP_COMPARISON(__sanitizer_cov_trace_const_cmp1, uint8_t)
WRAP_COMPARISON(__sanitizer_cov_trace_const_cmp2, uint16_t)
WRAP_COMPARISON(__sanitizer_cov_trace_const_cmp4, uint32_t)
WRAP_COMPARISON(__sanitizer_cov_trace_const_cmp8, uint64_t)

void tierproof_reset_crash_handlers(void) {
  static const int signals[] = {SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGFPE, SIGABRT};
  for (size_t index = 0; index < sizeof signals / sizeof signals[0]; index++)
    signal(signals[index], SIG_DFL);
}

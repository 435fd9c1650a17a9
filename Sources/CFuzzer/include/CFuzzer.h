#ifndef TIERPROOF_CFUZZER_H
#define TIERPROOF_CFUZZER_H

#include <stddef.h>
#include <stdint.h>

/// The number of extra counters; a power of two.
#define TIERPROOF_COUNTER_COUNT 32768

/// Marks a feature as seen in the input under test; the index is taken modulo the number of
/// counters. libFuzzer reads and clears them for each input.
void tierproof_mark(uint32_t index);

/// Clears all marks. libFuzzer does so itself; tests need it.
void tierproof_clear_marks(void);

/// How many counters are marked.
uint32_t tierproof_marked_count(void);

/// Whether the executable was linked with libFuzzer.
int tierproof_has_driver(void);

/// Runs libFuzzer's driver with a program's arguments.
///
/// Returns its exit status, or -1 if the executable was linked without libFuzzer.
int tierproof_run_driver(
    int *argument_count, char ***arguments,
    int (*test_one_input)(const uint8_t *data, size_t size));

/// Whether instrumented comparisons are reported to libFuzzer; they are not at the start.
void tierproof_trace_comparisons(int enabled);

/// Gives the signals that mean a crash back to the system, so that libFuzzer's handlers, set up
/// after this, are the ones that run.
void tierproof_reset_crash_handlers(void);

#endif

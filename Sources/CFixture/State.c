/* Functions with state, which belongs to the run: a run is one thread's, tests run several at once.
 */
#include <fenv.h>
#include <stddef.h>
#include <string.h>

#include "Table.h"

#pragma STDC FENV_ACCESS ON

enum { text_capacity = 64 };

static _Thread_local struct {
  i64 count;
  i64 stored;
  f64 total;
  char text[text_capacity];
} state;

void fixture_reset_state(void) { memset(&state, 0, sizeof state); }

static i64 next_count(void) {
  state.count = add(state.count, 1);
  return state.count;
}

/* The value stored before. */
static i64 store(i64 value) {
  i64 before = state.stored;
  state.stored = value;
  return before;
}

static i64 stored(void) { return state.stored; }

static f64 accumulate(f64 value) { return state.total += value; }

/* The text with ASCII letters in upper case, cut to 63 bytes, in memory the next call reuses. */
static cstring shout(cstring text) {
  size_t length = strlen(text);
  if (length >= text_capacity) length = text_capacity - 1;
  for (size_t i = 0; i < length; i++) {
    char c = text[i];
    state.text[i] = c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
  }
  state.text[length] = 0;
  return state.text;
}

/* Counts between the calls of the callback, so that a foreign call inside it is seen. */
static i64 count_around(i64 (*f)(i64), u16 times_called) {
  i64 sum = 0;
  for (i32 i = 0; i < times_called; i++) sum = add(sum, f(next_count()));
  return sum;
}

/* The sum rounded upward; leaves the rounding mode changed. */
static f64 round_up(f64 a, f64 b) {
  fesetround(FE_UPWARD);
  return a + b;
}

static const Entry entries[] = {
    ENTRY_OF_NONE(i64, next_count),
    ENTRY(i64, store, (i64)),
    ENTRY_OF_NONE(i64, stored),
    ENTRY(f64, accumulate, (f64)),
    ENTRY(cstring, shout, (cstring)),
    ENTRY_AS("((i64) -> i64, u16) -> i64", i64, count_around, (i64 (*)(i64), u16)),
    ENTRY(f64, round_up, (f64, f64)),
};

PART(state);

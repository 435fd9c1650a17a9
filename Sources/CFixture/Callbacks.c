/* Functions that call back: never, once, often, two functions in turn, and from below themselves;
 * always in the order of the text. */
#include <fenv.h>
#include <math.h>
#include <stddef.h>
#include <string.h>

#include "Table.h"

static i32 sum_i32(i32 a, i32 b) { return (i32)((u32)a + (u32)b); }

static i8 call_i8(i8 (*f)(i8), i8 a) { return f(a); }
static i16 call_i16(i16 (*f)(i16), i16 a) { return f(a); }
static i32 call_i32(i32 (*f)(i32), i32 a) { return f(a); }
static i64 call_i64(i64 (*f)(i64), i64 a) { return f(a); }
static u8 call_u8(u8 (*f)(u8), u8 a) { return f(a); }
static u16 call_u16(u16 (*f)(u16), u16 a) { return f(a); }
static u32 call_u32(u32 (*f)(u32), u32 a) { return f(a); }
static u64 call_u64(u64 (*f)(u64), u64 a) { return f(a); }
static f32 call_f32(f32 (*f)(f32), f32 a) { return f(a); }
static f64 call_f64(f64 (*f)(f64), f64 a) { return f(a); }
static bool call_bool(bool (*f)(bool), bool a) { return f(a); }
static ptr call_ptr(ptr (*f)(ptr), ptr a) { return f(a); }
static i32 call_none(i32 (*f)(void)) { return f(); }
static i32 call_pair(i32 (*f)(i32, f64), i32 a, f64 b) { return f(a, b); }

/* What no int can be: the callback gets the nearest number. */
static i64 call_wide(i64 (*f)(i64, u64)) { return f(INT64_MIN, UINT64_MAX); }
/* A quiet NaN with a payload. */
static f64 call_nan(f64 (*f)(f64, f32)) { return f(-nan("5"), -nanf("5")); }

static i32 never_call(i32 (*f)(i32), i32 a) {
  (void)f;
  return a;
}

static f64 call_many(
    f64 (*f)(
        i32, f64, i64, f32, i32, f64, i64, f32, i32, f64, i64, f32, i32, f64, i64, f32, i32, f64,
        i8, f64, bool),
    i32 a, f64 b) {
  return f(
      a, b, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, -19, 20, a > 0);
}

static f64 call_kinds(
    f64 (*f)(i8, u8, i16, u16, i32, u32, i64, u64, f32, f64, bool, ptr), f64 a) {
  return f(-1, 2, -3, 4, -5, 6, -7, 8, 9.5f, a, a > 0, NULL);
}

static i64 repeat(i64 (*f)(i32), u16 count) {
  i64 sum = 0;
  for (i32 i = 0; i < count; i++) sum = add(sum, f(i));
  return sum;
}

static i64 fold(i64 (*f)(i64, i32), i64 initial, u16 count) {
  i64 state = initial;
  for (i32 i = 0; i < count; i++) state = f(state, i);
  return state;
}

static f64 iterate(f64 (*f)(f64), f64 initial, u16 count) {
  f64 state = initial;
  for (i32 i = 0; i < count; i++) state = f(state);
  return state;
}

static f64 compose(f64 (*f)(f64), f64 (*g)(f64), f64 a) { return f(g(a)); }

/* f and g in turn; both go on being called, whatever they give. */
static i64 alternate(i64 (*f)(i64), i32 (*g)(i64), u16 count) {
  i64 sum = 0;
  for (i32 i = 0; i < count; i++) sum = add(times(sum, 2), i & 1 ? (i64)g(i) : f(i));
  return sum;
}

/* Calls until the callback gives false; the number of calls. */
static i32 count_while(bool (*f)(i32), u16 limit) {
  i32 count = 0;
  while (count < limit && f(count)) count++;
  return count;
}

/* Calls back from below its own frames. */
static i32 descend(i32 (*f)(i32), u8 levels) {
  if (levels == 0) return f(0);
  i32 below = descend(f, (u8)(levels - 1));
  return sum_i32(below, f(levels));
}

/* Sorts the digits of a number by an order the callback decides; any order ends. */
static u32 sort_digits(i32 (*order)(i32, i32), u32 number) {
  i32 digits[10];
  int count = 0;
  for (; number != 0; number /= 10) digits[count++] = (i32)(number % 10);
  for (int i = 1; i < count; i++)
    for (int j = i; j > 0 && order(digits[j - 1], digits[j]) > 0; j--) {
      i32 digit = digits[j];
      digits[j] = digits[j - 1];
      digits[j - 1] = digit;
    }
  for (int i = 0; i < count; i++) number = number * 10 + (u32)digits[i];
  return number;
}

/* The text must live while callbacks allocate. */
static i64 fold_bytes(i64 (*f)(i64, u8), cstring text) {
  i64 state = 0;
  for (size_t i = 0, length = strlen(text); i < length; i++) state = f(state, (u8)text[i]);
  return state;
}

static Two map_two(f64 (*f)(f64), Two s) {
  s.x = f(s.x);
  s.y = f(s.y);
  return s;
}

static Big map_big(i64 (*f)(i64), Big s, i32 (*g)(i32)) {
  s.a = f(s.a);
  s.b = f(s.b);
  s.c = g(s.c);
  return s;
}

static cstring choose_text(bool (*f)(i32), cstring a, cstring b) { return f(0) ? a : b; }

/* Calls back while it rounds upward itself; afterwards as before. */
static f64 call_rounding_up(f64 (*f)(f64), f64 a) {
  int before = fegetround();
  fesetround(FE_UPWARD);
  f64 result = f(a);
  fesetround(before);
  return result;
}

static const Entry entries[] = {
    ENTRY_AS("((i8) -> i8, i8) -> i8", i8, call_i8, (i8 (*)(i8), i8)),
    ENTRY_AS("((i16) -> i16, i16) -> i16", i16, call_i16, (i16 (*)(i16), i16)),
    ENTRY_AS("((i32) -> i32, i32) -> i32", i32, call_i32, (i32 (*)(i32), i32)),
    ENTRY_AS("((i64) -> i64, i64) -> i64", i64, call_i64, (i64 (*)(i64), i64)),
    ENTRY_AS("((u8) -> u8, u8) -> u8", u8, call_u8, (u8 (*)(u8), u8)),
    ENTRY_AS("((u16) -> u16, u16) -> u16", u16, call_u16, (u16 (*)(u16), u16)),
    ENTRY_AS("((u32) -> u32, u32) -> u32", u32, call_u32, (u32 (*)(u32), u32)),
    ENTRY_AS("((u64) -> u64, u64) -> u64", u64, call_u64, (u64 (*)(u64), u64)),
    ENTRY_AS("((f32) -> f32, f32) -> f32", f32, call_f32, (f32 (*)(f32), f32)),
    ENTRY_AS("((f64) -> f64, f64) -> f64", f64, call_f64, (f64 (*)(f64), f64)),
    ENTRY_AS("((bool) -> bool, bool) -> bool", bool, call_bool, (bool (*)(bool), bool)),
    ENTRY_AS("((ptr) -> ptr, ptr) -> ptr", ptr, call_ptr, (ptr (*)(ptr), ptr)),
    ENTRY_AS("(() -> i32) -> i32", i32, call_none, (i32 (*)(void))),
    ENTRY_AS(
        "((i32, f64) -> i32, i32, f64) -> i32", i32, call_pair, (i32 (*)(i32, f64), i32, f64)),
    ENTRY_AS("((i64, u64) -> i64) -> i64", i64, call_wide, (i64 (*)(i64, u64))),
    ENTRY_AS("((f64, f32) -> f64) -> f64", f64, call_nan, (f64 (*)(f64, f32))),
    ENTRY_AS("((i32) -> i32, i32) -> i32", i32, never_call, (i32 (*)(i32), i32)),
    ENTRY_AS(
        "((i32, f64, i64, f32, i32, f64, i64, f32, i32, f64, i64, f32, i32, f64, i64, f32, i32, "
        "f64, i8, f64, bool) -> f64, i32, f64) -> f64",
        f64, call_many,
        (f64 (*)(
             i32, f64, i64, f32, i32, f64, i64, f32, i32, f64, i64, f32, i32, f64, i64, f32, i32,
             f64, i8, f64, bool),
         i32, f64)),
    ENTRY_AS(
        "((i8, u8, i16, u16, i32, u32, i64, u64, f32, f64, bool, ptr) -> f64, f64) -> f64", f64,
        call_kinds, (f64 (*)(i8, u8, i16, u16, i32, u32, i64, u64, f32, f64, bool, ptr), f64)),
    ENTRY_AS("((i32) -> i64, u16) -> i64", i64, repeat, (i64 (*)(i32), u16)),
    ENTRY_AS("((i64, i32) -> i64, i64, u16) -> i64", i64, fold, (i64 (*)(i64, i32), i64, u16)),
    ENTRY_AS("((f64) -> f64, f64, u16) -> f64", f64, iterate, (f64 (*)(f64), f64, u16)),
    ENTRY_AS(
        "((f64) -> f64, (f64) -> f64, f64) -> f64", f64, compose,
        (f64 (*)(f64), f64 (*)(f64), f64)),
    ENTRY_AS(
        "((i64) -> i64, (i64) -> i32, u16) -> i64", i64, alternate,
        (i64 (*)(i64), i32 (*)(i64), u16)),
    ENTRY_AS("((i32) -> bool, u16) -> i32", i32, count_while, (bool (*)(i32), u16)),
    ENTRY_AS("((i32) -> i32, u8) -> i32", i32, descend, (i32 (*)(i32), u8)),
    ENTRY_AS("((i32, i32) -> i32, u32) -> u32", u32, sort_digits, (i32 (*)(i32, i32), u32)),
    ENTRY_AS("((i64, u8) -> i64, cstring) -> i64", i64, fold_bytes, (i64 (*)(i64, u8), cstring)),
    ENTRY_AS("((f64) -> f64, Two) -> Two", Two, map_two, (f64 (*)(f64), Two)),
    ENTRY_AS(
        "((i64) -> i64, Big, (i32) -> i32) -> Big", Big, map_big,
        (i64 (*)(i64), Big, i32 (*)(i32))),
    ENTRY_AS(
        "((i32) -> bool, cstring, cstring) -> cstring", cstring, choose_text,
        (bool (*)(i32), cstring, cstring)),
    ENTRY_AS("((f64) -> f64, f64) -> f64", f64, call_rounding_up, (f64 (*)(f64), f64)),
};

PART(callbacks);

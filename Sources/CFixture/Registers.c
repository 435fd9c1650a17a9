/* Several scalar arguments: registers of both classes, and the stack when they run out.
 *
 * Every result depends on the place of every argument. */
#include <stddef.h>
#include <string.h>

#include "Table.h"

/* Positional notation: the next digit of a number in a base. */
static i64 next(i64 sum, i64 base, i64 digit) { return add(times(sum, base), digit); }

static f64 int_double(i32 a, f64 b) { return 2 * (f64)a + b; }
static f64 double_int(f64 a, i32 b) { return 2 * a + (f64)b; }
static f32 float_int_float(f32 a, i64 b, f32 c) { return a + 2 * (f32)b + 4 * c; }
static i64 bool_int_bool(bool a, i32 b, bool c) { return next(next(a, 10, b), 10, c); }

static i64 ints_3(i32 a, i32 b, i32 c) { return next(next(a, 10, b), 10, c); }

static i64 ints_6(i64 a, i64 b, i64 c, i64 d, i64 e, i64 f) {
  return next(next(next(next(next(a, 10, b), 10, c), 10, d), 10, e), 10, f);
}

static i64 ints_7(i64 a, i64 b, i64 c, i64 d, i64 e, i64 f, i64 g) {
  return next(ints_6(a, b, c, d, e, f), 10, g);
}

static i64 ints_10(
    i32 a, i32 b, i32 c, i32 d, i32 e, i32 f, i32 g, i32 h, i32 i, i32 j) {
  return next(next(next(ints_7(a, b, c, d, e, f, g), 10, h), 10, i), 10, j);
}

/* Narrow arguments on the stack have a word each. */
static i64 narrow_on_stack(
    i64 a, i64 b, i64 c, i64 d, i64 e, i64 f, i8 g, i16 h, u8 i, u16 j, bool k, i32 l, u32 m) {
  i64 sum = ints_6(a, b, c, d, e, f);
  sum = next(next(next(sum, 10, g), 10, h), 10, i);
  return next(next(next(next(sum, 10, j), 10, k), 10, l), 10, m);
}

static f64 doubles_3(f64 a, f64 b, f64 c) { return a + 10 * b + 100 * c; }

static f64 doubles_8(f64 a, f64 b, f64 c, f64 d, f64 e, f64 f, f64 g, f64 h) {
  return a + 2 * b + 4 * c + 8 * d + 16 * e + 32 * f + 64 * g + 128 * h;
}

static f64 doubles_9(f64 a, f64 b, f64 c, f64 d, f64 e, f64 f, f64 g, f64 h, f64 i) {
  return doubles_8(a, b, c, d, e, f, g, h) + 256 * i;
}

static f64 doubles_12(
    f64 a, f64 b, f64 c, f64 d, f64 e, f64 f, f64 g, f64 h, f64 i, f64 j, f64 k, f64 l) {
  return doubles_9(a, b, c, d, e, f, g, h, i) + 512 * j + 1024 * k + 2048 * l;
}

static f32 floats_10(
    f32 a, f32 b, f32 c, f32 d, f32 e, f32 f, f32 g, f32 h, f32 i, f32 j) {
  return a + 2 * b + 4 * c + 8 * d + 16 * e + 32 * f + 64 * g + 128 * h + 256 * i + 512 * j;
}

/* Seven ints and seven doubles: only the seventh int is on the stack. */
static f64 mixed_14(
    i32 a, f64 b, i32 c, f64 d, i32 e, f64 f, i32 g, f64 h, i32 i, f64 j, i32 k, f64 l, i32 m,
    f64 n) {
  return (f64)ints_7(a, c, e, g, i, k, m) + doubles_8(b, d, f, h, j, l, n, 0) / 256;
}

/* Ten of each: both classes run out, and share the stack in order. */
static f64 mixed_20(
    f64 a, i64 b, f64 c, i64 d, f64 e, i64 f, f64 g, i64 h, f64 i, i64 j, f64 k, i64 l, f64 m,
    i64 n, f64 o, i64 p, f64 q, i64 r, f64 s, i64 t) {
  i64 ints = next(next(next(ints_7(b, d, f, h, j, l, n), 10, p), 10, r), 10, t);
  return (f64)ints + doubles_12(a, c, e, g, i, k, m, o, q, s, 0, 0) / 4096;
}

static i64 all_scalars(
    i8 a, i16 b, i32 c, i64 d, u8 e, u16 f, u32 g, u64 h, f32 i, f64 j, bool k, ptr l,
    cstring m) {
  i64 sum = next(next(next(next(a, 3, b), 3, c), 3, d), 3, e);
  sum = next(next(next(sum, 3, f), 3, g), 3, (i64)h);
  sum = next(next(sum, 3, i < 0.5f), 3, j < 0.25);
  return next(next(next(sum, 3, k), 3, (i64)(intptr_t)l), 3, (i64)strlen(m));
}

static cstring choose(bool first, f64 unused, cstring a, i32 also_unused, cstring b) {
  (void)unused;
  (void)also_unused;
  return first ? a : b;
}

static ptr pick_ptr(i32 index, ptr a, ptr b, ptr c, ptr d, ptr e, ptr f, ptr g) {
  ptr all[] = {a, b, c, d, e, f, g};
  return index >= 0 && index < 7 ? all[index] : NULL;
}

static const Entry entries[] = {
    ENTRY(f64, int_double, (i32, f64)),
    ENTRY(f64, double_int, (f64, i32)),
    ENTRY(f32, float_int_float, (f32, i64, f32)),
    ENTRY(i64, bool_int_bool, (bool, i32, bool)),
    ENTRY(i64, ints_3, (i32, i32, i32)),
    ENTRY(i64, ints_6, (i64, i64, i64, i64, i64, i64)),
    ENTRY(i64, ints_7, (i64, i64, i64, i64, i64, i64, i64)),
    ENTRY(i64, ints_10, (i32, i32, i32, i32, i32, i32, i32, i32, i32, i32)),
    ENTRY(
        i64, narrow_on_stack, (i64, i64, i64, i64, i64, i64, i8, i16, u8, u16, bool, i32, u32)),
    ENTRY(f64, doubles_3, (f64, f64, f64)),
    ENTRY(f64, doubles_8, (f64, f64, f64, f64, f64, f64, f64, f64)),
    ENTRY(f64, doubles_9, (f64, f64, f64, f64, f64, f64, f64, f64, f64)),
    ENTRY(f64, doubles_12, (f64, f64, f64, f64, f64, f64, f64, f64, f64, f64, f64, f64)),
    ENTRY(f32, floats_10, (f32, f32, f32, f32, f32, f32, f32, f32, f32, f32)),
    ENTRY(
        f64, mixed_14,
        (i32, f64, i32, f64, i32, f64, i32, f64, i32, f64, i32, f64, i32, f64)),
    ENTRY(
        f64, mixed_20,
        (f64, i64, f64, i64, f64, i64, f64, i64, f64, i64, f64, i64, f64, i64, f64, i64, f64, i64,
         f64, i64)),
    ENTRY(
        i64, all_scalars,
        (i8, i16, i32, i64, u8, u16, u32, u64, f32, f64, bool, ptr, cstring)),
    ENTRY(cstring, choose, (bool, f64, cstring, i32, cstring)),
    ENTRY(ptr, pick_ptr, (i32, ptr, ptr, ptr, ptr, ptr, ptr, ptr)),
};

PART(registers);

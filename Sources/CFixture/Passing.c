/* Structs among other arguments: where registers run out, and beside a pointer to the result. */
#include "Table.h"

/* Positional notation of some fields, each below 10 to be told apart. */
static i64 next(i64 sum, i64 digit) { return add(times(sum, 10), digit); }
static i64 digits(i64 a, i64 b, i64 c) { return next(next(a, b), c); }

/* One register is left, the struct needs two and goes to the stack, the int behind it does not. */
static i64 long2_needs_two(i64 a, i64 b, i64 c, i64 d, i64 e, Long2 s, i64 f) {
  return next(next(next(digits(digits(a, b, c), d, e), s.a), s.b), f);
}

static i64 long2_after_ints(i64 a, i64 b, i64 c, i64 d, i64 e, i64 f, Long2 s, i32 g) {
  return next(next(next(next(digits(digits(a, b, c), d, e), f), s.a), s.b), g);
}

static i64 packed_after_ints(i32 a, i32 b, i32 c, i32 d, i32 e, i32 f, Packed s) {
  return next(digits(next(digits(digits(a, b, c), d, e), f), s.a, s.b), s.c);
}

static i64 bytes3_after_ints(i32 a, i32 b, i32 c, i32 d, i32 e, i32 f, Bytes3 s, i8 g) {
  return next(next(digits(next(digits(digits(a, b, c), d, e), f), s.a, s.b), s.c), g);
}

/* No int register is left, so the whole struct goes to the stack; the double behind it does not. */
static f64 pair_after_ints(i64 a, i64 b, i64 c, i64 d, i64 e, i64 f, Pair s, f64 g) {
  return (f64)next(next(digits(digits(a, b, c), d, e), f), s.a) + s.b / 2 + g / 4;
}

static f64 two_needs_two(
    f64 a, f64 b, f64 c, f64 d, f64 e, f64 f, f64 g, Two s, f64 h) {
  return a + 2 * b + 4 * c + 8 * d + 16 * e + 32 * f + 64 * g + 128 * s.x + 256 * s.y + 512 * h;
}

static f64 mirror_after_doubles(
    f64 a, f64 b, f64 c, f64 d, f64 e, f64 f, f64 g, f64 h, Mirror s, i32 i) {
  return a + 2 * b + 4 * c + 8 * d + 16 * e + 32 * f + 64 * g + 128 * h + 256 * s.a +
         512 * (f64)s.b + 1024 * (f64)i;
}

static f32 float2_after_doubles(
    f64 a, f64 b, f64 c, f64 d, f64 e, f64 f, f64 g, f64 h, Float2 s) {
  return (f32)((a + b + c + d + e + f + g + h) * 0 + 1) + 2 * s.a + 4 * s.b;
}

static f64 four_structs(Two a, Pair b, Long2 c, Float2 d) {
  return a.x + 2 * a.y + 4 * (f64)b.a + 8 * b.b + 16 * (f64)c.a + 32 * (f64)c.b + 64 * d.a +
         128 * d.b;
}

/* Structs of the memory class lie on the stack whole, in order, and take no register. */
static i64 big_int_big(Big a, i32 b, Big c) {
  return next(digits(next(digits(a.a, a.b, a.c), b), c.a, c.b), c.c);
}

static f64 three_int_three(Three a, i64 b, Three c, f64 d) {
  return a.x + 2 * a.y + 4 * a.z + 8 * (f64)b + 16 * c.x + 32 * c.y + 64 * c.z + 128 * d;
}

/* Three of two ints each fill the registers; the fourth lies on the stack. */
static i64 four_long2(Long2 a, Long2 b, Long2 c, Long2 d) {
  i64 sum = next(digits(a.a, a.b, b.a), b.b);
  return next(next(digits(sum, c.a, c.b), d.a), d.b);
}

static f64 five_two(Two a, Two b, Two c, Two d, Two e) {
  return a.x + 2 * a.y + 4 * b.x + 8 * b.y + 16 * c.x + 32 * c.y + 64 * d.x + 128 * d.y +
         256 * e.x + 512 * e.y;
}

/* The pointer to the result takes the first int register, so the sixth int is on the stack. */
static Big big_of_six(i64 a, i64 b, i64 c, i64 d, i64 e, i64 f) {
  return (Big){digits(a, b, c), next(d, e), (i32)f};
}

static Four four_of_mixed(f64 x, Pair p, i64 a, Two t, i32 b) {
  return (Four){x + p.b, (f64)p.a + t.x, (f64)a + t.y, (f64)b};
}

static Long2 long2_of_mixed(Float2 s, i8 a, Handle h, f64 b) {
  return (Long2){add(s.a < s.b, times(2, a)), add((i64)(uintptr_t)h.address, b < 0 ? h.tag : 0)};
}

static Mirror mirror_of_structs(Nested a, Deep b, bool c) {
  i32 sum = (i32)(u32)digits(a.head.a, a.head.b, a.head.c);
  return (Mirror){a.tail + b.right.x + 2 * b.right.y, c ? sum : b.left.head.c};
}

static cstring text_by_flags(Flags s, cstring a, Big unused, cstring b) {
  (void)unused;
  return s.on ? a : b;
}

static const Entry entries[] = {
    ENTRY(i64, long2_needs_two, (i64, i64, i64, i64, i64, Long2, i64)),
    ENTRY(i64, long2_after_ints, (i64, i64, i64, i64, i64, i64, Long2, i32)),
    ENTRY(i64, packed_after_ints, (i32, i32, i32, i32, i32, i32, Packed)),
    ENTRY(i64, bytes3_after_ints, (i32, i32, i32, i32, i32, i32, Bytes3, i8)),
    ENTRY(f64, pair_after_ints, (i64, i64, i64, i64, i64, i64, Pair, f64)),
    ENTRY(f64, two_needs_two, (f64, f64, f64, f64, f64, f64, f64, Two, f64)),
    ENTRY(f64, mirror_after_doubles, (f64, f64, f64, f64, f64, f64, f64, f64, Mirror, i32)),
    ENTRY(f32, float2_after_doubles, (f64, f64, f64, f64, f64, f64, f64, f64, Float2)),
    ENTRY(f64, four_structs, (Two, Pair, Long2, Float2)),
    ENTRY(i64, big_int_big, (Big, i32, Big)),
    ENTRY(f64, three_int_three, (Three, i64, Three, f64)),
    ENTRY(i64, four_long2, (Long2, Long2, Long2, Long2)),
    ENTRY(f64, five_two, (Two, Two, Two, Two, Two)),
    ENTRY(Big, big_of_six, (i64, i64, i64, i64, i64, i64)),
    ENTRY(Four, four_of_mixed, (f64, Pair, i64, Two, i32)),
    ENTRY(Long2, long2_of_mixed, (Float2, i8, Handle, f64)),
    ENTRY(Mirror, mirror_of_structs, (Nested, Deep, bool)),
    ENTRY(cstring, text_by_flags, (Flags, cstring, Big, cstring)),
};

PART(passing);

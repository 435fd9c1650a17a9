/* Structs by value, one or two at a time: made of scalars, taken apart, and changed.
 *
 * `turn_…` takes and gives the same struct with every field changed and all of a kind moved. */
#include <stdint.h>

#include "Table.h"

static i32 plus_one(i32 a) { return (i32)((u32)a + 1); }

static One turn_one(One s) { return (One){-s.x}; }
static Two turn_two(Two s) { return (Two){s.y + 1, s.x}; }
static Three turn_three(Three s) { return (Three){s.z + 1, s.x, s.y}; }
static Four turn_four(Four s) { return (Four){s.w + 1, s.x, s.y, s.z}; }
static Float1 turn_float1(Float1 s) { return (Float1){-s.a}; }
static Float2 turn_float2(Float2 s) { return (Float2){s.b + 1, s.a}; }
static Float3 turn_float3(Float3 s) { return (Float3){s.c + 1, s.a, s.b}; }
static Float4 turn_float4(Float4 s) { return (Float4){s.d + 1, s.a, s.b, s.c}; }
static Float5 turn_float5(Float5 s) { return (Float5){s.e + 1, s.a, s.b, s.c, s.d}; }
static FloatDouble turn_float_double(FloatDouble s) { return (FloatDouble){s.a + 1, -s.b}; }
static Pair turn_pair(Pair s) { return (Pair){plus_one(s.a), -s.b}; }
static Mirror turn_mirror(Mirror s) { return (Mirror){-s.a, plus_one(s.b)}; }
static IntFloat turn_int_float(IntFloat s) { return (IntFloat){plus_one(s.a), -s.b}; }
static FloatInt turn_float_int(FloatInt s) { return (FloatInt){-s.a, plus_one(s.b)}; }

static FloatsLong turn_floats_long(FloatsLong s) {
  return (FloatsLong){s.b + 1, s.a, add(s.c, 1)};
}

static LongFloat turn_long_float(LongFloat s) { return (LongFloat){add(s.a, 1), -s.b}; }
static Byte turn_byte(Byte s) { return (Byte){(i8)plus_one(s.a)}; }
static Bytes3 turn_bytes3(Bytes3 s) { return (Bytes3){(u8)(s.c + 1), s.a, s.b}; }

static Bytes5 turn_bytes5(Bytes5 s) {
  return (Bytes5){(i8)plus_one(s.e), (u8)(s.d + 1), s.a, s.b, s.c};
}

static Packed turn_packed(Packed s) {
  return (Packed){(i8)plus_one(s.a), (i16)plus_one(s.b), plus_one(s.c)};
}

static Unsigned turn_unsigned(Unsigned s) {
  return (Unsigned){(u8)(s.a + 1), (u16)(s.b + 1), s.c + 1};
}

static Ints3 turn_ints3(Ints3 s) { return (Ints3){plus_one(s.c), s.a, s.b}; }
static Long1 turn_long1(Long1 s) { return (Long1){add(s.a, 1)}; }
static Long2 turn_long2(Long2 s) { return (Long2){add(s.b, 1), s.a}; }
static Wide turn_wide(Wide s) { return (Wide){(i64)s.b, (u64)s.a}; }
static Padded turn_padded(Padded s) { return (Padded){add(s.a, 1), (i8)plus_one(s.b)}; }
static Gap turn_gap(Gap s) { return (Gap){(i8)plus_one(s.a), add(s.b, 1)}; }
static Big turn_big(Big s) { return (Big){add(s.b, 1), s.a, plus_one(s.c)}; }
static Flags turn_flags(Flags s) { return (Flags){s.off, !s.on, (u16)(s.count + 1)}; }

static Handle turn_handle(Handle s) {
  return (Handle){(ptr)((uintptr_t)s.address + 1), s.tag + 1};
}

static Nested turn_nested(Nested s) { return (Nested){turn_packed(s.head), -s.tail}; }

static NestedFloats turn_nested_floats(NestedFloats s) {
  return (NestedFloats){turn_float2(s.head), turn_float1(s.tail)};
}

static Owner turn_owner(Owner s) { return (Owner){turn_handle(s.handle)}; }

static Deep turn_deep(Deep s) {
  return (Deep){turn_nested(s.left), turn_two(s.right), turn_flags(s.flags)};
}

static All turn_all(All s) {
  return (All){
      .a = (i8)plus_one(s.a), .b = (i16)plus_one(s.b), .c = plus_one(s.c), .d = add(s.d, 1),
      .e = (u8)(s.e + 1), .f = (u16)(s.f + 1), .g = s.g + 1, .h = s.h + 1,
      .i = s.i + 1, .j = -s.j, .k = !s.k, .l = (ptr)((uintptr_t)s.l + 1)};
}

/* Made of scalars: the result alone is a struct. */
static Two make_two(f64 x, f64 y) { return (Two){x, y}; }
static Three make_three(f64 x, f64 y, f64 z) { return (Three){x, y, z}; }
static Float2 make_float2(f32 a, f32 b) { return (Float2){a, b}; }
static Pair make_pair(i32 a, f64 b) { return (Pair){a, b}; }
static Mirror make_mirror(f64 a, i32 b) { return (Mirror){a, b}; }
static Packed make_packed(i8 a, i16 b, i32 c) { return (Packed){a, b, c}; }
static Long2 make_long2(i64 a, i64 b) { return (Long2){a, b}; }
static Big make_big(i64 a, i64 b, i32 c) { return (Big){a, b, c}; }
static Flags make_flags(bool on, bool off, u16 count) { return (Flags){on, off, count}; }

/* With fields an int may not hold: the shift is of 64 bits, its count taken modulo 64. */
static Wide shifted_wide(i64 a, u64 b, u32 count) {
  return (Wide){(i64)((u64)a << (count & 63)), b << (count & 63)};
}

static Handle shifted_handle(u32 address, u32 count, u32 tag) {
  return (Handle){(ptr)(uintptr_t)((u64)address << (count & 63)), tag};
}

static Owner shifted_owner(u32 address, u32 count, u32 tag) {
  return (Owner){shifted_handle(address, count, tag)};
}

/* Taken apart: the argument alone is a struct. */
static f64 sum_two(Two s) { return s.x + 2 * s.y; }
static f64 sum_four(Four s) { return s.x + 2 * s.y + 4 * s.z + 8 * s.w; }
static f64 sum_float3(Float3 s) { return s.a + 2 * s.b + 4 * s.c; }
static f64 sum_pair(Pair s) { return (f64)s.a + s.b; }
static i64 sum_packed(Packed s) { return add(add(s.a, times(10, s.b)), times(100, s.c)); }
static i64 sum_bytes3(Bytes3 s) { return s.a + 10 * s.b + 100 * s.c; }
static i64 sum_big(Big s) { return add(add(s.a, times(10, s.b)), times(100, s.c)); }
static i32 sum_flags(Flags s) { return s.on + 2 * s.off + 4 * s.count; }

static const Entry entries[] = {
    ENTRY(One, turn_one, (One)),
    ENTRY(Two, turn_two, (Two)),
    ENTRY(Three, turn_three, (Three)),
    ENTRY(Four, turn_four, (Four)),
    ENTRY(Float1, turn_float1, (Float1)),
    ENTRY(Float2, turn_float2, (Float2)),
    ENTRY(Float3, turn_float3, (Float3)),
    ENTRY(Float4, turn_float4, (Float4)),
    ENTRY(Float5, turn_float5, (Float5)),
    ENTRY(FloatDouble, turn_float_double, (FloatDouble)),
    ENTRY(Pair, turn_pair, (Pair)),
    ENTRY(Mirror, turn_mirror, (Mirror)),
    ENTRY(IntFloat, turn_int_float, (IntFloat)),
    ENTRY(FloatInt, turn_float_int, (FloatInt)),
    ENTRY(FloatsLong, turn_floats_long, (FloatsLong)),
    ENTRY(LongFloat, turn_long_float, (LongFloat)),
    ENTRY(Byte, turn_byte, (Byte)),
    ENTRY(Bytes3, turn_bytes3, (Bytes3)),
    ENTRY(Bytes5, turn_bytes5, (Bytes5)),
    ENTRY(Packed, turn_packed, (Packed)),
    ENTRY(Unsigned, turn_unsigned, (Unsigned)),
    ENTRY(Ints3, turn_ints3, (Ints3)),
    ENTRY(Long1, turn_long1, (Long1)),
    ENTRY(Long2, turn_long2, (Long2)),
    ENTRY(Wide, turn_wide, (Wide)),
    ENTRY(Padded, turn_padded, (Padded)),
    ENTRY(Gap, turn_gap, (Gap)),
    ENTRY(Big, turn_big, (Big)),
    ENTRY(Flags, turn_flags, (Flags)),
    ENTRY(Handle, turn_handle, (Handle)),
    ENTRY(Nested, turn_nested, (Nested)),
    ENTRY(NestedFloats, turn_nested_floats, (NestedFloats)),
    ENTRY(Owner, turn_owner, (Owner)),
    ENTRY(Deep, turn_deep, (Deep)),
    ENTRY(All, turn_all, (All)),
    ENTRY(Two, make_two, (f64, f64)),
    ENTRY(Three, make_three, (f64, f64, f64)),
    ENTRY(Float2, make_float2, (f32, f32)),
    ENTRY(Pair, make_pair, (i32, f64)),
    ENTRY(Mirror, make_mirror, (f64, i32)),
    ENTRY(Packed, make_packed, (i8, i16, i32)),
    ENTRY(Long2, make_long2, (i64, i64)),
    ENTRY(Big, make_big, (i64, i64, i32)),
    ENTRY(Flags, make_flags, (bool, bool, u16)),
    ENTRY(Wide, shifted_wide, (i64, u64, u32)),
    ENTRY(Handle, shifted_handle, (u32, u32, u32)),
    ENTRY(Owner, shifted_owner, (u32, u32, u32)),
    ENTRY(f64, sum_two, (Two)),
    ENTRY(f64, sum_four, (Four)),
    ENTRY(f64, sum_float3, (Float3)),
    ENTRY(f64, sum_pair, (Pair)),
    ENTRY(i64, sum_packed, (Packed)),
    ENTRY(i64, sum_bytes3, (Bytes3)),
    ENTRY(i64, sum_big, (Big)),
    ENTRY(i32, sum_flags, (Flags)),
};

PART(structs);

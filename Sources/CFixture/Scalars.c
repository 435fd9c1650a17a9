/* One argument or result of each scalar type, and their edges. */
#include <math.h>
#include <stddef.h>
#include <string.h>

#include "Table.h"

static i8 echo_i8(i8 a) { return a; }
static i16 echo_i16(i16 a) { return a; }
static i32 echo_i32(i32 a) { return a; }
static i64 echo_i64(i64 a) { return a; }
static u8 echo_u8(u8 a) { return a; }
static u16 echo_u16(u16 a) { return a; }
static u32 echo_u32(u32 a) { return a; }
static u64 echo_u64(u64 a) { return a; }
static f32 echo_f32(f32 a) { return a; }
static f64 echo_f64(f64 a) { return a; }
static bool echo_bool(bool a) { return a; }
static ptr echo_ptr(ptr a) { return a; }
static cstring echo_cstring(cstring a) { return a; }

/* Extension: the callee may rely on 32 bits of a narrow argument. */
static i64 widen_i8(i8 a) { return a; }
static i64 widen_i16(i16 a) { return a; }
static i64 widen_i32(i32 a) { return a; }
static u64 widen_u8(u8 a) { return a; }
static u64 widen_u16(u16 a) { return a; }
static u64 widen_u32(u32 a) { return a; }
static f64 widen_f32(f32 a) { return a; }
static i32 widen_bool(bool a) { return a; }

/* The lowest bits: what is above a narrow result is not compared. */
static i8 narrow_i8(i64 a) { return (i8)a; }
static i16 narrow_i16(i64 a) { return (i16)a; }
static i32 narrow_i32(i64 a) { return (i32)a; }
static u8 narrow_u8(i64 a) { return (u8)a; }
static u16 narrow_u16(i64 a) { return (u16)a; }
static u32 narrow_u32(i64 a) { return (u32)a; }
static bool narrow_bool(i64 a) { return a != 0; }

static i32 add_i32(i32 a, i32 b) { return (i32)((u32)a + (u32)b); }
static i8 add_i8(i8 a, i8 b) { return (i8)((u32)a + (u32)b); }
static u16 add_u16(u16 a, u16 b) { return (u16)((u32)a + (u32)b); }
static f32 add_f32(f32 a, f32 b) { return a + b; }
static f64 subtract_f64(f64 a, f64 b) { return a - b; }
static bool and_bool(bool a, bool b) { return a && b; }

/* Any value of 64 bits, out of two ints: high * 2^32 + low. */
static i64 join_i64(i64 high, u32 low) { return (i64)((u64)high << 32 | low); }
static u64 join_u64(u32 high, u32 low) { return (u64)high << 32 | low; }
static ptr join_ptr(u32 high, u32 low) { return (ptr)(uintptr_t)join_u64(high, low); }

static i64 least_i64(void) { return INT64_MIN; }
static u64 greatest_u64(void) { return UINT64_MAX; }

static f64 f64_of_bits(u32 high, u32 low) {
  u64 bits = join_u64(high, low);
  f64 value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

static f32 f32_of_bits(u32 bits) {
  f32 value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

static u32 high_bits_of_f64(f64 a) {
  u64 bits;
  memcpy(&bits, &a, sizeof bits);
  return (u32)(bits >> 32);
}

static u32 low_bits_of_f64(f64 a) {
  u64 bits;
  memcpy(&bits, &a, sizeof bits);
  return (u32)bits;
}

static u32 bits_of_f32(f32 a) {
  u32 bits;
  memcpy(&bits, &a, sizeof bits);
  return bits;
}

static bool is_null(ptr a) { return a == NULL; }
static ptr null_ptr(void) { return NULL; }
static u64 address_of(ptr a) { return (u64)(uintptr_t)a; }

static cstring greeting(void) { return "gr\xC3\xBC\xC3\x9F dich, \xF0\x9F\x8C\x8D"; }
static cstring empty_text(void) { return ""; }
static cstring no_text(void) { return NULL; }
static cstring cut_text(void) { return "cut \xE2\x82"; }
static cstring overlong_text(void) { return "\xC0\xAF"; }
static cstring surrogate_text(void) { return "\xED\xA0\x80"; }

static u64 byte_count(cstring a) { return strlen(a); }

/* The text from a byte on; from its end at most. May begin inside a scalar. */
static cstring skip_bytes(cstring a, u32 count) {
  size_t length = strlen(a);
  return a + (count < length ? count : length);
}

static cstring longer_text(cstring a, cstring b) { return strlen(b) > strlen(a) ? b : a; }

static i32 compare_text(cstring a, cstring b) {
  int order = strcmp(a, b);
  return (order > 0) - (order < 0);
}

static const Entry entries[] = {
    ENTRY(i8, echo_i8, (i8)),
    ENTRY(i16, echo_i16, (i16)),
    ENTRY(i32, echo_i32, (i32)),
    ENTRY(i64, echo_i64, (i64)),
    ENTRY(u8, echo_u8, (u8)),
    ENTRY(u16, echo_u16, (u16)),
    ENTRY(u32, echo_u32, (u32)),
    ENTRY(u64, echo_u64, (u64)),
    ENTRY(f32, echo_f32, (f32)),
    ENTRY(f64, echo_f64, (f64)),
    ENTRY(bool, echo_bool, (bool)),
    ENTRY(ptr, echo_ptr, (ptr)),
    ENTRY(cstring, echo_cstring, (cstring)),
    ENTRY(i64, widen_i8, (i8)),
    ENTRY(i64, widen_i16, (i16)),
    ENTRY(i64, widen_i32, (i32)),
    ENTRY(u64, widen_u8, (u8)),
    ENTRY(u64, widen_u16, (u16)),
    ENTRY(u64, widen_u32, (u32)),
    ENTRY(f64, widen_f32, (f32)),
    ENTRY(i32, widen_bool, (bool)),
    ENTRY(i8, narrow_i8, (i64)),
    ENTRY(i16, narrow_i16, (i64)),
    ENTRY(i32, narrow_i32, (i64)),
    ENTRY(u8, narrow_u8, (i64)),
    ENTRY(u16, narrow_u16, (i64)),
    ENTRY(u32, narrow_u32, (i64)),
    ENTRY(bool, narrow_bool, (i64)),
    ENTRY(i32, add_i32, (i32, i32)),
    ENTRY(i8, add_i8, (i8, i8)),
    ENTRY(u16, add_u16, (u16, u16)),
    ENTRY(f32, add_f32, (f32, f32)),
    ENTRY(f64, subtract_f64, (f64, f64)),
    ENTRY(bool, and_bool, (bool, bool)),
    ENTRY(i64, join_i64, (i64, u32)),
    ENTRY(u64, join_u64, (u32, u32)),
    ENTRY(ptr, join_ptr, (u32, u32)),
    ENTRY_OF_NONE(i64, least_i64),
    ENTRY_OF_NONE(u64, greatest_u64),
    ENTRY(f64, f64_of_bits, (u32, u32)),
    ENTRY(f32, f32_of_bits, (u32)),
    ENTRY(u32, high_bits_of_f64, (f64)),
    ENTRY(u32, low_bits_of_f64, (f64)),
    ENTRY(u32, bits_of_f32, (f32)),
    ENTRY(bool, is_null, (ptr)),
    ENTRY_OF_NONE(ptr, null_ptr),
    ENTRY(u64, address_of, (ptr)),
    ENTRY_OF_NONE(cstring, greeting),
    ENTRY_OF_NONE(cstring, empty_text),
    ENTRY_OF_NONE(cstring, no_text),
    ENTRY_OF_NONE(cstring, cut_text),
    ENTRY_OF_NONE(cstring, overlong_text),
    ENTRY_OF_NONE(cstring, surrogate_text),
    ENTRY(u64, byte_count, (cstring)),
    ENTRY(cstring, skip_bytes, (cstring, u32)),
    ENTRY(cstring, longer_text, (cstring, cstring)),
    ENTRY(i32, compare_text, (cstring, cstring)),
};

PART(scalars);

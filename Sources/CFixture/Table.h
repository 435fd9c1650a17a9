/* What the files of the library share: C types under the names of the text form, and tables whose
 * texts are made from the C types they describe, so that the two cannot differ. */
#ifndef TIERPROOF_FIXTURE_TABLE_H
#define TIERPROOF_FIXTURE_TABLE_H

#include <stdbool.h>
#include <stdint.h>

typedef int8_t i8;
typedef int16_t i16;
typedef int32_t i32;
typedef int64_t i64;
typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef float f32;
typedef double f64;
typedef void *ptr;
typedef const char *cstring;

typedef struct Entry {
  const char *symbol;
  const char *signature;
  void *address;
} Entry;

typedef struct Part {
  const Entry *entries;
  unsigned long count;
} Part;

extern const Part fixture_scalars, fixture_registers, fixture_structs, fixture_passing,
    fixture_callbacks, fixture_state;

/* Makes the state of the run that of its start. */
void fixture_reset_state(void);

/* The address of a function that has exactly this type; anything else does not compile. */
#define TYPED(result, name, parameters) \
  ((void *)_Generic(&name, result (*) parameters: name))

#define ENTRY(result, name, parameters) \
  {#name, #parameters " -> " #result, TYPED(result, name, parameters)}
#define ENTRY_OF_NONE(result, name) {#name, "() -> " #result, TYPED(result, name, (void))}
/* For callbacks, whose types C and the text form write differently. */
#define ENTRY_AS(signature, result, name, parameters) \
  {#name, signature, TYPED(result, name, parameters)}

#define PART(name) \
  const Part fixture_##name = {entries, sizeof entries / sizeof *entries}

/* Arithmetic that wraps. */
static inline i64 add(i64 a, i64 b) { return (i64)((u64)a + (u64)b); }
static inline i64 times(i64 a, i64 b) { return (i64)((u64)a * (u64)b); }

/* All structs by value; FIRST and NEXT are fields. */
#define FIXTURE_STRUCTS(STRUCT, FIRST, NEXT)                                                    \
  STRUCT(One, FIRST(f64, x))                                                                    \
  STRUCT(Two, FIRST(f64, x) NEXT(f64, y))                                                       \
  STRUCT(Three, FIRST(f64, x) NEXT(f64, y) NEXT(f64, z))                                        \
  STRUCT(Four, FIRST(f64, x) NEXT(f64, y) NEXT(f64, z) NEXT(f64, w))                            \
  STRUCT(Float1, FIRST(f32, a))                                                                 \
  STRUCT(Float2, FIRST(f32, a) NEXT(f32, b))                                                    \
  STRUCT(Float3, FIRST(f32, a) NEXT(f32, b) NEXT(f32, c))                                       \
  STRUCT(Float4, FIRST(f32, a) NEXT(f32, b) NEXT(f32, c) NEXT(f32, d))                          \
  STRUCT(Float5, FIRST(f32, a) NEXT(f32, b) NEXT(f32, c) NEXT(f32, d) NEXT(f32, e))             \
  STRUCT(FloatDouble, FIRST(f32, a) NEXT(f64, b))                                               \
  STRUCT(Pair, FIRST(i32, a) NEXT(f64, b))                                                      \
  STRUCT(Mirror, FIRST(f64, a) NEXT(i32, b))                                                    \
  STRUCT(IntFloat, FIRST(i32, a) NEXT(f32, b))                                                  \
  STRUCT(FloatInt, FIRST(f32, a) NEXT(i32, b))                                                  \
  STRUCT(FloatsLong, FIRST(f32, a) NEXT(f32, b) NEXT(i64, c))                                   \
  STRUCT(LongFloat, FIRST(i64, a) NEXT(f32, b))                                                 \
  STRUCT(Byte, FIRST(i8, a))                                                                    \
  STRUCT(Bytes3, FIRST(u8, a) NEXT(u8, b) NEXT(u8, c))                                          \
  STRUCT(Bytes5, FIRST(i8, a) NEXT(u8, b) NEXT(i8, c) NEXT(u8, d) NEXT(i8, e))                  \
  STRUCT(Packed, FIRST(i8, a) NEXT(i16, b) NEXT(i32, c))                                        \
  STRUCT(Unsigned, FIRST(u8, a) NEXT(u16, b) NEXT(u32, c))                                      \
  STRUCT(Ints3, FIRST(i32, a) NEXT(i32, b) NEXT(i32, c))                                        \
  STRUCT(Long1, FIRST(i64, a))                                                                  \
  STRUCT(Long2, FIRST(i64, a) NEXT(i64, b))                                                     \
  STRUCT(Wide, FIRST(i64, a) NEXT(u64, b))                                                      \
  STRUCT(Padded, FIRST(i64, a) NEXT(i8, b))                                                     \
  STRUCT(Gap, FIRST(i8, a) NEXT(i64, b))                                                        \
  STRUCT(Big, FIRST(i64, a) NEXT(i64, b) NEXT(i32, c))                                          \
  STRUCT(Flags, FIRST(bool, on) NEXT(bool, off) NEXT(u16, count))                               \
  STRUCT(Handle, FIRST(ptr, address) NEXT(u32, tag))                                            \
  STRUCT(Nested, FIRST(Packed, head) NEXT(f64, tail))                                           \
  STRUCT(NestedFloats, FIRST(Float2, head) NEXT(Float1, tail))                                  \
  STRUCT(Owner, FIRST(Handle, handle))                                                          \
  STRUCT(Deep, FIRST(Nested, left) NEXT(Two, right) NEXT(Flags, flags))                         \
  STRUCT(All, FIRST(i8, a) NEXT(i16, b) NEXT(i32, c) NEXT(i64, d) NEXT(u8, e) NEXT(u16, f)      \
                  NEXT(u32, g) NEXT(u64, h) NEXT(f32, i) NEXT(f64, j) NEXT(bool, k) NEXT(ptr, l))

#define FIELD(type, name) type name;
#define STRUCT(name, fields) \
  typedef struct name {      \
    fields                   \
  } name;
FIXTURE_STRUCTS(STRUCT, FIELD, FIELD)
#undef STRUCT
#undef FIELD

#endif

/* The layout of heap cells and blocks.
 *
 * The runtime, the interpreter and generated code take every offset from this header. A cell is
 * named by the address of its header; a boxed heap value is that address with a tag above it
 * (Sources/JIT/Runtime/Word.swift). All words inside cells are NaN-boxed values unless said
 * otherwise. */
#ifndef TIERPROOF_JIT_HEAP_H
#define TIERPROOF_JIT_HEAP_H

#include <stddef.h>
#include <stdint.h>

/* The kind byte of a cell. Kinds of values have the numbers of the enumeration ValueKind; a test
 * holds them to it. 0 is no cell: free memory. */
enum {
  JIT_CELL_FREE = 0,
  JIT_CELL_STRING = 5,
  JIT_CELL_ARRAY = 6,
  JIT_CELL_INT_ARRAY = 7,
  JIT_CELL_FLOAT_ARRAY = 8,
  JIT_CELL_BOOL_ARRAY = 9,
  JIT_CELL_OBJECT = 10,
  JIT_CELL_RECORD = 11,
  JIT_CELL_MAP = 12,
  JIT_CELL_RANGE = 13,
  JIT_CELL_SOME = 14,
  JIT_CELL_OK = 15,
  JIT_CELL_ERR = 16,
  JIT_CELL_CLOSURE = 18,
  JIT_CELL_CELL = 20,
  /* Parts of other cells, never boxed. */
  JIT_CELL_WORDS = 32,      /* storage of boxed words */
  JIT_CELL_BYTES = 33,      /* storage of anything without pointers */
  JIT_CELL_BUFFER = 34,     /* bytes that several strings share */
  JIT_CELL_DICTIONARY = 35, /* the table of an object without a shape; laid out as a map */
};

enum {
  JIT_STRING_SHARED = 1,   /* the bytes lie in a buffer cell */
  JIT_STRING_STATIC = 2,   /* outside the heap: constants, property names, single scalars */
  JIT_RANGE_INCLUSIVE = 1,
  JIT_RECORD_IS_STRUCT = 1,
};

/* The shape number of an object that is a dictionary. */
#define JIT_SHAPE_DICTIONARY UINT32_MAX
/* The keys an object with a shape has at most. */
#define JIT_SHAPE_KEYS 64

typedef struct JITCell {
  uint8_t kind;
  uint8_t flags;
  uint16_t small;     /* object: slots inside the cell; record, closure: words */
  uint32_t auxiliary; /* string: hash or 0; object: shape; record: schema; closure: function */
} JITCell;

typedef struct JITString {
  JITCell header;
  uint32_t byte_count;
  uint32_t scalar_count;
  const uint8_t *bytes; /* behind this struct, or in a buffer */
} JITString;

typedef struct JITBuffer {
  JITCell header;
  uint64_t used;     /* bytes some string has */
  uint64_t capacity; /* bytes */
} JITBuffer;

typedef struct JITSharedString {
  JITString string;
  JITBuffer *buffer;
} JITSharedString;

typedef struct JITStaticString {
  JITString string;
  uint64_t key; /* its number as a property key */
} JITStaticString;

typedef struct JITStorage {
  JITCell header;
  uint64_t byte_count; /* behind this struct */
} JITStorage;

/* All four kinds of array; elements are words, int64_t, double or uint8_t. */
typedef struct JITArray {
  JITCell header;
  uint64_t length;
  void *elements;    /* the first byte behind a storage's header; null if the capacity is 0 */
  uint64_t capacity; /* elements */
} JITArray;

typedef struct JITObject {
  JITCell header;
  void *overflow; /* words behind a storage's header, a dictionary cell, or null */
  uint64_t slots[];
} JITObject;

/* A record, and a closure by its captures. */
typedef struct JITRecord {
  JITCell header;
  uint64_t fields[];
} JITRecord;

/* some, ok, err and shared cells. */
typedef struct JITBox {
  JITCell header;
  uint64_t content;
} JITBox;

typedef struct JITRange {
  JITCell header;
  int64_t start;
  int64_t end;
} JITRange;

typedef struct JITEntry {
  uint64_t key; /* JIT_ENTRY_DELETED where an entry was */
  uint64_t value;
} JITEntry;

#define JIT_ENTRY_DELETED UINT64_MAX

/* A map or dictionary: entries in insertion order, and an open-addressing index of them. */
typedef struct JITMap {
  JITCell header;
  uint64_t count;     /* entries present */
  uint64_t used;      /* entries, deleted ones included */
  uint64_t capacity;  /* entries there is room for */
  JITEntry *entries;  /* behind a storage's header, or null */
  uint32_t *index;    /* positions of entries + 1; 0 is empty; behind a storage's header */
  uint64_t index_mask;
} JITMap;

/* What a named access in generated code remembers of the receiver seen last; all zero before the
 * first: the header of no live cell. */
typedef struct JITPropertySite {
  uint64_t header; /* of the receiver's cell: kind, slots inside the cell, and shape or schema */
  uint64_t offset; /* bytes from the header to the property's word in such a cell */
} JITPropertySite;

/* --- Blocks ------------------------------------------------------------------------------- */

#define JIT_BLOCK_SHIFT 15
#define JIT_BLOCK_BYTES 32768
/* Cells start at multiples of this. */
#define JIT_GRANULE 16
#define JIT_BLOCK_MARK_WORDS 32
/* Cells above this many bytes have blocks of their own. */
#define JIT_LARGEST_CELL 8192
#define JIT_SIZE_CLASSES 31

enum {
  JIT_BLOCK_FREE = 0,
  JIT_BLOCK_CELLS = 1, /* cells of one size class */
  JIT_BLOCK_LARGE = 2, /* the first block of a large cell */
  JIT_BLOCK_TAIL = 3,  /* the others */
};

typedef struct JITBlock {
  uint8_t kind;
  uint8_t size_class;
  uint8_t is_dirty;     /* may hold bytes other than zero */
  uint32_t cell_bytes;
  uint32_t reciprocal;  /* 2^32 / cell_bytes, rounded up */
  uint32_t run;         /* large: blocks; tail: blocks back to the first */
  int32_t next_partial; /* the next block of the class with free cells, -1 at the end */
  uint64_t marks[JIT_BLOCK_MARK_WORDS]; /* one bit a granule, set at a marked cell's start */
} JITBlock;

/* Where the next cell of a size class goes. */
typedef struct JITBump {
  uintptr_t next;
  uintptr_t end;
  uint64_t cell_bytes;
} JITBump;

_Static_assert(JIT_BLOCK_MARK_WORDS * 64 * JIT_GRANULE == JIT_BLOCK_BYTES, "a bit a granule");
_Static_assert(sizeof(JITCell) == 8, "a header is one word");
_Static_assert(sizeof(JITString) == 24 && sizeof(JITBox) == 16, "cells are dense");
_Static_assert(sizeof(JITStorage) == 16, "elements are aligned to a granule");
_Static_assert(offsetof(JITObject, slots) == 16, "slots follow the overflow pointer");
_Static_assert(offsetof(JITRecord, fields) == 8, "fields follow the header");

/* --- Native roots ------------------------------------------------------------------------- */

/* A boxed heap value has this in its upper 16 bits. */
#define JIT_HEAP_TAG 0xFFFBu

/* Calls visit(argument, address) with every address low …< high that a word of the native stack
 * holds, boxed or not, from the current position to `top`; callee-saved registers included. */
void jit_visit_native_stack(
    uintptr_t top, uintptr_t low, uintptr_t high, void (*visit)(void *argument, uintptr_t address),
    void *argument);

/* Under the address sanitizer: an access to the bytes is reported from now on, or no more. Without
 * it they do nothing. Whoever unmaps memory allows it first. */
void jit_forbid_memory(const void *address, size_t byte_count);
void jit_allow_memory(const void *address, size_t byte_count);

/* Whether the process was built with the address sanitizer. */
int jit_has_address_sanitizer(void);

/* The address of a frame just below the caller's. */
uintptr_t jit_stack_position(void);

#endif

/* The library `"fixture"`: C functions any program may call.
 *
 * They cover the types and register classes of the C ABI, callbacks included, are pure or keep state
 * that belongs to the run, and are found through a table, so that no dynamic loader takes part.
 * Docs/foreign.md lists them. None has undefined behaviour, whatever its arguments. Some leave the
 * rounding mode changed, or call back with it changed: a caller restores it. */
#ifndef TIERPROOF_FIXTURE_H
#define TIERPROOF_FIXTURE_H

/* The address of a function by its symbol and its types, or null if there is none: a function called
 * by other types than its own would do anything.
 *
 * The types are written as in the text form, without blanks and with structs spelled out:
 * `(i32,(f64)->f64)->{i32,f64}`. */
void *_Nullable fixture_lookup(const char *_Nonnull symbol, const char *_Nonnull types);

/* Makes the calling thread's fixture state that of the start of a run. */
void fixture_reset(void);

/* A function as text: `foreign NAME = "fixture" SYMBOL` followed by the signature, as in
 * `(i32, (f64) -> f64) -> Pair`, is a declaration. */
typedef struct FixtureSignature {
  const char *_Nullable symbol; /* null behind the last function */
  const char *_Nullable signature;
} FixtureSignature;

/* The function with a number from 0; beyond the last one both fields are null. */
FixtureSignature fixture_signature(unsigned long index);

/* The declaration of the struct with a number from 0, `struct Pair { a: i32, b: f64 }`; null beyond
 * the last one. A struct comes after those it contains. */
const char *_Nullable fixture_structure(unsigned long index);

#endif

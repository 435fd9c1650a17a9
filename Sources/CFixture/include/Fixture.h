/* The library `"fixture"`: C functions any program may call.
 *
 * They cover the types and register classes of the C ABI, are pure or keep state that belongs to the
 * run, and are found through a table, so that no dynamic loader takes part. */
#ifndef TIERPROOF_FIXTURE_H
#define TIERPROOF_FIXTURE_H

/* The address of a function by its symbol, or null if there is none. */
void *_Nullable fixture_lookup(const char *_Nonnull symbol);

/* Makes the calling thread's fixture state that of the start of a run. */
void fixture_reset(void);

#endif

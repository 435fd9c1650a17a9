/* Threads that work beside the one that starts them. */
#ifndef TIERPROOF_JIT_THREAD_H
#define TIERPROOF_JIT_THREAD_H

/* Starts a detached thread that calls body(0), on another processor than the caller's if the process
 * may use another: a scheduler may well start a thread where its creator runs, and have it wait for
 * milliseconds if that one goes on. Once it runs, it may run wherever the caller may. Returns 0, or
 * an error number. */
int jit_thread_start(void (*body)(void *unused));

#endif

#define _GNU_SOURCE
#include "JITThread.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>

typedef struct {
  void (*body)(void *);
  /* Where the creator may run; empty if that is unknown. */
  cpu_set_t allowed;
} Start;

static void *serve(void *argument) {
  Start start = *(Start *)argument;
  free(argument);
  if (CPU_COUNT(&start.allowed)) sched_setaffinity(0, sizeof start.allowed, &start.allowed);
  start.body(0);
  return 0;
}

/* Has the thread start elsewhere than here; where that fails it starts anywhere. */
static void avoid_here(pthread_attr_t *attributes, Start *start) {
  int here = sched_getcpu();
  if (here < 0 || sched_getaffinity(0, sizeof start->allowed, &start->allowed)) {
    CPU_ZERO(&start->allowed);
    return;
  }
  cpu_set_t others = start->allowed;
  CPU_CLR(here, &others);
  if (CPU_COUNT(&others)) pthread_attr_setaffinity_np(attributes, sizeof others, &others);
}

int jit_thread_start(void (*body)(void *)) {
  Start *start = malloc(sizeof *start);
  pthread_attr_t attributes;
  pthread_t thread;
  if (!start) return ENOMEM;
  start->body = body;
  int error = pthread_attr_init(&attributes);
  if (!error) {
    error = pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    avoid_here(&attributes, start);
    if (!error) error = pthread_create(&thread, &attributes, serve, start);
    pthread_attr_destroy(&attributes);
  }
  if (error) free(start);
  return error;
}

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

/* Where the thread may run other than here; nothing if it may run nowhere else. */
static cpu_set_t elsewhere(Start *start) {
  cpu_set_t others;
  int here = sched_getcpu();
  CPU_ZERO(&others);
  CPU_ZERO(&start->allowed);
  if (here < 0 || sched_getaffinity(0, sizeof start->allowed, &start->allowed)) return others;
  others = start->allowed;
  CPU_CLR(here, &others);
  return others;
}

/* A detached thread that starts on one of some processors, or anywhere if there are none. */
static int start_on(const cpu_set_t *processors, Start *start) {
  pthread_attr_t attributes;
  pthread_t thread;
  int error = pthread_attr_init(&attributes);
  if (error) return error;
  error = pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  if (!error && CPU_COUNT(processors))
    error = pthread_attr_setaffinity_np(&attributes, sizeof *processors, processors);
  if (!error) error = pthread_create(&thread, &attributes, serve, start);
  pthread_attr_destroy(&attributes);
  return error;
}

int jit_thread_start(void (*body)(void *)) {
  Start *start = malloc(sizeof *start);
  if (!start) return ENOMEM;
  start->body = body;
  cpu_set_t processors = elsewhere(start);
  int error = start_on(&processors, start);
  if (error && CPU_COUNT(&processors)) {
    /* The system may have taken those processors away since it named them. */
    CPU_ZERO(&processors);
    error = start_on(&processors, start);
  }
  if (error) free(start);
  return error;
}

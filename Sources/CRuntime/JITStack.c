#define _GNU_SOURCE
#include "JITStack.h"

#include <pthread.h>

static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;  /* who may hand over a job */
static pthread_mutex_t guard = PTHREAD_MUTEX_INITIALIZER; /* guards what follows */
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static void (*job)(void *);
static void *job_argument;
static int job_pending;
static int made;
static uintptr_t base;
static __thread int on_big_stack;

static void *serve(void *unused) {
  on_big_stack = 1;
  pthread_mutex_lock(&guard);
  for (;;) {
    while (!job_pending) pthread_cond_wait(&changed, &guard);
    pthread_mutex_unlock(&guard);
    job(job_argument);
    pthread_mutex_lock(&guard);
    job_pending = 0;
    pthread_cond_broadcast(&changed);
  }
  return unused;
}

/* Makes the thread; the caller has its turn. */
static int make(size_t bytes) {
  pthread_attr_t attributes;
  pthread_t thread;
  void *address = 0;
  size_t size = 0;
  int error = pthread_attr_init(&attributes);
  if (error) return error;
  error = pthread_attr_setstacksize(&attributes, bytes);
  if (!error) error = pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  if (!error) error = pthread_create(&thread, &attributes, serve, 0);
  pthread_attr_destroy(&attributes);
  if (error) return error;
  error = pthread_getattr_np(thread, &attributes);
  if (error) return error;
  error = pthread_attr_getstack(&attributes, &address, &size);
  pthread_attr_destroy(&attributes);
  base = (uintptr_t)address;
  made = !error;
  return error;
}

int jit_stack_run(size_t bytes, void (*body)(void *), void *argument) {
  if (on_big_stack) {
    body(argument);
    return 0;
  }
  pthread_mutex_lock(&turn);
  int error = made ? 0 : make(bytes);
  if (!error) {
    pthread_mutex_lock(&guard);
    job = body;
    job_argument = argument;
    job_pending = 1;
    pthread_cond_broadcast(&changed);
    while (job_pending) pthread_cond_wait(&changed, &guard);
    pthread_mutex_unlock(&guard);
  }
  pthread_mutex_unlock(&turn);
  return error;
}

uintptr_t jit_stack_base(void) { return base; }

__attribute__((noinline)) uint64_t jit_enter(JITContext *context, const void *entry) {
  context->native_stack_top = (uintptr_t)__builtin_frame_address(0);
  uint64_t result = ((uint64_t(*)(JITContext *, const void *))entry)(context, 0);
  /* No tail call: this frame is the upper end. */
  __asm__ volatile("" ::: "memory");
  return result;
}

// Runs LLVM on several modules at once. In C, so that no thread but the caller's runs Swift code: the release compiler
// counts references without atomic instructions.
#ifndef NANOC_CLLVM_JOBS_H
#define NANOC_CLLVM_JOBS_H

#include <llvm-c/Core.h>
#include <llvm-c/Error.h>
#include <llvm-c/TargetMachine.h>
#include <llvm-c/Transforms/PassBuilder.h>
#include <pthread.h>
#include <stddef.h>

/// What is done with one module, which shares no context with those of other jobs.
typedef struct {
  LLVMModuleRef module;
  LLVMTargetMachineRef machine;
  /// The passes to run; NULL for none.
  const char *passes;
  LLVMPassBuilderOptionsRef options;
  /// Whether an object is wanted.
  LLVMBool emits;
  /// What came of it.
  LLVMErrorRef error;
  LLVMBool failed;
  char *message;
  LLVMMemoryBufferRef object;
} NanocJob;

typedef struct {
  NanocJob *jobs;
  size_t count;
  size_t next;
  pthread_mutex_t lock;
} NanocJobs;

static inline void nanoc_run_job(NanocJob *job) {
  if (job->passes) job->error = LLVMRunPasses(job->module, job->passes, job->machine, job->options);
  if (job->error || !job->emits) return;
  job->failed = LLVMTargetMachineEmitToMemoryBuffer(
      job->machine, job->module, LLVMObjectFile, &job->message, &job->object);
}

/// Takes one job after another.
static inline void *nanoc_work(void *argument) {
  NanocJobs *all = (NanocJobs *)argument;
  for (;;) {
    pthread_mutex_lock(&all->lock);
    size_t index = all->next;
    if (index < all->count) all->next += 1;
    pthread_mutex_unlock(&all->lock);
    if (index >= all->count) return NULL;
    nanoc_run_job(&all->jobs[index]);
  }
}

/// Runs all jobs in the calling thread and up to 15 others; comes back when all are done.
static inline void nanoc_run_jobs(NanocJob *jobs, size_t count, size_t threads) {
  NanocJobs all = {jobs, count, 0, PTHREAD_MUTEX_INITIALIZER};
  pthread_t others[15];
  size_t started = 0;
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  // LLVM recurses over long expressions.
  pthread_attr_setstacksize(&attributes, (size_t)256 << 20);
  while (started < 15 && started + 1 < threads && started + 1 < count) {
    if (pthread_create(&others[started], &attributes, nanoc_work, &all)) break;
    started += 1;
  }
  nanoc_work(&all);
  for (size_t index = 0; index < started; index += 1) pthread_join(others[index], NULL);
  pthread_attr_destroy(&attributes);
}

#endif

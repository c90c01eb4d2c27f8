// The parts of LLVM's C API that LLVMKit uses.
#ifndef NANOC_CLLVM_SHIM_H
#define NANOC_CLLVM_SHIM_H

#include <llvm-c/Analysis.h>
#include <llvm-c/BitWriter.h>
#include <llvm-c/Core.h>
#include <llvm-c/DebugInfo.h>
#include <llvm-c/Error.h>
#include <llvm-c/IRReader.h>
#include <llvm-c/LLJIT.h>
#include <llvm-c/LLJITUtils.h>
#include <llvm-c/Orc.h>
#include <llvm-c/OrcEE.h>
#include <llvm-c/Support.h>
#include <llvm-c/Target.h>
#include <llvm-c/TargetMachine.h>
#include <llvm-c/Transforms/PassBuilder.h>

#include "jobs.h"

/// Keeps LLVM from adding tables of names to debug information. It has to be called at most once.
static inline void nanoc_leave_out_name_tables(void) {
  const char *arguments[] = {"nanoc", "-accel-tables=Disable"};
  LLVMParseCommandLineOptions(2, arguments, NULL);
}

#endif

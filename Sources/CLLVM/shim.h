#if !__has_include(<llvm/Config/llvm-config.h>)
#error "LLVM 22 is missing: apt-get install llvm-22-dev (or set LLVM_PREFIX)"
#else
#include <llvm/Config/llvm-config.h>
#if LLVM_VERSION_MAJOR < 22
#error "LLVM is older than 22: apt-get install llvm-22-dev (or set LLVM_PREFIX)"
#endif
#include <llvm-c/Analysis.h>
#include <llvm-c/BitWriter.h>
#include <llvm-c/Core.h>
#include <llvm-c/DebugInfo.h>
#include <llvm-c/Disassembler.h>
#include <llvm-c/Error.h>
#include <llvm-c/ErrorHandling.h>
#include <llvm-c/IRReader.h>
#include <llvm-c/LLJIT.h>
#include <llvm-c/LLJITUtils.h>
#include <llvm-c/Object.h>
#include <llvm-c/Orc.h>
#include <llvm-c/OrcEE.h>
#include <llvm-c/Support.h>
#include <llvm-c/Target.h>
#include <llvm-c/TargetMachine.h>
#include <llvm-c/Transforms/PassBuilder.h>
#endif

import Bytecode
import LLVM

/// Every knob of the judged engines; none changes a result.
enum Tuning {
  /// Bytes of each stack that stay resident between runs.
  static let keptStackBytes = 1 << 20
}

extension Tuning {
  /// How much work code generation does in the baseline tier: the greedy register allocator keeps
  /// loops in registers.
  static let baselineLevel = CodeGenerationLevel.registers
  /// The same in the optimizing tier, whose code is few and runs long.
  static let optimizingLevel = CodeGenerationLevel.standard
  /// The same in campaigns, which compile every input and run it for microseconds: the fast
  /// allocator takes a third of the time and makes loops half as fast.
  static let campaignLevel = CodeGenerationLevel.none
  /// Blocks of a function, counted once for each chain of handlers, above which no tier compiles it.
  static let blockBudget = 4_096
  /// Modules after which an LLVM context is replaced.
  static let modulesPerContext = 1_000
  /// Functions that the helper of a call tells by number, or by schema, and calls directly.
  static let calleesPerHelper = 6
  /// Elements a builtin that calls back makes room for before it knows how many there will be.
  static let walkCapacity = 256
  /// Bytes of the stack that compiled code runs on, reserved and not committed.
  static let stackBytes = 256 << 20
  /// Bytes of that stack that stay free for the runtime below compiled frames.
  static let stackReserveBytes = 1 << 20
}

extension Tuning {
  /// Bytes of object files that a code cache holds when it is opened, at most.
  static let codeCacheBytes = 256 << 20
}

extension Tuning {
  /// Address space a heap reserves.
  static let heapRangeBytes = 16 << 30
  /// Memory of the host a run may use for its heap; reaching it ends the run inconclusive.
  static let hostHeapBytes = 1 << 30
  /// Bytes allocated between two collections, at least; more if more is alive.
  static let leastCollectionBytes = 4 << 20
  /// Bytes of a heap that stay resident between runs.
  static let keptHeapBytes = 1 << 20
  /// Free memory in a row that a collection gives back to the system.
  static let releasedRunBytes = 16 << 20
  /// Bytes from which a concatenation leaves room for the next one.
  static let sharedStringBytes = 128
  /// Shapes a session may make; a run that makes more is inconclusive.
  static let shapeLimit = 1 << 22
  /// Bytes of the keys of all those shapes; the same.
  static let staticStringBytes = 256 << 20
}

extension Tuning {
  /// Bytes of the native stack that a foreign call leaves free for the C function and the callbacks
  /// below it; a run that lacks them is inconclusive.
  static let foreignStackBytes = 192 << 10
  /// Bytes of the native stack that foreign calls and callbacks nested to the limit may take; a run
  /// that might nest them goes elsewhere if its thread has less.
  static let callbackStackBytes = 32 << 20
}

extension Tuning {
  /// Words of the buffer that compiled code leaves its frames in: those of a function and four
  /// inlined in each other, at the verifier's limit, and what virtual objects are made of.
  static let deoptimizationWords = 5 * (VerifierLimits.frameSlots + 1) + 3_067
}

extension Tuning {
  /// Instructions of a function that is inlined, at most.
  static let inlineInstructions = 80
  /// Calls inlined in each other.
  static let inlineDepth = 4
  /// Instructions inlined into one function, all together.
  static let inlineBudget = 400
  /// Changes of a binding in one run after which its value is not taken for granted any more.
  static let bindingChanges = 2
}

extension Tuning {
  /// Fields of virtual objects at one instruction, of all frames that are there.
  static let virtualFields = 256
}

extension Tuning {
  /// Locals by way of which an int is compared with the length of an array, at most.
  static let rangeChainSteps = 16
  /// Times that facts of a function are found out, with guards at loops that turned out to prove
  /// something.
  static let rangeRounds = 3
  /// What ints are kept from exceeding by guards at loops, the one that fails least first.
  static let greatestInLoops = [greatestInSums, greatestInProducts]
  /// Some such ints, added up, are an int.
  static let greatestInSums: Int64 = 1 << 42
  /// The products of two sums of some such ints are.
  static let greatestInProducts: Int64 = 1 << 22
  /// Guards at the loops of a function, at most.
  static let loopGuardLimit = 16
}

extension Tuning {
  /// The call that is the first to run in the baseline tier.
  static let baselineCalls: UInt64 = 100
  /// The call that is the first to run in the optimizing tier.
  static let optimizingCalls: UInt64 = 10_000
  /// Arrivals at a loop header before the activation there leaves tier 0 for optimized code.
  static let stackReplacementBackEdges: UInt64 = 1_000
  /// Guards of a function that fail before its code is discarded.
  static let failureLimit = 4
  /// Discards that one guard may be the reason of in a session of the harness.
  static let discardsByGuard = 4
  /// Frames that arrive at an optimized loop with locals of other kinds than it was made for, before
  /// it is made for any.
  static let entryMisfitLimit = 3
  /// Arrivals in tier 0 between such a frame and the compile for it.
  static let misfitPatience: UInt64 = 2
  /// Compiles that may wait for the compile thread; what is asked for beyond is asked for again.
  static let compileQueueLimit = 64
  /// Polls between two scans of the native stack for frames of retired code, at most.
  static let greatestScanPatience: UInt64 = 1_024
}

extension Tuning {
  /// The same for the harness, whose programs are short.
  static let earlyCalls: UInt64 = 2
  static let earlyBackEdges: UInt64 = 2
  /// The call by which the optimizing tier has seen enough where it is asked for by itself.
  static let earlyOptimizingCalls: UInt64 = 2
  /// The call at which baseline code gives way to optimized code.
  static let earlyPromotingCalls: UInt64 = 4
  /// Units of the clock that optimized code of a loop is later there than baseline code, where the
  /// clock decides.
  static let earlyLoopDelay: UInt64 = 20
  /// Polls between two discards in the harness.
  static let earlyDiscardInterval: UInt64 = 11
}

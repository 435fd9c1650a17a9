internal import CLLVM

/// How much work code generation does.
public enum CodeGenerationLevel: Hashable, Sendable {
  case none, less, standard, aggressive

  var raw: LLVMCodeGenOptLevel {
    switch self {
    case .none: LLVMCodeGenLevelNone
    case .less: LLVMCodeGenLevelLess
    case .standard: LLVMCodeGenLevelDefault
    case .aggressive: LLVMCodeGenLevelAggressive
    }
  }
}

/// A code generator for the machine it runs on, reused for all modules of one level.
public struct TargetMachine: ~Copyable {
  let raw: LLVMTargetMachineRef
  private let triple: UnsafeMutablePointer<CChar>
  private let dataLayout: LLVMTargetDataRef

  /// Makes a generator for the host's processor and features.
  ///
  /// - Throws: If LLVM was built without a back end for this machine.
  public init(level: CodeGenerationLevel) throws(LLVMFailure) {
    LLVMBackEnd.initialize()
    guard let triple = LLVMGetDefaultTargetTriple() else {
      throw LLVMFailure(operation: "find the host's target", message: "no default triple")
    }
    var target: LLVMTargetRef?
    var message: UnsafeMutablePointer<CChar>?
    guard LLVMGetTargetFromTriple(triple, &target, &message) == 0 else {
      LLVMDisposeMessage(triple)
      throw LLVMFailure(operation: "find the host's target", message: takeMessage(message))
    }
    let processor = LLVMGetHostCPUName()
    let features = LLVMGetHostCPUFeatures()
    defer {
      LLVMDisposeMessage(processor)
      LLVMDisposeMessage(features)
    }
    guard
      let machine = LLVMCreateTargetMachine(
        target, triple, processor, features, level.raw, LLVMRelocPIC, LLVMCodeModelSmall),
      let layout = LLVMCreateTargetDataLayout(machine)
    else {
      LLVMDisposeMessage(triple)
      throw LLVMFailure(operation: "make a target machine", message: "refused by the back end")
    }
    raw = machine
    dataLayout = layout
    self.triple = triple
  }

  /// Whether the host's processor rounds doubles to integral ones in one instruction; where it does
  /// not, LLVM calls functions of C that generated code does not know.
  public static let hostRounds: Bool = {
    let features = takeMessage(LLVMGetHostCPUFeatures())
    return features.contains("+sse4.1") || features.contains("+neon")
  }()

  deinit {
    LLVMDisposeTargetData(dataLayout)
    LLVMDisposeTargetMachine(raw)
    LLVMDisposeMessage(triple)
  }

  /// Gives a module this machine's data layout; to be called before it is filled.
  public borrowing func adopt(_ module: borrowing ModuleBuilder) {
    LLVMSetModuleDataLayout(module.raw, dataLayout)
    LLVMSetTarget(module.raw, triple)
  }

  /// Generates relocatable machine code.
  public borrowing func emit(
    _ module: consuming ModuleBuilder
  ) throws(LLVMFailure) -> ObjectCode {
    var message: UnsafeMutablePointer<CChar>?
    var buffer: LLVMMemoryBufferRef?
    let failed = LLVMTargetMachineEmitToMemoryBuffer(
      raw, module.raw, LLVMObjectFile, &message, &buffer)
    guard failed == 0, let buffer else {
      throw LLVMFailure(operation: "generate code", message: takeMessage(message))
    }
    return ObjectCode(raw: buffer)
  }
}

/// The back end of the machine this process runs on.
enum LLVMBackEnd {
  private static let ready: Void = {
    LLVMInitializeNativeTarget()
    LLVMInitializeNativeAsmPrinter()
    LLVMInitializeNativeDisassembler()
    // All levels select quickly; level less is then level none with the greedy register allocator
    // and without the passes that cost more compile time than they gain on this lowering's code.
    let arguments: [StaticString] = [
      "llvm", "-fast-isel=true", "-enable-misched=false", "-disable-lsr", "-disable-cgp",
      "-disable-constant-hoisting", "-disable-partial-libcall-inlining", "-disable-mergeicmps",
      "-disable-early-taildup", "-disable-machine-licm", "-disable-machine-cse",
      "-disable-machine-sink", "-disable-peephole", "-disable-block-placement",
      "-disable-copyprop", "-disable-branch-fold", "-disable-tail-duplicate",
      "-disable-post-ra", "-disable-postra-machine-licm", "-disable-machine-dce",
      // Only for code that runs under the address sanitizer: its frames and globals need no checks.
      "-asan-stack=0", "-asan-globals=0", "-asan-constructor-kind=none",
    ]
    var pointers: [UnsafePointer<CChar>?] = arguments.map {
      UnsafeRawPointer($0.utf8Start).assumingMemoryBound(to: CChar.self)
    }
    LLVMParseCommandLineOptions(Int32(pointers.count), &pointers, nil)
  }()

  /// Registers the back end once.
  static func initialize() { ready }
}

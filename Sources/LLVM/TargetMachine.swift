internal import CLLVM
import Synchronization

/// How much work code generation does.
public enum CodeGenerationLevel: Hashable, Sendable {
  case none
  /// As `none`, with the greedy register allocator in the place of the fast one: none of the passes
  /// that cost more compile time than they gain on code nobody has optimized.
  case registers
  case less, standard, aggressive

  var raw: LLVMCodeGenOptLevel {
    switch self {
    case .none, .registers: LLVMCodeGenLevelNone
    case .less: LLVMCodeGenLevelLess
    case .standard: LLVMCodeGenLevelDefault
    case .aggressive: LLVMCodeGenLevelAggressive
    }
  }

  /// What LLVM knows as options of the process only.
  fileprivate var options: [StaticString] {
    switch self {
    case .none: ["-optimize-regalloc=false"]
    case .registers:
      [
        "-optimize-regalloc=true", "-enable-misched=false", "-disable-copyprop=true",
        "-disable-postra-machine-licm=true",
      ]
    case .less, .standard, .aggressive:
      [
        "-optimize-regalloc=true", "-enable-misched=true", "-disable-copyprop=false",
        "-disable-postra-machine-licm=false",
      ]
    }
  }
}

/// A code generator for the machine it runs on, reused for all modules of one level.
public struct TargetMachine: ~Copyable {
  let raw: LLVMTargetMachineRef
  private let level: CodeGenerationLevel
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
    self.level = level
    dataLayout = layout
    self.triple = triple
  }

  /// Whether the host's processor rounds doubles to integral ones in one instruction; where it does
  /// not, LLVM calls functions of C that generated code does not know.
  public static let hostRounds: Bool = {
    let features = takeMessage(LLVMGetHostCPUFeatures())
    return features.contains("+sse4.1") || features.contains("+neon")
  }()

  /// What else than the module decides on the code: LLVM's version, the processor and the level.
  public var identity: String {
    var (major, minor, patch) = (UInt32(0), UInt32(0), UInt32(0))
    LLVMGetVersion(&major, &minor, &patch)
    let parts = [
      "LLVM \(major).\(minor).\(patch)", String(cString: triple),
      takeMessage(LLVMGetTargetMachineCPU(raw)),
      takeMessage(LLVMGetTargetMachineFeatureString(raw)), "\(level)",
    ]
    return parts.joined(separator: "\n")
  }

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
    let failed = LLVMBackEnd.withOptions(of: level) {
      LLVMTargetMachineEmitToMemoryBuffer(raw, module.raw, LLVMObjectFile, &message, &buffer)
    }
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
    parse([
      // Only for code that runs under the address sanitizer: its frames and globals need no checks.
      "-asan-stack=0", "-asan-globals=0", "-asan-constructor-kind=none",
    ])
  }()

  private static func parse(_ options: [StaticString]) {
    var pointers: [UnsafePointer<CChar>?] = (["llvm"] + options).map {
      UnsafeRawPointer($0.utf8Start).assumingMemoryBound(to: CChar.self)
    }
    LLVMParseCommandLineOptions(Int32(pointers.count), &pointers, nil)
  }

  /// The level whose options are in force.
  private static let current = Mutex<CodeGenerationLevel?>(nil)

  /// Generates code with the options of a level; others wait until it is done.
  static func withOptions<Result>(of level: CodeGenerationLevel, _ generate: () -> Result) -> Result
  {
    current.withLock { current in
      if current != level { parse(level.options) }
      current = level
      return generate()
    }
  }

  /// Registers the back end once.
  static func initialize() { ready }
}

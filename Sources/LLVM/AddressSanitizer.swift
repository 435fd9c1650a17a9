internal import CLLVM

/// Generated code under the address sanitizer: its loads and stores are checked as the process's own
/// are.
public enum AddressSanitizer {
  /// Runs LLVM's instrumentation over a module.
  ///
  /// Its functions must not have been marked; memory of the frame and of the module is left out,
  /// since only the heap's says what may be touched.
  public static func instrument(
    _ module: borrowing ModuleBuilder, for machine: borrowing TargetMachine
  ) throws(LLVMFailure) {
    let name = "sanitize_address"
    let kind = LLVMGetEnumAttributeKindForName(name, name.utf8.count)
    let attribute = LLVMCreateEnumAttribute(module.context.raw, kind, 0)
    let onFunction = LLVMAttributeIndex(bitPattern: Int32(LLVMAttributeFunctionIndex))
    var function = LLVMGetFirstFunction(module.raw)
    while let current = function {
      if LLVMIsDeclaration(current) == 0 {
        LLVMAddAttributeAtIndex(current, onFunction, attribute)
      }
      function = LLVMGetNextFunction(current)
    }
    try machine.run("asan", on: module)
  }
}

extension TargetMachine {
  /// How much an optimizer does.
  public enum Optimization: Hashable, Sendable {
    /// Common subexpressions, constants and control flow of each function.
    case quick
    /// What speeds up the code of a dynamic language, loops and vectors included: of the passes of
    /// LLVM's `default<O2>` those that earn their time on it, each function by itself, once.
    case standard
    /// The same, and loops laid out twice for a test in them that does not change.
    case versions

    /// Whether loops may become loops over vectors.
    public var vectorizes: Bool {
      switch self {
      case .quick: false
      case .standard, .versions: true
      }
    }

    /// The passes in LLVM's pipeline text.
    public var pipeline: String {
      switch self {
      case .quick: "function(sroa,early-cse<memssa>,instcombine<no-verify-fixpoint>,simplifycfg)"
      case .standard: Self.pipeline(unswitching: "no-nontrivial")
      case .versions: Self.pipeline(unswitching: "nontrivial")
      }
    }

    private static let combine = "instcombine<no-verify-fixpoint>"
    /// The order is that of `default<O2>`: shapes of values and control flow first, then loops put
    /// into the form that redundancy elimination sees through, then vectors and unrolling, and
    /// what is left over from each.
    private static func pipeline(unswitching: String) -> String {
      let passes = [
        "sroa", "early-cse<memssa>", "simplifycfg", combine, "simplifycfg",
        "loop-mssa(loop-rotate,licm,simple-loop-unswitch<\(unswitching)>)", "loop(indvars)",
        "sccp", "bdce", "jump-threading", "correlated-propagation", "gvn", combine, "dse",
        "loop-mssa(licm)", "loop-vectorize", combine, "simplifycfg", "loop-unroll", combine,
        "loop-mssa(licm)", "simplifycfg",
      ]
      return "function(\(passes.joined(separator: ",")))"
    }
  }

  /// Optimizes a module's functions.
  public borrowing func optimize(
    _ module: borrowing ModuleBuilder, _ optimization: Optimization
  ) throws(LLVMFailure) { try run(optimization.pipeline, on: module) }

  /// Runs passes by their names in LLVM's pipeline text.
  borrowing func run(
    _ pipeline: String, on module: borrowing ModuleBuilder
  ) throws(LLVMFailure) {
    let options = LLVMCreatePassBuilderOptions()
    defer { LLVMDisposePassBuilderOptions(options) }
    guard let error = LLVMRunPasses(module.raw, pipeline, raw, options) else { return }
    let message = LLVMGetErrorMessage(error)
    defer { LLVMDisposeErrorMessage(message) }
    throw LLVMFailure(
      operation: "run passes \(pipeline)", message: message.map { String(cString: $0) } ?? "-")
  }
}

extension CodeSession {
  /// Lets generated code call what the process exports: the sanitizer's reports.
  public func seesProcess() throws(LLVMFailure) {
    var generator: LLVMOrcDefinitionGeneratorRef?
    try check(
      LLVMOrcCreateDynamicLibrarySearchGeneratorForProcess(&generator, 0, nil, nil),
      "look into the process")
    LLVMOrcJITDylibAddGenerator(dylib, generator)
  }
}

internal import CLLVM

/// Loads machine code into the process and frees it version by version: an ORC session.
///
/// May be used by several threads; LLVM serializes what must be.
public final class CodeSession: @unchecked Sendable {
  // LLJIT, its dylib and its session are internally synchronized.
  private let jit: LLVMOrcLLJITRef
  let dylib: LLVMOrcJITDylibRef

  /// Makes a session with no code in it.
  public init() throws(LLVMFailure) {
    LLVMBackEnd.initialize()
    let builder = LLVMOrcCreateLLJITBuilder()
    var jit: LLVMOrcLLJITRef?
    try check(LLVMOrcCreateLLJIT(&jit, builder), "make a code session")
    guard let jit else {
      throw LLVMFailure(operation: "make a code session", message: "no session")
    }
    self.jit = jit
    dylib = LLVMOrcLLJITGetMainJITDylib(jit)
  }

  deinit {
    if let error = LLVMOrcDisposeLLJIT(jit) { LLVMConsumeError(error) }
  }

  /// Makes functions of the process known to generated code by name, for the session's life.
  public func define(_ functions: [RuntimeSymbol]) throws(LLVMFailure) {
    let flags =
      LLVMJITSymbolGenericFlagsExported.rawValue | LLVMJITSymbolGenericFlagsCallable.rawValue
    var pairs = functions.map { function in
      LLVMOrcCSymbolMapPair(
        Name: LLVMOrcLLJITMangleAndIntern(jit, function.name),
        Sym: LLVMJITEvaluatedSymbol(
          Address: UInt64(UInt(bitPattern: function.address)),
          Flags: LLVMJITSymbolFlags(GenericFlags: UInt8(flags), TargetFlags: 0)))
    }
    let unit = LLVMOrcAbsoluteSymbols(&pairs, pairs.count)
    if let error = LLVMOrcJITDylibDefine(dylib, unit) {
      LLVMOrcDisposeMaterializationUnit(unit)
      try check(error, "define runtime entries")
    }
  }

  /// Loads an object file and gives the address of one of its symbols.
  ///
  /// The object is consumed even on failure; on success the code lives as long as the result.
  public func load(
    _ object: consuming ObjectCode, symbol: String
  ) throws(LLVMFailure) -> LoadedCode {
    guard let tracker = LLVMOrcJITDylibCreateResourceTracker(dylib) else {
      throw LLVMFailure(operation: "load code", message: "no resource tracker")
    }
    let owner = CodeVersion(session: self, tracker: tracker)
    try check(LLVMOrcLLJITAddObjectFileWithRT(jit, tracker, object.release()), "load code")
    var address: LLVMOrcExecutorAddress = 0
    try check(LLVMOrcLLJITLookup(jit, &address, symbol), "link code")
    guard let pointer = UnsafeRawPointer(bitPattern: UInt(address)) else {
      throw LLVMFailure(operation: "link code", message: "\(symbol) has no address")
    }
    return LoadedCode(version: owner, address: pointer)
  }

  /// Registers all code loaded from now on by gdb's JIT interface.
  ///
  /// - Throws: If LLVM's library lacks the interface.
  public func registerWithDebuggers() throws(LLVMFailure) {
    try check(LLVMOrcLLJITEnableDebugSupport(jit), "register code with debuggers")
  }

  /// Frees the names of symbols whose code is gone.
  public func clearDeadSymbols() {
    let session = LLVMOrcLLJITGetExecutionSession(jit)
    LLVMOrcSymbolStringPoolClearDeadEntries(
      LLVMOrcExecutionSessionGetSymbolStringPool(session))
  }
}

/// A function of the process that generated code may call by name.
public struct RuntimeSymbol {
  public let name: String
  public let address: UnsafeRawPointer

  public init(name: String, address: UnsafeRawPointer) {
    self.name = name
    self.address = address
  }
}

/// Machine code in the process; freed with its owner.
public struct LoadedCode: ~Copyable, Sendable {
  private let version: CodeVersion
  /// The address of the symbol asked for.
  public nonisolated(unsafe) let address: UnsafeRawPointer

  fileprivate init(version: consuming CodeVersion, address: UnsafeRawPointer) {
    self.version = version
    self.address = address
  }
}

/// The resource tracker of one load, removed with its owner.
///
/// Not private, because the optimizer of other modules refers to it where they drop loaded code.
package struct CodeVersion: ~Copyable, Sendable {
  private let session: CodeSession
  // Internally synchronized, and used once, at the end.
  private nonisolated(unsafe) let tracker: LLVMOrcResourceTrackerRef

  init(session: CodeSession, tracker: LLVMOrcResourceTrackerRef) {
    self.session = session
    self.tracker = tracker
  }

  deinit {
    if let error = LLVMOrcResourceTrackerRemove(tracker) { LLVMConsumeError(error) }
    LLVMOrcReleaseResourceTracker(tracker)
  }
}

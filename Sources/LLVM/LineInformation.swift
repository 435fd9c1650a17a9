internal import CLLVM

/// The debug information of a module under construction: functions and the lines of their code.
///
/// Every function counts as a file of its own, because lines are counted from its entry.
final class LineInformation {
  private let context: CodeContext
  private let builder: LLVMDIBuilderRef
  private let unit: LLVMMetadataRef
  private var isFinished = false

  init(of module: LLVMModuleRef, in context: CodeContext) {
    self.context = context
    // Without the version LLVM drops debug information it takes for another LLVM's.
    Self.setFlag("Debug Info Version", to: LLVMDebugMetadataVersion(), of: module, in: context)
    Self.setFlag("Dwarf Version", to: 5, of: module, in: context)
    guard let builder = LLVMCreateDIBuilder(module) else {
      preconditionFailure("LLVM made no builder of debug information")
    }
    self.builder = builder
    let producer = "tierproof"
    // A language is asked for; C has no rules of names that debuggers would apply.
    unit = LLVMDIBuilderCreateCompileUnit(
      builder, LLVMDWARFSourceLanguageC11, Self.file("program", builder), producer,
      producer.utf8.count, 0, nil, 0, 0, nil, 0, LLVMDWARFEmissionFull, 0, 0, 0, nil, 0, nil, 0)
  }

  deinit { finish() }

  private static func setFlag(
    _ name: String, to value: UInt32, of module: LLVMModuleRef, in context: CodeContext
  ) {
    let constant = LLVMConstInt(context.types.i32.raw, UInt64(value), 0)
    LLVMAddModuleFlag(
      module, LLVMModuleFlagBehaviorWarning, name, name.utf8.count, LLVMValueAsMetadata(constant))
  }

  private static func file(_ name: String, _ builder: LLVMDIBuilderRef) -> LLVMMetadataRef? {
    LLVMDIBuilderCreateFile(builder, name, name.utf8.count, "", 0)
  }

  /// Gives a function that is being defined a name and lines, once.
  func describe(_ function: IRFunction) {
    guard LLVMGetSubprogram(function.raw) == nil else { return }
    let name = function.name
    let file = Self.file(name, builder)
    let type = LLVMDIBuilderCreateSubroutineType(builder, file, nil, 0, LLVMDIFlagZero)
    let subprogram = LLVMDIBuilderCreateFunction(
      builder, unit, name, name.utf8.count, nil, 0, file, 1, type, 1, 1, 1, LLVMDIFlagZero, 0)
    LLVMSetSubprogram(function.raw, subprogram)
  }

  /// Resolves what is still open; nothing can be described afterwards.
  func finish() {
    guard !isFinished else { return }
    isFinished = true
    LLVMDIBuilderFinalize(builder)
    LLVMDisposeDIBuilder(builder)
  }
}

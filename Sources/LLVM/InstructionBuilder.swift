internal import CLLVM

/// Appends instructions to blocks; its verbs are the mnemonics of the intermediate language.
///
/// A module must outlive the builders that fill it. No verb sets a flag that may make poison.
public struct InstructionBuilder: ~Copyable {
  public let types: IRTypes
  let raw: LLVMBuilderRef
  let keepsNames: Bool
  private let keepsLines: Bool
  let context: CodeContext

  public init(in context: CodeContext) {
    raw = LLVMCreateBuilderInContext(context.raw)
    self.context = context
    types = context.types
    keepsNames = context.keepsNames
    keepsLines = context.keepsLines
  }

  deinit { LLVMDisposeBuilder(raw) }

  /// Continues at the end of a block.
  public func position(atEndOf block: IRBlock) {
    LLVMPositionBuilderAtEnd(raw, block.raw)
    // The block may be another function's, whose instructions must not name this one.
    if keepsLines { locate(line: currentLine) }
  }

  /// Continues before an instruction.
  public func position(before instruction: IRValue) {
    LLVMPositionBuilderBefore(raw, instruction.raw)
  }

  /// The block instructions are appended to.
  public var block: IRBlock { IRBlock(raw: LLVMGetInsertBlock(raw)) }

  /// Says which line the instructions to come are from; does nothing unless the context keeps lines.
  ///
  /// - Parameter line: from 1.
  public func locate(line: Int) {
    guard keepsLines, let block = LLVMGetInsertBlock(raw) else { return }
    let function = LLVMGetBasicBlockParent(block)
    guard let scope = LLVMGetSubprogram(function) else {
      return LLVMSetCurrentDebugLocation2(raw, nil)
    }
    let context = LLVMGetModuleContext(LLVMGetGlobalParent(function))
    LLVMSetCurrentDebugLocation2(
      raw, LLVMDIBuilderCreateDebugLocation(context, UInt32(line), 0, scope, nil))
  }

  private var currentLine: Int {
    LLVMGetCurrentDebugLocation2(raw).map { Int(LLVMDILocationGetLine($0)) } ?? 1
  }

  @inline(__always)
  func make(
    _ name: ValueName, _ body: (UnsafePointer<CChar>) -> LLVMValueRef?
  ) -> IRValue {
    guard let value = withName(name, keeping: keepsNames, body) else {
      preconditionFailure("LLVM built no value")
    }
    return IRValue(raw: value)
  }
}

/// Integer arithmetic; no `nsw`, `nuw` or `exact`.
extension InstructionBuilder {
  public func add(_ a: IRValue, _ b: IRValue, _ name: ValueName) -> IRValue {
    make(name) { LLVMBuildAdd(raw, a.raw, b.raw, $0) }
  }

  public func sub(_ a: IRValue, _ b: IRValue, _ name: ValueName) -> IRValue {
    make(name) { LLVMBuildSub(raw, a.raw, b.raw, $0) }
  }

  public func mul(_ a: IRValue, _ b: IRValue, _ name: ValueName) -> IRValue {
    make(name) { LLVMBuildMul(raw, a.raw, b.raw, $0) }
  }

  /// The divisor must not be zero, nor −1 for the least dividend.
  public func sdiv(_ a: IRValue, _ b: IRValue, _ name: ValueName) -> IRValue {
    make(name) { LLVMBuildSDiv(raw, a.raw, b.raw, $0) }
  }

  /// The divisor must not be zero, nor −1 for the least dividend.
  public func srem(_ a: IRValue, _ b: IRValue, _ name: ValueName) -> IRValue {
    make(name) { LLVMBuildSRem(raw, a.raw, b.raw, $0) }
  }

  public func and(_ a: IRValue, _ b: IRValue, _ name: ValueName) -> IRValue {
    make(name) { LLVMBuildAnd(raw, a.raw, b.raw, $0) }
  }

  public func or(_ a: IRValue, _ b: IRValue, _ name: ValueName) -> IRValue {
    make(name) { LLVMBuildOr(raw, a.raw, b.raw, $0) }
  }

  public func xor(_ a: IRValue, _ b: IRValue, _ name: ValueName) -> IRValue {
    make(name) { LLVMBuildXor(raw, a.raw, b.raw, $0) }
  }

  /// The count must be below the width.
  public func shl(_ a: IRValue, _ b: IRValue, _ name: ValueName) -> IRValue {
    make(name) { LLVMBuildShl(raw, a.raw, b.raw, $0) }
  }

  /// The count must be below the width.
  public func lshr(_ a: IRValue, _ b: IRValue, _ name: ValueName) -> IRValue {
    make(name) { LLVMBuildLShr(raw, a.raw, b.raw, $0) }
  }

  /// The count must be below the width.
  public func ashr(_ a: IRValue, _ b: IRValue, _ name: ValueName) -> IRValue {
    make(name) { LLVMBuildAShr(raw, a.raw, b.raw, $0) }
  }

  public func icmp(
    _ predicate: IntegerPredicate, _ a: IRValue, _ b: IRValue, _ name: ValueName
  ) -> IRValue {
    make(name) { LLVMBuildICmp(raw, predicate.raw, a.raw, b.raw, $0) }
  }

  /// Both arms are evaluated.
  public func select(
    _ condition: IRValue, _ a: IRValue, _ b: IRValue, _ name: ValueName
  ) -> IRValue {
    make(name) { LLVMBuildSelect(raw, condition.raw, a.raw, b.raw, $0) }
  }
}

/// Floating-point arithmetic, strictly IEEE.
extension InstructionBuilder {
  public func fadd(_ a: IRValue, _ b: IRValue, _ name: ValueName) -> IRValue {
    make(name) { LLVMBuildFAdd(raw, a.raw, b.raw, $0) }
  }

  public func fsub(_ a: IRValue, _ b: IRValue, _ name: ValueName) -> IRValue {
    make(name) { LLVMBuildFSub(raw, a.raw, b.raw, $0) }
  }

  public func fmul(_ a: IRValue, _ b: IRValue, _ name: ValueName) -> IRValue {
    make(name) { LLVMBuildFMul(raw, a.raw, b.raw, $0) }
  }

  public func fdiv(_ a: IRValue, _ b: IRValue, _ name: ValueName) -> IRValue {
    make(name) { LLVMBuildFDiv(raw, a.raw, b.raw, $0) }
  }

  public func fneg(_ a: IRValue, _ name: ValueName) -> IRValue {
    make(name) { LLVMBuildFNeg(raw, a.raw, $0) }
  }

  public func fcmp(
    _ predicate: FloatPredicate, _ a: IRValue, _ b: IRValue, _ name: ValueName
  ) -> IRValue {
    make(name) { LLVMBuildFCmp(raw, predicate.raw, a.raw, b.raw, $0) }
  }
}

/// Conversions.
extension InstructionBuilder {
  public func bitcast(_ a: IRValue, to type: IRType, _ name: ValueName) -> IRValue {
    make(name) { LLVMBuildBitCast(raw, a.raw, type.raw, $0) }
  }

  public func sitofp(_ a: IRValue, to type: IRType, _ name: ValueName) -> IRValue {
    make(name) { LLVMBuildSIToFP(raw, a.raw, type.raw, $0) }
  }

  public func zext(_ a: IRValue, to type: IRType, _ name: ValueName) -> IRValue {
    make(name) { LLVMBuildZExt(raw, a.raw, type.raw, $0) }
  }

  public func sext(_ a: IRValue, to type: IRType, _ name: ValueName) -> IRValue {
    make(name) { LLVMBuildSExt(raw, a.raw, type.raw, $0) }
  }

  public func trunc(_ a: IRValue, to type: IRType, _ name: ValueName) -> IRValue {
    make(name) { LLVMBuildTrunc(raw, a.raw, type.raw, $0) }
  }

  public func ptrtoint(_ a: IRValue, to type: IRType, _ name: ValueName) -> IRValue {
    make(name) { LLVMBuildPtrToInt(raw, a.raw, type.raw, $0) }
  }

  public func inttoptr(_ a: IRValue, _ name: ValueName) -> IRValue {
    make(name) { LLVMBuildIntToPtr(raw, a.raw, types.pointer.raw, $0) }
  }
}

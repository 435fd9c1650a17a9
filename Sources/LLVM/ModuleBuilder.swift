internal import CLLVM

/// A module under construction and the one who frees it.
///
/// Handed over to code generation by `consuming` it; nothing can use it afterwards.
public struct ModuleBuilder: ~Copyable {
  public let context: CodeContext
  let raw: LLVMModuleRef
  private let lines: LineInformation?

  /// Makes an empty module.
  public init(named name: String, in context: CodeContext) {
    self.context = context
    raw = LLVMModuleCreateWithNameInContext(name, context.raw)
    lines = context.keepsLines ? LineInformation(of: raw, in: context) : nil
  }

  deinit { LLVMDisposeModule(raw) }

  public var types: IRTypes { context.types }

  /// Where a function can be seen from.
  public enum Linkage {
    /// In this module only.
    case `internal`
    /// Found by name in the session.
    case external
  }

  /// Adds a function without a body that does not unwind.
  public func addFunction(
    named name: String, type: IRType, linkage: Linkage, isCold: Bool = false
  ) -> IRFunction {
    let function: LLVMValueRef = LLVMAddFunction(raw, name, type.raw)
    switch linkage {
    case .internal: LLVMSetLinkage(function, LLVMInternalLinkage)
    case .external: LLVMSetLinkage(function, LLVMExternalLinkage)
    }
    let onFunction = LLVMAttributeIndex(bitPattern: Int32(LLVMAttributeFunctionIndex))
    LLVMAddAttributeAtIndex(function, onFunction, context.noUnwind)
    LLVMAddAttributeAtIndex(function, onFunction, context.noBuiltin)
    if isCold { LLVMAddAttributeAtIndex(function, onFunction, context.cold) }
    return IRFunction(raw: function, type: type)
  }

  /// Limits what memory a function touches.
  public func limit(_ function: IRFunction, to effects: MemoryEffects) {
    guard effects != .all else { return }
    let onFunction = LLVMAttributeIndex(bitPattern: Int32(LLVMAttributeFunctionIndex))
    LLVMAddAttributeAtIndex(function.raw, onFunction, context.attribute(of: effects))
  }

  /// Marks a pointer parameter as the only way to so many bytes: what the function, or one it calls,
  /// touches of them, it reaches through the parameter.
  public func own(parameter position: Int, of function: IRFunction, byteCount: Int) {
    let index = LLVMAttributeIndex(position + 1)
    LLVMAddAttributeAtIndex(function.raw, index, context.noAlias)
    LLVMAddAttributeAtIndex(function.raw, index, context.dereferenceable(byteCount))
  }

  /// The function of a name, nil if the module has none.
  public func function(named name: String) -> IRFunction? {
    LLVMGetNamedFunction(raw, name).map {
      IRFunction(raw: $0, type: IRType(raw: LLVMGlobalGetValueType($0)))
    }
  }

  /// Marks a parameter of one bit as zero-extended by the caller.
  public func zeroExtend(parameter position: Int, of function: IRFunction) {
    LLVMAddAttributeAtIndex(
      function.raw, LLVMAttributeIndex(position + 1), context.zeroExtend)
  }

  /// Marks a result of one bit as zero-extended by the callee.
  public func zeroExtendResult(of function: IRFunction) {
    LLVMAddAttributeAtIndex(
      function.raw, LLVMAttributeIndex(LLVMAttributeReturnIndex), context.zeroExtend)
  }

  /// Appends a block to a function.
  public func appendBlock(_ name: ValueName, to function: IRFunction) -> IRBlock {
    // A declaration must not have lines; a function with a block is none.
    lines?.describe(function)
    return withName(name, prefix: "bb", keeping: context.keepsNames) {
      IRBlock(raw: LLVMAppendBasicBlockInContext(context.raw, function.raw, $0))
    }
  }

  /// Moves a block behind another of its function.
  public func move(_ block: IRBlock, after other: IRBlock) {
    LLVMMoveBasicBlockAfter(block.raw, other.raw)
  }

  /// Inserts a block behind another of its function.
  public func insertBlock(_ name: ValueName, after other: IRBlock, in function: IRFunction)
    -> IRBlock
  {
    let block = appendBlock(name, to: function)
    LLVMMoveBasicBlockAfter(block.raw, other.raw)
    return block
  }

  /// Adds an external constant table of addresses, functions first, with a null behind the last: an
  /// empty table would have no address.
  public func addTable(of functions: [IRFunction], _ variables: [IRValue] = []) -> IRValue {
    let pointer = types.pointer
    var addresses: [LLVMValueRef?] =
      functions.map(\.raw) + variables.map(\.raw) + [LLVMConstNull(pointer.raw)]
    let table = LLVMConstArray2(pointer.raw, &addresses, UInt64(addresses.count))
    let type = pointer.array(count: addresses.count)
    let global: LLVMValueRef = LLVMAddGlobal(raw, type.raw, "entries")
    LLVMSetInitializer(global, table)
    LLVMSetGlobalConstant(global, 1)
    LLVMSetLinkage(global, LLVMExternalLinkage)
    return IRValue(raw: global)
  }

  /// Gives a global another name.
  public func rename(_ global: IRValue, to name: String) {
    LLVMSetValueName2(global.raw, name, name.utf8.count)
  }

  /// Adds words of memory that only this module and its table name, at first zero.
  public func addVariable(named name: String, words: Int) -> IRValue {
    let type = types.i64.array(count: words)
    let global: LLVMValueRef = LLVMAddGlobal(raw, type.raw, name)
    LLVMSetInitializer(global, LLVMConstNull(type.raw))
    LLVMSetLinkage(global, LLVMInternalLinkage)
    return IRValue(raw: global)
  }

  /// The module in LLVM's binary form, the same bytes for the same module in every process.
  public var bitcode: [UInt8] {
    guard let buffer = LLVMWriteBitcodeToMemoryBuffer(raw) else {
      preconditionFailure("a module has a binary form")
    }
    defer { LLVMDisposeMemoryBuffer(buffer) }
    return Array(
      UnsafeRawBufferPointer(
        start: LLVMGetBufferStart(buffer), count: LLVMGetBufferSize(buffer)))
  }

  /// The module in LLVM's text form.
  public var text: String { takeMessage(LLVMPrintModuleToString(raw)) }

  /// Checks the finished module against LLVM's rules.
  ///
  /// - Throws: A failure that carries LLVM's complaint and the module's text.
  public func verify() throws(LLVMFailure) {
    lines?.finish()
    var message: UnsafeMutablePointer<CChar>?
    let isBroken = LLVMVerifyModule(raw, LLVMReturnStatusAction, &message) != 0
    let complaint = takeMessage(message)
    if isBroken {
      throw LLVMFailure(operation: "verify module", message: "\(complaint)\n\(text)")
    }
  }
}

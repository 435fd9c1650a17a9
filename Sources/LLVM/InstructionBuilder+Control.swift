internal import CLLVM

/// Memory.
extension InstructionBuilder {
  public func alloca(_ type: IRType, _ name: ValueName) -> IRValue {
    make(name) { LLVMBuildAlloca(raw, type.raw, $0) }
  }

  public func load(_ type: IRType, _ address: IRValue, _ name: ValueName) -> IRValue {
    make(name) { LLVMBuildLoad2(raw, type.raw, address.raw, $0) }
  }

  /// A load from a region of memory.
  public func load(
    _ type: IRType, _ address: IRValue, in region: MemoryRegion, _ name: ValueName
  ) -> IRValue {
    let load = load(type, address, name)
    context.mark(load.raw, as: region)
    return load
  }

  @discardableResult
  public func store(_ value: IRValue, _ address: IRValue) -> IRValue {
    IRValue(raw: LLVMBuildStore(raw, value.raw, address.raw))
  }

  /// A store into a region of memory.
  public func store(_ value: IRValue, _ address: IRValue, in region: MemoryRegion) {
    context.mark(store(value, address).raw, as: region)
  }

  /// `getelementptr i8`: an address this many bytes further; may lie outside any object.
  public func offset(_ address: IRValue, by bytes: Int, _ name: ValueName) -> IRValue {
    guard bytes != 0 else { return address }
    return offset(address, by: types.constant(Int64(bytes)), name)
  }

  /// `getelementptr i8`: an address this many bytes further; may lie outside any object.
  public func offset(_ address: IRValue, by bytes: IRValue, _ name: ValueName) -> IRValue {
    var index: LLVMValueRef? = bytes.raw
    return make(name) { LLVMBuildGEP2(raw, types.i8.raw, address.raw, &index, 1, $0) }
  }
}

extension InstructionBuilder {
  /// `getelementptr`: the address of an element of an array of such elements; may lie outside it.
  public func element(
    _ type: IRType, of array: IRValue, at index: IRValue, _ name: ValueName
  ) -> IRValue {
    var index: LLVMValueRef? = index.raw
    return make(name) { LLVMBuildGEP2(raw, type.raw, array.raw, &index, 1, $0) }
  }
}

/// Control flow, calls and aggregates.
extension InstructionBuilder {
  @discardableResult
  public func br(_ target: IRBlock) -> IRValue {
    IRValue(raw: LLVMBuildBr(raw, target.raw))
  }

  @discardableResult
  public func br(_ condition: IRValue, _ then: IRBlock, _ otherwise: IRBlock) -> IRValue {
    IRValue(raw: LLVMBuildCondBr(raw, condition.raw, then.raw, otherwise.raw))
  }

  @discardableResult
  public func ret(_ value: IRValue) -> IRValue { IRValue(raw: LLVMBuildRet(raw, value.raw)) }

  /// Returns from a function that returns nothing.
  @discardableResult
  public func ret() -> IRValue { IRValue(raw: LLVMBuildRetVoid(raw)) }

  public func phi(_ type: IRType, _ name: ValueName) -> IRValue {
    make(name) { LLVMBuildPhi(raw, type.raw, $0) }
  }

  /// Adds what a phi is when control comes from a block.
  public func addIncoming(_ value: IRValue, from block: IRBlock, to phi: IRValue) {
    var values: LLVMValueRef? = value.raw
    var blocks: LLVMBasicBlockRef? = block.raw
    LLVMAddIncoming(phi.raw, &values, &blocks, 1)
  }

  /// Calls a function; the result of one that returns nothing must not be used.
  @discardableResult
  public func call(
    _ function: IRFunction, _ arguments: [IRValue], _ name: ValueName
  ) -> IRValue {
    withUnsafeTemporaryAllocation(of: LLVMValueRef?.self, capacity: arguments.count + 1) { buffer in
      for (position, argument) in arguments.enumerated() {
        buffer.initializeElement(at: position, to: argument.raw)
      }
      let count = UInt32(arguments.count)
      if LLVMGetReturnType(function.type.raw) == types.void.raw {
        return IRValue(
          raw: LLVMBuildCall2(
            raw, function.type.raw, function.raw, buffer.baseAddress, count, emptyName))
      }
      return make(name) {
        LLVMBuildCall2(raw, function.type.raw, function.raw, buffer.baseAddress, count, $0)
      }
    }
  }

  /// Ends the function in which control is with what code at an address returns, which takes the
  /// place of its frame.
  ///
  /// - Parameters:
  ///   - address: of code that has the type and the attributes of parameters of `function`.
  ///   - function: the one in which control is.
  public func tailCall(
    at address: IRValue, like function: IRFunction, _ arguments: [IRValue], _ name: ValueName
  ) {
    let result = call(IRFunction(raw: address.raw, type: function.type), arguments, name)
    for position in arguments.indices {
      let index = LLVMAttributeIndex(position + 1)
      let count = LLVMGetAttributeCountAtIndex(function.raw, index)
      guard count > 0 else { continue }
      var attributes = [LLVMAttributeRef?](repeating: nil, count: Int(count))
      LLVMGetAttributesAtIndex(function.raw, index, &attributes)
      for attribute in attributes { LLVMAddCallSiteAttribute(result.raw, index, attribute) }
    }
    LLVMSetTailCallKind(result.raw, LLVMTailCallKindMustTail)
    ret(result)
  }

  /// Has a word in a register here, whatever else becomes of it; touches no memory and costs no
  /// instruction.
  public func use(_ word: IRValue) {
    let type = IRType.function([types.i64], returning: types.void)
    let (nothing, register) = ("", "r")
    let code = LLVMGetInlineAsm(
      type.raw, nothing, 0, register, register.utf8.count, 1, 0, LLVMInlineAsmDialectATT, 0)
    var operand: LLVMValueRef? = word.raw
    let use = LLVMBuildCall2(raw, type.raw, code, &operand, 1, emptyName)
    let onFunction = LLVMAttributeIndex(bitPattern: Int32(LLVMAttributeFunctionIndex))
    LLVMAddCallSiteAttribute(use, onFunction, context.attribute(of: .hidden))
  }

  public func extractvalue(_ aggregate: IRValue, _ index: Int, _ name: ValueName) -> IRValue {
    make(name) { LLVMBuildExtractValue(raw, aggregate.raw, UInt32(index), $0) }
  }

  public func insertvalue(
    _ aggregate: IRValue, _ value: IRValue, _ index: Int, _ name: ValueName
  ) -> IRValue {
    make(name) { LLVMBuildInsertValue(raw, aggregate.raw, value.raw, UInt32(index), $0) }
  }
}

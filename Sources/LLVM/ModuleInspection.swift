internal import CLLVM

/// An instruction found by the name its bytecode gave it.
public struct NamedInstruction {
  public let value: IRValue
  public let function: IRFunction
  /// The bytecode offset of its origin.
  public let offset: Int
  /// What it does there, such as `add` or `is.int`.
  public let role: String

  public init(value: IRValue, function: IRFunction, offset: Int, role: String) {
    self.value = value
    self.function = function
    self.offset = offset
    self.role = role
  }
}

extension ModuleBuilder {
  /// The named instructions of all functions, in order.
  ///
  /// Needs a context that keeps names. Complexity: O(instructions).
  public var namedInstructions: [NamedInstruction] {
    var found: [NamedInstruction] = []
    var function = LLVMGetFirstFunction(raw)
    while let current = function {
      let owner = IRFunction(raw: current, type: IRType(raw: LLVMGlobalGetValueType(current)))
      var block = LLVMGetFirstBasicBlock(current)
      while let blockNow = block {
        var instruction = LLVMGetFirstInstruction(blockNow)
        while let value = instruction {
          if let named = NamedInstruction(value, of: owner) { found.append(named) }
          instruction = LLVMGetNextInstruction(value)
        }
        block = LLVMGetNextBasicBlock(blockNow)
      }
      function = LLVMGetNextFunction(current)
    }
    return found
  }
}

extension ModuleBuilder {
  /// Loops of one block that compute with vectors: what LLVM's vectorizer makes of a loop it takes.
  ///
  /// Complexity: O(instructions).
  public var vectorizedLoopCount: Int {
    var count = 0
    var function = LLVMGetFirstFunction(raw)
    while let current = function {
      var block = LLVMGetFirstBasicBlock(current)
      while let blockNow = block {
        if isVectorizedLoop(blockNow) { count += 1 }
        block = LLVMGetNextBasicBlock(blockNow)
      }
      function = LLVMGetNextFunction(current)
    }
    return count
  }

  private func isVectorizedLoop(_ block: LLVMBasicBlockRef) -> Bool {
    guard let end = LLVMGetBasicBlockTerminator(block),
      (0..<LLVMGetNumSuccessors(end)).contains(where: { LLVMGetSuccessor(end, $0) == block })
    else { return false }
    var instruction = LLVMGetFirstInstruction(block)
    while let value = instruction {
      if LLVMGetTypeKind(LLVMTypeOf(value)) == LLVMVectorTypeKind { return true }
      instruction = LLVMGetNextInstruction(value)
    }
    return false
  }
}

extension NamedInstruction {
  fileprivate init?(_ raw: LLVMValueRef, of function: IRFunction) {
    guard let (offset, role) = IRValue.parts(ofNameOf: raw) else { return nil }
    self.init(value: IRValue(raw: raw), function: function, offset: offset, role: role)
  }
}

/// What a value is used for.
extension IRValue {
  /// Whether it is a double.
  public var isDouble: Bool { LLVMGetTypeKind(LLVMTypeOf(raw)) == LLVMDoubleTypeKind }

  /// Whether it is a phi, which stand at the start of their block.
  public var isPhi: Bool { isInstruction(LLVMPHI) }

  /// Whether it is a call; of what is its last operand.
  public var isCall: Bool { isInstruction(LLVMCall) }

  /// Whether it is a store of its first operand at its second.
  public var isStore: Bool { isInstruction(LLVMStore) }

  /// Whether an instruction computes it, and it is no constant or parameter.
  public var isComputed: Bool { LLVMIsAInstruction(raw) != nil }

  /// The role in its name; empty if it has none.
  public var role: String { Self.parts(ofNameOf: raw)?.role ?? "" }

  /// Reads a name `v.OFFSET.ROLE`; digits behind the role only tell equal names apart.
  fileprivate static func parts(ofNameOf raw: LLVMValueRef) -> (offset: Int, role: String)? {
    var length = 0
    guard let start = LLVMGetValueName2(raw, &length), length > 0 else { return nil }
    let bytes = UnsafeRawBufferPointer(start: start, count: length)
    let parts = String(decoding: bytes, as: UTF8.self).split(separator: ".", maxSplits: 2)
    guard parts.count == 3, parts[0] == "v", let offset = Int(parts[1]) else { return nil }
    var role = parts[2]
    while let last = role.last, last.isNumber { role.removeLast() }
    return (offset, String(role))
  }

  /// Whether it is a load from its operand.
  public var isLoad: Bool { isInstruction(LLVMLoad) }

  private func isInstruction(_ opcode: LLVMOpcode) -> Bool {
    LLVMIsAInstruction(raw) != nil && LLVMGetInstructionOpcode(raw) == opcode
  }

  /// The type of the value.
  public var type: IRType { IRType(raw: LLVMTypeOf(raw)) }

  /// The number of operands of an instruction; a call's callee is its last.
  public var operandCount: Int { Int(LLVMGetNumOperands(raw)) }

  /// An operand of an instruction.
  public func operand(_ position: Int) -> IRValue {
    IRValue(raw: LLVMGetOperand(raw, UInt32(position)))
  }

  /// Replaces an operand of an instruction.
  public func setOperand(_ position: Int, to value: IRValue) {
    LLVMSetOperand(raw, UInt32(position), value.raw)
  }

  /// The instructions that use it, each once.
  public var users: [IRValue] {
    var users: [IRValue] = []
    var use = LLVMGetFirstUse(raw)
    while let current = use {
      let user = IRValue(raw: LLVMGetUser(current))
      if !users.contains(user) { users.append(user) }
      use = LLVMGetNextUse(current)
    }
    return users
  }

  /// Replaces it as an operand of some instructions.
  public func replace(with other: IRValue, in users: [IRValue]) {
    for user in users {
      for position in 0..<user.operandCount where user.operand(position) == self {
        user.setOperand(position, to: other)
      }
    }
  }
}

extension InstructionBuilder {
  /// Continues behind an instruction that is no terminator, and behind all phis if it is one.
  public func position(after instruction: IRValue) {
    var next = LLVMGetNextInstruction(instruction.raw)
    while let phi = next, IRValue(raw: phi).isPhi { next = LLVMGetNextInstruction(phi) }
    guard let next else { preconditionFailure("a terminator ends the block") }
    LLVMPositionBuilderBefore(raw, next)
  }

  /// Puts a call of the same callee, with the same attributes, in the place of a call, with another
  /// value, of any type, as one argument.
  public func replace(
    call old: IRValue, passing value: IRValue, at position: Int, _ name: ValueName
  ) {
    guard let oldType = LLVMGetCalledFunctionType(old.raw) else {
      preconditionFailure("a call has the type of its callee")
    }
    let count = old.operandCount - 1
    var arguments = (0..<count).map { old.operand($0) }
    arguments[position] = value
    let type = IRType.function(
      arguments.map(\.type), returning: IRType(raw: LLVMGetReturnType(oldType)))
    self.position(before: old)
    let new = call(IRFunction(raw: old.operand(count).raw, type: type), arguments, name)
    let onFunction = LLVMAttributeIndex(bitPattern: Int32(LLVMAttributeFunctionIndex))
    for index in [onFunction] + (0...count).map({ LLVMAttributeIndex($0) }) {
      let attributeCount = LLVMGetCallSiteAttributeCount(old.raw, index)
      guard attributeCount > 0 else { continue }
      var attributes = [LLVMAttributeRef?](repeating: nil, count: Int(attributeCount))
      LLVMGetCallSiteAttributes(old.raw, index, &attributes)
      for attribute in attributes { LLVMAddCallSiteAttribute(new.raw, index, attribute) }
    }
    LLVMReplaceAllUsesWith(old.raw, new.raw)
    LLVMInstructionEraseFromParent(old.raw)
  }
}

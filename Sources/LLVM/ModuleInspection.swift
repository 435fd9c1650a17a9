internal import CLLVM

/// An instruction found by the name its bytecode gave it.
public struct NamedInstruction {
  public let value: IRValue
  public let function: IRFunction
  /// The bytecode offset of its origin.
  public let offset: Int
  /// What it does there, such as `add` or `is.int`.
  public let role: String
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

extension NamedInstruction {
  /// Reads a name `v.OFFSET.ROLE`; digits behind the role only tell equal names apart.
  fileprivate init?(_ raw: LLVMValueRef, of function: IRFunction) {
    var length = 0
    guard let start = LLVMGetValueName2(raw, &length), length > 0 else { return nil }
    let bytes = UnsafeRawBufferPointer(start: start, count: length)
    let parts = String(decoding: bytes, as: UTF8.self).split(separator: ".", maxSplits: 2)
    guard parts.count == 3, parts[0] == "v", let offset = Int(parts[1]) else { return nil }
    var role = parts[2]
    while let last = role.last, last.isNumber { role.removeLast() }
    value = IRValue(raw: raw)
    self.function = function
    self.offset = offset
    self.role = String(role)
  }
}

/// What a value is used for.
extension IRValue {
  /// Whether it is a double.
  public var isDouble: Bool { LLVMGetTypeKind(LLVMTypeOf(raw)) == LLVMDoubleTypeKind }

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
  /// Continues behind an instruction that is no terminator and has no phi behind it.
  public func position(after instruction: IRValue) {
    guard let next = LLVMGetNextInstruction(instruction.raw) else {
      preconditionFailure("a terminator ends the block")
    }
    LLVMPositionBuilderBefore(raw, next)
  }
}

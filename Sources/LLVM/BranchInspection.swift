internal import CLLVM

/// A conditional branch to two blocks that lowerings named.
public struct NamedBranch {
  public let value: IRValue
  public let function: IRFunction
  /// The block that it ends, and where it goes if its condition holds.
  public let block: IRBlock
  public let then: IRBlock
  /// The bytecode offset of its origin.
  public let offset: Int
  /// The roles of the blocks it goes to.
  public let thenRole: String
  public let otherRole: String

  /// What decides it.
  public var condition: IRValue { IRValue(raw: LLVMGetCondition(value.raw)) }
}

extension ModuleBuilder {
  /// The conditional branches of all functions between named blocks, in order.
  ///
  /// Needs a context that keeps names. Complexity: O(blocks).
  public var namedBranches: [NamedBranch] {
    var found: [NamedBranch] = []
    var function = LLVMGetFirstFunction(raw)
    while let current = function {
      let owner = IRFunction(raw: current, type: IRType(raw: LLVMGlobalGetValueType(current)))
      var block = LLVMGetFirstBasicBlock(current)
      while let blockNow = block {
        if let branch = NamedBranch(endOf: blockNow, of: owner) { found.append(branch) }
        block = LLVMGetNextBasicBlock(blockNow)
      }
      function = LLVMGetNextFunction(current)
    }
    return found
  }
}

extension NamedBranch {
  fileprivate init?(endOf block: LLVMBasicBlockRef, of function: IRFunction) {
    guard let branch = LLVMGetBasicBlockTerminator(block),
      LLVMGetInstructionOpcode(branch) == LLVMBr, LLVMIsConditional(branch) != 0,
      let then = LLVMGetSuccessor(branch, 0), let other = LLVMGetSuccessor(branch, 1),
      let (_, thenRole) = Self.name(of: then), let (offset, otherRole) = Self.name(of: other)
    else { return nil }
    value = IRValue(raw: branch)
    self.function = function
    self.block = IRBlock(raw: block)
    self.then = IRBlock(raw: then)
    self.offset = offset
    self.thenRole = thenRole
    self.otherRole = otherRole
  }

  /// Reads a name `bb.OFFSET.ROLE`; digits behind the role only tell equal names apart.
  private static func name(of block: LLVMBasicBlockRef) -> (offset: Int, role: String)? {
    guard let start = LLVMGetBasicBlockName(block) else { return nil }
    let parts = String(cString: start).split(separator: ".", maxSplits: 2)
    guard parts.count == 3, parts[0] == "bb", let offset = Int(parts[1]) else { return nil }
    var role = parts[2]
    while let last = role.last, last.isNumber { role.removeLast() }
    return (offset, String(role))
  }
}

internal import CLLVM

/// The intermediate code of one function as text.
public struct IntermediateFunction: Hashable, Sendable {
  public let name: String
  /// The line of the definition, with types of parameters and result.
  public let header: String
  public let instructions: [IntermediateInstruction]
}

/// One instruction of the intermediate language.
public struct IntermediateInstruction: Hashable, Sendable {
  /// The name of its block.
  public let block: String
  /// The line it was made for, from 1; nil if for none.
  public let line: Int?
  /// LLVM's text form, without its reference to the line.
  public let text: String
}

extension ModuleBuilder {
  /// The functions defined in the module, in order, with the lines their instructions are from.
  ///
  /// Needs a context that keeps names, and lines for lines.
  /// - Complexity: O(n²) in the instructions of a function.
  public var listing: [IntermediateFunction] {
    var functions: [IntermediateFunction] = []
    var next = LLVMGetFirstFunction(raw)
    while let function = next {
      if LLVMIsDeclaration(function) == 0 {
        functions.append(IntermediateFunction(function))
      }
      next = LLVMGetNextFunction(function)
    }
    return functions
  }
}

extension IntermediateFunction {
  fileprivate init(_ function: LLVMValueRef) {
    name = IRFunction(raw: function, type: IRType(raw: LLVMGlobalGetValueType(function))).name
    let text = takeMessage(LLVMPrintValueToString(function))
    header =
      text.split(separator: "\n").first { $0.hasPrefix("define ") }
      .map { withoutLine(String($0)) } ?? ""
    var instructions: [IntermediateInstruction] = []
    var block = LLVMGetFirstBasicBlock(function)
    while let current = block {
      let name = LLVMGetBasicBlockName(current).map { String(cString: $0) } ?? ""
      var instruction = LLVMGetFirstInstruction(current)
      while let value = instruction {
        instructions.append(IntermediateInstruction(value, block: name))
        instruction = LLVMGetNextInstruction(value)
      }
      block = LLVMGetNextBasicBlock(current)
    }
    self.instructions = instructions
  }
}

extension IntermediateInstruction {
  fileprivate init(_ instruction: LLVMValueRef, block: String) {
    self.block = block
    let location = LLVMInstructionGetDebugLoc(instruction)
    line = location.map { Int(LLVMDILocationGetLine($0)) }
    text = withoutLine(takeMessage(LLVMPrintValueToString(instruction)))
  }
}

/// The text without the references to debug information.
private func withoutLine(_ text: String) -> String {
  text.replacing(/,? !dbg ![0-9]+/, with: "").trimming(prefix: " ")
}

extension String {
  fileprivate func trimming(prefix: Character) -> String { String(drop { $0 == prefix }) }
}

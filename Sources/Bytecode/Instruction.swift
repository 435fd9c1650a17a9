/// A decoded instruction: an opcode and an operand of the kind its table row names.
public struct Instruction: Hashable, Sendable {
  public var opcode: Opcode
  public var operand: Operand

  public init(_ opcode: Opcode, _ operand: Operand = .none) {
    self.opcode = opcode
    self.operand = operand
  }
}

/// The operand of an instruction, one case per operand kind of the opcode table.
public enum Operand: Hashable, Sendable {
  case none
  case constant(ConstantIndex)
  case local(LocalIndex)
  case localWidth(LocalIndex, NumericWidth)
  case width(NumericWidth)
  case binding(BindingIndex)
  case capture(CaptureIndex)
  case function(FunctionIndex)
  case foreign(ForeignIndex)
  case schema(SchemaIndex)
  /// A field of a schema, by position.
  case field(SchemaIndex, Int)
  /// The distance to the target in instructions, counted from the next instruction.
  case jump(Int)
  /// The distances from the next instruction to the matching `LoopEnd` and to the instruction
  /// `Continue` goes to; nil means the `LoopStart` itself.
  case loop(end: Int, continueAt: Int?)
  /// A number of values on the operand stack, 0 … 65 535.
  case count(Int)
  case builtin(Builtin, argumentCount: Int)
  case method(StringIndex, argumentCount: Int)
  /// The property named in the instruction; nil: the key is on the operand stack.
  case property(StringIndex?)
}

/// The operand kinds of the opcode table.
public enum OperandKind: UInt8, CaseIterable, Hashable, Sendable {
  case none, constant, local, localWidth, width, binding, capture, function, foreign, schema, field
  case jump, loop, count, builtin, method, property
}

extension Operand {
  /// The kind this operand is of.
  public var kind: OperandKind {
    switch self {
    case .none: .none
    case .constant: .constant
    case .local: .local
    case .localWidth: .localWidth
    case .width: .width
    case .binding: .binding
    case .capture: .capture
    case .function: .function
    case .foreign: .foreign
    case .schema: .schema
    case .field: .field
    case .jump: .jump
    case .loop: .loop
    case .count: .count
    case .builtin: .builtin
    case .method: .method
    case .property: .property
    }
  }
}

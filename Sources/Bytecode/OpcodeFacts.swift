/// The static facts of an opcode: one row of the table.
public struct OpcodeFacts: Sendable {
  /// The family; instructions of a family are implemented in the file of that name in each engine.
  public enum Category: UInt8, CaseIterable, Sendable {
    case stack, locals, cells, references, arithmetic, comparison, logic, control, calls
    case arrays, objects, exceptions
  }

  /// How many values an instruction takes from the operand stack.
  public enum Pops: Sendable {
    case fixed(Int)
    /// The declared parameters of the function the operand names.
    case parameters
    case foreignParameters
    /// The captures of the function the operand names.
    case captures
    /// The operand's count, and this many more.
    case count(plus: Int)
    /// Twice the operand's count: keys and values.
    case pairs
    /// The fields of the schema the operand names.
    case fields
    /// This many, and the key if the instruction does not name the property.
    case property(below: Int)
  }

  /// What an instruction leaves on the operand stack, as far as inference may know it.
  public enum Result: Sendable {
    /// Nothing.
    case none
    case kinds(KindSet)
    /// One value of any kind.
    case anything
    /// The kind of the constant the operand names.
    case constant
    /// What the local, binding or capture holds.
    case local, binding, capture
    /// `Dup`: the popped value twice.
    case duplicate
    /// `Swap`: the two popped values, exchanged.
    case swap
    /// The lowest popped value's kinds.
    case receiver
    /// The left operand's kinds without null, and the right one's.
    case nullCoalesce
    /// i8 … u32: int; i64: int or number; f32, f64: number.
    case typedArithmetic
    /// Integer widths: int; f32, f64: int or null.
    case typedComparison
  }

  /// The name in text form.
  public let name: String
  public let operand: OperandKind
  public let category: Category
  public let pops: Pops
  public let result: Result
  /// The traps the instruction itself may raise; those of functions it calls are not counted.
  public let traps: TrapSet
  /// What the instruction does, in one line.
  public let meaning: String

  init(
    _ name: String, _ operand: OperandKind, _ category: Category, _ pops: Pops, _ result: Result,
    _ traps: TrapSet, _ meaning: String
  ) {
    self.name = name
    self.operand = operand
    self.category = category
    self.pops = pops
    self.result = result
    self.traps = traps
    self.meaning = meaning
  }
}

extension OpcodeFacts.Result {
  /// The number of values pushed.
  public var pushCount: Int {
    switch self {
    case .none: 0
    case .duplicate, .swap: 2
    case .kinds, .anything, .constant, .local, .binding, .capture, .receiver, .nullCoalesce,
      .typedArithmetic, .typedComparison:
      1
    }
  }
}

extension Opcode {
  /// The opcode of a name in text form, nil if there is none.
  public static func named(_ name: String) -> Opcode? { opcodesByName[name] }

  private static let opcodesByName: [String: Opcode] = Dictionary(
    uniqueKeysWithValues: allCases.map { ($0.facts.name, $0) })
}

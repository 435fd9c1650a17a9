/// One function of a program as the verifier's passes see it; offsets count from its entry.
///
/// Made only of a function whose region lies inside the program's instructions.
struct FunctionScope {
  let program: Program
  let index: FunctionIndex
  let function: Function
  /// The number of instructions.
  let count: Int
  /// Parameters and locals.
  let slotCount: Int

  init(program: Program, index: FunctionIndex) {
    self.program = program
    self.index = index
    function = program[index]
    count = function.bodyLength
    slotCount = function.slotCount
  }

  func instruction(at offset: Int) -> Instruction {
    program.instructions[function.entryPoint + offset]
  }

  func site(_ offset: Int) -> Site { Site(index, offset: offset) }

  /// Whether a parameter or local is a reference parameter.
  func isReference(_ slot: Int) -> Bool {
    slot < function.parameters.count && function.parameters[slot].isReference
  }

  /// The declared kind of a parameter or local.
  func kind(of slot: Int) -> SlotKind? { function.kind(of: LocalIndex(slot)) }

  /// The name of a parameter or local as findings spell it.
  func name(of slot: Int) -> String { abbreviated(function.name(of: LocalIndex(slot))) }
}

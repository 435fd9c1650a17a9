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
  /// The method names no `CallMethod` may use.
  let refusedMethods: RefusedMethods

  init(program: Program, index: FunctionIndex, refusedMethods: RefusedMethods) {
    self.refusedMethods = refusedMethods
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

/// The method names by which a `CallMethod` could reach a function that takes no plain arguments.
///
/// A call of method `m` on a record of schema `S` calls the function named `S.m`; one with captures
/// or ref parameters, or `main`, cannot be called so.
struct RefusedMethods {
  private var reasons: [StringIndex: (VerifierRule, String)] = [:]

  init(of program: Program) {
    let schemas = Set(program.schemas.lazy.map { Literal($0.name) })
    guard !schemas.isEmpty else { return }
    var reasonsByName: [Literal: (VerifierRule, String)] = [:]
    for position in program.functions.indices {
      let utf8 = Literal(program.functions[position].name).utf8
      guard let dot = utf8.lastIndex(of: UInt8(ascii: ".")),
        let schema = Literal(validating: Array(utf8[..<dot])), schemas.contains(schema),
        let method = Literal(validating: Array(utf8[(dot + 1)...])),
        let reason = program.misuse(ofConstant: FunctionIndex(position))
      else { continue }
      reasonsByName[method] = reasonsByName[method] ?? reason
    }
    guard !reasonsByName.isEmpty else { return }
    for (position, name) in program.strings.enumerated() {
      if let reason = reasonsByName[name] { reasons[StringIndex(position)] = reason }
    }
  }

  subscript(method: StringIndex) -> (VerifierRule, String)? { reasons[method] }
}

import Bytecode

/// One way to change a program.
public protocol Mutator: Sendable {
  /// The name of health figures.
  var name: String { get }
  /// Whether it adds instructions: such mutators rest while a program is large.
  var grows: Bool { get }
  /// Whether what it makes lies outside the numeric core: such mutators leave programs of the core
  /// alone, so that compiled tiers keep taking those.
  var leavesCore: Bool { get }

  /// Changes the subject.
  ///
  /// - Returns: false if the program offers nothing to change in this way.
  func mutate(_ subject: inout MutationSubject) -> Bool
}

extension Mutator {
  public var leavesCore: Bool { false }
}

/// A program being mutated, what the verifier found out about it before, and the choices to make.
public struct MutationSubject {
  public var program: EditableProgram
  /// Facts of the program as it was; offsets are valid until the first edit of a function.
  let facts: [FunctionFacts]
  /// Whether the program may hold more than the numeric core: it does already.
  let isWhole: Bool
  var entropy: Entropy

  init(_ verified: VerifiedProgram, entropy: Entropy) {
    isWhole = NumericCore.firstUnsupported(in: verified) != nil
    program = EditableProgram(verified.program)
    facts = verified.functions
    self.entropy = entropy
  }

  /// A place in the program: a function's position and an instruction's.
  struct Place {
    var function: Int
    var offset: Int
  }

  /// A random reachable instruction the test accepts, or the first one behind a random place.
  mutating func place(where accepts: (EditableInstruction) -> Bool) -> Place? {
    var candidates: [Place] = []
    for (position, function) in program.functions.enumerated() {
      for (offset, instruction) in function.code.enumerated()
      where facts[position].isReachable(offset) && accepts(instruction) {
        candidates.append(Place(function: position, offset: offset))
      }
    }
    return candidates.isEmpty ? nil : entropy.pick(candidates)
  }

  /// A random range of instructions of a function that leaves the operand stack as it found it.
  ///
  /// Neither the stack nor the handlers sink below their start inside, the range holds both markers
  /// of a loop or none, and an instruction stands behind it.
  mutating func neutralRange(longest: Int = 24) -> (function: Int, range: Range<Int>)? {
    for _ in 0..<8 {
      guard let start = place(where: { _ in true }) else { return nil }
      let ends = neutralEnds(from: start, longest: longest)
      if !ends.isEmpty { return (start.function, start.offset..<entropy.pick(ends)) }
    }
    return nil
  }

  private func neutralEnds(from start: Place, longest: Int) -> [Int] {
    let code = program.functions[start.function].code
    let depths = facts[start.function].stackDepths
    let handlers = facts[start.function].handlerDepths
    let base = depths[start.offset]
    let baseHandlers = handlers[start.offset]
    var ends: [Int] = []
    var openLoops = 0
    for offset in start.offset..<min(code.count - 1, start.offset + longest) {
      guard depths[offset] >= base, handlers[offset] >= baseHandlers else { break }
      if code[offset].opcode == .loopStart { openLoops += 1 }
      if code[offset].opcode == .loopEnd { openLoops -= 1 }
      if openLoops < 0 { break }
      if openLoops == 0, depths[offset + 1] == base, handlers[offset + 1] == baseHandlers {
        ends.append(offset + 1)
      }
    }
    return ends
  }

  /// A local added to a function, set to a constant at its entry.
  mutating func addLocal(to function: Int, _ kind: SlotKind?, _ first: Constant) -> LocalIndex {
    let index = LocalIndex(program.functions[function].slotCount)
    let name = program.freshName(
      "m",
      among: program.functions[function].locals.map(\.name)
        + program.functions[function].parameters.map(\.name)
        + program.functions[function].captures.map(\.name))
    program.functions[function].locals.append(Slot(name, kind))
    let start = [
      make(.pushConst, .constant(first)), make(.storeLocal, .plain(.local(index))),
    ]
    program.functions[function].insert(start, at: 0, catchingJumps: false)
    return index
  }

  mutating func make(
    _ opcode: Opcode, _ operand: EditableOperand = .plain(.none)
  ) -> EditableInstruction {
    EditableInstruction(tag: program.makeTag(), opcode: opcode, operand: operand)
  }
}

extension EditableProgram {
  /// A name that starts with the prefix and is none of the given ones.
  func freshName(_ prefix: String, among names: [String]) -> String {
    let taken = Set(names)
    var number = names.count
    while taken.contains("\(prefix)\(number)") { number += 1 }
    return "\(prefix)\(number)"
  }

  /// Every name at program level.
  var globalNames: [String] {
    functions.map(\.name) + bindings.map(\.name) + schemas.map(\.name)
      + foreignFunctions.map(\.name) + (name.map { [$0] } ?? [])
  }
}

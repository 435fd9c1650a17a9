import Bytecode

/// Moves an instruction into a closure that captures its operands, and calls that instead.
struct ClosureMutator: Mutator {
  let name = "closure"
  let grows = true
  let leavesCore = true

  func mutate(_ subject: inout MutationSubject) -> Bool {
    guard subject.program.functions.count < 16 else { return false }
    let place = subject.place { OutlineMutator.operandCount($0).map { $0 <= 8 } ?? false }
    guard let place else { return false }
    let instruction = subject.program.functions[place.function].code[place.offset]
    guard let count = OutlineMutator.operandCount(instruction) else { return false }
    var code = (0..<count).map {
      subject.make(.loadClosure, .plain(.capture(CaptureIndex($0))))
    }
    var moved = instruction
    moved.tag = subject.program.makeTag()
    code += [moved, subject.make(.returnValue)]
    let index = FunctionIndex(subject.program.functions.count)
    let captures = (0..<count).map {
      Capture("c\($0)", isMutable: subject.entropy.chance(1, in: 3))
    }
    subject.program.functions.append(
      EditableFunction(
        name: subject.program.freshName("closed", among: subject.program.globalNames),
        parameters: [], locals: [], captures: captures, code: code))
    subject.program.functions[place.function].code[place.offset].opcode = .makeClosure
    subject.program.functions[place.function].code[place.offset].operand =
      .plain(.function(index))
    subject.program.functions[place.function].insert(
      [subject.make(.callValue, .plain(.count(0)))], at: place.offset + 1, catchingJumps: false)
    return true
  }
}

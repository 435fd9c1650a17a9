/// The effect of each instruction of a function on what inference knows.
public struct KindTransfer: Sendable {
  private let program: Program
  private let entry: Int
  /// The kinds of each slot that no store changes: declared, shared and reference slots; nil for
  /// a slot that has the kinds last stored.
  private let fixedKinds: [KindSet?]
  private let captureKinds: [KindSet]

  /// - Parameter sharedLocals: by slot: whether the local is a cell; as in `FunctionFacts.cellLocals`.
  public init(program: Program, function index: FunctionIndex, _ sharedLocals: [Bool]) {
    self.program = program
    let function = program[index]
    entry = function.entryPoint
    captureKinds = function.captures.map { $0.kind?.kinds ?? .anything }
    fixedKinds = (0..<function.slotCount).map { slot in
      if slot < function.parameters.count, function.parameters[slot].isReference {
        return .reference
      }
      if let kind = function.kind(of: LocalIndex(slot)) { return kind.kinds }
      return sharedLocals[slot] ? .anything : nil
    }
  }

  /// The state before the first instruction.
  public func entryState(parameterCount: Int) -> KindInference.State {
    var locals: [KindSet] = []
    locals.reserveCapacity(fixedKinds.count)
    for (slot, kinds) in fixedKinds.enumerated() {
      locals.append(kinds ?? (slot < parameterCount ? .anything : .null))
    }
    return KindInference.State(locals: locals, stack: [])
  }

  /// Turns the state before an instruction into the one after it.
  ///
  /// - Precondition: the instruction is reachable and the state is the one before it.
  public func apply(_ offset: Int, to state: inout KindInference.State) {
    let instruction = program.instructions[entry + offset]
    let facts = instruction.opcode.compactFacts
    guard let pops = program.popCount(of: instruction) else {
      preconditionFailure("operands were checked")
    }
    let top = state.stack.count
    switch facts.result {
    case .none:
      if facts.writesLocal { store(instruction, into: &state) }
      state.stack.removeLast(pops)
    case .kinds(let kinds):
      replace(pops, by: kinds, in: &state)
    case .anything:
      replace(pops, by: .anything, in: &state)
    case .duplicate:
      state.stack.append(state.stack[top - 1])
    case .swap:
      state.stack.swapAt(top - 1, top - 2)
    case .receiver:
      replace(pops, by: state.stack[top - pops], in: &state)
    case .nullCoalesce:
      let left = state.stack[top - 2].subtracting(.null)
      replace(pops, by: left.union(state.stack[top - 1]), in: &state)
    case .constant, .local, .binding, .capture, .typedArithmetic, .typedComparison:
      replace(pops, by: namedKinds(instruction, facts.result, in: state), in: &state)
    }
  }

  private func replace(_ pops: Int, by kinds: KindSet, in state: inout KindInference.State) {
    state.stack.removeLast(pops)
    state.stack.append(kinds)
  }

  /// The kinds of a result that the operand decides.
  private func namedKinds(
    _ instruction: Instruction, _ result: OpcodeFacts.Result, in state: KindInference.State
  ) -> KindSet {
    switch instruction.operand {
    case .constant(let index): KindSet(program.constants[index.position].kind)
    case .local(let index): state.locals[index.position]
    case .binding(let index): program.bindings[index.position].kind?.kinds ?? .anything
    case .capture(let index): captureKinds[index.position]
    case .width(let width), .localWidth(_, let width):
      if case .typedComparison = result {
        width.isInteger ? .int : [.int, .null]
      } else {
        width.resultKinds
      }
    case .none, .function, .foreign, .schema, .field, .jump, .loop, .count, .builtin, .method,
      .property:
      preconditionFailure("no result kind depends on such an operand")
    }
  }

  private func store(_ instruction: Instruction, into state: inout KindInference.State) {
    switch instruction.operand {
    case .local(let index):
      guard fixedKinds[index.position] == nil else { return }
      state.locals[index.position] = state.stack[state.stack.count - 1]
    case .localWidth(let index, let width):
      guard fixedKinds[index.position] == nil else { return }
      state.locals[index.position] = width.resultKinds
    case .none, .constant, .width, .binding, .capture, .function, .foreign, .schema, .field,
      .jump, .loop, .count, .builtin, .method, .property:
      preconditionFailure("a store names a local")
    }
  }
}

extension NumericWidth {
  /// The kinds of an arithmetic result of the width.
  fileprivate var resultKinds: KindSet {
    switch self {
    case .i8, .i16, .i32, .u8, .u16, .u32: .int
    case .i64, .u64: .numeric
    case .f32, .f64: .number
    }
  }
}

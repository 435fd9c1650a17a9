import Bytecode
import JIT

/// A defect of what is known of frames that leave compiled code: of deoptimization points, once their
/// verifier has seen them.
///
/// The raw values are the names reports use.
public enum PointFault: String, CaseIterable, Hashable, Sendable {
  case wrongLiveSlot = "wrong-live-slot"
  case liveSlotDead = "live-slot-dead"
  case operandsSwapped = "operands-swapped"
  case slotFormWrong = "slot-form-wrong"
  case resumePlusOne = "resume-plus-one"
  case resumeMinusOne = "resume-minus-one"
  case handlersLost = "handlers-lost"

  var faultClass: Fault.Class {
    switch self {
    case .wrongLiveSlot, .liveSlotDead, .operandsSwapped, .slotFormWrong: .frame
    case .resumePlusOne, .resumeMinusOne: .resume
    case .handlersLost: .handler
    }
  }

  /// A point with the fault in its innermost frame; the point itself if there is no place for it.
  func changed(_ point: DeoptimizationPoint, of program: VerifiedProgram) -> DeoptimizationPoint {
    guard let frame = point.frames.last,
      let state = program.state(of: frame.function, at: frame.position.offset)
    else { return point }
    var faulty = FaultyFrame(program: program, state: state, frame: frame)
    switch self {
    case .wrongLiveSlot: faulty.readAnotherSlot()
    case .liveSlotDead: faulty.forgetSlot()
    case .operandsSwapped: faulty.swapOperands()
    case .slotFormWrong: faulty.mistakeForm()
    case .resumePlusOne: faulty.resume(by: 1)
    case .resumeMinusOne: faulty.resume(by: -1)
    case .handlersLost: faulty.frame.handlers = []
    }
    var point = point
    point.frames[point.frames.count - 1] = faulty.frame
    return point
  }
}

/// A frame that is given a fault.
struct FaultyFrame {
  let program: VerifiedProgram
  /// What inference knows of it.
  let state: KindInference.State
  var frame: DeoptimizationPoint.Frame

  /// Whether a local is neither a cell nor a reference: what shows frames looks into these.
  private func isPlain(_ slot: Int) -> Bool {
    let parameters = program.program[frame.function].parameters
    let isReference = slot < parameters.count && parameters[slot].isReference
    return !program[frame.function].cellLocals[slot] && !isReference
  }

  /// One live local is read where another lies that is of the same kinds and in the same form.
  mutating func readAnotherSlot() {
    let plain = frame.locals.indices.filter { isPlain($0) && frame.locals[$0] != .dead }
    for (slot, other) in zip(plain, plain.dropFirst())
    where state.locals[slot] == state.locals[other]
      && frame.locals[slot].hasForm(of: frame.locals[other])
    {
      frame.locals[slot] = frame.locals[other]
      return
    }
  }

  mutating func forgetSlot() {
    let slot = frame.locals.indices.first { isPlain($0) && frame.locals[$0] != .dead }
    if let slot { frame.locals[slot] = .dead }
  }

  /// The operand on top is lost.
  mutating func forgetOperand() {
    guard !frame.operands.isEmpty, !holdsReference(state) else { return }
    frame.operands[frame.operands.count - 1] = .dead
  }

  mutating func swapOperands() {
    let count = frame.operands.count
    guard count > 1, !holdsReference(state) else { return }
    frame.operands.swapAt(count - 1, count - 2)
  }

  /// The operand on top is read where a local lies that is of the same kinds and in the same form.
  mutating func shareOperand() {
    guard let operand = frame.operands.last, let kinds = state.stack.last,
      !holdsReference(state)
    else { return }
    let slot = frame.locals.indices.last {
      isPlain($0) && frame.locals[$0] != operand && frame.locals[$0].hasForm(of: operand)
        && state.locals[$0] == kinds
    }
    if let slot { frame.operands[frame.operands.count - 1] = frame.locals[slot] }
  }

  /// An int is taken for the bits of a number.
  mutating func mistakeForm() {
    for slot in frame.locals.indices {
      guard case .integer(let word) = frame.locals[slot] else { continue }
      frame.locals[slot] = .number(word)
      return
    }
  }

  /// A boxed word is taken for an int, whatever it holds.
  mutating func mistakeWord() {
    for slot in frame.locals.indices where isPlain(slot) {
      guard case .word(let word) = frame.locals[slot] else { continue }
      frame.locals[slot] = .integer(word)
      return
    }
  }

  /// A bool is taken for an int.
  mutating func mistakeBool() {
    for slot in frame.locals.indices {
      guard case .bool(let word) = frame.locals[slot] else { continue }
      frame.locals[slot] = .integer(word)
      return
    }
  }

  /// Goes on at a neighbouring instruction; operands that are too many are dropped, missing ones are
  /// dead.
  mutating func resume(by distance: Int) {
    let function = frame.function
    let facts = program[function]
    let target = frame.position.offset + distance
    guard facts.stackDepths.indices.contains(target),
      Int(facts.handlerDepths[target]) == frame.handlers.count,
      let state = program.state(of: function, at: target), !holdsReference(state)
    else { return }
    let depth = Int(facts.stackDepths[target])
    frame.position = .before(target)
    frame.operands = Array(frame.operands.prefix(depth))
    while frame.operands.count < depth { frame.operands.append(.dead) }
  }

  /// Whether an operand may be a reference: what shows frames looks behind these.
  private func holdsReference(_ state: KindInference.State) -> Bool {
    state.stack.contains { $0.contains(.reference) }
  }
}

extension DeoptimizationPoint.Source {
  /// Whether both are words of the buffer in the same form.
  func hasForm(of other: Self) -> Bool {
    switch (self, other) {
    case (.word, .word), (.integer, .integer), (.number, .number), (.bool, .bool): true
    case (.word, _), (.integer, _), (.number, _), (.bool, _), (.virtual, _), (.constant, _),
      (.dead, _):
      false
    }
  }
}

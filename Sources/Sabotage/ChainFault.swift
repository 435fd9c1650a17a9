import Bytecode
import JIT

/// A defect of what is known of frames that leave at guards, or wait for inlined code that leaves.
///
/// The raw values are the names reports use.
public enum ChainFault: String, CaseIterable, Hashable, Sendable {
  case callerFrameMissing = "caller-frame-missing"
  case callerOperandLost = "caller-operand-lost"
  case callerOperandsSwapped = "caller-operands-swapped"
  case callerSlotWrong = "caller-slot-wrong"
  case callerSlotDead = "caller-slot-dead"
  case callerHandlersLost = "caller-handlers-lost"
  case callRepeated = "call-repeated"
  case effectRepeated = "guard-resumes-after-effect"
  case guardResumesEarly = "guard-resumes-early"
  case guardResumesAtEntry = "guard-resumes-at-entry"
  case loopGuardResumesInside = "loop-guard-resumes-inside"
  case guardOperandLost = "guard-operand-lost"
  case guardOperandsSwapped = "guard-operands-swapped"
  case guardSlotWrong = "guard-slot-wrong"
  case guardSlotDead = "guard-slot-dead"
  case intTakenForNumber = "int-taken-for-number"
  case wordTakenForInt = "word-taken-for-int"
  case framesOfNeighbour = "frames-of-neighbour"
  case loopGuardResumesOutside = "loop-guard-resumes-outside"
  case pointNumberCut = "point-number-cut"
  case recursionSharesLocals = "recursion-shares-locals"
  case operandSharesSlot = "operand-shares-slot"

  var faultClass: Fault.Class {
    switch self {
    case .callerFrameMissing, .callerOperandLost, .callerOperandsSwapped, .callerSlotWrong,
      .callerSlotDead, .callRepeated, .framesOfNeighbour, .pointNumberCut,
      .recursionSharesLocals:
      .chain
    case .callerHandlersLost: .handler
    case .effectRepeated, .guardResumesEarly, .guardResumesAtEntry, .loopGuardResumesInside,
      .loopGuardResumesOutside:
      .resume
    case .guardOperandLost, .guardOperandsSwapped, .guardSlotWrong, .guardSlotDead,
      .intTakenForNumber, .wordTakenForInt, .operandSharesSlot:
      .frame
    }
  }

  /// A point with the fault; the point itself if there is no place for it.
  func changed(_ point: DeoptimizationPoint, of program: VerifiedProgram) -> DeoptimizationPoint {
    let innermost = point.frames.count - 1
    switch self {
    case .callerFrameMissing:
      guard innermost > 0 else { return point }
      var point = point
      point.frames.removeFirst()
      return point
    case .callerOperandLost, .callerOperandsSwapped, .callerSlotWrong, .callerSlotDead,
      .callerHandlersLost, .callRepeated:
      // The frame that waits for the innermost.
      return innermost > 0 ? changed(point, at: innermost - 1, of: program) : point
    case .effectRepeated, .guardResumesEarly, .guardResumesAtEntry, .guardOperandLost,
      .guardOperandsSwapped, .guardSlotWrong, .guardSlotDead, .intTakenForNumber,
      .wordTakenForInt, .operandSharesSlot:
      return point.guardRecord == nil ? point : changed(point, at: innermost, of: program)
    case .loopGuardResumesInside, .loopGuardResumesOutside:
      let isAtLoop = point.guardRecord?.kind == .tripCount
      return isAtLoop ? changed(point, at: innermost, of: program) : point
    case .recursionSharesLocals:
      var point = point
      point.shareLocals()
      return point
    case .framesOfNeighbour, .pointNumberCut: return point
    }
  }

  private func changed(
    _ point: DeoptimizationPoint, at position: Int, of program: VerifiedProgram
  ) -> DeoptimizationPoint {
    let frame = point.frames[position]
    guard let state = program.state(of: frame.function, at: frame.position.offset) else {
      return point
    }
    var faulty = FaultyFrame(program: program, state: state, frame: frame)
    switch self {
    case .callerOperandLost, .guardOperandLost: faulty.forgetOperand()
    case .callerOperandsSwapped, .guardOperandsSwapped: faulty.swapOperands()
    case .callerSlotWrong, .guardSlotWrong: faulty.readAnotherSlot()
    case .callerSlotDead, .guardSlotDead: faulty.forgetSlot()
    case .callerHandlersLost: faulty.frame.handlers = []
    case .callRepeated: faulty.resume(by: 0)
    case .effectRepeated, .loopGuardResumesInside: faulty.resume(by: 1)
    case .guardResumesEarly: faulty.resume(by: -1)
    case .guardResumesAtEntry: faulty.resume(by: -frame.position.offset)
    case .intTakenForNumber: faulty.mistakeForm()
    case .wordTakenForInt: faulty.mistakeWord()
    case .loopGuardResumesOutside:
      let headers = program[frame.function].loopHeaders
      guard let outer = headers.filter({ $0 < frame.position.offset }).max() else { return point }
      faulty.resume(by: outer - frame.position.offset)
    case .operandSharesSlot: faulty.shareOperand()
    case .callerFrameMissing, .framesOfNeighbour, .pointNumberCut, .recursionSharesLocals:
      return point
    }
    var point = point
    point.frames[position] = faulty.frame
    return point
  }
}

// MARK: - Points of a unit

extension ChainFault {
  /// Exchanges the frames of guards that stand in the same functions in a row.
  static func exchange(
    _ points: inout [DeoptimizationPoint], counting places: PlantedPlaces
  ) {
    func functions(_ position: Int) -> [FunctionIndex]? {
      let point = points[position]
      return point.guardRecord == nil ? nil : point.frames.map(\.function)
    }
    var position = 0
    while position + 1 < points.count {
      let (one, other) = (position, position + 1)
      guard let frames = functions(one), frames == functions(other),
        points[one].frames != points[other].frames
      else {
        position += 1
        continue
      }
      (points[one].frames, points[other].frames) = (points[other].frames, points[one].frames)
      places.add()
      position += 2
    }
  }

  /// Gives points the frames of those whose numbers have the same lowest bits, in the same functions.
  static func cutNumbers(
    of points: inout [DeoptimizationPoint], counting places: PlantedPlaces
  ) {
    let whole = points
    for position in points.indices.dropFirst(4) {
      let (own, other) = (whole[position], whole[position % 4])
      guard own.guardRecord != nil, own.frames != other.frames,
        own.frames.map(\.function) == other.frames.map(\.function)
      else { continue }
      points[position].frames = other.frames
      points[position].virtualObjects = other.virtualObjects
      places.add()
    }
  }
}

extension DeoptimizationPoint {
  /// A frame that waits for another of its function has that one's locals.
  fileprivate mutating func shareLocals() {
    for position in frames.indices.dropLast() {
      let own = frames[position]
      let inner = frames[(position + 1)...].first { $0.function == own.function }
      guard let inner else { continue }
      for slot in own.locals.indices where own.locals[slot].hasForm(of: inner.locals[slot]) {
        frames[position].locals[slot] = inner.locals[slot]
      }
      return
    }
  }
}

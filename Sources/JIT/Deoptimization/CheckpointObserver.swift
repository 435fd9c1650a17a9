import Bytecode
import CRuntime

/// Shows the frames in the deoptimization buffer as they would be if they were made.
///
/// Nothing is allocated meanwhile, and no number of the run changes.
final class CheckpointObserver {
  typealias Source = DeoptimizationPoint.Source

  /// A heap value: one that exists, or one of the point's that does not.
  private enum Item: Hashable {
    case word(UInt64)
    case virtual(Int)
  }

  private let state: RunState
  private let point: DeoptimizationPoint
  private let program: VerifiedProgram
  /// The numbers of this checkpoint alone, from those of the trace on.
  private var numbers: [Item: Int] = [:]
  /// The heap values met, in the order of the walk.
  private var queue: [(item: Item, number: Int)] = []
  private var isQueued: Set<Item> = []

  init(state: RunState, point: DeoptimizationPoint) {
    self.state = state
    self.point = point
    program = state.program.verified
  }

  func checkpoint() -> Checkpoint {
    let context = state.context.pointee
    guard let innermost = point.frames.last else {
      preconditionFailure("the verifier of points found a frame")
    }
    let instant = Instant(
      clock: state.clock, depth: Int(context.depth_limit - context.frames_left),
      site: Site(innermost.function, offset: innermost.position.offset))
    let frames = point.frames.map(observe)
    var cells: [ObservedCell] = []
    var next = 0
    while next < queue.count {
      let (item, number) = queue[next]
      next += 1
      cells.append(ObservedCell(number: number, content: content(of: item)))
    }
    return Checkpoint(
      instant: instant, tracedCount: state.identities.words.count, frames: frames, cells: cells)
  }
}

// MARK: - Frames

extension CheckpointObserver {
  private func observe(_ frame: DeoptimizationPoint.Frame) -> ObservedFrame {
    let function = frame.function
    let closure = frame.closure.map(observe)
    let isBoxed = program.boxedLocals(of: function)
    let declaration = program.program[function]
    let locals = frame.locals.enumerated().map { index, source in
      let isReference =
        index < declaration.parameters.count && declaration.parameters[index].isReference
      let isShared = program[function].cellLocals[index] && !isBoxed[index]
      return slot(source, isReference: isReference || isShared)
    }
    guard let inferred = program.state(of: function, at: frame.position.offset) else {
      preconditionFailure("the verifier of points looked whether it is reachable")
    }
    let operands = frame.operands.enumerated().map { index, source in
      slot(source, isReference: inferred.stack[index].contains(.reference))
    }
    return ObservedFrame(
      site: Site(function, offset: frame.position.offset), handlerDepth: frame.handlers.count,
      closure: closure, locals: locals, operands: operands)
  }

  /// - Parameter isReference: whether what is behind the cell is meant.
  private func slot(_ source: Source, isReference: Bool) -> ObservedSlot {
    if source == .dead { return .dead }
    guard isReference else { return .value(observe(source)) }
    if case .virtual(let index) = source {
      return .value(observe(point.virtualObjects[index].fields[0]))
    }
    return .value(observe(word(source).content))
  }

  /// The word of a source that is no virtual object.
  private func word(_ source: Source) -> Word {
    let buffer = state.deoptimizationBuffer
    return switch source {
    case .word(let index): Word(bits: buffer[index])
    case .integer(let index): Word(int: Int64(bitPattern: buffer[index]))
    case .number(let index): Word(number: Double(bitPattern: buffer[index]))
    case .bool(let index): Word(bool: buffer[index] != 0)
    case .constant(let bits): Word(bits: bits)
    case .virtual, .dead: preconditionFailure("it is no word")
    }
  }
}

// MARK: - Heap values

extension CheckpointObserver {
  private func observe(_ source: Source) -> ObservedValue {
    guard case .virtual(let index) = source else { return observe(word(source)) }
    return .identity(point.virtualObjects[index].kind, number: number(of: .virtual(index)))
  }

  private func observe(_ word: Word) -> ObservedValue {
    state.observe(word) { number(of: .word($0.bits)) }
  }

  private func number(of item: Item) -> Int {
    let number: Int
    if case .word(let bits) = item,
      let known = state.identities.number(ifKnown: Word(bits: bits))
    {
      number = known
    } else if let known = numbers[item] {
      number = known
    } else {
      number = state.identities.words.count + numbers.count
      numbers[item] = number
    }
    if isQueued.insert(item).inserted { queue.append((item, number)) }
    return number
  }

  private func content(of item: Item) -> ObservedCell.Content {
    switch item {
    case .word(let bits): state.content(Word(bits: bits), observe)
    case .virtual(let index): content(of: point.virtualObjects[index])
    }
  }

  private func content(
    of object: DeoptimizationPoint.VirtualObject
  ) -> ObservedCell.Content {
    let fields = object.fields.map(observe)
    switch object.kind {
    case .object:
      let keys = required(object.keys)
      return .object(
        shape: Int(required(state.shape(of: keys))), keys: keys, values: fields)
    case .record: return .record(required(object.schema), fields)
    case .closure: return .closure(required(object.function), captures: fields)
    case .some: return .some(fields[0])
    case .ok: return .ok(fields[0])
    case .err: return .err(fields[0])
    case .cell: return .cell(fields[0])
    case .null, .unit, .bool, .int, .number, .string, .array, .intArray, .floatArray, .boolArray,
      .map, .range, .function, .reference:
      preconditionFailure("the verifier of points admits no virtual \(object.kind.name)")
    }
  }
}

/// A part of a virtual object that its kind demands.
private func required<Part>(_ part: Part?) -> Part {
  guard let part else { preconditionFailure("the verifier of points looked for it") }
  return part
}

extension VerifiedProgram {
  /// The parameters and locals some `BoxLocal` names.
  ///
  /// - Complexity: O(instructions of the function).
  func boxedLocals(of function: FunctionIndex) -> [Bool] {
    var isBoxed = Array(repeating: false, count: program[function].slotCount)
    for instruction in program.body(of: function) where instruction.opcode == .boxLocal {
      if case .local(let local) = instruction.operand { isBoxed[local.position] = true }
    }
    return isBoxed
  }
}

import Bytecode
import CRuntime

/// Makes frames of tier 0 out of the words that compiled code left in the deoptimization buffer.
///
/// The buffer is a root of the collector until all frames are made.
struct FrameRebuilder {
  typealias Source = DeoptimizationPoint.Source

  let state: RunState
  let point: DeoptimizationPoint
  private var objects: [Word] = []

  init(state: RunState, point: DeoptimizationPoint) {
    self.state = state
    self.point = point
  }

  /// Makes the virtual objects, then the frames and their handlers.
  ///
  /// - Returns: where the innermost frame goes on.
  mutating func rebuild(
    at base: UnsafeMutablePointer<Word>, _ calls: TierZeroSlowPaths.Calls
  ) -> TierZeroRegisters {
    makeObjects()
    var (base, calls) = (base, calls)
    // Of the innermost frame; a caller has one more for each call it waits for.
    var framesLeft = state.context.pointee.frames_left + UInt64(point.frames.count - 1)
    for frame in point.frames {
      fill(frame, base)
      pushHandlers(of: frame, base, calls, framesLeft)
      framesLeft &-= 1
      switch frame.position {
      case .before(let offset):
        state.resumptions[Site(frame.function, offset: offset), default: 0] += 1
        return TierZeroRegisters(
          position: state.program.resumption(of: frame.function, at: offset), base: base,
          calls: calls)
      case .afterCall(let offset):
        state.resumedCalls[Site(frame.function, offset: offset), default: 0] += 1
        // The callee's frame begins where its arguments were, as after the call itself.
        calls.pointee = state.program.pendingCall(of: frame.function, at: offset)
        base += Int(calls.pointee.pointee.a)
        calls += 1
      }
    }
    preconditionFailure("the verifier of points found an innermost frame")
  }

  private func fill(_ frame: DeoptimizationPoint.Frame, _ base: UnsafeMutablePointer<Word>) {
    let function = state.functions + frame.function.position
    function.pointee.resumptions &+= 1
    // Below the arguments of a function without captures lies an operand of its caller.
    if let closure = frame.closure { base[-1] = word(closure) }
    function.pointee.resume(base)
    for (index, source) in frame.locals.enumerated() { base[index] = word(source) }
    let operands = base + function.pointee.slotCount + function.pointee.constantCount
    for (index, source) in frame.operands.enumerated() { operands[index] = word(source) }
  }

  private func pushHandlers(
    of frame: DeoptimizationPoint.Frame, _ base: UnsafeMutablePointer<Word>,
    _ calls: TierZeroSlowPaths.Calls, _ framesLeft: UInt64
  ) {
    for offset in frame.handlers {
      state.handlers.push(
        TierZeroHandler(
          base: base, calls: calls,
          setup: state.program.setup(of: frame.function, at: offset), framesLeft: framesLeft))
    }
  }

  /// The value of a slot.
  private func word(_ source: Source) -> Word {
    let buffer = state.deoptimizationBuffer
    return switch source {
    case .word(let index): Word(bits: buffer[index])
    case .integer(let index): Word(int: Int64(bitPattern: buffer[index]))
    case .number(let index): Word(number: Double(bitPattern: buffer[index]))
    case .bool(let index): Word(bool: buffer[index] != 0)
    case .virtual(let index): objects[index]
    case .constant(let bits): Word(bits: bits)
    case .dead: state.deadWord
    }
  }
}

// MARK: - Virtual objects

extension FrameRebuilder {
  /// Makes all of them before any is filled, since they may refer to each other.
  private mutating func makeObjects() {
    guard !point.virtualObjects.isEmpty else { return }
    let pinnedCount = state.heap.pinned.count
    for object in point.virtualObjects {
      let made = make(object)
      // What is made next may collect.
      state.heap.pinned.append(made)
      objects.append(made)
    }
    for (object, made) in zip(point.virtualObjects, objects) {
      for (index, source) in object.fields.enumerated() {
        field(index, of: made, object.kind).pointee = word(source)
      }
    }
    state.heap.pinned.removeLast(state.heap.pinned.count - pinnedCount)
  }

  /// An object with all fields null; its charge was made where the program made it.
  private func make(_ object: DeoptimizationPoint.VirtualObject) -> Word {
    let count = object.fields.count
    switch object.kind {
    case .object:
      guard let shape = object.shape, state.shapes.count(UInt32(shape)) == count else {
        preconditionFailure("an object has the keys of its shape")
      }
      let made = state.heap.makeObject(capacity: count)
      made.cell.pointee.auxiliary = UInt32(shape)
      return made
    case .record:
      return state.heap.makeRecord(required(object.schema), fieldCount: count)
    case .closure:
      return state.heap.makeClosure(required(object.function), captureCount: count)
    case .some: return state.heap.makeBox(.some, .null)
    case .ok: return state.heap.makeBox(.ok, .null)
    case .err: return state.heap.makeBox(.err, .null)
    case .cell: return state.heap.makeBox(.cell, .null)
    case .null, .unit, .bool, .int, .number, .string, .array, .intArray, .floatArray, .boolArray,
      .map, .range, .function, .reference:
      preconditionFailure("the verifier of points admits no virtual \(object.kind.name)")
    }
  }

  private func required<Index>(_ index: Index?) -> Index {
    guard let index else { preconditionFailure("the verifier of points looked for it") }
    return index
  }

  private func field(
    _ index: Int, of made: Word, _ kind: ValueKind
  ) -> UnsafeMutablePointer<Word> {
    switch kind {
    case .object: return made.slot(index)
    case .record, .closure: return made.fields + index
    case .some, .ok, .err, .cell:
      return (made.address + MemoryLayout<JITBox>.offset(of: \JITBox.content)!)
        .assumingMemoryBound(to: Word.self)
    case .null, .unit, .bool, .int, .number, .string, .array, .intArray, .floatArray, .boolArray,
      .map, .range, .function, .reference:
      preconditionFailure("the verifier of points admits no virtual \(kind.name)")
    }
  }
}

// MARK: - Dead slots

extension Word {
  /// What stress puts into dead slots: a cell, which holds itself, so that whatever reads the slot
  /// as a value or as a cell sees something that no instruction accepts. It lies outside the heap.
  static let poison: Word = {
    let box = UnsafeMutablePointer<JITBox>.allocate(capacity: 1)
    let word = Word(cell: UnsafeMutableRawPointer(box))
    let header = JITCell(kind: CellKind.cell.rawValue, flags: 0, small: 0, auxiliary: 0)
    box.initialize(to: JITBox(header: header, content: word.bits))
    return word
  }()
}

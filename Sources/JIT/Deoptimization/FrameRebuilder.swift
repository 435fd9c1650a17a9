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
      state.rebuiltObjects[object.kind, default: 0] += 1
      // What is made next may collect.
      state.heap.pinned.append(made)
      objects.append(made)
    }
    for (object, made) in zip(point.virtualObjects, objects) {
      for (index, source) in object.fields.enumerated() {
        made.part(index, of: object.kind).pointee = word(source)
      }
    }
    state.heap.pinned.removeLast(state.heap.pinned.count - pinnedCount)
  }

  private func make(_ object: DeoptimizationPoint.VirtualObject) -> Word {
    state.makeUncharged(
      object.kind, number: number(of: object), fieldCount: object.fields.count)
  }

  /// The number that tells cells of a kind apart.
  private func number(of object: DeoptimizationPoint.VirtualObject) -> UInt32 {
    switch object.kind {
    case .object: required(state.shape(of: required(object.keys)))
    case .record: required(object.schema).rawValue
    case .closure: required(object.function).rawValue
    case .null, .unit, .bool, .int, .number, .string, .array, .intArray, .floatArray, .boolArray,
      .map, .range, .some, .ok, .err, .function, .reference, .cell:
      0
    }
  }

  private func required<Part>(_ part: Part?) -> Part {
    guard let part else { preconditionFailure("the verifier of points looked for it") }
    return part
  }
}

extension RunState {
  /// A cell with all parts null; its charge was made where the program made it.
  ///
  /// - Parameter number: an object's shape, a record's schema or a closure's function.
  func makeUncharged(_ kind: ValueKind, number: UInt32, fieldCount: Int) -> Word {
    switch kind {
    case .object:
      precondition(shapes.count(number) == fieldCount, "an object has the keys of its shape")
      let made = heap.makeObject(capacity: fieldCount)
      made.cell.pointee.auxiliary = number
      return made
    case .record: return heap.makeRecord(SchemaIndex(Int(number)), fieldCount: fieldCount)
    case .closure: return heap.makeClosure(FunctionIndex(Int(number)), captureCount: fieldCount)
    case .some: return heap.makeBox(.some, .null)
    case .ok: return heap.makeBox(.ok, .null)
    case .err: return heap.makeBox(.err, .null)
    case .cell: return heap.makeBox(.cell, .null)
    case .null, .unit, .bool, .int, .number, .string, .array, .intArray, .floatArray, .boolArray,
      .map, .range, .function, .reference:
      preconditionFailure("no virtual object is a \(kind.name)")
    }
  }
}

extension Word {
  /// Where a cell of a kind has one of its parts.
  func part(_ index: Int, of kind: ValueKind) -> UnsafeMutablePointer<Word> {
    switch kind {
    case .object: return slot(index)
    case .record, .closure: return fields + index
    case .some, .ok, .err, .cell:
      return (address + MemoryLayout<JITBox>.offset(of: \JITBox.content)!)
        .assumingMemoryBound(to: Word.self)
    case .null, .unit, .bool, .int, .number, .string, .array, .intArray, .floatArray, .boolArray,
      .map, .range, .function, .reference:
      preconditionFailure("no virtual object is a \(kind.name)")
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

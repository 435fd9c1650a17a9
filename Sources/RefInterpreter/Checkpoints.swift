import Bytecode

/// The checkpoints a run was asked for and those it has shown.
struct CheckpointQueue {
  /// In ascending order of clock; those before `next` were shown or missed.
  private var requests: [CheckpointRequest]
  private var next = 0
  /// The clock of the next request; greater than any clock if there is none.
  private(set) var dueClock: UInt64 = .max
  var shown: [Checkpoint] = []

  /// - Precondition: the requests are in ascending order of clock.
  init(_ requests: [CheckpointRequest]) {
    self.requests = requests
    setDueClock()
  }

  /// How many frames to show at an instant, nil if it was not asked for or was shown before.
  ///
  /// Requests of an earlier clock are missed; those of one clock come in any order.
  mutating func takeRequest(at instant: Instant) -> Int? {
    while next < requests.count, requests[next].instant.clock < instant.clock { next += 1 }
    defer { setDueClock() }
    var position = next
    while position < requests.count, requests[position].instant.clock == instant.clock {
      if requests[position].instant == instant {
        requests.swapAt(position, next)
        next += 1
        return requests[next - 1].frameCount
      }
      position += 1
    }
    return nil
  }

  private mutating func setDueClock() {
    dueClock = next < requests.count ? requests[next].instant.clock : .max
  }
}

/// What the machine shows of itself between two steps.
extension Machine {
  /// Shows the frames and their heap if the instant was asked for.
  mutating func showCheckpointIfDue() {
    let instant = Instant(clock: clock, depth: depth, site: site)
    guard let frameCount = checkpoints.takeRequest(at: instant) else { return }
    // What is numbered and recorded from here on is the checkpoint's alone.
    let (runIdentities, runBytes) = (identities, recordedBytes)
    let levels = max(0, depth - frameCount)..<depth
    let frames = levels.map { observeFrame(atLevel: $0) }
    let cells = observeHeap(from: levels.flatMap { observableValues(ofFrameAt: $0) })
    identities = runIdentities
    recordedBytes = runBytes
    checkpoints.shown.append(
      Checkpoint(
        instant: instant, tracedCount: identities.count, frames: frames, cells: cells))
  }

  /// A frame by how many wait below it.
  private func frame(atLevel level: Int) -> Frame {
    level < callers.count ? callers[level] : frame
  }

  private mutating func observeFrame(atLevel level: Int) -> ObservedFrame {
    let frame = frame(atLevel: level)
    let nextHandler =
      level < callers.count ? self.frame(atLevel: level + 1).firstHandler : handlers.count
    let layout = code.layouts[frame.function.position]
    let closure = closure(of: frame).map { observe($0) }
    let locals = observableLocals(of: frame).map { ObservedSlot.value(observe($0)) }
    let operands = observableOperands(ofFrameAt: level).map { ObservedSlot.value(observe($0)) }
    return ObservedFrame(
      site: Site(frame.function, offset: frame.instructionPointer - layout.entryPoint),
      handlerDepth: nextHandler - frame.firstHandler, closure: closure, locals: locals,
      operands: operands)
  }

  /// All that a checkpoint shows of a frame, in that order.
  private func observableValues(ofFrameAt level: Int) -> [Value] {
    let frame = frame(atLevel: level)
    return [closure(of: frame)].compactMap { $0 } + observableLocals(of: frame)
      + observableOperands(ofFrameAt: level)
  }

  /// The closure of a function with captures: without any it makes no difference which it was.
  private func closure(of frame: Frame) -> Value? {
    let captureCount = code.layouts[frame.function.position].captureCount
    return captureCount == 0 ? nil : .closure(frame.callee.closure)
  }

  private func observableLocals(of frame: Frame) -> [Value] {
    let count = code.layouts[frame.function.position].slotCount
    return locals[frame.firstLocal..<frame.firstLocal + count].map { referent(of: $0) }
  }

  /// The operands of a frame, of a waiting one without those its call takes.
  private func observableOperands(ofFrameAt level: Int) -> [Value] {
    let frame = frame(atLevel: level)
    var end = operands.count
    if level < callers.count {
      let entered = self.frame(atLevel: level + 1)
      end = entered.firstOperand
      switch entered.origin {
      case .entry, .call: break
      case .walk:
        guard let walk = walks.last(where: { $0.level == level }) else {
          preconditionFailure("a walk waits for the callback it entered")
        }
        end -= walk.argumentCount
      case .foreign:
        let function = code.instructions[frame.instructionPointer].foreign
        end -= code.foreignFunctions[function.position].parameters.count
      }
    }
    return operands[frame.firstOperand..<end].map { referent(of: $0) }
  }

  /// What a reference refers to, any other value itself.
  private func referent(of value: Value) -> Value {
    if case .reference(let place) = value { heap.content(of: locals[place]) } else { value }
  }
}

import Bytecode
import CRuntime

/// The words of a walk's frame: what a builtin that calls back keeps between callbacks.
///
/// It lies where the builtin's arguments were. The callee's word is the last one, so that it is the
/// word below the callback's first argument, where a closure is looked for.
enum WalkFrame {
  static let array = 0
  /// The array being made, or the accumulator of `reduce`.
  static let accumulator = 1
  static let index = 2
  /// The length at the start.
  static let count = 3
  static let builtin = 4
  /// The element the callback was given.
  static let element = 5
  static let callee = 6
  static let size = 7
}

/// The builtins that call back, one step at a time.
///
/// A walk is called like a function by its builtin's instruction: it has a frame on the value stack
/// and a pending call, and nothing of it is on the native stack. Its callbacks return behind
/// `walkCall`. Everything it raises is raised at the builtin's instruction.
enum TierZeroWalk {
  typealias Frame = UnsafeMutablePointer<Word>

  /// Begins a walk, or goes on with the result of a callback.
  @inline(never)
  static func step(
    _ position: UnsafeMutablePointer<TierZeroInstruction>, _ frame: Frame,
    _ calls: TierZeroSlowPaths.Calls, _ state: RunState
  ) -> TierZeroStep {
    state.noteFrame(frame)
    let site = state.site(of: calls[-1])
    do throws(Stop) {
      if position == state.program.walkStart {
        try begin(builtin(of: calls[-1], site, state), frame, site, state)
      } else if let result = try take(frame[WalkFrame.size], frame, state) {
        return .finish(result)
      }
      return try advance(frame, state)
    } catch {
      // The builtin's instruction is a pending call, and counted as one.
      _ = TierZeroSlowPaths.raise(error, site, state)
      state.interpretedRaise = nil
      return .raised
    }
  }

  /// The builtin an instruction calls, by its name if it is a method.
  private static func builtin(
    of instruction: UnsafeMutablePointer<TierZeroInstruction>, _ site: TierZeroSite,
    _ state: RunState
  ) -> Builtin {
    let builtin =
      instruction.pointee.opcode == .callMethod
      ? MethodName(bits: instruction.pointee.immediate).builtin
      : Builtin(rawValue: UInt8(truncatingIfNeeded: instruction.pointee.immediate))
    guard let builtin else { preconditionFailure("only builtins walk") }
    return builtin
  }

  /// Checks the arguments, once and for all, and lays out the frame.
  private static func begin(
    _ builtin: Builtin, _ frame: Frame, _ site: TierZeroSite, _ state: RunState
  ) throws(Stop) {
    let (array, callee, initial) = (frame[0], frame[1], frame[2])
    TierZeroSlowPaths.recordTarget(callee, site, state)
    guard array.isArray, callee.isCallable else { throw .typeError }
    let parameterCount = state.functions[callee.callee.position].parameterCount
    guard parameterCount <= (builtin == .reduce ? 3 : 2) else { throw .arityMismatch }
    frame[WalkFrame.callee] = callee
    frame[WalkFrame.index] = Word(int: 0)
    frame[WalkFrame.count] = Word(int: Int64(array.arrayCount))
    frame[WalkFrame.builtin] = Word(int: Int64(builtin.rawValue))
    frame[WalkFrame.element] = .null
    frame[WalkFrame.accumulator] = builtin == .reduce ? initial : .null
    if builtin == .map || builtin == .filter {
      try state.chargeTested(AbstractSize.array)
      let kind = builtin == .map ? .plain : ArrayKind(array)
      frame[WalkFrame.accumulator] = state.heap.makeArray(kind)
    }
  }

  private static func builtin(of frame: Frame) -> Builtin {
    guard let builtin = Builtin(rawValue: UInt8(frame[WalkFrame.builtin].int)) else {
      preconditionFailure("the walk's start wrote a builtin's number")
    }
    return builtin
  }

  /// Takes the result of a callback; the walk's own if it ends with it.
  private static func take(
    _ result: Word, _ frame: Frame, _ state: RunState
  ) throws(Stop) -> Word? {
    let element = frame[WalkFrame.element]
    let index = frame[WalkFrame.index]
    switch Callback(builtin(of: frame)) {
    case .map: try append(result, to: frame[WalkFrame.accumulator], state)
    case .filter:
      if result.isTruthy { try append(element, to: frame[WalkFrame.accumulator], state) }
    case .reduce: frame[WalkFrame.accumulator] = result
    case .forEach: break
    case .find: if result.isTruthy { return element }
    case .findIndex: if result.isTruthy { return index }
    case .some: if result.isTruthy { return .true }
    case .every: if !result.isTruthy { return .false }
    }
    frame[WalkFrame.index] = Word(int: index.int + 1)
    return nil
  }

  private static func append(
    _ value: Word, to array: Word, _ state: RunState
  ) throws(Stop) {
    try state.chargeTested(ArrayKind(array).elementBytes)
    state.heap.append(value, to: array)
  }

  /// Calls back for the next element, or ends the walk.
  private static func advance(_ frame: Frame, _ state: RunState) throws(Stop) -> TierZeroStep {
    let array = frame[WalkFrame.array]
    let index = Int(frame[WalkFrame.index].int)
    // An array that has become shorter ends the walk.
    guard index < Int(frame[WalkFrame.count].int), index < array.arrayCount else {
      return .finish(end(frame))
    }
    let element = array.element(index)
    frame[WalkFrame.element] = element
    let isReduction = builtin(of: frame) == .reduce
    let number = frame[WalkFrame.callee].callee.position
    let function = state.functions + number
    let arguments = frame + WalkFrame.size
    if isReduction { arguments[0] = frame[WalkFrame.accumulator] }
    arguments[isReduction ? 1 : 0] = element
    arguments[isReduction ? 2 : 1] = Word(int: Int64(index))
    if function.pointee.checksArguments, !function.pointee.admits(arguments) { throw .typeError }
    try state.chargeCallback()
    if state.context.pointee.records_events != 0 {
      state.events.append(.callBack(FunctionIndex(number)))
    }
    return .enter(number)
  }

  /// What the walk gives when no callback ended it.
  private static func end(_ frame: Frame) -> Word {
    Callback(builtin(of: frame)).end(frame[WalkFrame.accumulator])
  }

  /// The builtins that call back.
  enum Callback {
    case map, filter, reduce, forEach, find, findIndex, some, every

    init(_ builtin: Builtin) {
      if builtin == .map {
        self = .map
      } else if builtin == .filter {
        self = .filter
      } else if builtin == .reduce {
        self = .reduce
      } else if builtin == .forEach {
        self = .forEach
      } else if builtin == .find {
        self = .find
      } else if builtin == .findIndex {
        self = .findIndex
      } else if builtin == .some {
        self = .some
      } else {
        precondition(builtin == .every, "the last builtin that calls back")
        self = .every
      }
    }

    /// What a walk gives when no callback ended it.
    ///
    /// - Parameter accumulator: the array made, or the accumulator of `reduce`.
    func end(_ accumulator: Word) -> Word {
      switch self {
      case .map, .filter, .reduce: accumulator
      case .forEach: .unit
      case .find: .null
      case .findIndex: Word(int: -1)
      case .some: .false
      case .every: .true
      }
    }
  }
}

extension RunState {
  /// Charges the entry of a function from a builtin or C function, whose arguments are admitted.
  ///
  /// - Throws: StackOverflow, OutOfMemory or OutOfFuel, in this order.
  func chargeCallback() throws(Stop) {
    guard context.pointee.frames_left != 0 else { throw .stackOverflow }
    if context.pointee.heap_charged > context.pointee.heap_limit, !testHeapLimit() {
      throw .outOfMemory
    }
    guard context.pointee.fuel != 0 else { throw .outOfFuel }
    context.pointee.frames_left &-= 1
    context.pointee.fuel &-= 1
  }
}

import Bytecode

/// An engine that runs as the judge does and shows frames as compiled code would that is left and
/// entered at will: what the oracles over frames are tried with.
///
/// It shows no more than two frames, leaves dead locals out, and numbers heap values in its own way.
struct ExitingEngine: Engine {
  let base: any Engine

  var name: EngineName { .baseline }

  func prepare(_ program: VerifiedProgram) throws(EngineFailure) -> any EngineSession {
    ExitingSession(program, base: try base.prepare(program))
  }
}

private final class ExitingSession: EngineSession {
  private let verified: VerifiedProgram
  private let base: any EngineSession
  private(set) var observations = RunObservations()
  /// The passings of all safepoints by a run with these arguments, in order.
  private var passings: [[ObservedValue]: [Checkpoint]] = [:]

  /// Frames the programs of the self test nest at most.
  private static let greatestDepth = 4

  init(_ verified: VerifiedProgram, base: any EngineSession) {
    self.verified = verified
    self.base = base
  }

  func run(_ request: RunRequest) throws(EngineFailure) -> Outcome {
    observations = RunObservations(stackReplacementsTaken: request.stackReplacements)
    let outcome = try base.run(request)
    guard request.countsSafepoints || !request.forcedExits.isEmpty else { return outcome }
    let passings = try passings(of: request, fuel: outcome.fuel)
    if request.countsSafepoints { observations.safepointCounts = counts(of: passings) }
    var counts: [Safepoint: UInt64] = [:]
    for checkpoint in passings {
      let exit = ForcedExit(
        safepoint: checkpoint.safepoint,
        occurrence: counts[checkpoint.safepoint, default: 0] + 1)
      counts[checkpoint.safepoint] = exit.occurrence
      guard request.forcedExits.contains(exit) else { continue }
      observations.forcedExitsTaken.append(exit)
      observations.checkpoints.append(disguised(checkpoint))
    }
    return outcome
  }

  private func counts(of passings: [Checkpoint]) -> [SafepointCount] {
    var counts: [Safepoint: UInt64] = [:]
    for checkpoint in passings { counts[checkpoint.safepoint, default: 0] += 1 }
    return counts.map { SafepointCount(safepoint: $0.key, count: $0.value) }
      .sorted { $0.safepoint < $1.safepoint }
  }

  /// Asks the judge for every instant a run could come to at a safepoint.
  private func passings(
    of request: RunRequest, fuel: UInt64
  ) throws(EngineFailure) -> [Checkpoint] {
    if let known = passings[request.arguments] { return known }
    let safepoints = verified.program.functions.indices.flatMap {
      verified.safepoints(of: FunctionIndex($0))
    }
    var request = request
    for clock in 0...fuel {
      for depth in 1...Self.greatestDepth {
        request.checkpoints += safepoints.map {
          CheckpointRequest(
            instant: Instant(
              clock: clock, depth: depth, site: Site($0.function, offset: $0.offset)),
            frameCount: 2)
        }
      }
    }
    _ = try base.run(request)
    passings[request.arguments] = base.observations.checkpoints
    return base.observations.checkpoints
  }

  /// The checkpoint without dead locals, and with numbers that leave some out.
  private func disguised(_ checkpoint: Checkpoint) -> Checkpoint {
    func renumbered(_ value: ObservedValue) -> ObservedValue {
      guard case .identity(let kind, let number) = value else { return value }
      return .identity(kind, number: number < checkpoint.tracedCount ? number : number * 2)
    }
    func renumbered(_ slot: ObservedSlot) -> ObservedSlot {
      switch slot {
      case .value(let value): .value(renumbered(value))
      case .dead: .dead
      }
    }
    var disguised = checkpoint
    for position in disguised.frames.indices {
      var frame = disguised.frames[position]
      let (function, offset) = (frame.site.function, frame.site.offset)
      let live =
        position == disguised.frames.count - 1
        ? verified.liveLocals(of: function, at: offset)
        : verified.liveLocalsAwaiting(callAt: offset, of: function)
      for local in frame.locals.indices where !live.contains(LocalIndex(local)) {
        frame.locals[local] = .dead
      }
      frame.closure = frame.closure.map { renumbered($0) }
      frame.locals = frame.locals.map { renumbered($0) }
      frame.operands = frame.operands.map { renumbered($0) }
      disguised.frames[position] = frame
    }
    disguised.cells = checkpoint.cells.map { cell in
      var cell = cell
      if cell.number >= checkpoint.tracedCount { cell.number *= 2 }
      cell.content = cell.content.mapValues { renumbered($0) }
      return cell
    }
    return disguised
  }

  func decline(of function: FunctionIndex) -> Decline? { base.decline(of: function) }

  var tierUse: TierUse { base.tierUse }

  var fingerprint: String { base.fingerprint }

  var statistics: [(name: String, value: UInt64)] { base.statistics }

  var takesForcedExits: Bool { true }

  var takesStackReplacements: Bool { true }
}

extension Checkpoint {
  fileprivate var safepoint: Safepoint {
    Safepoint(function: instant.site.function, offset: instant.site.offset)
  }
}

extension ObservedCell.Content {
  /// The content with each value it holds replaced; keys of maps are scalars and stay.
  fileprivate func mapValues(
    _ transform: (ObservedValue) -> ObservedValue
  ) -> ObservedCell.Content {
    switch self {
    case .array(let values): .array(values.map(transform))
    case .object(let shape, let keys, let values):
      .object(shape: shape, keys: keys, values: values.map(transform))
    case .dictionary(let keys, let values):
      .dictionary(keys: keys, values: values.map(transform))
    case .record(let schema, let values): .record(schema, values.map(transform))
    case .map(let keys, let values): .map(keys: keys, values: values.map(transform))
    case .some(let value): .some(transform(value))
    case .ok(let value): .ok(transform(value))
    case .err(let value): .err(transform(value))
    case .closure(let function, let captures):
      .closure(function, captures: captures.map(transform))
    case .cell(let value): .cell(transform(value))
    case .intArray, .floatArray, .boolArray, .range: self
    }
  }
}

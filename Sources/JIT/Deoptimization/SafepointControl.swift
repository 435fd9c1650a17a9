import Bytecode
import CRuntime

/// Which safepoints of hooked code call out in a run, and what the run shows there.
final class SafepointControl {
  /// A version of hooked code, and one byte for each of its points.
  private struct Hooked {
    let version: any CompiledVersion
    let armed: UnsafeMutablePointer<UInt8>
  }

  /// Passings are counted for each version of its own.
  private struct Passing: Hashable {
    let version: UInt64
    let safepoint: Safepoint
  }

  /// Executions, likewise.
  private struct GuardPassing: Hashable {
    let version: UInt64
    let record: Guard
  }

  private var hooked: [Hooked] = []
  private var exits: Set<ForcedExit> = []
  private var guards: Set<ForcedGuard> = []
  private var guardRecords: Set<Guard> = []
  private var selections: [GuardSelection] = []
  /// The occurrences at which guards of a version fail, as selections have it.
  private var selected: [GuardPassing: Set<UInt64>] = [:]
  private var guardExitLimit = Int.max
  private var countsGuards = false
  private var showsGuardExits = false
  private var guardCounts: [GuardPassing: UInt64] = [:]
  private var guardsMet: [Guard] = []
  private var exitSafepoints: Set<Safepoint> = []
  private var countsAll = false
  private var notesReplacements = false
  private var counts: [Passing: UInt64] = [:]
  private var shown = RunObservations()
  /// Exits shown that were not forced.
  private var naturalExitCount = 0

  deinit {
    for hooked in hooked { hooked.armed.deallocate() }
  }

  /// Takes a version of hooked code into the runs to come, the one under way among them.
  ///
  /// - Returns: the bytes its code tests, which live as long as this object, and its number among
  ///   the versions of the session.
  func register(
    _ version: any CompiledVersion
  ) -> (armed: UnsafePointer<UInt8>, number: UInt64) {
    let count = max(version.deoptimizationPoints.count, 1)
    let armed = UnsafeMutablePointer<UInt8>.allocate(capacity: count)
    armed.initialize(repeating: 0, count: count)
    hooked.append(Hooked(version: version, armed: armed))
    arm(hooked[hooked.count - 1], number: UInt64(hooked.count))
    return (UnsafePointer(armed), UInt64(hooked.count))
  }

  /// Starts a run: arms what its request asks for.
  func begin(_ request: RunRequest) {
    exits = Set(request.forcedExits)
    exitSafepoints = Set(request.forcedExits.map(\.safepoint))
    countsAll = request.countsSafepoints
    guards = Set(request.forcedGuards)
    guardRecords = Set(request.forcedGuards.map(\.record))
    countsGuards = request.countsGuards
    selections = request.selectedGuards
    selected = [:]
    showsGuardExits = request.showsGuardExits || !request.forcedGuards.isEmpty
    guardExitLimit = request.guardExitLimit
    guardCounts = [:]
    guardsMet = []
    naturalExitCount = 0
    notesReplacements = !request.stackReplacements.isEmpty
    counts = [:]
    shown = RunObservations()
    for (index, version) in hooked.enumerated() { arm(version, number: UInt64(index + 1)) }
  }

  private func arm(_ hooked: Hooked, number: UInt64) {
    for selection in selections {
      for record in hooked.version.guards(meantBy: selection) {
        selected[GuardPassing(version: number, record: record), default: []]
          .insert(selection.occurrence)
      }
    }
    let points = hooked.version.pointsOfCode ?? hooked.version.deoptimizationPoints
    for (index, point) in points.enumerated() {
      let isArmed =
        if let record = point.guardRecord {
          countsGuards || guardRecords.contains(record)
            || selected[GuardPassing(version: number, record: record)] != nil
        } else if let safepoint = point.safepoint {
          countsAll || exitSafepoints.contains(safepoint)
        } else { false }
      hooked.armed[index] = isArmed ? 1 : 0
    }
  }

  /// Counts a passing of a safepoint, and says whether the run leaves there.
  fileprivate func pass(_ safepoint: Safepoint, version: UInt64) -> ForcedExit? {
    let passing = Passing(version: version, safepoint: safepoint)
    let occurrence = counts[passing, default: 0] + 1
    counts[passing] = occurrence
    let exit = ForcedExit(safepoint: safepoint, occurrence: occurrence)
    return exits.contains(exit) ? exit : nil
  }

  fileprivate func show(_ exit: ForcedExit, _ checkpoint: Checkpoint) {
    shown.forcedExitsTaken.append(exit)
    shown.checkpoints.append(checkpoint)
  }

  /// Counts an execution of a guard, and says whether it is to fail although it holds.
  fileprivate func pass(_ record: Guard, version: UInt64) -> Bool {
    let passing = GuardPassing(version: version, record: record)
    let occurrence = guardCounts[passing, default: 0] + 1
    guardCounts[passing] = occurrence
    if occurrence == 1, !guardsMet.contains(record) { guardsMet.append(record) }
    return guards.contains(ForcedGuard(record: record, occurrence: occurrence))
      || selected[passing]?.contains(occurrence) == true
  }

  /// Notes that frames leave at a guard, and shows them if that was asked for.
  func leave(_ record: Guard, _ stop: GuardStop, _ checkpoint: () -> Checkpoint) {
    guard stop.isForced || showsGuardExits && naturalExitCount < guardExitLimit else { return }
    if !stop.isForced { naturalExitCount += 1 }
    shown.guardExits.append(
      GuardExit(
        record: record, held: stop.holds, isForced: stop.isForced,
        checkpoint: shown.checkpoints.count))
    shown.checkpoints.append(checkpoint())
  }

  /// Shows frames that leave code which has been discarded, if exits are shown that nothing forces.
  func leaveDiscarded(_ checkpoint: () -> Checkpoint) {
    guard showsGuardExits, naturalExitCount < guardExitLimit else { return }
    naturalExitCount += 1
    shown.discardedExits.append(shown.checkpoints.count)
    shown.checkpoints.append(checkpoint())
  }

  /// Notes that an activation leaves tier 0 at a loop header.
  func note(_ arrival: LoopArrival, in program: VerifiedProgram) {
    let header = arrival.header
    guard notesReplacements, let iteration = arrival.iteration,
      let loop = program[header.function].loopHeaders.firstIndex(of: header.offset)
    else { return }
    shown.stackReplacementsTaken.append(
      StackReplacement(function: header.function, loop: loop, iteration: iteration))
  }

  /// What the run has shown so far.
  ///
  /// Of versions that pass the same safepoint the count is the greatest.
  var observations: RunObservations {
    var result = shown
    if countsGuards { result.guardCounts = greatestGuardCounts }
    guard countsAll else { return result }
    var greatest: [Safepoint: UInt64] = [:]
    for (passing, count) in counts {
      greatest[passing.safepoint] = max(greatest[passing.safepoint] ?? 0, count)
    }
    result.safepointCounts = greatest.map { SafepointCount(safepoint: $0.key, count: $0.value) }
      .sorted { $0.safepoint < $1.safepoint }
    return result
  }
}

extension SafepointControl {
  /// Of versions that execute the same guard the count is the greatest.
  private var greatestGuardCounts: [GuardCount] {
    var greatest: [Guard: UInt64] = [:]
    for (passing, count) in guardCounts {
      greatest[passing.record] = max(greatest[passing.record] ?? 0, count)
    }
    return guardsMet.map { GuardCount(record: $0, count: greatest[$0] ?? 0) }
  }
}

/// What hooked code found at a guard where it leaves.
struct GuardStop {
  /// Code without hooks leaves where its guards fail.
  static let failed = GuardStop(holds: false, isForced: false)

  let holds: Bool
  let isForced: Bool
}

extension CompiledVersion {
  /// The guards of a version that a schedule's line means, in the order of their points.
  fileprivate func guards(meantBy selection: GuardSelection) -> [Guard] {
    switch selection.reference {
    case .ordinal(let ordinal):
      let all = guardRecords.filter { $0.compiledFunction == selection.function }
      return all.isEmpty ? [] : [all[ordinal % all.count]]
    case .site:
      return guardRecords.filter { $0.matches(selection.reference, in: selection.function) }
    }
  }
}

extension RunState {
  /// Whether the run leaves compiled code at a guard, whose frames lie in the deoptimization buffer.
  func stop(
    atGuard point: Int, of version: UnsafePointer<JITVersion>, holds: Bool
  ) -> Bool {
    let point = version.compiledVersion.deoptimizationPoints[point]
    guard let record = point.guardRecord else {
      preconditionFailure("code stops at guards with records only")
    }
    let isForced = safepoints.pass(record, version: version.pointee.number)
    guard isForced || !holds else {
      // The code goes on: what it left in the buffer is no root any more.
      context.pointee.deoptimized_version = nil
      return false
    }
    guardStop = GuardStop(holds: holds, isForced: isForced)
    return true
  }

  /// Whether the run leaves compiled code at a safepoint, whose frame lies in the deoptimization
  /// buffer; shows the frame if it does.
  func stop(atSafepoint point: Int, of version: UnsafePointer<JITVersion>) -> Bool {
    let compiled = version.compiledVersion
    let pointOfCode = compiled.pointsOfCode?[point]
    let point = compiled.deoptimizationPoints[point]
    guard let safepoint = (pointOfCode ?? point).safepoint else {
      preconditionFailure("code stops at safepoints only")
    }
    guard let exit = safepoints.pass(safepoint, version: version.pointee.number) else {
      // The code goes on: what it left in the buffer is no root any more.
      context.pointee.deoptimized_version = nil
      return false
    }
    if let pointOfCode {
      context.pointee.canary_reached &+= 1
      if point != pointOfCode { context.pointee.canary_triggered &+= 1 }
    }
    safepoints.show(exit, CheckpointObserver(state: self, point: point).checkpoint())
    context.pointee.deoptimized_version = version
    context.pointee.deoptimization_point = UInt32(point.identifier)
    context.pointee.status = UInt32(JIT_STATUS_DEOPTIMIZED)
    return true
  }
}

extension DeoptimizationPoint {
  /// The safepoint it stands at; nil if it is no forced exit.
  var safepoint: Safepoint? {
    guard reason == .forced, let frame = frames.last else { return nil }
    return Safepoint(function: frame.function, offset: frame.position.offset)
  }
}

import Bytecode

/// The pairs over guards and what is shown where they fail.
extension SelfTestPair {
  private static func pair(
    _ name: String, _ oracle: Oracle, _ field: DifferenceField,
    _ change: @escaping @Sendable (inout RunObservations) -> Void
  ) -> SelfTestPair {
    SelfTestPair(name, oracle, field, .guarded) { .observations(change) }
  }

  /// A pair that changes each exit at a guard.
  private static func exits(
    _ name: String, _ oracle: Oracle, _ field: DifferenceField,
    _ change: @escaping @Sendable (inout GuardExit) -> Void
  ) -> SelfTestPair {
    pair(name, oracle, field) { observations in
      for index in observations.guardExits.indices { change(&observations.guardExits[index]) }
    }
  }

  /// A pair that changes the innermost frame where a guard was made to fail.
  private static func forcedFrames(
    _ name: String, _ oracle: Oracle, _ field: DifferenceField,
    _ change: @escaping @Sendable (inout ObservedFrame) -> Void
  ) -> SelfTestPair {
    pair(name, oracle, field) { observations in
      for exit in observations.guardExits where exit.isForced {
        let last = observations.checkpoints[exit.checkpoint].frames.count - 1
        change(&observations.checkpoints[exit.checkpoint].frames[last])
      }
    }
  }

  private static func dropExits(_ observations: inout RunObservations) {
    observations.guardExits = []
    observations.checkpoints = []
  }

  static let guards = [
    exits("a guard that fails and holds", .guards, .spuriousDeopt) { $0.held = false },
    exits("a guard that holds and fails", .guards, .guardPredicate) { $0.held = true },
    exits("a guard that no feedback justifies", .guards, .guardSite) { $0.record.kind = .shape },
    pair("a guard counted where none may be", .guards, .guardSite) { observations in
      for index in observations.guardCounts.indices {
        observations.guardCounts[index].record.operand = 2
      }
    },
    exits("an exit that names no checkpoint", .guards, .checkpointMissing) {
      $0.checkpoint += 1_000
    },
    pair("a guard's checkpoint lost", .resume, .checkpointMissing) { observations in
      if !observations.guardExits.isEmpty { observations.checkpoints.removeLast() }
    },
    pair("a guard that does not fail when it is to", .resume, .exitNotTaken) { observations in
      if observations.guardExits.contains(where: \.isForced) { dropExits(&observations) }
    },
    pair("a guard that fails without hooks alone", .determinism, .guardExits) { observations in
      if !observations.guardCounts.isEmpty { dropExits(&observations) }
    },
    pair("frames that leave discarded code with hooks alone", .determinism, .guardExits) {
      observations in
      guard !observations.guardCounts.isEmpty, !observations.guardExits.isEmpty else { return }
      observations.discardedExits = [observations.guardExits.removeFirst().checkpoint]
    },
    forcedFrames("another value in a local at a guard", .frame, .frameLocal) { frame in
      for index in frame.locals.indices { frame.locals[index] = .value(.null) }
    },
    forcedFrames("an operand lost at a guard", .frame, .slotCount) { $0.operands.removeLast() },
    forcedFrames("a guard's resume place one on", .resume, .resumeSite) { $0.site.offset += 1 },
    pair("a guard at another clock", .resume, .checkpointMissing) { observations in
      for exit in observations.guardExits where exit.isForced {
        observations.checkpoints[exit.checkpoint].instant.clock += 1_000
      }
    },
  ]
}

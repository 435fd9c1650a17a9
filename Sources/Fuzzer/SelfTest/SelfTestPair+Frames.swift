import Bytecode

/// The pairs over frames and where they go on.
extension SelfTestPair {
  private static func pair(
    _ name: String, _ oracle: Oracle, _ field: DifferenceField,
    _ change: @escaping @Sendable (inout RunObservations) -> Void
  ) -> SelfTestPair {
    SelfTestPair(name, oracle, field, .framed) { .observations(change) }
  }

  /// A pair that changes each checkpoint.
  private static func checkpoints(
    _ name: String, _ oracle: Oracle, _ field: DifferenceField,
    _ change: @escaping @Sendable (inout Checkpoint) -> Void
  ) -> SelfTestPair {
    pair(name, oracle, field) { observations in
      for index in observations.checkpoints.indices { change(&observations.checkpoints[index]) }
    }
  }

  /// A pair that changes the innermost frame of each checkpoint.
  private static func innermost(
    _ name: String, _ oracle: Oracle, _ field: DifferenceField,
    _ change: @escaping @Sendable (inout ObservedFrame) -> Void
  ) -> SelfTestPair {
    checkpoints(name, oracle, field) { change(&$0.frames[$0.frames.count - 1]) }
  }

  /// Changes the values of slots, not the dead ones.
  private static func changeValues(
    _ slots: inout [ObservedSlot], _ change: (ObservedValue) -> ObservedSlot
  ) {
    for index in slots.indices {
      if case .value(let value) = slots[index] { slots[index] = change(value) }
    }
  }

  static let frames = [
    innermost("a frame of another function", .frame, .frameFunction) { frame in
      frame.site.function = FunctionIndex(frame.site.function.position == 0 ? 1 : 0)
    },
    innermost("a handler lost in a frame", .frame, .frameHandlers) { frame in
      if frame.handlerDepth > 0 { frame.handlerDepth -= 1 }
    },
    innermost("a closure lost", .frame, .frameClosure) { $0.closure = nil },
    innermost("another value in a local", .frame, .frameLocal) { frame in
      changeValues(&frame.locals) { $0 == .int(0) ? .value(.number(0.0)) : .value($0) }
    },
    innermost("another heap value in a local", .frame, .frameLocal) { frame in
      changeValues(&frame.locals) { value in
        guard case .identity(let kind, let number) = value else { return .value(value) }
        return .value(.identity(kind, number: number + 1))
      }
    },
    innermost("another value in an operand", .frame, .frameOperand) { frame in
      changeValues(&frame.operands) { _ in .value(.null) }
    },
    innermost("an operand lost", .frame, .slotCount) { frame in
      if !frame.operands.isEmpty { frame.operands.removeLast() }
    },
    innermost("a live local left out", .frame, .deadSlot) { frame in
      changeValues(&frame.locals) { _ in .dead }
    },
    checkpoints("a value in a caller's local", .frame, .frameLocal) { checkpoint in
      guard checkpoint.frames.count == 2 else { return }
      changeValues(&checkpoint.frames[0].locals) { _ in .value(.unit) }
    },
    checkpoints("an operand of a caller left in", .frame, .slotCount) { checkpoint in
      if checkpoint.frames.count == 2 { checkpoint.frames[0].operands.append(.value(.null)) }
    },
    checkpoints("a value the trace has not numbered", .frame, .tracedCount) {
      $0.tracedCount -= min(1, $0.tracedCount)
    },
    checkpoints("a heap value of a frame lost", .frame, .heapSize) { $0.cells = [] },
    checkpoints("another value in a heap value of a frame", .frame, .cellValue) { checkpoint in
      for index in checkpoint.cells.indices {
        if case .cell = checkpoint.cells[index].content {
          checkpoint.cells[index].content = .cell(.null)
        }
      }
    },
  ]

  static let resumptions = [
    checkpoints("an instant of another clock", .resume, .checkpointMissing) {
      $0.instant.clock += 1_000
    },
    checkpoints("an instant of another depth", .resume, .checkpointMissing) {
      $0.instant.depth += 1
    },
    innermost("a resume place one on", .resume, .resumeSite) { $0.site.offset += 1 },
    checkpoints("a caller's place one on", .resume, .resumeSite) { checkpoint in
      if checkpoint.frames.count == 2 { checkpoint.frames[0].site.offset += 1 }
    },
    checkpoints("no frames", .resume, .frameCount) { $0.frames = [] },
    pair("checkpoints in another order", .resume, .checkpointOrder) {
      $0.checkpoints.reverse()
    },
    pair("a checkpoint lost", .resume, .checkpointMissing) { $0.checkpoints = [] },
    pair("an exit not taken", .resume, .exitNotTaken) { observations in
      observations.checkpoints = []
      observations.forcedExitsTaken = []
    },
    pair("a replacement not taken", .resume, .replacementNotTaken) {
      $0.stackReplacementsTaken = []
    },
    pair("a safepoint that is none", .resume, .engineFailure) { observations in
      for index in observations.safepointCounts.indices {
        observations.safepointCounts[index].safepoint.offset += 1
      }
    },
  ]
}

import JIT

extension CompilerMistake {
  var faultClass: Fault.Class {
    switch self {
    case .feedbackIgnored, .feedbackOfCaller, .feedbackOfNeighbour, .refutationForgotten:
      .decision
    case .armsSwapped: .layout
    case .staleWalk, .chainPastWalk: .walk
    case .validityNotTested, .hooksMissDiscard, .discardMissed, .discardOfOthers: .discard
    case .virtualStoreLost, .virtualEscapeUnnoticed, .cellTakenTwice: .virtual
    case .indexStoreMissed, .limitIncluded, .startNotTested, .lengthChangeMissed, .sumTooNarrow,
      .differenceTooNarrow, .fallMissed, .greatestNotTested:
      .range
    case .chargeInLoopMissed, .roundsHalved, .heapNotTestedAtLoop: .accounting
    case .headerKept, .loadBeforeCall, .loadBeforeStore: .memory
    case .handlerLocalsOld: .handler
    }
  }
}

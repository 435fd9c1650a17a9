import Bytecode

/// A wrong decision of the optimizing tier, which a decorator may have it make: a fault that is in
/// what code is made of, not in the code.
public enum CompilerMistake: String, CaseIterable, Sendable {
  /// Calls of values and methods are made as if nothing were known of them, and nothing is said of
  /// why.
  case feedbackIgnored = "feedback-ignored"
  /// Inlined code rests on what its caller has met at the same offsets.
  case feedbackOfCaller = "feedback-of-caller"
  /// Two operations of a function have each other's feedback.
  case feedbackOfNeighbour = "feedback-of-neighbour"
  /// A property of several layouts is looked for where the next one has it.
  case armsSwapped = "arms-swapped"
  /// Code goes on behind what may have broken a fact that it rests on.
  case validityNotTested = "validity-not-tested"
  /// The walk of a builtin goes on in code that has been discarded in a callback.
  case staleWalk = "stale-walk"
  /// What leaves a callback takes the frame of its walk's function along.
  case chainPastWalk = "chain-past-walk"
  /// With hooks, code that has been discarded returns where it is to leave for tier 0.
  case hooksMissDiscard = "hooks-miss-discard"
  /// Code that rests on a fact stays when the fact breaks.
  case discardMissed = "discard-missed"
  /// When a fact breaks, code goes that rests on another.
  case discardOfOthers = "discard-of-others"
  /// What is stored into an object that is not made gets lost.
  case virtualStoreLost = "virtual-store-lost"
  /// A callee gets an object that the caller goes on without having made.
  case virtualEscapeUnnoticed = "virtual-escape-unnoticed"
  /// The cell that an object is made in may be the next one's, too.
  case cellTakenTwice = "cell-taken-twice"
  /// A result that a guard has failed on is guarded again, and again.
  case refutationForgotten = "refutation-forgotten"
  /// An index that a loop stores into besides its step is taken for one that only steps.
  case indexStoreMissed = "index-store-missed"
  /// An index that is compared with a limit is taken for less where it may be the same.
  case limitIncluded = "limit-included"
  /// Indices are taken for not negative wherever a loop starts.
  case startNotTested = "loop-start-not-tested"
  /// Ints of loops are taken for no greater than a bound that is not tested.
  case greatestNotTested = "greatest-not-tested"
  /// Arrays are taken for as long behind a call as before it.
  case lengthChangeMissed = "length-change-missed"
  /// A loop that charges bytes of the heap or calls is taken for one that only goes round.
  case chargeInLoopMissed = "charge-in-loop-missed"
  /// Fuel for half of a loop's rounds is taken to suffice for all.
  case roundsHalved = "rounds-halved"
  /// A loop is entered as if the heap's limit were never reached.
  case heapNotTestedAtLoop = "heap-not-tested-at-loop"
  /// The greatest sum of two ints is taken for that of the greatest and the least.
  case sumTooNarrow = "sum-too-narrow"
  /// The least difference of two ints is taken for that of the two least.
  case differenceTooNarrow = "difference-too-narrow"
  /// An index that falls from round to round of a loop is taken for one that does not.
  case fallMissed = "falling-index-missed"
  /// What was read of the header of an array is used behind what changes it.
  case headerKept = "array-header-kept"
  /// What a binding or field held before a call is taken for what it holds behind it.
  case loadBeforeCall = "load-moved-before-call"
  /// The same of a store through another name.
  case loadBeforeStore = "load-moved-before-store"
  /// A handler gets locals as they were at the start of the block that raises.
  case handlerLocalsOld = "handler-locals-old"

  /// Those of what is known of ints and arrays in loops.
  static let ofRanges: [CompilerMistake] = [
    .indexStoreMissed, .limitIncluded, .startNotTested, .lengthChangeMissed, .sumTooNarrow,
    .differenceTooNarrow, .fallMissed, .chargeInLoopMissed,
  ]
}

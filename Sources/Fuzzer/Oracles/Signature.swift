import Bytecode

/// What two runs must agree on; the letters are those of reports.
public enum Oracle: String, CaseIterable, Hashable, Sendable {
  /// The value returned, by bits.
  case result = "R"
  /// The ordered events.
  case trace = "T"
  /// How a run ends: kind, payload, site, depth of frames and of handlers, fuel, heap bytes.
  case exit = "X"
  /// The frames of a checkpoint and the heap reachable from them.
  case frame = "F"
  /// Where execution goes on from a checkpoint, in every frame, and that the checkpoint comes.
  case resume = "I"
  /// Guards fail exactly where the judge's values say that they do not hold, and rest on feedback.
  case guards = "G"
  /// The same input twice gives the same outcome and fingerprint.
  case determinism = "D"
  /// Verifiers accept what generator, mutators and engines make.
  case verifier = "V"
}

/// What of an outcome differs.
public enum DifferenceField: String, CaseIterable, Hashable, Sendable {
  case value, valueKind, ending, trapKind, exitKind, payload, site, depth, handlerDepth
  case fuel, heapBytes
  case createdShape, dictionary, foreignFunction, foreignArguments, foreignResult, callback
  /// Of the heap reachable from a result: how many values there are, which value is which, and what
  /// one of them is and holds.
  case heapSize, cellIdentity, cellKind, cellShape, cellKeys, cellLength, cellOwner, cellValue
  case eventCount, eventKind, printedValues, printedText, storedBinding, storedValue
  /// Of a frame: its function, what it holds, and how many heap values the trace had numbered.
  case frameFunction, frameHandlers, frameClosure, frameLocal, frameOperand, tracedCount
  /// How many values a frame holds, and a value missing that may still be read.
  case slotCount, deadSlot
  /// An instant the judge never reaches, or reaches in another order; which instruction a frame is
  /// at; how many frames there are.
  case checkpointMissing, checkpointOrder, resumeSite, frameCount
  /// What was asked for and did not happen.
  case exitNotTaken, replacementNotTaken
  /// A guard that is found to hold and does not; one that fails although it holds; one where no
  /// feedback justifies it; one that is made again however often it fails.
  case guardPredicate, spuriousDeopt, guardSite, deoptimizationStorm
  /// Of what code says of itself: nothing where feedback asks for a guard; what no feedback justifies
  /// or is not so; instructions laid out that control does not come to, or the other way round.
  case guardMissing, guardRecord, codeLayout
  /// Code in use that rests on a fact which does not hold; code discarded although its facts do.
  case staleCode, superfluousDiscard
  /// Guards at which code with hooks leaves and code without does not, or the other way round.
  case guardExits
  case outcome, fingerprint, engineFailure, tierUse, program
}

/// What makes two findings the same finding.
public struct Signature: Hashable, Sendable, CustomStringConvertible {
  public var oracle: Oracle
  /// The engine taken as right; nil where an engine or program is wrong by itself.
  public var expected: EngineName?
  public var actual: EngineName?
  /// The trap, exit or rule involved, else `-`.
  public var reason: String
  /// The opcode at the site of the difference, nil where there is none.
  public var opcode: Opcode?
  public var field: DifferenceField

  public init(
    oracle: Oracle, expected: EngineName?, actual: EngineName?, reason: String, opcode: Opcode?,
    field: DifferenceField
  ) {
    self.oracle = oracle
    self.expected = expected
    self.actual = actual
    self.reason = reason
    self.opcode = opcode
    self.field = field
  }

  /// One word without blanks, usable as part of a file name.
  public var description: String {
    let pair = [expected, actual].compactMap { $0?.rawValue }.joined(separator: "-")
    return [
      oracle.rawValue, pair.isEmpty ? "program" : pair, reason,
      opcode?.facts.name ?? "-", field.rawValue,
    ].joined(separator: ":")
  }
}

/// The first difference between what was expected and what came.
public struct Divergence: Hashable, Sendable {
  public var signature: Signature
  /// Which tuple of the schedule, or which function of a kernel, was run.
  public var run: String
  public var expected: String
  public var actual: String
  /// The lines that, in the schedule of the program, show the difference; empty if none are needed.
  public var directives: [Schedule.Directive] = []
  /// The program that shows the difference, these lines in it; nil if that is the input.
  public var program: Program?

  public init(signature: Signature, run: String, expected: String, actual: String) {
    self.signature = signature
    self.run = run
    self.expected = expected
    self.actual = actual
  }

  /// Several lines: the run, then the two sides of the first difference.
  public var explanation: String {
    "  run:      \(run)\n  expected: \(expected)\n  actual:   \(actual)"
  }
}

/// What a check found.
public enum Verdict: Hashable, Sendable {
  case agree
  /// The host's memory or the judge's step limit ended a run.
  case inconclusive(String)
  case diverge(Divergence)
}

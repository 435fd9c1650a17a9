import Bytecode
import JIT
import Sabotage

/// Programs that faults of optimized code change: main calls `f` with what is claimed of it, twice,
/// and then with a surprise.
extension SabotageTests {
  static func surprise(
    _ parameters: String, _ body: String, claim: String, expected: String, surprise: String,
    before: String = ""
  ) -> Example {
    let function = "func f(\(parameters)) {\n\(body.replacing(";", with: "\n"))\nReturnValue\n}"
    let calls = "\(expected);Call f;Pop;\(expected);Call f;Pop;\(surprise);Call f;Halt"
    let claims = claim.split(separator: ";").map { "feedback \($0)" }.joined(separator: "\n")
    return Example(
      text: main("", calls, before: function + "\n" + before) + "\nschedule {\n\(claims)\n}")
  }

  static let records = "schema P { x, y }\nschema Q { y, x }"

  static func made(_ schema: String) -> String {
    "PushConst 1;PushConst 2;NewTypedObject \(schema)"
  }

  private static func object(_ keys: String...) -> String {
    let pairs = keys.enumerated().map { "PushConst \"\($1)\";PushConst \($0 + 3)" }
    return pairs.joined(separator: ";") + ";NewObject \(keys.count)"
  }

  private static func example(_ kind: Schedule.GuardKind) -> Example {
    let sum = "LoadLocal a;LoadLocal b;Add"
    let load = "LoadLocal a;GetProp .x"
    switch kind {
    case .kind:
      return surprise(
        "a, b", sum, claim: "f at 2 = (int, int)", expected: "PushConst 1;PushConst 2",
        surprise: "PushConst 1.5;PushConst 2.5")
    case .intRange:
      return surprise(
        "a, b", sum, claim: "f at 2 = (int, int)", expected: "PushConst 1;PushConst 2",
        surprise: "PushConst 140737488355327;PushConst 1")
    case .shape:
      return surprise(
        "a", load, claim: "f at 1 = {x}.x", expected: object("x"), surprise: object("y"))
    case .schema:
      return surprise(
        "a", load, claim: "f at 1 = P.x", expected: made("P"), surprise: made("Q"),
        before: records)
    case .arrayKind:
      return surprise(
        "a", "LoadLocal a;PushConst 0;GetProp", claim: "f at 2 = IntArray[int]",
        expected: "PushConst 1;NewTypedArray 1", surprise: "PushConst 1.5;NewTypedArray 1")
    case .bounds: return bounds(surprise: "PushConst 1")
    case .callee:
      return surprise(
        "a", "LoadLocal a;CallValue 0", claim: "f at 1 = @g", expected: "PushConst @g",
        surprise: "PushConst @h",
        before: "func g() {\nPushConst 1\nReturnValue\n}\nfunc h() {\nPushConst 2\nReturnValue\n}")
    case .receiver:
      return surprise(
        "a", "LoadLocal a;CallMethod m 0", claim: "f at 1 = P.m", expected: made("P"),
        surprise: made("Q"),
        before: records + "\nfunc P.m(self: P) {\nPushConst 1\nReturnValue\n}\n"
          + "func Q.m(self: Q) {\nPushConst 2\nReturnValue\n}")
    case .branchNotTaken:
      return surprise(
        "a", "LoadLocal a;JumpIfTrue yes;PushConst 1;ReturnValue;yes:;PushConst 2",
        claim: "f at 1 = taken 2 not 0", expected: "PushConst true", surprise: "PushConst false")
    case .tripCount:
      let array = "PushConst 7;NewTypedArray 1"
      return surprise(
        "a, n: int",
        "local i: int;PushConst 0;StoreLocal i;top:;LoadLocal i;LoadLocal n;LtInt;JumpIfFalse out;"
          + "LoadLocal a;LoadLocal i;GetProp;Pop;LoadLocal i;PushConst 1;AddInt;StoreLocal i;"
          + "Jump top;out:;LoadLocal i",
        claim: "f at 8 = IntArray[int];f at 2 = loop count 9", expected: "\(array);PushConst 1",
        surprise: "\(array);PushConst 2")
    case .notNull:
      return surprise(
        "a: int?, b", sum, claim: "f at 2 = (int, int)", expected: "PushConst 1;PushConst 2",
        surprise: "PushNull;PushConst 2")
    }
  }

  /// An array of one element, read at its start and then elsewhere.
  private static func bounds(surprise index: String) -> Example {
    let array = "PushConst 7;NewTypedArray 1"
    return surprise(
      "a, i", "LoadLocal a;LoadLocal i;GetProp", claim: "f at 2 = IntArray[int]",
      expected: "\(array);PushConst 0", surprise: "\(array);\(index)")
  }

  static func example(_ fault: GuardFault) -> Example { example(fault.kind) }

  static func example(_ fault: OptimizedFault) -> Example {
    switch fault {
    case .guardOfOtherOperand:
      return surprise(
        "a, b", "LoadLocal a;LoadLocal b;Add", claim: "f at 2 = (int, int)",
        expected: "PushConst 1;PushConst 2", surprise: "PushConst 1;PushConst 2.5")
    case .shapeNotCompared: return example(.shape)
    case .schemaNotCompared: return example(.schema)
    case .closureNotCompared:
      let function = "func g[x]() {\nLoadClosure x\nReturnValue\n}"
      return surprise(
        "a", "LoadLocal a;CallValue 0", claim: "f at 1 = @g",
        expected: "PushConst 1;MakeClosure g", surprise: "PushConst 2;MakeClosure h",
        before: function + "\nfunc h[x]() {\nLoadClosure x\nNeg\nReturnValue\n}")
    case .armAlwaysTaken:
      return surprise(
        "a", "LoadLocal a;GetProp .x", claim: "f at 1 = {x}.x, {y, x}.x",
        // Both shapes exist before there is code.
        expected: object("y", "x") + ";Pop;" + object("x"), surprise: object("y", "x"))
    case .propertyOfNeighbour:
      return surprise(
        "a", "LoadLocal a;GetProp .x", claim: "f at 1 = {x, y}.x", expected: object("x", "y"),
        surprise: object("x", "y"))
    case .fieldOfNeighbour:
      return surprise(
        "a", "LoadLocal a;GetProp .x", claim: "f at 1 = P.x", expected: made("P"),
        surprise: made("P"), before: records)
    case .guardedBoundsOffByOne: return bounds(surprise: "PushConst 1")
    case .negativeIndexNotCounted: return bounds(surprise: "PushConst -1")
    case .transitionLost, .transitionNotCharged:
      return surprise(
        "a", "LoadLocal a;PushConst 9;SetProp .y;GetProp .y", claim: "f at 2 = {x}.?",
        expected: object("x"), surprise: object("x"))
    case .inlinedFuelNotCharged, .inlinedDepthNotCharged:
      return inlined(
        claim: "g at 2 = (int, int);g at 6 = taken 1 not 1", surprise: "PushConst 9;PushConst 2.5")
    case .inlinedResultChanged:
      return inlined(
        claim: "g at 2 = (int, int);g at 6 = taken 1 not 1", surprise: "PushConst 7;PushConst 3")
    case .intSignLost:
      return surprise(
        "a, b", "LoadLocal a;LoadLocal b;Add", claim: "f at 2 = (int, int)",
        expected: "PushConst 1;PushConst 2", surprise: "PushConst -1;PushConst 2")
    }
  }

  /// `f` calls `g`, which is inlined, and returns in two places or leaves at a guard.
  private static func inlined(claim: String, surprise surprising: String) -> Example {
    let body = """
      SetupTry caught;PushConst 3;PushConst 4;LoadLocal a;LoadLocal b;PushConst "c";Call g;Sub;Sub;
      LoadLocal a;Sub;LoadLocal b;Sub;PopHandler;Jump end;caught:;Pop;PushConst 4;end:
      """
    let callee = """
      func g(a, b, c) {
      LoadLocal a
      LoadLocal b
      Sub
      Dup
      PushConst 0
      Lt
      JumpIfTrue other
      LoadLocal a
      Pop
      LoadLocal b
      Pop
      LoadLocal c
      Pop
      ReturnValue
      other:
      PushConst 1
      ReturnValue
      }
      """
    var example = surprise(
      "a, b", body, claim: claim, expected: "PushConst 2;PushConst 1", surprise: surprising,
      before: callee)
    example.limits = RunLimits(fuel: 1_000, depth: 50)
    return example
  }

  static func example(_ fault: ChainFault) -> Example {
    switch fault {
    case .loopGuardResumesInside: return example(Schedule.GuardKind.tripCount)
    case .loopGuardResumesOutside: return nestedLoops
    case .recursionSharesLocals: return recursion
    case .pointNumberCut:
      return surprise(
        "a, b, c", "LoadLocal a;LoadLocal b;Add;LoadLocal b;Sub;LoadLocal a;Add;LoadLocal c;Add",
        claim: "f at 2 = (int, int);f at 4 = (int, int);f at 6 = (int, int);f at 8 = (int, int)",
        expected: "PushConst 1;PushConst 2;PushConst 3",
        surprise: "PushConst 1;PushConst 2;PushConst 2.5")
    case .callerFrameMissing, .callerOperandLost, .callerOperandsSwapped, .callerSlotWrong,
      .callerSlotDead, .callerHandlersLost, .callRepeated, .effectRepeated, .guardResumesEarly,
      .guardResumesAtEntry, .guardOperandLost, .guardOperandsSwapped, .guardSlotWrong,
      .guardSlotDead, .intTakenForNumber, .wordTakenForInt, .framesOfNeighbour,
      .operandSharesSlot:
      return inlined(claim: "g at 2 = (int, int)", surprise: "PushConst 9;PushConst 2.5")
    }
  }

  static func example(_ fault: RecordFault) -> Example { example(Schedule.GuardKind.kind) }

  static func example(_ mistake: CompilerMistake) -> Example {
    switch mistake {
    case .feedbackIgnored: return example(Schedule.GuardKind.callee)
    case .armsSwapped:
      return surprise(
        "a", "LoadLocal a;GetProp .x", claim: "f at 1 = {x, y}.x, {y, x}.x",
        // Both shapes exist before there is code.
        expected: object("y", "x") + ";Pop;" + object("x", "y"), surprise: object("y", "x"))
    case .feedbackOfCaller:
      return inlined(claim: "g at 2 = (int, int)", surprise: "PushConst 9;PushConst 2.5")
    case .validityNotTested, .discardMissed: return changing("scale")
    case .discardOfOthers: return changing("other")
    case .hooksMissDiscard:
      var example = surprise(
        "a", "LoadModuleBinding scale;Pop;LoadLocal a;Call change", claim: "f at 0 = none",
        expected: "PushConst false", surprise: "PushConst true", before: change(of: "scale"))
      example.exit = (isInMain: false, offset: 0)
      return example
    case .feedbackOfNeighbour:
      return surprise(
        "a, b, c", "LoadLocal a;LoadLocal b;Add;LoadLocal c;LoadLocal c;Add;Add",
        claim: "f at 2 = (int, int);f at 5 = (number, number)",
        expected: "PushConst 1;PushConst 2;PushConst 1.5",
        surprise: "PushConst 1;PushConst 2;PushConst 1.5")
    case .staleWalk: return walkOverChange
    case .chainPastWalk: return walk(by: "CallMethod map 1", leaving)
    case .virtualStoreLost: return virtualExample()
    case .cellTakenTwice: return twoObjects
    case .refutationForgotten: return overflows
    case .virtualEscapeUnnoticed: return virtualExample(calling: "LoadLocal r;Call change;Pop;")
    case .indexStoreMissed: return indexStoreMissed
    case .limitIncluded: return limitIncluded
    case .startNotTested: return startNotTested
    case .lengthChangeMissed: return lengthChangeMissed
    case .chargeInLoopMissed: return chargeInLoopMissed
    case .roundsHalved: return roundsHalved
    case .heapNotTestedAtLoop: return heapNotTestedAtLoop
    case .greatestNotTested: return greatestNotTested
    case .sumTooNarrow: return sumTooNarrow
    case .differenceTooNarrow: return differenceTooNarrow
    case .fallMissed: return fallMissed
    case .headerKept: return headerKept
    case .loadBeforeCall: return loadBeforeCall
    case .loadBeforeStore: return loadBeforeStore
    case .handlerLocalsOld: return handlerLocalsOld
    }
  }

  /// `f` gives back an object it makes, and two of its results are compared.
  private static var twoObjects: Example {
    Example(
      text: main(
        "",
        """
        PushConst 1;Call f;Pop;PushConst 1;Call f;Pop;PushConst 1;Call f;PushConst 2;Call f;Eq;\
        Halt
        """,
        before: """
          func f(a) {
          PushConst "x"
          LoadLocal a
          NewObject 1
          Dup
          GetProp .x
          Pop
          ReturnValue
          }
          """))
  }

  /// `f` is called again and again with an int whose successor is none.
  private static var overflows: Example {
    let calls = Array(repeating: "PushConst \(IntRange.maximum);Call f;Pop", count: 60)
    return Example(
      text: main(
        "", calls.joined(separator: ";") + ";PushConst 0;Halt",
        before: "func f(n: int) {\nLoadLocal n\nPushConst 1\nAddInt\nReturnValue\n}"))
  }

  /// `f` makes a record for itself, which two slots hold where a guard fails.
  ///
  /// - Parameter call: gives it to what no tier compiles.
  static func virtualExample(calling call: String = "") -> Example {
    let change = """
      func change(r) {
      Debug
      LoadLocal r
      PushConst 9
      SetFieldTyped P.y
      ReturnValue
      }
      """
    return surprise(
      "a, b",
      """
      local r, s;LoadLocal a;PushConst 2;NewTypedObject P;StoreLocal r;LoadLocal r;StoreLocal s;\
      LoadLocal r;PushConst 7;SetFieldTyped P.x;Pop;\(call)LoadLocal a;LoadLocal b;Add;Pop;\
      LoadLocal r;LoadLocal b;SetFieldTyped P.x;GetFieldTyped P.y;LoadLocal s;GetFieldTyped P.x;Add
      """, claim: "f at \(call.isEmpty ? 12 : 15) = (int, int)",
      expected: "PushConst 1;PushConst 3",
      surprise: "PushConst 1;PushConst 2.5", before: records + "\n" + change)
  }

  /// A function that stores in a binding when it is told to; it is compiled by no tier, and so not
  /// inlined.
  static func change(of binding: String) -> String {
    """
    binding scale
    binding other
    func change(a) {
    Debug
    LoadLocal a
    JumpIfFalse kept
    PushConst 1
    StoreModuleBinding \(binding)
    kept:
    PushNull
    ReturnValue
    }
    """
  }

  /// `f` rests on a binding, and what it calls stores in one.
  private static func changing(_ binding: String) -> Example {
    return surprise(
      "a", "LoadLocal a;Call change;Pop;LoadModuleBinding scale", claim: "f at 2 = none",
      expected: "PushConst false", surprise: "PushConst true",
      before: change(of: binding))
  }
}

import Bytecode
import JIT
import Sabotage

/// Programs that faults of the whole language's code change.
extension SabotageTests {
  /// A function that gives its second argument.
  private static let second = "func f(a, b) {\nLoadLocal b\nReturnValue\n}"
  private static let seven = "func f() {\nPushConst 7\nReturnValue\n}"

  static func example(_ fault: CodeFault) -> Example {
    switch fault {
    case .calleeResultDropped:
      return Example(text: main("", "Call f;Halt", before: seven), exit: (false, 0))
    case .framesLeftNotRestored:
      return Example(
        text: main("", "Call f;Pop;PushConst 1;PushConst 0;DivInt;Halt", before: seven))
    case .payloadLost:
      return Example(
        text: main("a", "SetupTry caught;LoadLocal a;Throw;caught:;Halt"), arguments: [.int(5)])
    case .handlersNotCounted:
      return Example(text: main("", "SetupTry caught;next:;Jump next;caught:;Halt"))
    case .loopLocalMissing, .loopFuelLost:
      return Example(text: BaselineControlTests.countdown, arguments: [.int(5)])
    case .cellForContent:
      return Example(
        text: main(
          "",
          "local a: int;PushConst 5;StoreLocal a;BoxLocal a;MakeClosure f;Pop;LoadLocal a;Halt",
          before: "func f[mut a: int]() {\nLoadClosure a\nReturnValue\n}"))
    case .cacheNotCompared:
      return Example(
        text: main(
          "",
          """
          PushConst "a";PushConst 1;NewObject 1;Call f;Pop;
          PushConst "b";PushConst 2;PushConst "a";PushConst 3;NewObject 2;Call f;Halt
          """,
          before: "func f(o) {\nLoadLocal o\nGetProp .a\nReturnValue\n}"))
    case .boundsOffByOne:
      return Example(
        text: main("", "PushConst 1;PushConst 2;NewArray 2;PushConst 2;GetProp;Halt"))
    case .schemaTestLost:
      return Example(
        text: main(
          "", "PushConst 1;PushConst 2;NewTypedObject Other;GetFieldTyped Point.y;Halt",
          before: "schema Point { x, y }\nschema Other { y, x }"))
    case .rootNotKept:
      return Example(
        text: main("", "PushConst 1;PushConst 2;NewArray 2;PushConst 0;GetProp;Halt"))
    case .structArgumentClass:
      return Example(
        text: main(
          "", "PushConst 5;PushConst 7;NewTypedObject Long2;CallForeign turn_long2;Halt",
          before: """
            struct Long2 { a: i64, b: i64 }
            foreign turn_long2 = "fixture" turn_long2(Long2) -> Long2
            """))
    case .narrowReturnNotExtended:
      return Example(
        text: main(
          "", "PushConst -5;CallForeign echo_i8;Halt",
          before: "foreign echo_i8 = \"fixture\" echo_i8(i8) -> i8"))
    }
  }

  /// Programs that are left where points with the fault stand.
  static func example(_ fault: PointFault) -> Example {
    switch fault {
    case .wrongLiveSlot, .liveSlotDead, .slotFormWrong:
      return Example(
        text: main("a: int, b: int", "LoadLocal a;LoadLocal b;SubInt;Halt"),
        arguments: [.int(5), .int(3)], exit: (true, 0))
    case .operandsSwapped, .resumePlusOne, .resumeMinusOne:
      return Example(
        text: main("", "PushConst 5;PushConst 3;Call f;Halt", before: second), exit: (true, 2))
    case .handlersLost:
      return Example(
        text: main(
          "", "SetupTry caught;Call f;Halt;caught:;Halt",
          before: "func f() {\nPushConst 7\nThrow\n}"), exit: (true, 1))
    }
  }
}

import Bytecode
import Sabotage

/// Programs that mistakes on memory, handlers, and frames of loops and recursions change.
extension SabotageTests {
  static var headerKept: Example {
    let call = { (index: Int) in "PushConst \(index);PushConst 2" }
    return surprise(
      "k: int, n: int",
      """
      local a, i: int, sum;PushConst 7;PushConst 5;PushConst 3;PushConst 1;NewArray 4;StoreLocal a;
      PushConst 0;StoreLocal i;PushConst 0;StoreLocal sum;top:;LoadLocal sum;LoadLocal a;PushConst 0;
      GetProp;Add;LoadLocal a;ArrayPop;Pop;LoadLocal a;LoadLocal k;GetProp;Add;StoreLocal sum;
      LoadLocal i;PushConst 1;AddInt;StoreLocal i;LoadLocal i;LoadLocal n;LtInt;JumpIfTrue top;
      LoadLocal sum
      """, claim: "f at 13 = array[int];f at 20 = array[int]", expected: call(0),
      surprise: call(3))
  }

  static var loadBeforeCall: Example {
    surprise(
      "r: P",
      "LoadLocal r;GetFieldTyped P.y;LoadLocal r;Call change;Pop;LoadLocal r;GetFieldTyped P.y;Add",
      claim: "f at 7 = (int, int)", expected: made("P"), surprise: made("P"),
      before: """
        \(records)
        func change(r) {
        Debug
        LoadLocal r
        PushConst 9
        SetFieldTyped P.y
        ReturnValue
        }
        """)
  }

  static var loadBeforeStore: Example {
    surprise(
      "r: P, s: P",
      """
      LoadLocal r;GetFieldTyped P.y;LoadLocal s;PushConst 9;SetFieldTyped P.y;Pop;LoadLocal r;
      GetFieldTyped P.y;Add
      """, claim: "f at 8 = (int, int)", expected: "\(made("P"));Dup",
      surprise: "\(made("P"));Dup", before: records)
  }

  static var handlerLocalsOld: Example {
    surprise(
      "a, b",
      """
      local x: int;PushConst 3;StoreLocal x;LoadLocal a;JumpIfFalse next;next:;SetupTry caught;
      PushConst 5;StoreLocal x;LoadLocal a;LoadLocal b;Div;PopHandler;Jump end;caught:;Pop;
      LoadLocal x;end:
      """, claim: "f at 9 = (int, int)", expected: "PushConst 6;PushConst 2",
      surprise: "PushConst 6;PushConst 0")
  }

  /// A guard in front of the inner one of two loops, whose limit the outer one sets.
  static var nestedLoops: Example {
    let array = "PushConst 7;NewTypedArray 1"
    return surprise(
      "a, n: int",
      """
      local i: int, j: int, m: int;PushConst 0;StoreLocal j;outer:;LoadLocal j;PushConst 2;LtInt;
      JumpIfFalse done;LoadLocal n;StoreLocal m;PushConst 0;StoreLocal i;top:;LoadLocal i;LoadLocal m;
      LtInt;JumpIfFalse out;LoadLocal a;LoadLocal i;GetProp;Pop;LoadLocal i;PushConst 1;AddInt;
      StoreLocal i;Jump top;out:;LoadLocal j;PushConst 1;AddInt;StoreLocal j;Jump outer;done:;
      LoadLocal j
      """, claim: "f at 16 = IntArray[int];f at 10 = loop count 9;f at 2 = loop count 9",
      expected: "\(array);PushConst 1", surprise: "\(array);PushConst 2")
  }

  /// `f` calls itself, is inlined there, and leaves at a guard in the inner activation.
  static var recursion: Example {
    surprise(
      "a, b, goes",
      """
      LoadLocal goes;JumpIfFalse base;LoadLocal b;LoadLocal b;PushConst false;Call f;LoadLocal a;Add;
      Jump end;base:;LoadLocal a;PushConst 3;Add;LoadLocal a;Add;end:
      """, claim: "f at 1 = taken 1 not 1;f at 11 = (int, int)",
      expected: "PushConst 1;PushConst 2;PushConst true",
      surprise: "PushConst 1;PushConst 2.5;PushConst true")
  }
}

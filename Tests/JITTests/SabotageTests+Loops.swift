import Bytecode
import JIT

/// Programs that mistakes on ranges of ints and lengths of arrays change.
extension SabotageTests {
  private static let pair = "PushConst 7;PushConst 5;NewTypedArray 2"

  static var indexStoreMissed: Example {
    walk(
      "LtInt", change: "LoadLocal i;LoadLocal more;AddInt;StoreLocal i", elementAt: 13,
      expected: "\(pair);PushConst 0;PushConst 2;PushConst 0",
      surprise: "\(pair);PushConst 0;PushConst 2;PushConst 2")
  }

  static var limitIncluded: Example {
    walk(
      "LteInt", change: "Nop", elementAt: 10,
      expected: "\(pair);PushConst 0;PushConst 1;PushNull",
      surprise: "\(pair);PushConst 0;PushConst 2;PushNull")
  }

  static var startNotTested: Example {
    walk(
      "LtInt", change: "Nop", elementAt: 10,
      expected: "\(pair);PushConst 0;PushConst 2;PushNull",
      surprise: "\(pair);PushConst -1;PushConst 2;PushNull")
  }

  static var lengthChangeMissed: Example {
    walk(
      "LtInt", change: "LoadLocal a;LoadLocal more;Call shorten;Pop", elementAt: 13,
      expected: "\(pair);PushConst 0;PushConst 2;PushConst false",
      surprise: "\(pair);PushConst 0;PushConst 2;PushConst true")
  }

  static var chargeInLoopMissed: Example {
    rounds("Nop", "LoadLocal i;BuiltinCall Some 1;Pop", surprise: 20, heapBytes: 200)
  }

  static var roundsHalved: Example { rounds("Nop", "Nop", surprise: 1_500) }

  static var heapNotTestedAtLoop: Example {
    rounds("LoadLocal n;BuiltinCall Some 1;Pop", "Nop", surprise: 2, heapBytes: 40)
  }

  static var greatestNotTested: Example {
    surprise(
      "n: int, from: int",
      """
      local i: int, last;PushNull;StoreLocal last;LoadLocal from;StoreLocal i;top:;LoadLocal i;LoadLocal n;
      LtInt;JumpIfFalse out;LoadLocal i;LoadLocal n;Mul;StoreLocal last;LoadLocal i;PushConst 1;AddInt;
      StoreLocal i;Jump top;out:;LoadLocal last
      """, claim: "f at 10 = (int, int);f at 4 = loop count 9", expected: "PushConst 5;PushConst 0",
      surprise: "PushConst 16777216;PushConst 16777214")
  }

  static var sumTooNarrow: Example { masked("AddInt") }

  static var differenceTooNarrow: Example { masked("SubInt") }

  static var fallMissed: Example {
    surprise(
      "n: int",
      """
      local a, i: int, k: int, sum: int;PushConst 7;PushConst 5;NewArray 2;StoreLocal a;PushConst 1;
      StoreLocal i;PushConst 0;StoreLocal k;PushConst 0;StoreLocal sum;top:;LoadLocal k;LoadLocal n;
      LtInt;JumpIfFalse out;LoadLocal sum;LoadLocal a;LoadLocal i;GetProp;AddInt;StoreLocal sum;
      LoadLocal i;PushConst 1;SubInt;StoreLocal i;LoadLocal k;PushConst 1;AddInt;StoreLocal k;
      Jump top;out:;LoadLocal sum
      """, claim: "f at 17 = array[int];f at 10 = loop count 9", expected: "PushConst 2",
      surprise: "PushConst 3")
  }

  /// The sum of elements that lie up to three elements beside the index of a loop.
  private static func masked(_ operation: String) -> Example {
    let pair = "PushConst 7;PushConst 5;NewTypedArray 2;PushConst 2"
    return surprise(
      "a, n: int, k: int",
      """
      local i: int, sum: int;PushConst 0;StoreLocal sum;PushConst 0;StoreLocal i;top:;LoadLocal i;
      LoadLocal n;LtInt;JumpIfFalse out;LoadLocal sum;LoadLocal a;LoadLocal i;LoadLocal k;PushConst 3;
      BitAnd;\(operation);GetProp;AddInt;StoreLocal sum;LoadLocal i;PushConst 1;AddInt;StoreLocal i;
      Jump top;out:;LoadLocal sum
      """, claim: "f at 15 = IntArray[int];f at 4 = loop count 9",
      expected: "\(pair);PushConst 0", surprise: "\(pair);PushConst 1")
  }

  /// The sum of an array's elements from a start to a limit, with a change in front of each access.
  private static func walk(
    _ test: String, change: String, elementAt offset: Int, expected: String, surprise: String
  ) -> Example {
    let shorten = """
      func shorten(a, isWanted) {
      Debug
      LoadLocal isWanted
      JumpIfFalse done
      LoadLocal a
      ArrayPop
      Pop
      done:
      PushNull
      ReturnValue
      }
      """
    return self.surprise(
      "a, i: int, limit: int, more",
      """
      local sum: int;PushConst 0;StoreLocal sum;top:;LoadLocal i;LoadLocal limit;\(test);
      JumpIfFalse out;\(change);LoadLocal sum;LoadLocal a;LoadLocal i;GetProp;AddInt;
      StoreLocal sum;LoadLocal i;PushConst 1;AddInt;StoreLocal i;Jump top;out:;LoadLocal sum
      """, claim: "f at \(offset) = IntArray[int];f at 2 = loop count 9", expected: expected,
      surprise: surprise, before: shorten)
  }

  /// A loop of some rounds, with something in front and something in each round; two rounds are
  /// expected.
  private static func rounds(
    _ first: String, _ change: String, surprise: Int, heapBytes: UInt64? = nil
  ) -> Example {
    var example = self.surprise(
      "n: int",
      """
      local i: int;\(first);PushConst 0;StoreLocal i;again:;\(change);LoadLocal i;PushConst 1;AddInt;
      StoreLocal i;LoadLocal i;LoadLocal n;LtInt;JumpIfTrue again;LoadLocal i
      """, claim: "f at 0 = none", expected: "PushConst 2", surprise: "PushConst \(surprise)")
    example.limits.heapBytes = heapBytes
    return example
  }
}

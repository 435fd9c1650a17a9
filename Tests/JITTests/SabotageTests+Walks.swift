import Bytecode
import JIT
import Sabotage

/// Programs that faults of walks change: `f` walks over an array with `g`, which has been called back
/// with ints before.
extension SabotageTests {
  /// What leaves where its operand is no int.
  static let leaving = "func g(x) {\nLoadLocal x\nPushConst 1\nAdd\nReturnValue\n}"

  /// - Parameter callback: declares `g`; without captures unless it is given the array.
  static func walk(
    by call: String = "BuiltinCall map 2", _ callback: String, givenArray: Bool = false,
    expected: String = "PushConst 1;PushConst 2;NewTypedArray 2",
    surprise surprising: String = "PushConst 1.5;PushConst 2;NewTypedArray 2"
  ) -> Example {
    let callee = givenArray ? "LoadLocal items;MakeClosure g" : "PushConst @g"
    return surprise(
      "items", "LoadLocal items;\(callee);\(call)", claim: "f at 0 = none", expected: expected,
      surprise: surprising, before: callback)
  }

  /// A callback that uses what it rests on before something changes it.
  static var walkOverChange: Example {
    let callback = """
      func g(x) {
      LoadModuleBinding scale
      LoadLocal x
      Call change
      Pop
      ReturnValue
      }
      """
    return walk(
      change(of: "scale") + "\n" + callback,
      expected: "PushConst false;PushConst false;NewTypedArray 2",
      surprise: "PushConst true;PushConst false;NewTypedArray 2")
  }

  static func example(_ fault: WalkFault) -> Example {
    switch fault {
    case .resultDropped, .depthNotCharged: return walk(leaving)
    case .fuelNotCharged, .eventLost: return walk(leaving, surprise: "PushConst 3;NewTypedArray 1")
    case .lengthReadOnce:
      return walk(
        "func g[items](x) {\nLoadClosure items\nArrayPop\nReturnValue\n}", givenArray: true)
    case .appendedSeen:
      let callback = """
        func g[items](x) {
        LoadClosure items
        Length
        PushConst 6
        Lt
        JumpIfFalse full
        LoadClosure items
        LoadLocal x
        ArrayPush
        Pop
        full:
        LoadLocal x
        ReturnValue
        }
        """
      return walk(callback, givenArray: true)
    case .roundRepeated: return walkOverChange
    }
  }
}

import Bytecode
import Testing

@testable import JIT

@Suite struct `Closures and references in tier 0` {
  @Test func `share a mut capture with the local it boxes`() throws {
    let outcome = try interpreted(
      """
      func bump[mut count: int](by: int) {
        LoadClosure count
        LoadLocal by
        AddInt
        StoreClosure count
        LoadClosure count
        ReturnValue
      }
      main() {
        local count: int, f, g
        PushConst 10
        StoreLocal count
        BoxLocal count
        MakeClosure bump
        StoreLocal f
        BoxLocal count
        MakeClosure bump
        StoreLocal g
        LoadLocal f
        PushConst 5
        CallValue 1
        Pop
        LoadLocal g
        PushConst 7
        CallValue 1
        Pop
        LoadLocal count
        Halt
      }
      """)
    #expect(outcome.ending == .returned(.int(22)))
    // One cell, two closures of one capture.
    #expect(outcome.heapBytes == 16 + 2 * 24)
    #expect(outcome.fuel == 2)
  }

  @Test func `give a plain value for a mut capture a cell of its own`() throws {
    let outcome = try interpreted(
      """
      func next[mut count]() {
        LoadClosure count
        PushConst 1
        Add
        Dup
        StoreClosure count
        ReturnValue
      }
      main() {
        local f, g
        PushConst 0
        MakeClosure next
        StoreLocal f
        PushConst 100
        MakeClosure next
        StoreLocal g
        LoadLocal f
        CallValue 0
        Pop
        LoadLocal g
        CallValue 0
        Pop
        LoadLocal f
        CallValue 0
        LoadLocal g
        CallValue 0
        Add
        Halt
      }
      """)
    #expect(outcome.ending == .returned(.int(2 + 102)))
    #expect(outcome.heapBytes == 2 * (16 + 8 + 16))
  }

  @Test func `keep a binding that is boxed in a cell`() throws {
    let outcome = try interpreted(
      """
      binding total: int
      func add[mut t: int](n: int) {
        LoadClosure t
        LoadLocal n
        AddInt
        StoreClosure t
        Return
      }
      main() {
        BoxModuleBinding total
        MakeClosure add
        Dup
        PushConst 3
        CallValue 1
        Pop
        PushConst 4
        CallValue 1
        Pop
        PushConst 100
        LoadModuleBinding total
        AddInt
        StoreModuleBinding total
        LoadModuleBinding total
        Halt
      }
      """, recordsEvents: true)
    #expect(outcome.ending == .returned(.int(107)))
    #expect(outcome.events == [.storeBinding(BindingIndex(0), .int(107))])
  }

  @Test func `refer to a caller's local through two frames`() throws {
    let text = """
      func inner(ref r: int, by: int) {
        DerefLoad r
        LoadLocal by
        AddInt
        DerefStore r
        Return
      }
      func outer(ref r: int) {
        MakeRef r
        PushConst 2
        Call inner
        Pop
        DerefLoad r
        ReturnValue
      }
      main(n: int) {
        local x: int
        LoadLocal n
        StoreLocal x
        MakeRef x
        Call outer
        LoadLocal x
        AddInt
        Halt
      }
      """
    let outcome = try interpreted(text, [.int(40)])
    #expect(outcome.ending == .returned(.int(84)))
    #expect(outcome.heapBytes == 0, "a reference charges nothing")
    let program = try verified(text)
    let trapped = try interpreted(text, [.int(IntRange.maximum)])
    // 2^47 + 1 is a number, which the reference's declaration does not admit.
    #expect(
      trapped.ending
        == .trapped(
          .typeError, payload: nil, at: Raise(site: try site("inner", 3, in: program), depth: 3)))
  }

  @Test(arguments: [
    ("PushConst 1\nCallValue 0", TrapKind.typeError),
    ("PushConst @two\nPushConst 1\nCallValue 1", .arityMismatch),
    ("PushConst @two\nPushConst 1.5\nPushConst 1\nCallValue 2", .typeError),
  ])
  func `check a call of a value`(_ call: String, _ trap: TrapKind) throws {
    let outcome = try interpreted(
      "func two(a: int, b) {\nLoadLocal a\nReturnValue\n}\nmain() {\n\(call)\nHalt\n}")
    guard case .trapped(let kind, _, let raise) = outcome.ending else {
      Issue.record("ended with \(outcome.ending)")
      return
    }
    #expect(kind == trap && raise.depth == 1)
    #expect(outcome.fuel == 0)
  }
}

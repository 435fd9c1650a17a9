import Bytecode
import Testing

@Suite struct `Safepoints` {
  private func offsets(of name: String, in source: String) throws -> [Int] {
    let verified = try verified(source)
    let function = try verified.index(of: name)
    let safepoints = verified.safepoints(of: function)
    #expect(safepoints.allSatisfy { $0.function == function })
    return safepoints.map(\.offset)
  }

  @Test func `are the entry, loop headers and whatever may enter a function`() throws {
    let source = """
      foreign add = "fixture" add_i32(i32, i32) -> i32

      func one(x) {
          LoadLocal x
          ReturnValue
      }

      main(n: int) {
          PushConst 1
          Call one
          Pop
      head:
          PushConst @one
          PushConst 1
          CallValue 1
          Pop
          PushConst "a"
          CallMethod upper 0
          Pop
          PushConst 1
          PushConst 2
          CallForeign add
          BuiltinCall abs 1
          Pop
          NewArray 0
          PushConst @one
          BuiltinCall map 2
          Pop
          LoadLocal n
          JumpIfTrue head
          PushNull
          Halt
          Call one
          Halt
      }

      schedule {
          args (0)
      }
      """
    #expect(try offsets(of: "main", in: source) == [0, 1, 3, 5, 8, 12, 17])
    #expect(try offsets(of: "one", in: source) == [0])
  }

  @Test func `count an entry that is a loop header and a call once`() throws {
    let source = """
      func next() {
          PushConst false
          ReturnValue
      }

      main() {
      head:
          Call next
          JumpIfTrue head
          PushNull
          Halt
      }
      """
    #expect(try offsets(of: "main", in: source) == [0])
  }
}

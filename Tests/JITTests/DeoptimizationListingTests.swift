import Bytecode
import JIT
import Testing

struct DeoptimizationListingTests {
  @Test func `names functions and slots, and says where each comes from`() throws {
    let program = try assembled(
      """
      func inner(x: int) {
          local kept
          LoadLocal x
          ReturnValue
      }
      main(n: int) {
          PushConst 1
          LoadLocal n
          Call inner
          Add
          Halt
      }
      """
    ).program
    let point = DeoptimizationPoint(
      identifier: 3, reason: .forced,
      frames: [
        .init(
          function: program.mainIndex, position: .afterCall(2), handlers: [4, 9],
          locals: [.integer(0)], operands: [.constant(0xFFF9_0000_0000_0001)]),
        .init(
          function: FunctionIndex(0), position: .before(0), closure: .word(1),
          locals: [.virtual(0), .dead], operands: []),
      ],
      virtualObjects: [.init(kind: .some, fields: [.number(2)])])
    #expect(
      DeoptimizationListing(of: program).lines(of: point) == [
        "3  inner+0  forced",
        "     frame awaiting the result of main+2, handler depth 2 (+4 +9)",
        "       n: int 0",
        "       operand 0: 0xfff9000000000001",
        "     frame before inner+0, handler depth 0",
        "       closure: word 1",
        "       x: virtual 0",
        "       kept: dead",
        "     virtual 0: some {number 2}",
      ])
  }
}

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

struct GuardListingTests {
  private static let source = """
    schema Point { x, y }
    func f(a: FloatArray, n: int) {
        LoadLocal n
        ReturnValue
    }
    main(object) {
        LoadLocal object
        GetProp .x
        Halt
    }
    """

  @Test func `names locals, schemas and functions, and counts guards only`() throws {
    let program = try assembled(Self.source).program
    let (f, main) = (FunctionIndex(0), program.mainIndex)
    func point(
      _ kind: Schedule.GuardKind, _ predicate: Guard.Predicate, operand: Int = 0,
      at site: Site = Site(FunctionIndex(0), offset: 0), in chain: [Site] = []
    ) -> DeoptimizationPoint {
      var point = DeoptimizationPoint(identifier: 0, reason: .guardFailed(kind), frames: [])
      point.guardRecord = Guard(
        kind: kind, site: site, chain: chain, operand: operand, predicate: predicate)
      return point
    }
    let (array, count) = (LocalIndex(0), LocalIndex(1))
    let member = Site(main, offset: 1)
    let points = [
      point(.kind, .kinds([.int, .number]), operand: 1),
      DeoptimizationPoint(identifier: 0, reason: .forced, frames: []),
      point(.intRange, .fitsInt), point(.bounds, .inBounds, operand: 1),
      point(.shape, .shape([Literal("y"), Literal("x")]), at: member),
      point(.shape, .shape([Literal("y")]), at: member),
      point(.schema, .schema(SchemaIndex(0))), point(.arrayKind, .array(.floatArray)),
      point(.callee, .callee(f)), point(.branchNotTaken, .truth(true)),
      point(.branchNotTaken, .truth(false)),
      point(.tripCount, .isNotNegative(count), in: [Site(main, offset: 2)]),
      point(.tripCount, .isAtMost(count, 9)),
      point(.tripCount, .spans(array, .floatArray, .constant(3))),
      point(.tripCount, .spans(array, .floatArray, .local(count))),
      point(.tripCount, .spans(array, .floatArray, .including(count))),
    ]
    #expect(
      GuardListing(of: program).lines(of: points) == [
        "0  kind  f+0  operand 1 is int or number",
        "1  intRange  f+0  the result is an int",
        "2  bounds  f+0  operand 1 is an index of the array",
        "3  shape  main+1  operand 0 has the keys {y, x}, .x at 1",
        "4  shape  main+1  operand 0 has the keys {y}, .x missing",
        "5  schema  f+0  operand 0 is a record of Point",
        "6  arrayKind  f+0  operand 0 is of kind FloatArray",
        "7  callee  f+0  operand 0 is f",
        "8  branchNotTaken  f+0  operand 0 is truthy",
        "9  branchNotTaken  f+0  operand 0 is not truthy",
        "10  tripCount  main+2 > f+0  n is an int from 0 on",
        "11  tripCount  f+0  n is an int up to 9",
        "12  tripCount  f+0  a is of kind FloatArray with at least 3 elements",
        "13  tripCount  f+0  a is of kind FloatArray with at least n elements",
        "14  tripCount  f+0  a is of kind FloatArray with at least n + 1 elements",
      ])
  }
}

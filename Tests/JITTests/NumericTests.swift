import Bytecode
import JIT
import Testing

struct NumericTests {
  static func kernel(_ parameters: String, _ body: String) throws -> NumericKernel {
    let program = try assembled(main(parameters, body))
    return try NumericCompiler.compile(program.program.mainIndex, in: program)
  }

  @Test func `takes its locals from the stack and its numbers from the pool`() throws {
    let kernel = try Self.kernel("x, y", "LoadLocal x;LoadLocal y;MulNumber;PushConst 0.5;Add;Halt")
    let (value, trap) = kernel([3, 4])
    #expect(value == 12.5)
    #expect(trap == nil)
    #expect(kernel.constants == [0.5])
  }

  @Test func `widens ints and gives bools as one and zero`() throws {
    let sum = try Self.kernel("x", "LoadLocal x;PushConst 2;AddInt;Halt")
    #expect(sum([40]).value == 42)
    let test = try Self.kernel("x", "LoadLocal x;PushConst 2;Gt;Halt")
    #expect(test([40]).value == 1)
    #expect(test([2]).value == 0)
  }

  @Test func `reports a trap by its number and gives NaN`() throws {
    let division = try Self.kernel("x", "PushConst 1;LoadLocal x;DivNumber;Halt")
    let (value, trap) = division([0])
    #expect(value.bitPattern == canonicalNaN)
    #expect(trap == .divisionByZero)
    #expect(
      try Self.kernel("x", "PushConst true;LoadLocal x;AddNumber;Halt")([1]).trap == .typeError)
    #expect(try Self.kernel("x", "LoadLocal x;PushConst 1;LtInt;Halt")([0.5]).trap == .typeError)
  }

  @Test func `gives the canonical NaN`() throws {
    let kernel = try Self.kernel("x", "LoadLocal x;LoadLocal x;SubNumber;Halt")
    #expect(kernel([.infinity]).value.bitPattern == canonicalNaN)
  }

  @Test func `calls math builtins and stores locals`() throws {
    let kernel = try Self.kernel(
      "x", "LoadLocal x;BuiltinCall sqrt 1;StoreLocal x;LoadLocal x;LoadLocal x;Mul;Halt")
    #expect(kernel([9]).value == 9)
  }

  static let refused: [(parameters: String, body: String, NumericRefusal)] = [
    ("x", "PushNull;Pop;LoadLocal x;Halt", .instruction(.pushNull, instructionPointer: 0)),
    ("x", "Nop;LoadLocal x;Halt", .instruction(.nop, instructionPointer: 0)),
    (
      "x", "LoadLocal x;BuiltinCall print 1;Halt", .instruction(.builtinCall, instructionPointer: 1)
    ),
    ("x", "LoadLocal x;Return", .instruction(.return, instructionPointer: 1)),
    ("x", "Halt", .instruction(.halt, instructionPointer: 0)),
    (
      "x", "LoadLocal x;LoadLocal x;NullCoalesce;Halt",
      .instruction(.nullCoalesce, instructionPointer: 2)
    ),
    (
      "x", "LoadLocal x;LoadLocal x;CmpTyped f64;Halt",
      .instruction(.cmpTyped, instructionPointer: 2)
    ),
    ("x: int", "LoadLocal x;Halt", .slot(LocalIndex(0))),
    ("x: number?", "LoadLocal x;Halt", .slot(LocalIndex(0))),
    (
      "x", "local y;LoadLocal x;LoadLocal y;Add;Halt",
      .instruction(.loadLocal, instructionPointer: 1)
    ),
    ("x", "PushConst null;Pop;LoadLocal x;Halt", .instruction(.pushConst, instructionPointer: 0)),
    (
      "x", "LoadLocal x;JumpIfTrue t;t:;LoadLocal x;Halt",
      .instruction(.jumpIfTrue, instructionPointer: 1)
    ),
  ]

  @Test(arguments: refused.indices)
  func `refuses what is no kernel with opcode and instruction pointer`(_ index: Int) throws {
    let (parameters, body, refusal) = Self.refused[index]
    #expect(throws: refusal) { try Self.kernel(parameters, body) }
  }

  @Test func `accepts widths and trusted forms`() throws {
    let widths = try Self.kernel(
      "x", "PushConst 300;PushConst 2;MulTyped u8;LoadLocal x;NumberToInt;CmpTyped i32;Halt")
    #expect(widths([88]).value == 0)
    let trusted = try Self.kernel("x: number", "LoadLocal x;LoadLocal x;AddNumberTrusted;Halt")
    #expect(trusted([1.5]).value == 3)
  }

  @Test func `is an engine on the functions it accepts`() throws {
    let program = try assembled(
      """
      func half(x: number) {
          LoadLocal x
          PushConst 2
          Div
          ReturnValue
      }
      main() {
          PushConst 5.0
          Call half
          Halt
      }
      """)
    let session = try NumericEngine().prepare(program)
    let half = FunctionIndex(0)
    #expect(session.decline(of: half) == nil)
    #expect(
      session.decline(of: program.program.mainIndex)
        == Decline(function: FunctionIndex(1), reason: .notNumeric(.call, offset: 1)))
    let run = try session.run(RunRequest(entry: half, arguments: [.int(5)]))
    #expect(run.ending == .returned(.number(2.5)))
    #expect(session.tierUse == .entered)
  }
}

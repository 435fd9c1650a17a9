import Bytecode
import Testing

@Suite struct `Verifying control flow` {
  @Test(arguments: [
    "main() {\n Halt\n}",
    "main() {\n Jump on\n Add\non:\n Return\n}",
    "main() {\nagain:\n Jump again\n}",
    "main() {\n PushNull\n JumpIfTrue on\n PushNull\n Throw\non:\n PushNull\n ReturnValue\n}",
    // Values left on the stack are dropped at the end.
    "main() {\n PushNull\n PushNull\n Return\n}",
    // Both ways into `on` bring one value.
    """
    main() {
      PushNull
      JumpIfTrue other
      PushConst 1
      Jump on
    other:
      PushConst 2
    on:
      Halt
    }
    """,
    """
    main() {
      LoopStart end next
      PushNull
      JumpIfTrue next
      Break
    next:
      Continue
    end:
      LoopEnd
      Halt
    }
    """,
    // Pairs nest; Break leaves the innermost one.
    """
    main() {
      LoopStart outer
      LoopStart inner
      Break
    inner:
      LoopEnd
      Break
    outer:
      LoopEnd
      Halt
    }
    """,
    // A jump into the middle of a loop from outside is legal.
    """
    main() {
      PushNull
      JumpIfTrue middle
    head:
      PushNull
      Pop
    middle:
      PushNull
      JumpIfTrue head
      Halt
    }
    """,
    // The operand stack may be deeper in an unreachable copy.
    "main() {\n Halt\n Pop\n Pop\n AddInt\n}",
  ])
  func `accepts`(source: String) throws {
    #expect(try findings(of: source) == [])
  }

  @Test(arguments: [
    ("main() {\n PushNull\n}", ["fallthrough at main+0"]),
    ("main() {\n PushNull\n JumpIfTrue there\nthere:\n Nop\n}", ["fallthrough at main+2"]),
    ("main() {\n Pop\n Halt\n}", ["stack at main+0"]),
    ("main() {\n PushNull\n AddInt\n Halt\n}", ["stack at main+1"]),
    ("main() {\n ReturnValue\n}", ["stack at main+0"]),
    ("main() {\n PushNull\n CallValue 1\n Halt\n}", ["stack at main+1"]),
    ("main() {\n PushNull\n NewObject 1\n Halt\n}", ["stack at main+1"]),
    (
      """
      main() {
        PushNull
        JumpIfTrue on
        PushNull
      on:
        Halt
      }
      """, ["stack at main+3"]
    ),
    // A loop that leaves a value behind at each turn.
    ("main() {\nagain:\n PushNull\n Jump again\n}", ["stack at main+0"]),
    ("func f() {\n Halt\n}\nmain() {\n Halt\n}", ["call at f+0"]),
    ("main() {\n Break\n}", ["loop at main+0"]),
    ("main() {\n Continue\n}", ["loop at main+0"]),
    ("main() {\n LoopEnd\n Halt\n}", ["loop at main+0"]),
    ("main() {\n LoopStart end\nend:\n Halt\n}", ["loop at main+0"]),
    // END names an instruction that is not the matching LoopEnd.
    (
      "main() {\n LoopStart end\n LoopStart end\n LoopEnd\nend:\n LoopEnd\n Halt\n}",
      ["loop at main+1"]
    ),
    // CONTINUE lies behind the LoopEnd.
    ("main() {\n LoopStart end on\nend:\n LoopEnd\non:\n Halt\n}", ["loop at main+0"]),
    // Nothing follows the loop that Break leaves; control falls off its end too.
    (
      "main() {\n LoopStart end\n Break\nend:\n LoopEnd\n}",
      ["target at main+1"]
    ),
    // All findings of a program come, in order of function and offset.
    (
      "func f() {\n Pop\n Return\n}\nfunc g() {\n Nop\n}\nmain() {\n Break\n}",
      ["stack at f+0", "fallthrough at g+0", "loop at main+0"]
    ),
  ])
  func `rejects`(source: String, expected: [String]) throws {
    #expect(try findings(of: source) == expected)
  }

  @Test(arguments: [
    (Instruction(.jump, .jump(1)), ["target at main+0"]),
    (Instruction(.jump, .jump(-3)), ["target at main+0"]),
    (Instruction(.jump, .jump(.max)), ["target at main+0"]),
    (Instruction(.jump, .jump(.min)), ["target at main+0"]),
    (Instruction(.setupTry, .jump(.max)), ["target at main+0"]),
    (Instruction(.loopStart, .loop(end: .max, continueAt: .min)), ["target at main+0"]),
    (Instruction(.pushConst, .constant(ConstantIndex(0))), ["operand at main+0"]),
    (Instruction(.loadLocal, .local(LocalIndex(Int(UInt32.max)))), ["operand at main+0"]),
    (Instruction(.storeLocalTyped, .localWidth(LocalIndex(0), .i8)), ["operand at main+0"]),
    (Instruction(.loadModuleBinding, .binding(BindingIndex(0))), ["operand at main+0"]),
    (Instruction(.loadClosure, .capture(CaptureIndex(0))), ["operand at main+0"]),
    (Instruction(.call, .function(FunctionIndex(1))), ["operand at main+0"]),
    (Instruction(.callForeign, .foreign(ForeignIndex(0))), ["operand at main+0"]),
    (Instruction(.newTypedObject, .schema(SchemaIndex(0))), ["operand at main+0"]),
    (Instruction(.getFieldTyped, .field(SchemaIndex(0), -1)), ["operand at main+0"]),
    (Instruction(.newArray, .count(-1)), ["operand at main+0"]),
    (Instruction(.newArray, .count(65_536)), ["operand at main+0"]),
    (Instruction(.callMethod, .method(StringIndex(0), argumentCount: 0)), ["operand at main+0"]),
    (Instruction(.getProp, .property(StringIndex(0))), ["operand at main+0"]),
    (Instruction(.castWidth, .width(.u64)), ["operand at main+0"]),
    // An operand of another kind than the table's.
    (Instruction(.nop, .count(1)), ["operand at main+0"]),
    (Instruction(.jump), ["operand at main+0"]),
  ])
  func `rejects a first instruction that names nothing`(
    instruction: Instruction, expected: [String]
  ) {
    #expect(findings(of: programOfMain([instruction])).first == expected[0])
    // The same in code that never runs.
    let dead = programOfMain([Instruction(.return), instruction])
    #expect(findings(of: dead).first == expected[0].replacing("+0", with: "+1"))
  }

  @Test func `rejects functions that do not tile the instructions`() {
    var program = programOfMain([Instruction(.halt), Instruction(.halt)])
    program.functions[0].bodyLength = 1
    #expect(findings(of: program) == ["target"])
    program.functions[0].bodyLength = 3
    #expect(findings(of: program) == ["target"])
    program.functions[0].bodyLength = .max
    #expect(findings(of: program) == ["target"])
    program.functions[0].bodyLength = -1
    #expect(findings(of: program) == ["fallthrough"])
    program.functions[0].bodyLength = 2
    program.functions[0].entryPoint = 1
    #expect(findings(of: program) == ["target"])
    program.functions[0].entryPoint = 0
    program.mainIndex = FunctionIndex(1)
    #expect(findings(of: program) == ["operand"])
  }

  @Test func `limits parameters, locals, captures and operand stack together`() throws {
    let slots = (0..<1_022).map { Slot("x\($0)") }
    let two = [Instruction(.pushNull), Instruction(.pushNull), Instruction(.halt)]
    #expect(findings(of: programOfMain(locals: slots, two)) == [])
    let three = [Instruction(.pushNull)] + two
    #expect(findings(of: programOfMain(locals: slots, three)) == ["limit at main+2"])
    let parameters = (0..<256).map { Parameter("p\($0)") }
    #expect(findings(of: programOfMain(parameters: parameters, two)) == ["limit"])
    let constants = [Constant](repeating: .null, count: 65_537)
    #expect(findings(of: programOfMain(constants: constants, two)) == ["limit"])
  }

  @Test func `rejects constants no value has`() {
    let halt = [Instruction(.halt)]
    #expect(findings(of: programOfMain(constants: [.int(1 << 47)], halt)) == ["operand"])
    #expect(
      findings(of: programOfMain(constants: [.number(bitPattern: 0x7FF8_0000_0000_0001)], halt))
        == ["operand"])
    #expect(
      findings(of: programOfMain(constants: [.function(FunctionIndex(7))], halt)) == ["operand"])
    #expect(findings(of: programOfMain(constants: [.function(FunctionIndex(0))], halt)) == ["call"])
  }
}

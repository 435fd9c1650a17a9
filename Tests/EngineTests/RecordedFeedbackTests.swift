import Bytecode
import Engines
import Testing

/// What `tierproof dump --feedback` shows.
@Suite struct `Recorded feedback` {
  private let source = """
    schema Point { x: number }
    func Point.get(p: Point) {
      LoadLocal p
      GetFieldTyped Point.x
      ReturnValue
    }
    func next(x) {
      LoadLocal x
      PushConst 1
      Add
      ReturnValue
    }
    main(n: int) {
      local i: int, o, a, p: Point
      PushConst 0
      StoreLocal i
      PushConst "a"
      PushConst 1
      NewObject 1
      StoreLocal o
      PushConst 1
      NewTypedArray 1
      StoreLocal a
      PushConst 1.5
      NewTypedObject Point
      StoreLocal p
    again:
      LoadLocal o
      GetProp .a
      Pop
      LoadLocal o
      GetProp .missing
      Pop
      LoadLocal a
      PushConst 0
      GetProp
      Pop
      LoadLocal p
      CallMethod get 0
      Pop
      LoadLocal a
      CallMethod len 0
      Pop
      LoadLocal i
      Call next
      StoreLocal i
      LoadLocal i
      LoadLocal n
      Lt
      JumpIfTrue again
      LoadLocal i
      Halt
    }
    schedule {
      args (3) (2)
      fuel 100
    }
    """

  private func feedback(of name: String, running tuples: [[ObservedValue]]) throws -> String {
    let program = try Verifier.verify(Assembler.assemble(source))
    let position = try #require(program.program.functions.firstIndex { $0.name == name })
    return try Engines.recordedFeedback(of: FunctionIndex(position), in: program, running: tuples)
  }

  @Test func `names operands, properties, elements, methods, callees, branches and loops`() throws {
    #expect(
      try feedback(of: "main", running: [[.int(3)], [.int(2)]]) == """
        main+12 loop count 3
        main+13 {a}.a
        main+16 {a}.?
        main+20 IntArray[int]
        main+23 Point.get
        main+26 IntArray.len
        main+29 @next
        main+33 (int, int)
        main+34 taken 3 not 2
        """)
    #expect(try feedback(of: "Point.get", running: [[.int(3)]]) == "Point.get+1 Point.x")
  }

  @Test func `keeps to the limits of the schedule, and says none where nothing ran`() throws {
    // An iteration spends three units: without the schedule's 100 it would count further.
    let text = try feedback(of: "main", running: [[.int(1_000)]])
    #expect(text.hasPrefix("main+12 loop count 33\n"))
    #expect(try feedback(of: "next", running: []) == "none")
  }
}

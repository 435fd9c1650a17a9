import Bytecode
import Testing

@testable import RefInterpreter

/// What programs charge.
private let charges: [(String, Int)] = [
  ("PushConst \"ab\" | PushConst \"cä\" | Add", 16 + 5),
  ("PushConst \"ab\" | BuiltinCall to_string 1", 16 + 2),
  ("PushConst \"ab\" | BuiltinCall trim 1", 16 + 2),
  ("PushConst \"ab\" | BuiltinCall type_of 1", 16 + 6),
  ("PushConst \"äb\" | PushConst 0 | GetProp", 16 + 2),
  ("PushConst \"äb\" | PushConst 0 | IterNext", 16 + 2),
  ("PushConst \"äb\" | PushConst 2 | IterNext", 0),
  ("PushConst \"a,b\" | PushConst \",\" | BuiltinCall split 2", 16 + 2 * 8 + 2 * 17),
  ("PushNull | PushNull | NewArray 2", 32), ("PushConst true | NewTypedArray 1", 17),
  ("PushConst 1 | NewTypedArray 1 | PushConst 1 | ArrayPush", 24 + 8),
  ("PushConst true | NewTypedArray 1 | PushConst true | ArrayPush", 17 + 1),
  ("PushConst true | NewTypedArray 1 | PushNull | PushNull | SliceAccess", 2 * 17),
  ("PushConst true | NewTypedArray 1 | BuiltinCall reverse 1", 2 * 17),
  ("PushConst 2 | PushConst true | BuiltinCall filled 2", 18),
  ("PushConst 2 | BuiltinCall range 1", 32),
  ("PushConst 2 | BuiltinCall range 1 | Dup | BuiltinCall zip 2", 32 + 32 + 2 * 32),
  ("PushConst 1.0 | NewTypedArray 1 | BuiltinCall vec_abs 1", 48),
  ("PushConst \"a\" | PushNull | PushConst \"a\" | PushNull | NewObject 2", 32),
  ("NewObject 0 | PushNull | SetProp .a | PushNull | SetProp .a", 32),
  ("NewObject 0 | NewObject 0 | MergeObject", 48),
  ("PushNull | PushNull | NewTypedObject Pair", 32),
  ("PushNull | PushNull | NewTypedObject Pair | NewObject 0 | TypedMergeObject Pair", 80),
  ("BuiltinCall Map 0", 16),
  ("BuiltinCall Map 0 | PushConst 1 | PushNull | BuiltinCall set 3", 40),
  ("BuiltinCall Map 0 | PushConst 1 | PushNull | BuiltinCall set 3 | BuiltinCall keys 1", 64),
  (
    "BuiltinCall Map 0 | PushConst 1 | PushNull | BuiltinCall set 3 | PushConst 0 | IterNext",
    72
  ),
  ("PushNull | BuiltinCall Some 1", 16), ("PushNull | BuiltinCall Err 1", 16),
  ("PushConst 1 | PushConst 2 | PushConst true | MakeRange", 24),
  ("PushNull | PushNull | MakeClosure f", 16 + 16 + 16), ("MakeClosure g", 16),
  ("Call boxing", 2 * 16), ("PushConst \"a\" | BuiltinCall print 1", 0),
  ("BoxModuleBinding b | Pop | PushNull", 0),
  ("SetupTry h | PushConst 1 | PushConst 0 | DivInt | Halt | h:", 0),
]

/// Constants are free; everything here is what the instructions behind them charge.
@Suite struct `Heap charges` {
  @Test(arguments: charges)
  func `are exact`(main: String, bytes: Int) throws {
    let declarations =
      "schema Pair { a, b }\nbinding b\n" + function("f[mut a, b]()", "Return")
      + function("g()", "Return")
      + function(
        "boxing()", "local a | local b | BoxLocal a | Pop | Return | BoxLocal b | Pop | Return")
    #expect(try outcome(of: main + " | Halt", declarations).heapBytes == UInt64(bytes))
  }

  @Test func `are tested by what depends on a length, after its checks`() throws {
    let push = "PushConst 1 | NewTypedArray 1 | PushConst 0.5 | ArrayPush | Halt"
    #expect(try result(of: push, heap: 24) == "TypeError at main+3")
    let fitting = "PushConst 1 | NewTypedArray 1 | PushConst 5 | ArrayPush | Halt"
    #expect(try result(of: fitting, heap: 31) == "OutOfMemory at main+3")
    #expect(try outcome(of: fitting, heap: 31).heapBytes == 24)
    #expect(try result(of: fitting, heap: 32) == "IntArray [1, 5]")
    let huge = "PushConst 140737488355327 | PushNull | BuiltinCall filled 2 | Halt"
    #expect(try result(of: huge, heap: 1_000_000) == "OutOfMemory at main+2")
    #expect(throws: EngineFailure.inconclusive("the reference heap is full")) {
      _ = try outcome(of: huge)
    }
  }

  @Test func `of strings are tested before the string is made`() throws {
    let many = "PushConst 200 | PushConst \"0123456789\" | BuiltinCall filled 2"
    let arraySize: UInt64 = 16 + 8 * 200
    let long = "\(many) | PushConst \"\" | BuiltinCall join 2"
    #expect(try outcome(of: "\(long) | Halt").heapBytes == arraySize + 16 + 2000)
    for limit in [arraySize, arraySize + 1000, arraySize + 2015] {
      #expect(try result(of: "\(long) | Halt", heap: limit) == "OutOfMemory at main+4")
      #expect(
        try result(of: "\(many) | BuiltinCall to_string 1 | Halt", heap: limit)
          == "OutOfMemory at main+3")
    }
    let replacing =
      "PushConst \"aaaa\" | PushConst \"a\" | PushConst \"bbbb\" | BuiltinCall replace 3 | Halt"
    #expect(try result(of: replacing, heap: 31) == "OutOfMemory at main+3")
    #expect(try outcome(of: replacing, heap: 32).heapBytes == 32)
  }

  @Test func `of fixed size are tested at the next fuel event, before the fuel`() throws {
    let main = "NewObject 0 | Pop | Jump next | next: | Call f | Halt"
    let f = function("f()", "local a | BoxLocal a | Pop | Return")
    #expect(try result(of: main, f, heap: 15) == "OutOfMemory at main+3")
    #expect(try result(of: main, f, fuel: 0, heap: 15) == "OutOfMemory at main+3")
    #expect(try result(of: main, f, fuel: 0, heap: 16) == "OutOfFuel at main+3")
    // The cells of the frame are charged after the test of the call.
    #expect(try result(of: main, f, heap: 16) == "unit")
    #expect(try outcome(of: main, f, heap: 16).heapBytes == 32)
  }

  @Test func `of an entry whose arguments misfit are none`() throws {
    let program = try Verifier.verify(
      Assembler.assemble("main(n: int) {\n BoxLocal n\n Pop\n Halt\n}\n"))
    let session = try ReferenceEngine().prepare(program)
    let main = program.program.mainIndex
    #expect(try session.run(RunRequest(entry: main, arguments: [.int(1)])).heapBytes == 16)
    #expect(try session.run(RunRequest(entry: main, arguments: [.null])).heapBytes == 0)
  }
}

@Suite struct `Observation` {
  @Test func `numbers what events show first, then walks breadth first`() throws {
    let main =
      "local a | local b | NewArray 0 | StoreLocal a | PushConst 1.5 | NewTypedArray 1 | "
      + "StoreLocal b | LoadLocal b | BuiltinCall print 1 | Pop | LoadLocal a | LoadLocal a | "
      + "NewArray 1 | LoadLocal b | LoadLocal a | NewArray 3 | Halt"
    let traced = try outcome(of: main, recordsEvents: true)
    #expect(
      traced.events == [
        .print(values: [.identity(.floatArray, number: 0)], text: Array("FloatArray [1.5]\n".utf8))
      ])
    #expect(traced.ending == .returned(.identity(.array, number: 1)))
    #expect(
      traced.heap == [
        ObservedCell(
          number: 1,
          content: .array([
            .identity(.array, number: 2), .identity(.floatArray, number: 0),
            .identity(.array, number: 3),
          ])),
        ObservedCell(number: 2, content: .array([.identity(.array, number: 3)])),
        ObservedCell(number: 0, content: .floatArray([(1.5).bitPattern])),
        ObservedCell(number: 3, content: .array([])),
      ])
  }

  @Test func `follows cycles and shows what was thrown`() throws {
    let outcome = try outcome(of: "NewObject 0 | Dup | Dup | SetProp .me | Pop | Throw")
    #expect(
      outcome.ending
        == .trapped(
          .thrown, payload: .identity(.object, number: 0),
          at: Raise(site: Site(FunctionIndex(0), offset: 5), depth: 1)))
    #expect(
      outcome.heap == [
        ObservedCell(
          number: 0,
          content: .object(
            shape: 1, keys: [Literal("me")], values: [.identity(.object, number: 0)]))
      ])
  }

  @Test func `takes strings and functions as arguments`() throws {
    let program = try Verifier.verify(
      Assembler.assemble(
        "func f() {\n Return\n}\nmain(a: string, b: function) {\n NewArray 0\n LoadLocal a\n ArrayPush\n LoadLocal b\n ArrayPush\n Halt\n}\n"
      ))
    let session = try ReferenceEngine().prepare(program)
    let request = RunRequest(
      entry: program.program.mainIndex,
      arguments: [.string(Literal("x")), .function(FunctionIndex(0))])
    #expect(
      try session.run(request).heap == [
        ObservedCell(
          number: 0, content: .array([.string(Literal("x")), .function(FunctionIndex(0))]))
      ])
  }
}

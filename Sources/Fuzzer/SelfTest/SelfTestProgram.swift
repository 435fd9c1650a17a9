import Bytecode

/// A small program of a known end, for the self test.
struct SelfTestProgram: Sendable {
  let name: String
  let program: Program

  private init(_ name: String, _ program: Program) {
    self.name = name
    self.program = program
  }

  private init(_ name: String, _ text: String) {
    self.name = name
    do throws(SyntaxError) {
      program = try Assembler.assemble(text)
    } catch {
      preconditionFailure("the self test's program \(name): \(error)")
    }
  }

  /// Prints twice, stores twice, loops, calls, and returns 0.0.
  static let returning = SelfTestProgram(
    "a value and events",
    """
    binding total: int

    func twice(x) {
        LoadLocal x
        LoadLocal x
        AddInt
        ReturnValue
    }

    main(n: int) {
        local i: int
        PushConst 0
        StoreLocal i
    head:
        LoadLocal i
        LoadLocal n
        LtInt
        JumpIfFalse done
        LoadLocal i
        Call twice
        StoreModuleBinding total
        LoadModuleBinding total
        LoadLocal i
        BuiltinCall print 2
        Pop
        LoadLocal i
        PushConst 1
        AddInt
        StoreLocal i
        Jump head
    done:
        PushConst 0.0
        ReturnValue
    }

    schedule {
        args (2)
        args (3)
    }
    """)

  /// Traps TypeError two frames deep.
  static let trapping = SelfTestProgram(
    "a trap",
    """
    func bad(x) {
        LoadLocal x
        PushNull
        AddInt
        ReturnValue
    }

    main() {
        PushConst 1
        Call bad
        Halt
    }
    """)

  /// Runs out of fuel.
  static let exhausted = SelfTestProgram(
    "an exit",
    """
    main() {
    head:
        Nop
        Jump head
    }

    schedule {
        fuel 10
    }
    """)

  /// Makes shapes and a dictionary, calls back and into C, and returns values that share others.
  static let holding = SelfTestProgram(
    "heap values",
    """
    schema S { x: int }
    foreign add = "fixture" add_i32(i32, i32) -> i32
    foreign count = "fixture" next_count() -> i64

    func double(x) {
        LoadLocal x
        LoadLocal x
        AddInt
        ReturnValue
    }

    func counter[mut c: int]() {
        LoadClosure c
        ReturnValue
    }

    main() {
        local shared: array, grown: object, i: int
        PushConst 1
        PushConst "two"
        NewArray 2
        StoreLocal shared
        NewObject 0
        StoreLocal grown
        PushConst 0
        StoreLocal i
    head:
        PushConst "k"
        LoadLocal i
        Add
        LoadLocal i
        SetLocalIndex grown
        LoadLocal i
        PushConst 1
        AddInt
        StoreLocal i
        LoadLocal i
        PushConst 66
        LtInt
        JumpIfTrue head
        PushConst 3
        PushConst 4
        CallForeign add
        Pop
        PushConst 5
        NewTypedArray 1
        PushConst @double
        BuiltinCall map 2
        Pop
        PushConst "a"
        LoadLocal shared
        PushConst "b"
        LoadLocal shared
        NewObject 2
        LoadLocal grown
        PushConst 7
        NewTypedObject S
        BoxLocal i
        MakeClosure counter
        PushConst 1
        NewTypedArray 1
        NewArray 5
        ReturnValue
    }
    """)

  /// Frames of all sorts, few steps: a closure called in a loop, with a handler, a dead local and a
  /// walk that calls back.
  static let framed = SelfTestProgram(
    "frames",
    """
    func next(x) {
        LoadLocal x
        PushConst 1
        AddInt
        ReturnValue
    }

    func step[mut count: int](list: array) {
        local unread: int, kept
        SetupTry caught
        PushConst 5
        StoreLocal unread
        PushConst "kept"
        StoreLocal kept
        LoadLocal kept
        LoadLocal list
        PushConst @next
        BuiltinCall map 2
        NewArray 2
        LoadClosure count
        PushConst 1
        AddInt
        StoreClosure count
        LoadLocal kept
        Pop
        ReturnValue
    caught:
        ReturnValue
    }

    main() {
        local printed: array, f: function, i: int
        PushConst 1
        PushConst 2
        NewArray 2
        Dup
        StoreLocal printed
        BuiltinCall print 1
        Pop
        PushConst 0
        StoreLocal i
        PushConst 0
        MakeClosure step
        StoreLocal f
    head:
        PushConst "below"
        LoadLocal f
        LoadLocal printed
        CallValue 1
        Pop
        Pop
        LoadLocal i
        PushConst 1
        AddInt
        StoreLocal i
        LoadLocal i
        PushConst 2
        LtInt
        JumpIfTrue head
        LoadLocal printed
        ReturnValue
    }
    """)

  /// The same, for guards.
  static let guarded = SelfTestProgram("guards", framed.program)

  static let all = [returning, trapping, exhausted, holding, framed, guarded]
}

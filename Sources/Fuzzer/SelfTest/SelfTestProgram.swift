import Bytecode

/// A small program of a known end, for the self test.
struct SelfTestProgram: Sendable {
  let name: String
  let program: Program

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

  static let all = [returning, trapping, exhausted]
}

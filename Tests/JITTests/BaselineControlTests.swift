import Bytecode
import JIT
import Testing

struct BaselineControlTests {
  static let countdown = """
    main(n: int) {
    top:
        LoadLocal n
        PushConst 0
        GtInt
        JumpIfFalse done
        LoadLocal n
        PushConst 1
        SubInt
        StoreLocal n
        Jump top
    done:
        LoadLocal n
        Halt
    }
    """

  static let recursion = """
    func down(n: int) {
        LoadLocal n
        PushConst 0
        EqInt
        JumpIfFalse again
        PushConst 0
        ReturnValue
    again:
        LoadLocal n
        PushConst 1
        SubInt
        Call down
        PushConst 1
        AddInt
        ReturnValue
    }
    main(n: int) {
        LoadLocal n
        Call down
        Halt
    }
    """

  @Test func `charges one unit for each backward jump`() throws {
    let run = try outcome(BaselineEngine(), Self.countdown, [.int(5)])
    #expect(run == Outcome(ending: .returned(.int(0)), fuel: 5))
  }

  @Test func `runs out of fuel at the jump that has none left`() throws {
    let run = try outcome(
      BaselineEngine(), Self.countdown, [.int(5)], limits: RunLimits(fuel: 4, depth: 9))
    #expect(run == Outcome(ending: .exited(.outOfFuel, at: siteZero(8)), fuel: 4))
  }

  @Test func `overflows the depth at the call that would exceed it`() throws {
    let limits = RunLimits(fuel: 1_000, depth: 10)
    let run = try outcome(BaselineEngine(), Self.recursion, [.int(50)], limits: limits)
    let raise = siteZero(9, depth: 10)
    #expect(run == Outcome(ending: .trapped(.stackOverflow, payload: nil, at: raise), fuel: 9))
  }

  @Test func `runs out of fuel at a call after the depth was checked`() throws {
    let limits = RunLimits(fuel: 3, depth: 10)
    let run = try outcome(BaselineEngine(), Self.recursion, [.int(50)], limits: limits)
    #expect(run == Outcome(ending: .exited(.outOfFuel, at: siteZero(9, depth: 4)), fuel: 3))
  }

  @Test func `goes on in tier 0 below the stack limit`() throws {
    let limits = RunLimits(depth: 1_000_000)
    let arguments: [ObservedValue] = [.int(999_000)]
    // Frames with many arguments use up the 256 MiB long before the depth.
    let names = (0..<60).map { "a\($0)" }
    let loads = names.map { "LoadLocal \($0)" }.joined(separator: "\n")
    let wide = """
      func down(n: int, \(names.joined(separator: ", "))) {
          LoadLocal n
          PushConst 0
          EqInt
          JumpIfTrue done
          LoadLocal n
          PushConst 1
          SubInt
          \(loads)
          Call down
          PushConst 1
          AddInt
          ReturnValue
      done:
          PushConst 0
          ReturnValue
      }
      main(n: int) {
          LoadLocal n
          \(names.map { _ in "PushConst 7" }.joined(separator: "\n"))
          Call down
          Halt
      }
      """
    let run = try outcome(BaselineEngine(), wide, arguments, limits: limits)
    #expect(run.ending == .returned(.int(999_000)))
    #expect(run.fuel == 999_001)
  }

  @Test func `calls between compiled and interpreted functions work in both directions`() throws {
    let text = """
      func odd(n: int) {
          Debug
          LoadLocal n
          PushConst 0
          EqInt
          JumpIfTrue no
          LoadLocal n
          PushConst 1
          SubInt
          Call even
          ReturnValue
      no:
          PushConst false
          ReturnValue
      }
      func even(n: int) {
          LoadLocal n
          PushConst 0
          EqInt
          JumpIfTrue yes
          LoadLocal n
          PushConst 1
          SubInt
          Call odd
          ReturnValue
      yes:
          PushConst true
          ReturnValue
      }
      main(n: int) {
          LoadLocal n
          Call even
          Halt
      }
      """
    for n in [0, 1, 10, 11] as [Int64] {
      let expected = try outcome(InterpreterEngine(), text, [.int(n)])
      #expect(try outcome(BaselineEngine(), text, [.int(n)]) == expected)
    }
    let session = try BaselineEngine().prepare(try assembled(text))
    #expect(session.fingerprint.contains("declined [0:"))
  }

  @Test func `declines what the schedule keeps in the interpreter`() throws {
    let text = Self.recursion + "\nschedule {\n    args (3)\n    tier down interpreter after 0\n}\n"
    let program = try assembled(text)
    let compiled = try UnitCompiler().compileProgram(program)
    #expect(compiled.declines == [Decline(function: FunctionIndex(0), reason: .scheduled)])
    #expect(compiled.functions.map(\.function) == [FunctionIndex(1)])
    #expect(try outcome(BaselineEngine(), text, [.int(3)]).ending == .returned(.int(3)))
  }

  @Test func `records stores of bindings and prints in order`() throws {
    let text = """
      binding total: int
      main {
          PushConst 4
          StoreModuleBinding total
          LoadModuleBinding total
          PushConst 1.5
          BuiltinCall print 2
          Pop
          PushConst null
          StoreModuleBinding total
          Halt
      }
      """
    let run = try outcome(BaselineEngine(), text.replacing("main {", with: "main() {"))
    #expect(
      run.events == [
        .storeBinding(BindingIndex(0), .int(4)),
        .print(values: [.int(4), .number(1.5)], text: Array("4 1.5\n".utf8)),
      ])
    #expect(run.ending == .trapped(.typeError, payload: nil, at: siteZero(7)))
  }

  @Test func `is inapplicable until its code has run`() throws {
    let session = try BaselineEngine().prepare(try assembled(Self.countdown))
    #expect(session.tierUse == .inapplicable)
    _ = try session.run(RunRequest(entry: FunctionIndex(0), arguments: [.null]))
    #expect(session.tierUse == .inapplicable)
    _ = try session.run(RunRequest(entry: FunctionIndex(0), arguments: [.int(1)]))
    #expect(session.tierUse == .entered)
  }

  @Test func `lists why a function has no code`() throws {
    let program = try assembled("main() {\n    Debug\n    PushConst 1\n    Halt\n}")
    let listing = try FunctionListing(of: FunctionIndex(0), in: program)
    #expect(listing.decline == .interpreterOnlyOpcode(.debug))
    #expect(listing.intermediateCode.isEmpty && listing.machineCode.isEmpty)
  }

  @Test func `runs on strings as on numbers`() throws {
    let program = try assembled(
      "main(x) {\n    LoadLocal x\n    LoadLocal x\n    Add\n    Halt\n}")
    let session = try BaselineEngine().prepare(program)
    let text = try session.run(
      RunRequest(entry: FunctionIndex(0), arguments: [.string(Literal("ab"))]))
    #expect(text.ending == .returned(.string(Literal("abab"))))
    #expect(session.tierUse == .entered)
    let sum = try session.run(RunRequest(entry: FunctionIndex(0), arguments: [.int(2)]))
    #expect(sum.ending == .returned(.int(4)))
    #expect(session.tierUse == .entered)
  }
}

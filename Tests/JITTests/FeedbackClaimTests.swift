import Bytecode
import Testing

@testable import JIT

/// Main calls `f` ten times with an object `{a: 1}` and an int; `schedule` claims what it has seen.
private func run(
  claiming claims: [String], twice: Bool = false
) throws -> (session: AutoSession, optimized: Outcome, interpreted: Outcome) {
  let program = try assembled(
    """
    func f(o, x) {
        LoadLocal o
        GetProp .a
        LoadLocal x
        Add
        ReturnValue
    }

    main() {
        local i: int, o, total
        PushConst "a"
        PushConst 1
        NewObject 1
        StoreLocal o
        PushConst 0
        StoreLocal i
        PushConst 0
        StoreLocal total
    next:
        LoadLocal o
        LoadLocal i
        Call f
        LoadLocal total
        Add
        StoreLocal total
        LoadLocal i
        PushConst 1
        AddInt
        StoreLocal i
        LoadLocal i
        PushConst 10
        LtInt
        JumpIfTrue next
        LoadLocal total
        Halt
    }

    schedule {
    \(claims.map { "    feedback f at \($0)" }.joined(separator: "\n"))
    }
    """)
  let policy = ClosurePolicy()
  policy.compilesFunction = { function, call in function.position == 0 && call >= 3 }
  let session = try AutoSession(program, policy, DeterministicExecutor(), speculates: true)
  let request = RunRequest(entry: program.program.mainIndex)
  let interpreted = try InterpreterEngine().prepare(program).run(request)
  return (session, try session.run(request), interpreted)
}

extension AutoSession {
  fileprivate func predicates(at offset: Int) -> [Guard.Predicate] {
    guards.filter { $0.site.offset == offset }.map(\.predicate)
  }
}

@Suite struct `Optimized code by claims` {
  @Test func `rests on what was seen without any`() throws {
    let (session, optimized, interpreted) = try run(claiming: [])
    #expect(optimized == interpreted)
    #expect(session.predicates(at: 1) == [.shape([Literal("a")])])
    #expect(session.predicates(at: 3).contains(.kinds(.int)))
    #expect(try session.statistic("guard failures") == 0)
  }

  @Test func `rests on the claim until a guard there has failed`() throws {
    let (session, optimized, interpreted) = try run(claiming: ["3 = (number, number)"])
    #expect(optimized == interpreted)
    #expect(session.predicates(at: 3).first == .kinds(.number))
    #expect(try session.statistic("failures of kind") == UInt64(Tuning.failureLimit))
    #expect(try session.statistic("discards") == 1)
    #expect(try session.statistic("compiles") == 2)
    #expect(session.predicates(at: 3).contains(.kinds(.int)))
  }

  @Test func `has no guards for none and too much`() throws {
    for claim in ["none", "megamorphic"] {
      let (session, optimized, interpreted) = try run(claiming: ["1 = \(claim)", "3 = \(claim)"])
      #expect(optimized == interpreted)
      #expect(session.guards == [])
      #expect(try session.statistic("compiles") == 1)
    }
  }

  @Test func `is made anew without shapes that do not exist`() throws {
    let (session, optimized, interpreted) = try run(claiming: ["1 = {a, nowhere}.a"])
    #expect(optimized == interpreted)
    #expect(try session.statistic("outdated results") == 1)
    #expect(try session.statistic("compiles") == 2)
    #expect(session.predicates(at: 1) == [.shape([Literal("a")])])
  }

  @Test func `reaches receivers of the wrong layout and leaves`() throws {
    for claim in ["{}.?", "dictionary", "int"] {
      let (session, optimized, interpreted) = try run(claiming: ["1 = \(claim)"])
      #expect(optimized == interpreted)
      let failures = try session.statistic("guard failures")
      #expect(failures == (claim == "{}.?" ? UInt64(Tuning.failureLimit) : 0), "\(claim)")
    }
  }
}

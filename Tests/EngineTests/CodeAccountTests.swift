import Bytecode
import Engines
import JIT
import Testing

@testable import Fuzzer

/// What code says of its guards, true and altered.
@Suite struct `What code says of its guards` {
  /// Made mostly of claims, whose guards fail where they are not true.
  private static let source = """
    schema P { x, y }

    func P.m(self: P, a) {
        LoadLocal a
        ReturnValue
    }

    func double(x) {
        LoadLocal x
        LoadLocal x
        Add
        ReturnValue
    }

    func f(a, b, array, record, called) {
        LoadLocal a
        LoadLocal b
        Add
        LoadLocal a
        Add
        Call double
        LoadLocal array
        LoadLocal a
        GetProp
        Add
        LoadLocal record
        GetProp .x
        Pop
        LoadLocal record
        PushConst 1
        CallMethod m 1
        Pop
        LoadLocal b
        LoadLocal called
        LoadLocal b
        CallValue 1
        Pop
        LoadLocal a
        LoadLocal b
        BitAnd
        Pop
        JumpIfTrue yes
        LoadLocal a
        LoadLocal b
        Sub
        ReturnValue
    yes:
        LoadLocal a
        PushConst "text"
        Neq
        Pop
        LoadLocal a
        ReturnValue
    }

    main(n) {
        PushConst 1
        PushConst 2
        PushConst 3
        PushConst 4
        NewTypedArray 2
        PushConst 5
        PushConst 6
        NewTypedObject P
        PushConst @double
        Call f
        Pop
        PushConst 1
        PushConst 2
        PushConst 3
        PushConst 4
        NewTypedArray 2
        PushConst 5
        PushConst 6
        NewTypedObject P
        PushConst @double
        Call f
        Halt
    }
    """

  private let program: VerifiedProgram
  private let account: CodeAccount

  init() throws {
    program = try Verifier.verify(Assembler.assemble(Self.source))
    let session = try OptimizingEngine().prepare(program)
    _ = try session.run(RunRequest(entry: program.program.mainIndex, arguments: [.null]))
    let f = try #require(program.program.functions.firstIndex { $0.name == "f" })
    account = try #require(
      session.accounts.first { $0.activations[0].function == FunctionIndex(f) })
  }

  private func problem(
    _ change: (inout [CodeAccount.Decision], inout [CodeAccount.Activation], inout [Guard]) -> Void
  ) -> DifferenceField? {
    var (decisions, activations, guards) =
      (account.decisions, account.activations, account.guards)
    change(&decisions, &activations, &guards)
    let changed = CodeAccount(
      activations: activations, decisions: decisions, guards: guards,
      dependencies: account.dependencies, feedback: account.feedback, refuted: account.refuted)
    return CodeModel(verified: program, account: changed).problem()?.field
  }

  private func decision(_ means: (GuardMeans) -> Bool) throws -> Int {
    try #require(account.decisions.firstIndex { means($0.means) })
  }

  @Test func `holds as it is, and says something of each kind`() throws {
    #expect(problem { _, _, _ in } == nil)
    _ = try decision { if case .made = $0 { true } else { false } }
    _ = try decision { if case .dominated = $0 { true } else { false } }
    _ = try decision { if case .proved = $0 { true } else { false } }
    _ = try decision { $0 == .declined(.operation) }
    #expect(account.activations.count > 1)
    for need in GuardNeed.allCases {
      #expect(account.decisions.contains { $0.need == need }, "\(need)")
    }
  }

  @Test func `misses each of its records`() {
    for index in account.decisions.indices {
      #expect(problem { decisions, _, _ in decisions.remove(at: index) } == .guardMissing)
    }
  }

  @Test func `has no record twice`() {
    #expect(problem { decisions, _, _ in decisions.append(decisions[0]) } == .guardRecord)
  }

  @Test func `has no guard that no record names`() {
    #expect(problem { _, _, guards in guards.append(guards[0]) } == .guardRecord)
  }

  @Test func `tells each guard's own ordinal, operand, predicate and site`() {
    for index in account.guards.indices {
      #expect(problem { _, _, guards in guards[index].operand ^= 1 } == .guardRecord)
      #expect(problem { _, _, guards in guards[index].site.offset += 1 } == .guardRecord)
      #expect(
        problem { _, _, guards in guards[index].predicate = .kinds(.string) } == .guardRecord)
      #expect(
        problem { _, _, guards in guards[index].chain.append(Site(FunctionIndex(0), offset: 0)) }
          == .guardRecord)
    }
  }

  @Test func `names a guard in front that stands there, of the same kinds`() throws {
    let index = try decision { if case .dominated = $0 { true } else { false } }
    for ordinal in account.guards.indices {
      guard account.decisions[index].means != .dominated(ordinal: ordinal),
        account.decisions.firstIndex(where: { $0.means == .made(ordinal: ordinal) })
          .map({ $0 > index || account.guards[ordinal].kind != .kind }) == true
      else { continue }
      #expect(
        problem { decisions, _, _ in decisions[index].means = .dominated(ordinal: ordinal) }
          == .guardRecord, "\(ordinal)")
    }
  }

  @Test func `gives reasons that hold`() throws {
    for (index, decision) in account.decisions.enumerated() {
      for reason in GuardDecline.allCases where decision.means != .declined(reason) {
        // The store of an element may be of any value.
        guard reason != .value else { continue }
        #expect(
          problem { decisions, _, _ in decisions[index].means = .declined(reason) }
            != nil, "\(decision), \(reason)")
      }
    }
  }

  @Test func `rests on facts that the code has`() throws {
    let index = try #require(account.decisions.firstIndex { $0.need == .callee })
    #expect(
      problem { decisions, _, _ in decisions[index].means = .dependency(0) } == .guardRecord)
  }

  @Test func `lays out all that control comes to, and nothing else`() {
    #expect(problem { _, activations, _ in activations[0].blocks.removeLast() } != nil)
    #expect(
      problem { _, activations, _ in activations[0].blocks.append(activations[0].blocks[0]) }
        == .codeLayout)
    #expect(
      problem { _, activations, _ in activations[0].blocks[0].handlers = [3] } == .codeLayout)
  }

  @Test func `inlines callees of the instruction alone`() {
    #expect(
      problem { _, activations, _ in activations[1].function = program.program.mainIndex }
        == .codeLayout)
  }
}

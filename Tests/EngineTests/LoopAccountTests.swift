import Bytecode
import Engines
import JIT
import Testing

@testable import Fuzzer

/// What code of the first function of a program says, true and altered.
private struct AlteredAccount {
  let program: VerifiedProgram
  let account: CodeAccount

  /// - Parameter source: its main runs until there is optimized code.
  init(_ source: String) throws {
    program = try Verifier.verify(Assembler.assemble(source))
    let session = try OptimizingEngine().prepare(program)
    _ = try session.run(RunRequest(entry: program.program.mainIndex))
    account = try #require(
      session.accounts.first { $0.activations[0].function == FunctionIndex(0) })
  }

  func problem(
    refuted: Set<GuardRefutation> = [],
    _ change: (
      inout [CodeAccount.Decision], inout [Guard], inout [Int: [FeedbackSlot]]
    ) -> Void
  ) -> DifferenceField? {
    var (decisions, guards) = (account.decisions, account.guards)
    var slots = account.feedback[FunctionIndex(0)] ?? [:]
    change(&decisions, &guards, &slots)
    let changed = CodeAccount(
      activations: account.activations, decisions: decisions, guards: guards,
      dependencies: account.dependencies, feedback: [FunctionIndex(0): slots], refuted: refuted)
    return CodeModel(verified: program, account: changed).problem()?.field
  }

  /// Those at loops.
  var ordinals: [Int] {
    account.guards.indices.filter { account.guards[$0].kind == .tripCount }
  }
}

/// What code says of guards at its loops, true and altered.
@Suite struct `What code says of guards at loops` {
  private static let source = """
    func sum(of: FloatArray, start: int, limit: int) {
        local sum: number, i: int
        PushConst 0.0
        StoreLocal sum
        LoadLocal start
        StoreLocal i
    top:
        LoadLocal i
        LoadLocal limit
        LtInt
        JumpIfFalse end
        LoadLocal sum
        LoadLocal of
        LoadLocal i
        GetProp
        AddNumber
        StoreLocal sum
        LoadLocal i
        PushConst 1
        AddInt
        StoreLocal i
        Jump top
    end:
        PushConst 2
        StoreLocal i
    again:
        LoadLocal i
        PushConst 1
        SubInt
        StoreLocal i
        LoadLocal i
        JumpIfTrue again
        LoadLocal sum
        ReturnValue
    }

    main() {
        PushConst 1.5
        PushConst 2.5
        NewTypedArray 2
        PushConst 0
        PushConst 2
        Call sum
        Pop
        PushConst 1.5
        PushConst 2.5
        NewTypedArray 2
        PushConst 0
        PushConst 2
        Call sum
        Halt
    }
    """
  private static let header = 4

  private let code: AlteredAccount
  private var account: CodeAccount { code.account }
  private var ordinals: [Int] { code.ordinals }

  init() throws { code = try AlteredAccount(Self.source) }

  private var inductive: Int? {
    account.decisions.firstIndex { if case .inductive = $0.means { true } else { false } }
  }

  private var spans: Int? {
    ordinals.first { if case .spans = account.guards[$0].predicate { true } else { false } }
  }

  @Test func `holds as it is, and names those that prove an access`() throws {
    #expect(code.problem { _, _, _ in } == nil)
    #expect(ordinals.count == 2)
    #expect(account.decisions[try #require(inductive)].means == .inductive(ordinals: ordinals))
  }

  @Test func `names none that proves nothing`() throws {
    let place = try #require(inductive)
    // A sign may be of use for the range of the counter, too.
    let ordinal = try #require(spans)
    #expect(
      code.problem { decisions, _, _ in
        decisions[place].means = .inductive(ordinals: ordinals.filter { $0 != ordinal })
      } == .guardRecord)
    #expect(code.problem { _, guards, _ in guards.append(guards[ordinal]) } == .guardRecord)
    #expect(
      code.problem { decisions, _, _ in
        decisions[place].means = .inductive(ordinals: ordinals + [ordinals[0]])
      } == .guardRecord)
  }

  @Test func `rests on loops that went round`() {
    #expect(code.problem { _, _, slots in slots[Self.header] = nil } == .guardRecord)
    #expect(
      code.problem(
        refuted: [
          GuardRefutation(
            kind: .tripCount, site: Site(FunctionIndex(0), offset: Self.header))
        ]
      ) { _, _, _ in } == .guardRecord)
  }

  @Test func `is about the loop around the access, and its array`() throws {
    let other = try #require(code.program[FunctionIndex(0)].loopHeaders.last)
    for ordinal in ordinals {
      #expect(code.problem { _, guards, _ in guards[ordinal].site.offset = other } == .guardRecord)
      #expect(code.problem { _, guards, _ in guards[ordinal].operand = 1 } == .guardRecord)
      #expect(code.problem { _, guards, _ in guards[ordinal].kind = .bounds } == .guardRecord)
    }
    let spans = try #require(spans)
    #expect(
      code.problem { _, guards, _ in
        guards[spans].predicate = .spans(LocalIndex(0), .intArray, .local(LocalIndex(2)))
      } == .guardRecord)
  }
}

/// The same of guards that keep ints of loops from being too great.
@Suite struct `What code says of limits of loops` {
  private static let source = """
    func products(n: int, flag: bool) {
        local i: int, last
        PushConst 0
        StoreLocal i
    top:
        LoadLocal i
        LoadLocal n
        LtInt
        JumpIfFalse end
        LoadLocal i
        LoadLocal n
        MulInt
        StoreLocal last
        LoadLocal i
        PushConst 1
        AddInt
        StoreLocal i
        Jump top
    end:
        Nop
    again:
        LoadLocal flag
        Not
        StoreLocal flag
        LoadLocal flag
        JumpIfTrue again
        LoadLocal last
        ReturnValue
    }

    main() {
        PushConst 3
        PushConst false
        Call products
        Pop
        PushConst 3
        PushConst false
        Call products
        Halt
    }
    """
  private static let header = 2

  private let code: AlteredAccount

  init() throws { code = try AlteredAccount(Self.source) }

  @Test func `holds as it is`() {
    #expect(code.problem { _, _, _ in } == nil)
    #expect(
      code.ordinals.map { code.account.guards[$0].predicate }
        == [.isAtMost(LocalIndex(0), 1 << 22)])
  }

  @Test func `rests on loops that went round`() {
    #expect(code.problem { _, _, slots in slots[Self.header] = nil } == .guardRecord)
    let failed = GuardRefutation(
      kind: .tripCount, site: Site(FunctionIndex(0), offset: Self.header))
    #expect(code.problem(refuted: [failed]) { _, _, _ in } == .guardRecord)
  }

  @Test func `is about a loop that computes with ints`() throws {
    let other = try #require(code.program[FunctionIndex(0)].loopHeaders.last)
    #expect(other > Self.header)
    for ordinal in code.ordinals {
      #expect(code.problem { _, guards, _ in guards[ordinal].site.offset = other } == .guardRecord)
      #expect(code.problem { _, guards, _ in guards[ordinal].operand = 1 } == .guardRecord)
      #expect(code.problem { _, guards, _ in guards[ordinal].kind = .bounds } == .guardRecord)
      #expect(
        code.problem { _, guards, _ in
          guards[ordinal].predicate = .spans(LocalIndex(0), .array, .constant(1))
        } == .guardRecord)
    }
  }
}

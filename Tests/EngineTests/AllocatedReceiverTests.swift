import Bytecode
import Engines
import JIT
import Testing

@testable import Fuzzer

/// Records of accounts that name the instruction that has made a receiver.
@Suite struct `Receivers that code has made` {
  private static let source = """
    schema P { x }
    schema Q { x }
    func f(a) {
        local p
        LoadLocal a
        NewTypedObject P
        StoreLocal p
        LoadLocal p
        GetFieldTyped P.x
        Pop
        LoadLocal a
        NewTypedObject Q
        Pop
        LoadLocal a
        NewTypedObject P
        Pop
        LoadLocal p
        Call inner
        ReturnValue
    }
    func inner(p) {
        LoadLocal p
        GetProp .x
        ReturnValue
    }
    main() {
        PushConst 1
        Call f
        Pop
        PushConst 2
        Call f
        Halt
    }
    """

  private let program: VerifiedProgram
  private let account: CodeAccount
  /// Where the records are: in `f`, and in what is inlined into it.
  private let records: [Int]

  init() throws {
    program = try Verifier.verify(Assembler.assemble(Self.source))
    let session = try OptimizingEngine().prepare(program)
    _ = try session.run(RunRequest(entry: program.program.mainIndex, arguments: []))
    account = try #require(
      session.accounts.first { $0.activations[0].function == FunctionIndex(0) })
    records = account.decisions.indices.filter { [account] in
      if case .allocated = account.decisions[$0].means { true } else { false }
    }
  }

  private func problem(
    ofRecord position: Int, _ change: (inout CodeAccount.Origin) -> Void
  ) -> DifferenceField? {
    var decisions = account.decisions
    guard case .allocated(var origin) = decisions[position].means else { return nil }
    change(&origin)
    decisions[position].means = .allocated(origin)
    let changed = CodeAccount(
      activations: account.activations, decisions: decisions, guards: account.guards,
      dependencies: account.dependencies, feedback: account.feedback, refuted: account.refuted)
    return CodeModel(verified: program, account: changed).problem()?.field
  }

  @Test func `are told in the code that makes them and in inlined code`() {
    #expect(records.map { account.decisions[$0].activation } == [0, 1])
    for record in records { #expect(problem(ofRecord: record) { _ in } == nil) }
  }

  @Test func `are of the schema that the access is to meet`() {
    for record in records {
      #expect(problem(ofRecord: record) { $0.offset = 7 } == .guardRecord)
      #expect(problem(ofRecord: record) { $0.offset = 2 } == .guardRecord)
      #expect(problem(ofRecord: record) { $0.offset = 99 } == .guardRecord)
      #expect(problem(ofRecord: record) { $0.block = 9 } == .guardRecord)
      #expect(problem(ofRecord: record) { $0.activation = 9 } == .guardRecord)
    }
  }

  @Test func `are made in front of the access`() throws {
    let first = try #require(records.first)
    #expect(problem(ofRecord: first) { $0.offset = 10 } == .guardRecord)
  }
}

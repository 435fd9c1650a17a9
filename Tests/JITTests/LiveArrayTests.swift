import Bytecode
import Testing

@testable import JIT

/// Arrays that code addresses the elements of where nothing else refers to them any more.
@Suite struct `Arrays of optimized loops` {
  /// Between two accesses to an array, both of them proved to lie inside, a string is made; then the
  /// local has another array.
  private static let source = """
    func sum(n: int) {
        local values: FloatArray, text: string, total: number, i: int
        PushConst 0.0
        StoreLocal total
        PushConst ""
        StoreLocal text
        PushConst 0
        StoreLocal i
        PushConst 8
        PushConst 1.5
        BuiltinCall filled 2
        StoreLocal values
    again:
        LoadLocal text
        PushConst "x"
        Add
        StoreLocal text
        LoadLocal total
        LoadLocal values
        PushConst 3
        GetProp
        AddNumber
        StoreLocal total
        PushConst 8
        PushConst 2.5
        BuiltinCall filled 2
        StoreLocal values
        LoadLocal i
        PushConst 1
        AddInt
        StoreLocal i
        LoadLocal i
        LoadLocal n
        LtInt
        JumpIfTrue again
        LoadLocal total
        ReturnValue
    }
    main() {
        PushConst 10
        Call sum
        Pop
        PushConst 10
        Call sum
        Pop
        PushConst 100
        Call sum
        Halt
    }
    """

  @Test func `stay while their elements are to be read`() throws {
    let program = try assembled(Self.source)
    let session = try OptimizingEngine().prepare(program)
    let stress = HeapStress(collectsAtEveryAllocation: true, poisonsFreedCells: true)
    let outcome = try session.run(
      RunRequest(entry: program.program.mainIndex, heapStress: stress))
    #expect(outcome.ending == .returned(.number(249)))
    #expect(!session.guards.contains { $0.kind == .bounds })
    #expect(
      session.accounts.contains { account in
        account.decisions.contains { $0.need == .bounds && $0.means == .inductive(ordinals: []) }
      })
  }

  @Test func `are at hand behind calls that headers stay known past`() throws {
    let program = try assembled(Self.source)
    var feedback = program.program.functions.map { FunctionFeedback(bodyLength: $0.bodyLength) }
    var elements = FeedbackEntries<ElementEntry>()
    elements.record(ElementEntry(receiver: .floatArray, index: .int))
    feedback[0].elements[17] = elements
    let unit = try UnitCompiler(options: CompileOptions(keepsListings: true)).compile(
      functions: [FunctionIndex(0)], in: program, speculatingOn: feedback)
    let lines = try #require(unit.intermediateCode).split(separator: "\n")
    let call = try #require(lines.firstIndex { $0.contains("@tierproof_concatenate(") })
    #expect(
      lines[call + 1].contains("call void asm sideeffect \"\", \"r\""),
      "\(lines[call...].prefix(3))")
  }
}

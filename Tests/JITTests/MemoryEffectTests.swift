import Bytecode
import CRuntime
import LLVM
import Testing

@testable import JIT

/// What code may read and write: the context, tables of the run, and cells.
private struct VisibleMemory: Equatable {
  /// The words of the context.
  var context: [UInt64] = []
  /// Bindings, entries and countdowns.
  var tables: [[UInt64]] = []
  /// By address, the bytes of cells of the size classes.
  var cells: [UInt: [UInt8]] = [:]

  init(_ state: RunState) {
    context = state.context.withMemoryRebound(
      to: UInt64.self, capacity: MemoryLayout<JITContext>.size / 8
    ) { Array(UnsafeBufferPointer(start: $0, count: MemoryLayout<JITContext>.size / 8)) }
    let program = state.program.verified.program
    tables = [
      program.bindings.indices.map { state.context.pointee.bindings[$0] },
      program.bindings.indices.map { UInt64(state.context.pointee.binding_watches[$0]) },
      program.functions.indices.map { UInt64(UInt(bitPattern: state.functionTable[$0])) },
      program.functions.indices.map { UInt64(UInt(bitPattern: state.directTable[$0])) },
      program.functions.indices.map { state.countdowns[$0] },
    ]
    for index in 0..<state.heap.frontier
    where state.heap.blocks[index].kind == UInt8(JIT_BLOCK_CELLS) {
      let size = Int(state.heap.blocks[index].cell_bytes)
      let start = state.heap.base + UInt(index * Int(JIT_BLOCK_BYTES))
      for number in 0..<Int(JIT_BLOCK_BYTES) / size {
        let address = start + UInt(number * size)
        guard let cell = UnsafeRawPointer(bitPattern: address),
          cell.assumingMemoryBound(to: JITCell.self).pointee.kind != UInt8(JIT_CELL_FREE)
        else { continue }
        cells[address] = Array(UnsafeRawBufferPointer(start: cell, count: size))
      }
    }
  }
}

@Suite struct `What runtime entries touch` {
  private typealias TestBudgets =
    @convention(c) (UnsafeMutablePointer<JITContext>) -> UInt64
  private typealias Test = @convention(c) (UInt64) -> UInt64
  private typealias Admits = @convention(c) (UInt64, UInt64) -> UInt64

  private static let source = """
    binding first
    binding second: int
    func f(a) {
      LoadLocal a
      ReturnValue
    }
    main() {
      Halt
    }
    """

  private static let values = """
    [1, "a", [2.5]] IntArray [1, 2, 3] FloatArray [0.5] BoolArray [true] {a: 1, b: {c: "text"}} \
    Map {1: "x", "k": [1]} Some([1]) Ok("o") Err(1) closure @f 1 2.5 true null "" "longer than a word"
    """

  private func address(of entry: RuntimeEntry) throws -> UnsafeRawPointer {
    try #require(RuntimeEntries.symbols.first { $0.name == entry.symbol }).address
  }

  @Test func `is limited for none but those that were looked at`() {
    let limited = RuntimeEntry.allCases.filter { $0.memory != .all }
    #expect(limited == [.truthy, .testBudgets, .admits, .kernelResult, .power, .remainder])
    let functions = HeapEntry.allCases.filter { $0.memory != .all }
    #expect(
      functions == [.ln, .exp, .log10, .sin, .cos, .tan, .asin, .acos, .atan, .hypot])
    #expect(functions.allSatisfy { $0.symbol.hasPrefix("jit_math_") })
  }

  @Test func `is the context at a fuel event that collects`() throws {
    let fixture = try HeapFixture(source: Self.source, isStressed: false)
    let state = fixture.state
    _ = try fixture.values(Self.values)
    for number in 0..<100 {
      _ = state.heap.makeBox(.cell, Word(int: Int64(number)))
    }
    let entry = unsafeBitCast(try address(of: .testBudgets), to: TestBudgets.self)
    let before = VisibleMemory(state)
    state.collectionClocks = [0]
    state.context.pointee.heap_charged = 1
    state.context.pointee.heap_limit = 0
    #expect(entry(state.context) == 0)
    let after = VisibleMemory(state)
    #expect(state.context.pointee.heap_limit > 0)
    #expect(after.tables == before.tables)
    #expect(!after.cells.isEmpty && after.cells.count + 100 <= before.cells.count)
    for (address, bytes) in after.cells { #expect(before.cells[address] == bytes) }
  }

  @Test func `is nothing where words are looked at`() throws {
    let fixture = try HeapFixture(isStressed: false)
    let words = try fixture.values(Self.values)
    let isTruthy = unsafeBitCast(try address(of: .truthy), to: Test.self)
    let admits = unsafeBitCast(try address(of: .admits), to: Admits.self)
    let mask = KindMask(bits: UInt64(KindSet.map.rawValue))
    let before = VisibleMemory(fixture.state)
    #expect(words.map { isTruthy($0.bits) }.reduce(0, +) > 1)
    #expect(words.map { admits($0.bits, mask.bits) }.reduce(0, +) == 1)
    #expect(VisibleMemory(fixture.state) == before)
  }

  @Test func `leaves the arrays of loops where the collector finds them`() throws {
    let program = try assembled(Self.loop)
    let policy = ClosurePolicy()
    policy.compilesLoop = { _, _, count in count >= 3 }
    let session = try AutoSession(
      program, policy, DeterministicExecutor(), CompileOptions(keepsListings: true),
      speculates: true)
    let outcome = try session.run(RunRequest(entry: program.program.mainIndex))
    #expect(outcome.ending == .returned(.int(24)))
    let unit = try #require(session.tiering.functions[0].loops[0].subject.unit)
    let text = try #require(unit.intermediateCode)
    #expect(text.contains("call void asm sideeffect \"\", \"r\"(i64 "))
  }

  /// Sums an array of eight.
  private static let loop = """
    main() {
        local a, i: int, sum: int
        PushConst 3
        PushConst 3
        PushConst 3
        PushConst 3
        PushConst 3
        PushConst 3
        PushConst 3
        PushConst 3
        NewTypedArray 8
        StoreLocal a
        PushConst 0
        StoreLocal i
        PushConst 0
        StoreLocal sum
        LoopStart end
    body:
        LoadLocal sum
        LoadLocal a
        LoadLocal i
        GetProp
        Add
        StoreLocal sum
        LoadLocal i
        PushConst 1
        AddInt
        StoreLocal i
        LoadLocal i
        PushConst 8
        LtInt
        JumpIfTrue body
    end:
        LoopEnd
        LoadLocal sum
        Halt
    }

    """
}

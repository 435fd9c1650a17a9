import Bytecode
import CRuntime
import Testing

@testable import JIT

@Suite struct `The heap` {
  private static let depth = 1_000_000

  /// A value so many levels deep.
  private func nested(_ fixture: HeapFixture, _ wrap: (Word) -> Word) -> Word {
    fixture.run {
      var word = Word(int: 7)
      for _ in 0..<Self.depth { word = wrap(word) }
      return word
    }
  }

  @Test func `compares and collects values of any depth`() throws {
    let fixture = try HeapFixture(isStressed: false)
    let heap = fixture.state.heap
    let some = nested(fixture) { heap.makeBox(.some, $0) }
    heap.pinned.append(some)
    let other = nested(fixture) { heap.makeBox(.some, $0) }
    heap.pinned.append(other)
    #expect(RuntimeArithmetic.equals(some, other))
    let deeper = fixture.run { heap.makeBox(.some, other) }
    heap.pinned.append(deeper)
    #expect(!RuntimeArithmetic.equals(some, deeper))
    let text = try fixture.perform("to_string", [some]).literal.string
    let opening = String(repeating: "Some(", count: 32)
    #expect(text == opening + "…" + String(repeating: ")", count: 32))
    heap.collect()
    #expect(heap.bytesInUse >= 2 * 16 * Self.depth)
    heap.pinned = []
    heap.collect()
    #expect(heap.bytesInUse < 1 << 20)
  }

  /// Bytes of free blocks that are not given back to the system.
  private func keptBytes(_ heap: Heap) -> Int {
    let free = heap.freeRuns.joined().filter { heap.blocks[$0].is_dirty != 0 }
    return free.count << Int(JIT_BLOCK_SHIFT)
  }

  @Test func `keeps what is allocated until the next collection and gives back the rest`() throws {
    let fixture = try HeapFixture(isStressed: false)
    let heap = fixture.state.heap
    for _ in 0..<4 { heap.pinned.append(nested(fixture) { heap.makeBox(.some, $0) }) }
    heap.pinned.removeLast(3)
    heap.collect()
    let live = 16 * Self.depth
    #expect((live - Tuning.keptHeapBytes...live + Tuning.keptHeapBytes).contains(keptBytes(heap)))
    heap.pinned = []
    heap.collect()
    #expect(keptBytes(heap) == Tuning.leastCollectionBytes)
  }

  @Test func `collects nested arrays, objects and records of any depth`() throws {
    let fixture = try HeapFixture(isStressed: false)
    let (state, heap) = (fixture.state, fixture.state.heap)
    let key = try fixture.value("\"k\"")
    var turn = 0
    let word = nested(fixture) { content in
      turn += 1
      if turn % 3 == 0 {
        let array = heap.makeArray(.plain, capacity: 1)
        heap.append(content, to: array)
        return array
      }
      if turn % 3 == 1 {
        let object = heap.makeObject(capacity: 1)
        state.setProperty(object, key, content)
        return object
      }
      let record = heap.makeRecord(SchemaIndex(1), fieldCount: 3)
      record.fields[1] = content
      return record
    }
    heap.pinned.append(word)
    heap.collect()
    var (next, depth) = (word, 0)
    while next != Word(int: 7) {
      next =
        next.isArray ? next.element(0) : next.isObject ? next.slot(0).pointee : next.fields[1]
      depth += 1
    }
    #expect(depth == Self.depth)
    heap.pinned = []
    heap.collect()
    #expect(heap.bytesInUse < 1 << 20)
  }

  @Test func `stays small when nothing lives`() throws {
    let fixture = try HeapFixture(isStressed: false)
    let heap = fixture.state.heap
    try fixture.run { () throws(Stop) in
      for size in 0..<40_000 {
        let array = heap.makeArray(.plain, capacity: 1 + size % 3_000)
        heap.append(.null, to: array)
        #expect(heap.bytesInUse < 64 << 20)
      }
    }
    #expect(heap.collections > 10)
  }

  @Test func `frees what a map and an object no longer hold`() throws {
    let fixture = try HeapFixture(isStressed: false)
    let (state, heap) = (fixture.state, fixture.state.heap)
    let map = fixture.run { heap.makeMap() }
    heap.pinned.append(map)
    try fixture.run { () throws(Stop) in
      for turn in 0..<20_000 {
        let value = heap.makeArray(.float, capacity: 100)
        _ = try RuntimeBuiltins.setValue(map, Word(int: Int64(turn)), value, state)
        _ = try RuntimeBuiltins.deleteKey(map, Word(int: Int64(turn - 10)))
      }
    }
    heap.collect()
    #expect(map.map.pointee.count == 10)
    #expect(heap.bytesInUse < 2 << 20)
  }

  @Test func `ends a run that asks for more than the host has`() throws {
    let fixture = try HeapFixture(isStressed: false)
    #expect(throws: Stop.outOfMemory) {
      try fixture.perform("range", [int(IntRange.maximum)])
    }
    #expect(fixture.state.heap.isExhausted)
    #expect(!fixture.state.testHeapLimit())
  }

  @Test func `stops printing what no string can hold`() throws {
    let fixture = try HeapFixture(isStressed: false, heapBytes: 64 << 20)
    let long = try fixture.perform(
      "Add",
      [fixture.value("\"\(String(repeating: "x", count: 1 << 20))\""), fixture.value("\"\"")])
    fixture.state.heap.pinned.append(long)
    let array = try fixture.perform("filled", [int(9_999), long])
    #expect(throws: Stop.outOfMemory) { try fixture.perform("to_string", [array]) }
    #expect(throws: Stop.outOfMemory) { try fixture.perform("join", [array, long]) }
  }

  @Test func `forgets the bindings of the last run before it makes their cells`() throws {
    let program = try verified(
      """
      binding a
      binding b
      main() {
        BoxModuleBinding a
        Pop
        BoxModuleBinding b
        Pop
        PushConst 1
        NewArray 1
        StoreModuleBinding b
        LoadModuleBinding b
        Length
        Halt
      }
      """)
    let session = try InterpreterEngine().prepare(program)
    let stress = HeapStress(collectsAtEveryAllocation: true, poisonsFreedCells: true)
    let request = RunRequest(entry: program.program.mainIndex, heapStress: stress)
    for _ in 0..<3 { #expect(try session.run(request).ending == .returned(.int(1))) }
  }
}

import Bytecode
import Fuzzer
import Testing

@Suite struct `The oracles over frames` {
  private static let source = """
    func inner(x, y) {
        LoadLocal x
        LoadLocal y
        Add
        ReturnValue
    }

    main() {
        local kept, other
        PushConst 1
        StoreLocal kept
        PushConst 7
        PushConst 2
        PushConst 3
        Call inner
        Add
        LoadLocal kept
        Add
        Halt
    }
    """
  private static let inner = FunctionIndex(0)
  private static let main = FunctionIndex(1)

  private static func array(_ number: Int) -> ObservedValue { .identity(.array, number: number) }

  /// `main` awaiting its call and `inner` before its second load.
  private static let shown = Checkpoint(
    instant: Instant(clock: 1, depth: 2, site: Site(inner, offset: 1)), tracedCount: 1,
    frames: [
      ObservedFrame(
        site: Site(main, offset: 5), handlerDepth: 0, closure: nil,
        locals: [.value(.int(1)), .value(array(2))], operands: [.value(array(1))]),
      ObservedFrame(
        site: Site(inner, offset: 1), handlerDepth: 1, closure: .identity(.closure, number: 3),
        locals: [.value(.int(2)), .value(array(0))], operands: [.value(.int(2))]),
    ],
    cells: [
      ObservedCell(number: 2, content: .array([])),
      ObservedCell(number: 1, content: .array([array(2), array(0)])),
      ObservedCell(number: 3, content: .closure(inner, captures: [.string(Literal("a"))])),
      ObservedCell(number: 0, content: .intArray([5])),
    ])

  private static func comparison() throws -> FrameComparison {
    FrameComparison(
      program: try Verifier.verify(Assembler.assemble(source)), expected: .reference,
      actual: .baseline, reason: "forced", run: "main()")
  }

  private struct Row: Sendable {
    let oracle: Oracle
    let field: DifferenceField
    let change: @Sendable (inout Checkpoint) -> Void
  }

  private static let rows: [Row] = [
    Row(oracle: .frame, field: .frameFunction) { $0.frames[1].site.function = main },
    Row(oracle: .frame, field: .frameFunction) { $0.frames[0].site.function = FunctionIndex(9) },
    Row(oracle: .frame, field: .frameHandlers) { $0.frames[0].handlerDepth += 1 },
    Row(oracle: .frame, field: .frameClosure) { $0.frames[0].closure = .null },
    Row(oracle: .frame, field: .frameClosure) { $0.frames[1].closure = nil },
    Row(oracle: .frame, field: .frameLocal) { $0.frames[0].locals[0] = .value(.number(1)) },
    // Judged values are compared whether live or not.
    Row(oracle: .frame, field: .frameLocal) { $0.frames[0].locals[1] = .value(.null) },
    Row(oracle: .frame, field: .frameLocal) { $0.frames[0].locals[1] = .value(array(0)) },
    Row(oracle: .frame, field: .frameOperand) { $0.frames[1].operands[0] = .value(.null) },
    Row(oracle: .frame, field: .frameOperand) { $0.frames[0].operands[0] = .value(array(2)) },
    Row(oracle: .frame, field: .slotCount) { $0.frames[1].operands = [] },
    Row(oracle: .frame, field: .slotCount) { $0.frames[0].locals.removeLast() },
    // `kept` is read behind the call, `y` by the instruction that is next.
    Row(oracle: .frame, field: .deadSlot) { $0.frames[0].locals[0] = .dead },
    Row(oracle: .frame, field: .deadSlot) { $0.frames[1].locals[1] = .dead },
    Row(oracle: .frame, field: .deadSlot) { $0.frames[1].operands[0] = .dead },
    Row(oracle: .frame, field: .tracedCount) { $0.tracedCount = 2 },
    Row(oracle: .frame, field: .heapSize) { $0.cells.removeLast() },
    Row(oracle: .frame, field: .cellValue) { $0.cells[3].content = .intArray([6]) },
    Row(oracle: .frame, field: .cellIdentity) {
      $0.cells[1].content = .array([array(2), array(2)])
    },
    Row(oracle: .frame, field: .cellOwner) {
      $0.cells[2].content = .closure(main, captures: [.string(Literal("a"))])
    },
    Row(oracle: .resume, field: .resumeSite) { $0.frames[1].site.offset = 2 },
    Row(oracle: .resume, field: .resumeSite) { $0.frames[0].site.offset = 4 },
    Row(oracle: .resume, field: .frameCount) { $0.frames = [] },
    Row(oracle: .resume, field: .frameCount) { $0.frames.append($0.frames[1]) },
    Row(oracle: .resume, field: .checkpointMissing) { $0.instant.clock += 1 },
    Row(oracle: .resume, field: .checkpointMissing) { $0.instant.depth += 1 },
    Row(oracle: .resume, field: .checkpointMissing) { $0.instant.site.offset += 1 },
  ]

  @Test(arguments: rows.indices)
  func `say what of a checkpoint differs`(_ index: Int) throws {
    let row = Self.rows[index]
    var altered = Self.shown
    row.change(&altered)
    let difference = try #require(
      try Self.comparison().difference([Self.shown], [altered]), "\(row.field)")
    #expect(difference.signature.oracle == row.oracle)
    #expect(difference.signature.field == row.field)
    #expect(difference.expected != difference.actual)
  }

  @Test func `accept dead slots, fewer frames and other numbers of their own`() throws {
    let comparison = try Self.comparison()
    #expect(comparison.difference([Self.shown], [Self.shown]) == nil)
    #expect(comparison.difference([Self.shown], []) == nil)
    // `other` is never read, `x` no more.
    var dead = Self.shown
    dead.frames[0].locals[1] = .dead
    dead.frames[1].locals[0] = .dead
    #expect(comparison.difference([Self.shown], [dead]) == nil)
    var innermost = Self.shown
    innermost.frames.removeFirst()
    #expect(comparison.difference([Self.shown], [innermost]) == nil)
    var renumbered = Self.shown
    renumbered.frames[0].locals[1] = .value(Self.array(8))
    renumbered.cells[0].number = 8
    renumbered.cells[1].content = .array([Self.array(8), Self.array(0)])
    #expect(comparison.difference([Self.shown], [renumbered]) == nil)
  }

  @Test func `keep numbers of the trace, and one value for one`() throws {
    let comparison = try Self.comparison()
    var renumbered = Self.shown
    renumbered.frames[1].locals[1] = .value(Self.array(9))
    renumbered.cells[1].content = .array([Self.array(2), Self.array(9)])
    renumbered.cells[3].number = 9
    #expect(
      comparison.difference([Self.shown], [renumbered])?.signature.field == .frameLocal)
    var merged = Self.shown
    merged.frames[0].operands = [.value(Self.array(2))]
    #expect(comparison.difference([Self.shown], [merged])?.signature.field == .frameOperand)
    #expect(comparison.difference([merged], [Self.shown])?.signature.field == .frameOperand)
  }

  @Test func `see checkpoints in another order, and one twice`() throws {
    var later = Self.shown
    later.instant.clock = 2
    let comparison = try Self.comparison()
    let both = [Self.shown, later]
    #expect(comparison.difference(both, both) == nil)
    #expect(comparison.difference(both, [later]) == nil)
    let reversed = comparison.difference(both, [later, Self.shown])
    #expect(reversed?.signature.field == .checkpointOrder)
    let twice = comparison.difference(both, [later, later])
    #expect(twice?.signature.field == .checkpointOrder)
  }

  @Test func `ask the judge for each instant once, by clock, with the most frames`() {
    var later = Self.shown
    later.instant.clock = 2
    var short = Self.shown
    short.frames.removeFirst()
    #expect(
      FrameComparison.requests(for: [later, short, Self.shown, short]) == [
        CheckpointRequest(instant: Self.shown.instant, frameCount: 2),
        CheckpointRequest(instant: later.instant, frameCount: 2),
      ])
  }
}

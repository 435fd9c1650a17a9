import Bytecode
import RefInterpreter
import Testing

@testable import Fuzzer

/// A moment before `f+2` of a program with this instruction there.
private struct Moment {
  let program: VerifiedProgram
  let checkpoint: Checkpoint
  static let site = Site(FunctionIndex(0), offset: 2)

  init(
    _ instruction: String, _ operands: [ObservedValue], _ cells: [ObservedCell] = [],
    locals: [ObservedValue] = []
  ) throws {
    let pushes = ["LoadLocal a", "LoadLocal b"].suffix(operands.count)
    let padding = Array(repeating: "Nop", count: 2 - operands.count)
    program = try Verifier.verify(
      Assembler.assemble(
        """
        schema S { x }

        func f(a, b) {
            \((padding + pushes).joined(separator: "\n    "))
            \(instruction)
            PushNull
            ReturnValue
        }

        main() {
            Halt
        }
        """))
    checkpoint = Checkpoint(
      instant: Instant(clock: 1, depth: 2, site: Self.site), tracedCount: 0,
      frames: [
        ObservedFrame(
          site: Self.site, handlerDepth: 0, closure: nil,
          locals: locals.map { .value($0) },
          operands: operands.map { .value($0) })
      ], cells: cells)
  }

  func holds(
    _ predicate: Guard.Predicate, operand: Int = 0, _ kind: Schedule.GuardKind = .kind
  ) -> Bool? {
    Guard(kind: kind, site: Self.site, operand: operand, predicate: predicate).holds(
      at: checkpoint, in: program.program)
  }
}

@Suite struct `The judge of guards` {
  @Test func `tells kinds, of either operand`() throws {
    let moment = try Moment("Add", [.int(1), .number(2.0)])
    #expect(moment.holds(.kinds(.int)) == true)
    #expect(moment.holds(.kinds(.int), operand: 1) == false)
    #expect(moment.holds(.kinds(.numeric), operand: 1) == true)
    #expect(moment.holds(.kinds(.anything), operand: 2) == nil)
  }

  private struct Sum: Sendable {
    let opcode: String
    let left: Int64
    let right: Int64
    let fits: Bool
  }

  private static let least: Int64 = -0x8000_0000_0000

  private static let sums = [
    Sum(opcode: "Add", left: 0x4000_0000_0000, right: 0x4000_0000_0000, fits: false),
    Sum(opcode: "Add", left: 0x7FFF_FFFF_FFFE, right: 1, fits: true),
    Sum(opcode: "SubInt", left: least, right: 1, fits: false),
    Sum(opcode: "Sub", left: least, right: 0, fits: true),
    Sum(opcode: "Mul", left: 0x100_0000, right: 0x80_0000, fits: false),
    Sum(opcode: "MulInt", left: 0x80_0000, right: 0x80_0000, fits: true),
    Sum(opcode: "Div", left: least, right: -1, fits: false),
    Sum(opcode: "Mod", left: least, right: -1, fits: true),
  ]

  @Test(arguments: sums.indices)
  func `computes what ints give`(_ index: Int) throws {
    let sum = Self.sums[index]
    let moment = try Moment(sum.opcode, [.int(sum.left), .int(sum.right)])
    #expect(moment.holds(.fitsInt, .intRange) == sum.fits)
  }

  @Test func `says nothing of a division by zero, and no of what are not ints`() throws {
    #expect(try Moment("Div", [.int(1), .int(0)]).holds(.fitsInt, .intRange) == nil)
    #expect(try Moment("Add", [.int(1), .number(1.0)]).holds(.fitsInt, .intRange) == false)
    #expect(try Moment("Neg", [.int(Self.least)]).holds(.fitsInt, .intRange) == false)
    #expect(try Moment("Neg", [.int(1)]).holds(.fitsInt, .intRange) == true)
  }

  @Test func `tells shapes by their keys in order, and schemas`() throws {
    let keys = [Literal("a"), Literal("b")]
    let object = ObservedCell(
      number: 3, content: .object(shape: 2, keys: keys, values: [.null, .null]))
    let dictionary = ObservedCell(
      number: 4, content: .dictionary(keys: keys, values: [.null, .null]))
    let record = ObservedCell(number: 5, content: .record(SchemaIndex(0), [.null]))
    func moment(_ kind: ValueKind, _ number: Int) throws -> Moment {
      try Moment(
        "GetProp", [.identity(kind, number: number), .string(Literal("a"))],
        [object, dictionary, record])
    }
    #expect(try moment(.object, 3).holds(.shape(keys), .shape) == true)
    #expect(try moment(.object, 3).holds(.shape(keys.reversed()), .shape) == false)
    #expect(try moment(.object, 4).holds(.shape(keys), .shape) == false)
    #expect(try moment(.record, 5).holds(.shape(keys), .shape) == false)
    #expect(try moment(.record, 5).holds(.schema(SchemaIndex(0)), .schema) == true)
    #expect(try moment(.record, 5).holds(.schema(SchemaIndex(1)), .schema) == false)
    #expect(try moment(.object, 3).holds(.schema(SchemaIndex(0)), .schema) == false)
  }

  @Test func `tells arrays, and indexes from either end`() throws {
    let array = ObservedCell(number: 0, content: .intArray([7, 8]))
    func moment(_ index: ObservedValue) throws -> Moment {
      try Moment("GetProp", [.identity(.intArray, number: 0), index], [array])
    }
    #expect(try moment(.int(0)).holds(.array(.intArray), .arrayKind) == true)
    #expect(try moment(.int(0)).holds(.array(.array), .arrayKind) == false)
    for (index, isIn) in [(-3, false), (-2, true), (1, true), (2, false)] {
      #expect(
        try moment(.int(Int64(index))).holds(.inBounds, operand: 1, .bounds) == isIn, "\(index)")
    }
    #expect(try moment(.number(0.0)).holds(.inBounds, operand: 1, .bounds) == false)
  }

  @Test func `tells how many elements an array in a local has, and signs of ints`() throws {
    let array = ObservedCell(number: 0, content: .intArray([7, 8]))
    let (first, second) = (LocalIndex(0), LocalIndex(1))
    func moment(_ count: ObservedValue) throws -> Moment {
      try Moment("Nop", [], [array], locals: [.identity(.intArray, number: 0), count])
    }
    for count: Int64 in [-1, 0, 1, 2, 3] {
      let moment = try moment(.int(count))
      func holds(_ predicate: Guard.Predicate) -> Bool? {
        moment.holds(predicate, .tripCount)
      }
      #expect(holds(.spans(first, .intArray, .local(second))) == (count <= 2), "\(count)")
      #expect(holds(.spans(first, .intArray, .including(second))) == (count < 2), "\(count)")
      #expect(holds(.spans(first, .intArray, .constant(count))) == (count <= 2), "\(count)")
      #expect(holds(.spans(first, .floatArray, .local(second))) == false)
      #expect(holds(.isNotNegative(second)) == (count >= 0), "\(count)")
      #expect(holds(.isAtMost(second, 1)) == (count <= 1), "\(count)")
    }
    #expect(try moment(.number(0.0)).holds(.isAtMost(second, 1), .tripCount) == false)
    #expect(try moment(.number(0.0)).holds(.isNotNegative(second), .tripCount) == false)
  }

  @Test func `tells what an instruction names and stores into`() throws {
    let array = ObservedCell(number: 0, content: .intArray([7, 8]))
    let cell = ObservedCell(number: 1, content: .cell(.identity(.intArray, number: 0)))
    for receiver: ObservedValue in [
      .identity(.intArray, number: 0), .identity(.cell, number: 1),
    ] {
      let moment = try Moment(
        "SetLocalIndex a", [.int(1), .null], [array, cell], locals: [receiver])
      #expect(moment.holds(.array(.intArray), .arrayKind) == true)
      #expect(moment.holds(.array(.array), .arrayKind) == false)
      #expect(moment.holds(.inBounds, operand: 1, .bounds) == true)
      #expect(moment.holds(.kinds(.int), operand: 1) == true)
    }
    let elsewhere = try Moment("SetLocalIndex a", [.int(2), .null], [array])
    #expect(elsewhere.holds(.array(.intArray), .arrayKind) == nil)
  }

  @Test func `tells callees, closures among them`() throws {
    let (f, main) = (FunctionIndex(0), FunctionIndex(1))
    let closure = ObservedCell(number: 0, content: .closure(f, captures: []))
    let called = try Moment("CallValue 1", [.identity(.closure, number: 0), .null], [closure])
    #expect(called.holds(.callee(f), .callee) == true)
    #expect(called.holds(.callee(main), .callee) == false)
    let named = try Moment("CallValue 1", [.function(main), .null])
    #expect(named.holds(.callee(main), .callee) == true)
    #expect(named.holds(.callee(f), .callee) == false)
  }

  @Test func `tells what is truthy`() throws {
    let cells = [
      ObservedCell(number: 0, content: .array([])),
      ObservedCell(number: 1, content: .map(keys: [.int(1)], values: [.int(1)])),
      ObservedCell(number: 2, content: .err(.int(1))), ObservedCell(number: 3, content: .ok(.null)),
    ]
    let rows: [(ObservedValue, Bool)] = [
      (.null, false), (.unit, false), (.bool(true), true), (.int(0), false), (.int(2), true),
      (.number(-0.0), false), (.number(.nan), false), (.number(0.5), true),
      (.string(Literal("")), false), (.string(Literal("0")), true),
      (.function(FunctionIndex(0)), true), (.identity(.array, number: 0), false),
      (.identity(.map, number: 1), true), (.identity(.err, number: 2), false),
      (.identity(.ok, number: 3), true),
    ]
    for (value, truth) in rows {
      let moment = try Moment("Not", [value], cells)
      #expect(moment.holds(.truth(true), .branchNotTaken) == truth, "\(value)")
      #expect(moment.holds(.truth(false), .branchNotTaken) == !truth, "\(value)")
    }
  }

  @Test func `says nothing of guards that stand elsewhere`() throws {
    let moment = try Moment("Add", [.int(1), .int(2)])
    let elsewhere = Guard(
      kind: .kind, site: Site(FunctionIndex(0), offset: 1), operand: 0, predicate: .kinds(.int))
    #expect(elsewhere.holds(at: moment.checkpoint, in: moment.program.program) == nil)
    let nowhere = Guard(
      kind: .kind, site: Site(FunctionIndex(7), offset: 1), operand: 0, predicate: .kinds(.int))
    #expect(nowhere.holds(at: moment.checkpoint, in: moment.program.program) == nil)
    #expect(!nowhere.canRestOnFeedback(in: moment.program))
  }

  private struct Place: Sendable {
    let instruction: String
    let kind: Schedule.GuardKind
    let predicate: Guard.Predicate
    var operand = 0
    let isJustified: Bool
  }

  private static let places: [Place] = [
    Place(instruction: "Add", kind: .kind, predicate: .kinds(.int), operand: 1, isJustified: true),
    Place(instruction: "Add", kind: .kind, predicate: .kinds(.int), operand: 2, isJustified: false),
    Place(instruction: "Add", kind: .kind, predicate: .fitsInt, isJustified: false),
    Place(instruction: "Add", kind: .intRange, predicate: .fitsInt, isJustified: true),
    Place(instruction: "Add", kind: .shape, predicate: .shape([]), isJustified: false),
    Place(instruction: "Add", kind: .branchNotTaken, predicate: .truth(true), isJustified: false),
    Place(instruction: "Add", kind: .tripCount, predicate: .inBounds, isJustified: false),
    Place(
      instruction: "Add", kind: .callee, predicate: .callee(FunctionIndex(0)), isJustified: false),
    Place(instruction: "Add", kind: .receiver, predicate: .kinds(.string), isJustified: false),
    Place(instruction: "GetProp", kind: .shape, predicate: .shape([]), isJustified: true),
    Place(instruction: "GetProp", kind: .intRange, predicate: .fitsInt, isJustified: false),
    Place(
      instruction: "GetProp", kind: .bounds, predicate: .inBounds, operand: 1, isJustified: true),
    Place(
      instruction: "GetProp", kind: .callee, predicate: .inBounds, operand: 1, isJustified: false),
    Place(
      instruction: "CallValue 1", kind: .callee, predicate: .callee(FunctionIndex(0)),
      isJustified: true),
    Place(
      instruction: "CallMethod upper 0", kind: .receiver, predicate: .kinds(.string),
      isJustified: true),
  ]

  @Test(arguments: places.indices)
  func `knows what feedback an instruction records`(_ index: Int) throws {
    let site = Self.places[index]
    let moment = try Moment(site.instruction, [.int(1), .int(2)])
    let record = Guard(
      kind: site.kind, site: Moment.site, operand: site.operand, predicate: site.predicate)
    #expect(record.canRestOnFeedback(in: moment.program) == site.isJustified)
  }
}

@Suite struct `The figures of guards` {
  @Test func `count copies of a guard as one place`() {
    let inner = Site(FunctionIndex(1), offset: 2)
    func copy(operand: Int, in chain: [Site]) -> Guard {
      Guard(
        kind: .kind, site: inner, chain: chain, operand: operand, predicate: .kinds(.int))
    }
    let call = Site(FunctionIndex(0), offset: 5)
    var figures = GuardFigures()
    figures.made = [
      copy(operand: 0, in: []), copy(operand: 0, in: [call]), copy(operand: 1, in: []),
    ]
    figures.executed = [copy(operand: 0, in: [call])]
    #expect(figures.staticCount == 2)
    #expect(figures.executedCount == 1)
    #expect(figures.unexecuted == [GuardSite(of: copy(operand: 1, in: []))])
    #expect(figures.neverLeft == [GuardSite(of: copy(operand: 0, in: []))])
    figures.failed = [copy(operand: 0, in: [call])]
    #expect(figures.neverLeft.isEmpty)
  }
}

@Suite struct `The depth of inlining` {
  private static func account(callers: [Int?]) -> CodeAccount {
    let activations = callers.map { caller in
      CodeAccount.Activation(
        function: FunctionIndex(0),
        call: caller.map { .init(activation: $0, block: 0, offset: 1) }, start: 0, handlers: [],
        blocks: [])
    }
    return CodeAccount(
      activations: activations, decisions: [], guards: [], dependencies: [], feedback: [:],
      refuted: [])
  }

  @Test func `is that of the longest chain of calls, whichever is first`() {
    #expect(Self.account(callers: [nil]).inlineDepth == 0)
    #expect(Self.account(callers: [nil, 0, 1, 0]).inlineDepth == 2)
    #expect(Self.account(callers: [nil, 0, 0, 2, 3]).inlineDepth == 3)
  }
}

@Suite struct `The legs over guards` {
  private static func harness(
    _ alteration: AlteredEngine.Alteration = .none, _ options: HarnessOptions = HarnessOptions()
  ) -> Harness {
    let engine = AlteredEngine(
      name: .optimizing, base: GuardingEngine.framed(base: ReferenceEngine()),
      alteration: alteration)
    return Harness(judge: ReferenceEngine(), engines: [engine], options: options)
  }

  @Test func `count what they did`() throws {
    let report = try Self.harness().check(SelfTestProgram.framed.program)
    #expect(report.verdict == .agree)
    let guards = report.code.guards
    #expect(guards.made.count == 6)
    #expect(guards.executed.count == 6)
    #expect(guards.unexecuted.isEmpty)
    // The comparison fails each time, told to or not, the branch the first of two times.
    #expect(guards.failed.count == 2)
    #expect(guards.passed.count == 5)
    #expect(guards.forced.count == 6)
    // Passings: the addition 4, the walk, the counter and the call 2 each, the branch 1.
    #expect(guards.forcedExits == 3 + 2 + 2 + 2 + 1 + 4)
    #expect(guards.deoptimized)
    #expect(guards.undecided == 0)
    #expect(guards.spurious == 0)
    // Three natural exits a session: the first, the counting one, one a line, and all lines.
    #expect(guards.exits[.kind] == 2 * (3 + 13))
    #expect(report.code.checkpoints == guards.forcedExits + guards.exits.values.reduce(0, +))
  }

  @Test func `keep to their budget, and say which line shows a divergence again`() throws {
    var options = HarnessOptions()
    options.forcedExitBudget = 2
    let figures = try Self.harness(.none, options).check(SelfTestProgram.framed.program).code
    #expect(figures.guards.forcedExits <= 2 + 5)
    let spurious = Self.harness(
      .observations { observations in
        for index in observations.guardExits.indices {
          observations.guardExits[index].held = false
        }
      })
    let verified = try Verifier.verify(SelfTestProgram.framed.program)
    let divergence = try #require(try spurious.check(verified).divergence)
    #expect(divergence.signature.field == .spuriousDeopt)
    #expect(
      divergence.directives == [
        .deoptimize(
          FunctionIndex(0), .site(offset: 2, chain: [], kind: .kind, operand: 0), occurrence: 1)
      ])
    #expect(
      divergence.run == "main(), tuple 1 of 1, deopt next at 2 kind kind operand 0 occurrence 1")
    let again = try #require(
      try spurious.check(Finding.replayable(verified, divergence)).divergence)
    #expect(again.signature == divergence.signature)
    #expect(again.run == "main(), tuple 1 of 1")
  }
}

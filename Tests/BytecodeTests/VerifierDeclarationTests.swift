import Bytecode
import Testing

@Suite struct `Verifying declarations and calls` {
  @Test(arguments: [
    "main() {\n local x: int\n PushConst 1\n StoreLocal x\n LoadLocal x\n Halt\n}",
    // Assigned on both ways.
    """
    main(c) {
      local x: int
      LoadLocal c
      JumpIfTrue other
      PushConst 1
      StoreLocal x
      Jump on
    other:
      PushConst 2
      StoreLocal x
    on:
      LoadLocal x
      Halt
    }
    """,
    "main() {\n local x\n LoadLocal x\n Halt\n}",
    "binding a: int?\nbinding b: array?\nbinding c: string\nmain() {\n Halt\n}",
    "main() {\n PushConst 1\n BuiltinCall print 1\n BuiltinCall Map 0\n Halt\n}",
    "schema P { x: number, next: P? }\nmain(p: P) {\n LoadLocal p\n GetFieldTyped P.x\n Halt\n}",
    "struct A { x: i32, p: ptr }\nstruct B { a: A, ok: bool }\n"
      + "foreign f = \"l\" f(B, (i32, ptr) -> f64, cstring) -> A\nmain() {\n Halt\n}",
  ])
  func `accepts`(source: String) throws {
    #expect(try findings(of: source) == [])
  }

  @Test(arguments: [
    ("main() {\n local x: int\n LoadLocal x\n Halt\n}", ["assignment at main+0"]),
    ("main() {\n local x: int?\n LoadLocalTrusted x\n Halt\n}", ["assignment at main+0"]),
    ("main() {\n local x: int\n BoxLocal x\n Pop\n Return\n}", ["assignment at main+0"]),
    (
      "main() {\n local x: array\n PushNull\n ArrayPushLocal x\n Return\n}",
      ["assignment at main+1"]
    ),
    // Assigned on one way only.
    (
      "main(c) {\n local x: int\n LoadLocal c\n JumpIfTrue on\n PushConst 1\n StoreLocal x\non:\n"
        + " LoadLocal x\n Halt\n}", ["assignment at main+4"]
    ),
    ("binding b: array\nmain() {\n Halt\n}", ["kind"]),
    ("binding b: function\nmain() {\n Halt\n}", ["kind"]),
    ("main() {\n BuiltinCall print 0\n BuiltinCall abs 0\n Halt\n}", ["arity at main+1"]),
    ("main() {\n Halt\n BuiltinCall clamp 2\n}", ["arity at main+1"]),
    ("main() {\n BuiltinCall min 0\n Halt\n}", ["arity at main+0"]),
    ("main(n) {\n Halt\n}\nschedule {\n fuel 1\n}", ["arity"]),
    ("main(n) {\n Halt\n}\nschedule {\n args (1) (1, 2)\n}", ["arity"]),
    ("main() {\n Halt\n}\nschedule {\n args (1)\n}", ["arity"]),
    ("main() {\n Halt\n}\nschedule {\n exit main at 1 occurrence 1\n}", ["target"]),
    (
      "main() {\n Halt\n}\nschedule {\n tier main baseline after 3\n tier main optimizing after 3\n}",
      ["operand"]
    ),
  ])
  func `rejects`(source: String, expected: [String]) throws {
    #expect(try findings(of: source) == expected)
  }

  @Test func `rejects structs and foreign functions that C cannot express`() {
    func program(_ layouts: [[ForeignType]], foreign: [ForeignFunction] = []) -> Program {
      var program = programOfMain([Instruction(.halt)])
      program.schemas = layouts.enumerated().map { position, layout in
        Schema(
          name: "S\(position)",
          fields: layout.enumerated().map { Slot("f\($0.offset)", $0.element.slotKind) },
          layout: layout)
      }
      program.foreignFunctions = foreign
      return program
    }
    func structure(_ index: Int) -> ForeignType { .structure(SchemaIndex(index)) }
    func foreign(_ parameters: [ForeignType], _ result: ForeignType) -> ForeignFunction {
      ForeignFunction(
        name: "f", library: Literal("l"), symbol: "f", parameters: parameters, result: result)
    }

    #expect(findings(of: program([[structure(1)], [.f32]])) == [])
    #expect(findings(of: program([[]])) == ["schema"])
    #expect(findings(of: program([[structure(1)], [structure(0)]])) == ["schema"])
    #expect(findings(of: program([[structure(0)]])) == ["schema"])
    #expect(findings(of: program([[structure(1)]])) == ["schema", "schema"])
    #expect(findings(of: program([[.cString]])) == ["schema"])
    // Twelve structs of two of the next: 4 096 fields once they are spread out.
    let doubling = (1...12).map { [structure($0), structure($0)] } + [[ForeignType.i8]]
    #expect(findings(of: program(doubling)) == ["limit", "limit"])
    #expect(findings(of: program([[.i8]], foreign: [foreign([structure(1)], .i8)])) == ["foreign"])
    #expect(findings(of: program([], foreign: [foreign([], .callback([], .i8))])) == ["foreign"])
    #expect(
      findings(of: program([], foreign: [foreign([.callback([.cString], .i8)], .i8)]))
        == ["foreign"])
    var mismatch = program([[.i32]])
    mismatch.schemas[0].fields[0].kind = SlotKind(.number)
    #expect(findings(of: mismatch) == ["schema"])
    mismatch.schemas[0].fields = []
    #expect(findings(of: mismatch) == ["schema"])
    var absent = programOfMain(
      parameters: [Parameter("p", SlotKind(.schema(SchemaIndex(9))))], [Instruction(.halt)])
    #expect(findings(of: absent) == ["schema"])
    absent.functions[0].parameters = []
    #expect(findings(of: absent) == [])
  }
}

extension ForeignType {
  fileprivate var slotKind: SlotKind? {
    switch self {
    case .i8, .i16, .i32, .i64, .u8, .u16, .u32, .u64: SlotKind(.int)
    case .f32, .f64: SlotKind(.number)
    case .bool: SlotKind(.bool)
    case .pointer: SlotKind(.int, isNullable: true)
    case .structure(let index): SlotKind(.schema(index))
    case .cString, .callback: nil
    }
  }
}

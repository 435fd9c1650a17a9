import LLVM
import Testing

struct LineTests {
  /// Two functions: `outer` loads for line 3, calls for line 40 and stores for line 300, and `inner`
  /// adds for line 7.
  static func module(
    keepsLines: Bool, for machine: borrowing TargetMachine
  ) -> ModuleBuilder {
    let context = CodeContext(keepsNames: true, keepsLines: keepsLines)
    let module = ModuleBuilder(named: "test", in: context)
    machine.adopt(module)
    let types = context.types
    let outer = module.addFunction(
      named: "outer", type: .function([types.pointer], returning: types.i64), linkage: .internal)
    let inner = module.addFunction(
      named: "inner", type: .function([types.i64], returning: types.i64), linkage: .internal)
    let elsewhere = module.addFunction(
      named: "elsewhere", type: .function([types.i64], returning: types.i64), linkage: .external)
    let build = InstructionBuilder(in: context)
    build.position(atEndOf: module.appendBlock(ValueName(2, "entry"), to: outer))
    build.locate(line: 3)
    let value = build.load(types.i64, outer.parameter(0), ValueName(2, "load"))
    build.locate(line: 40)
    let result = build.call(elsewhere, [value], ValueName(39, "call"))
    build.locate(line: 300)
    build.store(result, outer.parameter(0))
    build.ret(result)
    // Instructions in a block of another function are that function's.
    build.position(atEndOf: module.appendBlock(ValueName(6, "entry"), to: inner))
    build.locate(line: 7)
    build.ret(
      build.add(inner.parameter(0), types.constant(1 as Int64), ValueName(6, "add")))
    module.rename(module.addTable(of: [outer, inner]), to: "table")
    return module
  }

  @Test func `says which line intermediate code and machine code come from`() throws {
    let machine = try TargetMachine(level: .none)
    let module = Self.module(keepsLines: true, for: machine)
    try module.verify()
    let intermediate = module.listing
    #expect(intermediate.map(\.name) == ["outer", "inner"])
    #expect(intermediate[0].instructions.map(\.line) == [3, 40, 300, 300])
    #expect(intermediate[0].instructions[0].text == "%v.0002.load = load i64, ptr %0, align 8")
    #expect(intermediate[0].instructions[0].block == "bb.0002.entry")
    #expect(intermediate[0].header == "define internal i64 @outer(ptr %0) #0 {")
    #expect(intermediate[1].instructions.map(\.line) == [7, 7])

    let object = try machine.emit(module)
    let functions = try object.disassembly()
    #expect(functions.map(\.name) == ["outer", "inner"])
    func lines(_ function: MachineFunction, of mnemonic: String) -> [Int?] {
      function.instructions.filter { $0.text.hasPrefix("\t\(mnemonic)") }.map(\.line)
    }
    #expect(lines(functions[0], of: "call") == [40])
    #expect(lines(functions[0], of: "ret") == [300])
    #expect(lines(functions[1], of: "ret") == [7])
    #expect(functions[0].instructions.contains { $0.line == 3 })
  }

  @Test func `runs of lines cover a function without gaps or repetition`() throws {
    let machine = try TargetMachine(level: .none)
    let module = Self.module(keepsLines: true, for: machine)
    try module.verify()
    let object = try machine.emit(module)
    let symbols = object.symbols
    #expect(symbols.map(\.name) == ["outer", "inner"])
    for symbol in symbols {
      #expect(symbol.runs.first?.offset == 0)
      for (run, next) in zip(symbol.runs, symbol.runs.dropFirst()) {
        #expect(run.offset < next.offset)
        #expect(run.line != next.line)
      }
      #expect(try #require(symbol.runs.last).offset < symbol.size)
    }
    #expect(Set(symbols[0].runs.compactMap(\.line)) == [1, 3, 40, 300])
  }

  @Test func `code is the same with and without lines`() throws {
    let machine = try TargetMachine(level: .less)
    let summaries = try [true, false].map { keepsLines in
      let module = Self.module(keepsLines: keepsLines, for: machine)
      try module.verify()
      #expect(module.text.contains("!DILocation") == keepsLines)
      return try machine.emit(module).summary
    }
    #expect(summaries[0] == summaries[1])
  }
}

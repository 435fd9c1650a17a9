import LLVM
import Testing

struct LLVMTests {
  /// Makes a module with one function `answer` that returns a sum.
  static func module(
    in context: CodeContext, for machine: borrowing TargetMachine
  ) -> ModuleBuilder {
    let module = ModuleBuilder(named: "test", in: context)
    machine.adopt(module)
    let types = context.types
    let function = module.addFunction(
      named: "answer", type: .function([types.i64], returning: types.i64), linkage: .internal)
    let build = InstructionBuilder(in: context)
    build.position(atEndOf: module.appendBlock(ValueName(7, "entry"), to: function))
    build.locate(line: 8)
    build.ret(build.add(function.parameter(0), types.constant(2 as Int64), ValueName(7, "add")))
    return module
  }

  private typealias Answer = @convention(c) (Int64) -> Int64

  @Test func `runs what it generated until the owner drops it`() throws {
    let machine = try TargetMachine(level: .none)
    let session = try CodeSession()
    for round in 0..<3 {
      let module = Self.module(in: CodeContext(keepsNames: false), for: machine)
      let answer = module.function(named: "answer")
      let function = try #require(answer)
      module.rename(module.addTable(of: [function]), to: "table.\(round)")
      try module.verify()
      let code = try session.load(try machine.emit(module), symbol: "table.\(round)")
      let entry = code.address.load(as: UnsafeRawPointer.self)
      #expect(unsafeBitCast(entry, to: Answer.self)(40) == 42)
    }
    session.clearDeadSymbols()
  }

  @Test func `names values after their offset in a context that keeps names`() throws {
    let machine = try TargetMachine(level: .none)
    let named = Self.module(in: CodeContext(keepsNames: true), for: machine)
    #expect(named.text.contains("%v.0007.add = add i64 %0, 2"))
    #expect(named.text.contains("bb.0007.entry:"))
    #expect(named.namedInstructions.map(\.role) == ["add"])
    let unnamed = Self.module(in: CodeContext(keepsNames: false), for: machine)
    #expect(!unnamed.text.contains("v.0007"))
    #expect(unnamed.namedInstructions.isEmpty)
  }

  @Test func `refuses a broken module with its text`() throws {
    let context = CodeContext(keepsNames: true)
    let module = ModuleBuilder(named: "broken", in: context)
    let function = module.addFunction(
      named: "open", type: .function([], returning: context.types.i64), linkage: .internal)
    _ = module.appendBlock(ValueName(0, "entry"), to: function)
    let failure = #expect(throws: LLVMFailure.self) { try module.verify() }
    #expect(failure?.operation == "verify module")
    #expect(failure?.message.contains("@open") == true)
  }

  @Test func `reports a symbol that does not exist`() throws {
    let machine = try TargetMachine(level: .none)
    let session = try CodeSession()
    let module = Self.module(in: CodeContext(keepsNames: false), for: machine)
    let object = try machine.emit(module)
    var failure: LLVMFailure?
    do throws(LLVMFailure) {
      _ = try session.load(object, symbol: "nothing")
    } catch { failure = error }
    #expect(failure?.operation == "link code")
  }

  @Test func `summarizes and lists object code, names of symbols left out of the digest`() throws {
    let machine = try TargetMachine(level: .none)
    func object(_ table: String) throws -> ObjectCode {
      let module = Self.module(in: CodeContext(keepsNames: false), for: machine)
      let answer = module.function(named: "answer")
      let function = try #require(answer)
      module.rename(module.addTable(of: [function]), to: table)
      return try machine.emit(module)
    }
    let first = try object("table.1")
    let second = try object("table.2")
    let summary = first.summary
    let other = second.summary
    #expect(summary.codeSize > 0)
    #expect(summary.digest == other.digest)
    #expect(summary.functionSizes["answer"] == summary.codeSize)
    let listing = try first.disassembly()
    #expect(listing.map(\.name) == ["answer"])
    #expect(listing[0].text.hasPrefix("answer:\n  0\t"))
    #expect(listing[0].instructions.last?.text.contains("ret") == true)
    #expect(listing[0].instructions.allSatisfy { $0.line == nil })
  }

  @Test func `exchanges a value in the users it had`() throws {
    let machine = try TargetMachine(level: .none)
    let context = CodeContext(keepsNames: true)
    let module = Self.module(in: context, for: machine)
    let instructions = module.namedInstructions
    let add = try #require(instructions.first)
    let users = add.value.users
    let build = InstructionBuilder(in: context)
    build.position(after: add.value)
    let product = build.mul(add.value, context.types.constant(3 as Int64), ValueName(8, "mul"))
    add.value.replace(with: product, in: users)
    try module.verify()
    #expect(module.text.contains("ret i64 %v.0008.mul"))
    #expect(module.text.contains("%v.0008.mul = mul i64 %v.0007.add, 3"))
  }

  @Test func `calls an address by the C convention`() throws {
    let machine = try TargetMachine(level: .none)
    let context = CodeContext(keepsNames: true)
    let module = ModuleBuilder(named: "calls", in: context)
    machine.adopt(module)
    let types = context.types
    let function = module.addFunction(
      named: "calls", type: .function([types.pointer, types.i8, types.i16], returning: types.void),
      linkage: .external)
    let build = InstructionBuilder(in: context)
    build.position(atEndOf: module.appendBlock(ValueName(0, "entry"), to: function))
    let (address, byte, short) = (
      function.parameter(0), function.parameter(1), function.parameter(2)
    )
    let words = types.i64.array(count: 3)
    build.call(
      at: address,
      [
        .structureResult(address, as: words, alignment: 8), .signExtended(byte),
        .zeroExtended(short), .copied(address, as: words, alignment: 8), .direct(byte),
      ], returning: types.void, ValueName(0, "call"))
    build.ret()
    try module.verify()
    #expect(
      module.text.contains(
        "call void %0(ptr sret([3 x i64]) align 8 %0, i8 signext %1, i16 zeroext %2, "
          + "ptr byval([3 x i64]) align 8 %0, i8 %1)"))
  }
}

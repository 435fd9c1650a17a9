import Bytecode
import Engines
import JIT
import Testing

/// What `tierproof dump` shows of code.
@Suite struct `Listings of code` {
  private let program: VerifiedProgram

  init() throws {
    program = try Verifier.verify(
      try Assembler.assemble(
        """
        main(n: int) {
        top:
            LoadLocal n
            JumpIfFalse done
            LoadLocal n
            PushConst 3
            SubInt
            StoreLocal n
            Jump top
        done:
            LoadLocal n
            Halt
        }
        """))
  }

  private func listing(bytecode: Bool, intermediate: Bool, machine: Bool) throws -> StagedListing {
    let lines = BytecodeListing(of: FunctionIndex(0), in: program).lines
    let code = try FunctionListing(of: FunctionIndex(0), in: program)
    return StagedListing(
      bytecode: bytecode ? lines : nil,
      intermediate: intermediate ? code.intermediateCode : nil,
      machine: machine ? code.machineCode : nil)
  }

  @Test func `stages are grouped by the instruction they are for`() throws {
    let listing = try listing(bytecode: true, intermediate: true, machine: true)
    #expect(listing.title == "bytecode, intermediate code, machine code")
    let lines = listing.text.split(separator: "\n").map(String.init)
    let start = try #require(lines.firstIndex { $0.hasPrefix("    4      SubInt ") })
    let end = try #require(lines.firstIndex { $0.hasPrefix("    5      StoreLocal n ") })
    let subtraction = lines[start..<end]
    #expect(lines[start].hasSuffix("; [int, int] live: "))
    #expect(subtraction.contains { $0.contains("%v.0004.sub = sub i64") })
    #expect(subtraction.contains { $0.contains("| ") && ($0.contains("-3(") || $0.contains("$3")) })
    #expect(!subtraction.contains { $0.contains("%v.0005") })
    let label = try #require(lines.firstIndex { $0.hasSuffix("  done:") })
    #expect(lines[label + 1].hasPrefix("    7      LoadLocal n "))
  }

  @Test func `machine code alone keeps the order of addresses`() throws {
    let listing = try listing(bytecode: false, intermediate: false, machine: true)
    #expect(listing.title == "machine code")
    let addresses = listing.text.split(separator: "\n").compactMap { line in
      Int(line.dropFirst(9).prefix { $0.isNumber })
    }
    #expect(addresses.count > 10)
    #expect(addresses[0] == 0)
    #expect(addresses == addresses.sorted())
  }

  @Test func `bytecode alone is every instruction with what the verifier knows`() throws {
    let listing = try listing(bytecode: true, intermediate: false, machine: false)
    let lines = listing.text.split(separator: "\n").map(String.init)
    #expect(lines.count == 9 + 2)
    #expect(lines[0] == "       top:")
    #expect(lines[1].hasPrefix("    0      LoadLocal n "))
    #expect(lines[1].hasSuffix("; [] live: n"))
  }

  @Test func `nothing chosen is nothing to list`() throws {
    #expect(try listing(bytecode: false, intermediate: false, machine: false).isEmpty)
  }
}

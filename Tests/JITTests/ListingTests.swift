import Bytecode
import JIT
import Testing

struct ListingTests {
  private static func listing() throws -> FunctionListing {
    try FunctionListing(of: FunctionIndex(0), in: try assembled(BaselineControlTests.recursion))
  }

  @Test func `keys intermediate code by the offset that names say it is for`() throws {
    let listing = try Self.listing()
    #expect(listing.decline == nil)
    #expect(listing.intermediateCode[0].text.hasPrefix("define internal { i64, i32 } @f.0.down("))
    #expect(listing.intermediateCode[0].offset == nil)
    let named = listing.intermediateCode.filter { $0.text.hasPrefix("%v.") }
    #expect(named.count > 10)
    for line in named where !line.text.contains("raise") && !line.text.contains("return") {
      let offset = Int(line.text.dropFirst("%v.".count).prefix { $0.isNumber })
      #expect(line.offset == offset, "\(line.text)")
    }
  }

  @Test func `keys machine code by the offset it was made for`() throws {
    let listing = try Self.listing()
    func texts(at offset: Int) -> [String] {
      listing.machineCode.filter { $0.offset == offset }.map(\.text)
    }
    // The subtraction of 1, and the call of the function itself: its target lies before it.
    #expect(texts(at: 8).contains { $0.contains("-1(") || $0.contains("$1,") })
    #expect(texts(at: 9).contains { $0.contains("callq\t-") })
    #expect(!texts(at: 8).contains { $0.contains("callq") })
    let placed = listing.machineCode.filter { $0.offset != nil }.count
    #expect(placed * 10 >= listing.machineCode.count * 9)
  }

  @Test func `lists the optimizing tier with the feedback of runs, before and behind its passes`()
    throws
  {
    let program = try assembled(
      """
      func add(a, b) {
          LoadLocal a
          LoadLocal b
          Add
          ReturnValue
      }
      main(n: int) {
          LoadLocal n
          PushConst 2
          Call add
          Halt
      }
      """)
    let run = RunRequest(
      entry: program.program.mainIndex, arguments: [.int(1)],
      limits: RunLimits(fuel: 100, depth: 10, heapBytes: 1_000))
    let cold = try FunctionListing(of: FunctionIndex(0), optimizedBehind: [], in: program)
    let warm = try FunctionListing(of: FunctionIndex(0), optimizedBehind: [run], in: program)
    #expect(cold.deoptimizationPoints.isEmpty)
    #expect(warm.deoptimizationPoints.contains { $0.guardRecord?.kind == .kind })
    let (lowered, optimized) = (warm.intermediateCode, try #require(warm.optimizedCode))
    #expect(optimized.count > 1 && optimized.count < lowered.count)
    #expect(optimized.contains { $0.offset == 2 })
  }

  @Test func `lists a deoptimization point for every safepoint of hooked code`() throws {
    let program = try assembled(BaselineControlTests.recursion)
    let plain = try FunctionListing(of: FunctionIndex(0), in: program)
    #expect(plain.deoptimizationPoints.isEmpty)
    let hooked = try FunctionListing(of: FunctionIndex(0), in: program, isHooked: true)
    // The entry and the recursive call.
    let positions = hooked.deoptimizationPoints.map { $0.frames.last?.position }
    #expect(positions == [.before(0), .before(9)])
    #expect(hooked.deoptimizationPoints.allSatisfy { $0.reason == .forced })
  }
}

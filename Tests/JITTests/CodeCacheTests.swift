import Bytecode
import Foundation
import JIT
import Testing

@Suite("The code cache") struct CodeCacheTests {
  /// A directory that is gone at the end of a test.
  private final class Scratch {
    let path = FileManager.default.temporaryDirectory.path + "/code-cache-" + UUID().uuidString

    deinit { try? FileManager.default.removeItem(atPath: path) }

    var entries: [String] {
      get throws {
        try FileManager.default.contentsOfDirectory(atPath: path).sorted().map { path + "/" + $0 }
      }
    }
  }

  private static func program(adding number: Int) throws -> VerifiedProgram {
    try assembled(
      """
      func add(n: int) {
          LoadLocal n
          PushConst \(number)
          AddInt
          ReturnValue
      }
      main(n: int) {
          LoadLocal n
          Call add
          PushConst "s"
          Add
          Halt
      }
      """)
  }

  private func compile(_ program: VerifiedProgram, _ cache: CodeCache?) throws -> CompiledUnit {
    try UnitCompiler(options: CompileOptions(cache: cache)).compileProgram(program)
  }

  private func result(_ program: VerifiedProgram, _ cache: CodeCache?) throws -> Outcome {
    let engine = OptimizingEngine(options: CompileOptions(cache: cache))
    let session = try engine.prepare(program)
    let request = RunRequest(
      entry: program.program.mainIndex, arguments: [.int(4)],
      limits: RunLimits(fuel: 1_000, depth: 10))
    _ = try session.run(request)
    return try session.run(request)
  }

  @Test func `gives what a fresh compile gives`() throws {
    let scratch = Scratch()
    let program = try Self.program(adding: 1)
    let fresh = try compile(program, nil)
    for hits in 0...1 {
      let cache = try CodeCache(directory: scratch.path)
      let unit = try compile(program, cache)
      #expect(cache.counts == CodeCache.Counts(hits: hits, misses: 1 - hits))
      #expect(unit.codeDigest == fresh.codeDigest)
      #expect(unit.codeSize == fresh.codeSize)
      #expect(unit.functions.map(\.codeSize) == fresh.functions.map(\.codeSize))
    }
    #expect(try scratch.entries.count == 1)
  }

  @Test func `has code that runs, in every session`() throws {
    let scratch = Scratch()
    let program = try Self.program(adding: 1)
    let expected = try result(program, nil)
    for _ in 0..<3 {
      let cache = try CodeCache(directory: scratch.path)
      #expect(try result(program, cache) == expected)
    }
    let cache = try CodeCache(directory: scratch.path, recompiles: true)
    #expect(try result(program, cache) == expected)
    #expect(cache.counts.hits > 0 && cache.counts.misses == 0)
  }

  @Test func `tells programs and ways to compile apart`() throws {
    let scratch = Scratch()
    let cache = try CodeCache(directory: scratch.path)
    _ = try compile(Self.program(adding: 1), cache)
    _ = try compile(Self.program(adding: 2), cache)
    let options = CompileOptions(isForCampaign: true, cache: cache)
    _ = try UnitCompiler(options: options).compileProgram(Self.program(adding: 1))
    #expect(cache.counts == CodeCache.Counts(misses: 3))
  }

  enum Damage: CaseIterable {
    case objectBit, headBit, lastByteGone, onlyHead, empty, oneByteMore

    func apply(to bytes: inout [UInt8]) {
      switch self {
      case .objectBit: bytes[bytes.count / 2] ^= 4
      case .headBit: bytes[3] ^= 1
      case .lastByteGone: bytes.removeLast()
      case .onlyHead: bytes.removeLast(bytes.count - 30)
      case .empty: bytes.removeAll()
      case .oneByteMore: bytes.append(0)
      }
    }
  }

  @Test(arguments: Damage.allCases)
  func `makes a damaged entry anew`(damage: Damage) throws {
    let scratch = Scratch()
    let program = try Self.program(adding: 1)
    let digest = try compile(program, CodeCache(directory: scratch.path)).codeDigest
    let path = try #require(scratch.entries.first)
    var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    damage.apply(to: &bytes)
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    let cache = try CodeCache(directory: scratch.path)
    #expect(try compile(program, cache).codeDigest == digest)
    #expect(cache.counts == CodeCache.Counts(damaged: 1))
    #expect(try compile(program, cache).codeDigest == digest)
    #expect(cache.counts == CodeCache.Counts(hits: 1, damaged: 1))
  }

  @Test func `finds an entry that a fresh compile would not give`() throws {
    let scratch = Scratch()
    let cache = try CodeCache(directory: scratch.path)
    _ = try compile(Self.program(adding: 1), cache)
    let first = try #require(scratch.entries.first)
    _ = try compile(Self.program(adding: 2), cache)
    let second = try #require(scratch.entries.first { $0 != first })
    try FileManager.default.removeItem(atPath: second)
    try FileManager.default.copyItem(atPath: first, toPath: second)
    let checking = try CodeCache(directory: scratch.path, recompiles: true)
    #expect(throws: EngineFailure.self) { try compile(Self.program(adding: 2), checking) }
  }

  @Test func `counts what it cannot write, and says when there is no directory`() throws {
    let scratch = Scratch()
    let cache = try CodeCache(directory: scratch.path)
    try FileManager.default.removeItem(atPath: scratch.path)
    _ = try compile(Self.program(adding: 1), cache)
    #expect(cache.counts == CodeCache.Counts(misses: 1, unwritten: 1))
    #expect(throws: EngineFailure.self) { try CodeCache(directory: "/proc/none/such") }
  }

  @Test func `lets the oldest entries go`() throws {
    let scratch = Scratch()
    let cache = try CodeCache(directory: scratch.path)
    _ = try compile(Self.program(adding: 1), cache)
    let old = try #require(scratch.entries.first)
    try FileManager.default.setAttributes(
      [.modificationDate: Date(timeIntervalSince1970: 1)], ofItemAtPath: old)
    _ = try compile(Self.program(adding: 2), cache)
    let size = try Data(contentsOf: URL(fileURLWithPath: old)).count
    _ = try CodeCache(directory: scratch.path, limit: 2 * size + 100)
    #expect(try scratch.entries.count == 2)
    _ = try CodeCache(directory: scratch.path, limit: size + 100)
    #expect(try scratch.entries.count == 1)
    #expect(try !scratch.entries.contains(old))
    _ = try CodeCache(directory: scratch.path, limit: 0)
    #expect(try scratch.entries.isEmpty)
  }
}

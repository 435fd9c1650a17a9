import Bytecode
import Fuzzer
import Testing

@Suite struct `Mutating programs` {
  @Test(arguments: Mutation.mutators.indices)
  func `gives programs that verify, most of the time, by mutator`(index: Int) throws {
    var mutation = Mutation()
    for seed in UInt64(0)..<200 {
      let parent = try Verifier.verify(ProgramGenerator.program(seed: seed))
      guard let child = mutation.apply(index, to: parent, entropy: Entropy(seed: seed)) else {
        continue
      }
      #expect(child.program != parent.program)
      _ = try Verifier.verify(child.program)
    }
    let health = mutation.health[index]
    #expect(health.applied * 10 >= health.attempts * 8, "\(Mutation.names[index]): \(health)")
  }

  @Test func `crosses two programs into one that verifies`() throws {
    var mutation = Mutation()
    var crossed = 0
    for seed in UInt64(0)..<100 {
      let options = GeneratorOptions(size: 12)
      let parent = try Verifier.verify(ProgramGenerator.program(seed: seed, options: options))
      let donor = try Verifier.verify(
        ProgramGenerator.program(seed: seed + 1000, options: options))
      guard let child = mutation.cross(parent, with: donor, seed: seed) else { continue }
      crossed += 1
      let smaller = min(parent.program.instructions.count, donor.program.instructions.count)
      #expect(child.program.instructions.count > smaller)
    }
    #expect(crossed >= 80)
  }

  @Test func `gives the same child of the same seed`() throws {
    let parent = try Verifier.verify(ProgramGenerator.program(seed: 3))
    for seed in UInt64(0)..<50 {
      var one = Mutation()
      var other = Mutation()
      #expect(
        one.mutate(parent, seed: seed)?.program == other.mutate(parent, seed: seed)?.program)
    }
  }

  @Test func `keeps verifying through long chains`() throws {
    var mutation = Mutation()
    for seed in UInt64(0)..<20 {
      var program = try Verifier.verify(ProgramGenerator.program(seed: seed))
      for step in UInt64(0)..<60 {
        program = mutation.mutate(program, seed: seed << 8 | step) ?? program
      }
      #expect(try BinaryCodec.decode(BinaryCodec.encode(program.program)) == program.program)
    }
  }
}

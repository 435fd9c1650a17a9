import Bytecode
import Fuzzer
import Testing

@Suite struct `Mutating programs` {
  @Test(arguments: Mutation.mutators.indices, [GeneratedLanguage.core, .whole])
  func `gives programs that verify, most of the time, by mutator`(
    index: Int, language: GeneratedLanguage
  ) throws {
    var mutation = Mutation()
    for seed in UInt64(0)..<200 {
      let parent = try Verifier.verify(
        ProgramGenerator.program(seed: seed, options: GeneratorOptions(language: language)))
      guard let child = mutation.apply(index, to: parent, entropy: Entropy(seed: seed)) else {
        continue
      }
      #expect(child.program != parent.program)
      _ = try Verifier.verify(child.program)
      if language == .core, !Mutation.mutators[index].leavesCore {
        #expect(NumericCore.firstUnsupported(in: child) == nil, "seed \(seed)")
      }
    }
    let health = mutation.health[index]
    #expect(health.applied * 10 >= health.attempts * 8, "\(Mutation.names[index]): \(health)")
  }

  @Test(arguments: [GeneratedLanguage.core, .whole])
  func `crosses two programs into one that verifies`(language: GeneratedLanguage) throws {
    var mutation = Mutation()
    var (crossed, fitting) = (0, 0)
    for seed in UInt64(0)..<200 {
      let options = GeneratorOptions(size: 12, language: language)
      let parent = try Verifier.verify(ProgramGenerator.program(seed: seed, options: options))
      let donor = try Verifier.verify(
        ProgramGenerator.program(seed: seed + 1000, options: options))
      let sizes = [parent, donor].map(\.program.instructions.count)
      let giver = sizes[0] <= sizes[1] ? donor : parent
      if giver.program.functions.count > 1 { fitting += 1 }
      guard let child = mutation.cross(parent, with: donor, seed: seed) else { continue }
      crossed += 1
      #expect(child.program.instructions.count > sizes.min()!)
    }
    #expect(crossed >= 70 && crossed * 20 >= fitting * 19, "\(crossed) of \(fitting)")
  }

  @Test func `imports what a function uses with it`() throws {
    let parent = try Verifier.verify(
      Assembler.assemble(
        """
        schema S { other: int }
        binding b: string
        main() {
            PushConst "kept"
            StoreModuleBinding b
            NewObject 0
            Halt
        }
        """))
    let donor = try Verifier.verify(
      Assembler.assemble(
        """
        schema S { x: int }
        struct Pair { a: i32, b: f64 }
        foreign turn = "fixture" turn_pair(Pair) -> Pair
        binding b: int
        func S.m(s: S) {
            LoadLocal s
            GetProp .x
            ReturnValue
        }
        func closed[mut c: int, p: Pair](x) {
            LoadClosure p
            CallForeign turn
            ReturnValue
        }
        main() {
            BoxModuleBinding b
            PushConst 1
            PushConst 2.0
            NewTypedObject Pair
            MakeClosure closed
            PushConst 1
            CallValue 1
            Pop
            PushConst 1
            NewTypedObject S
            CallMethod m 0
            Halt
        }
        """))
    var mutation = Mutation()
    let children = (UInt64(0)..<60).compactMap { seed in
      mutation.cross(parent, with: donor, seed: seed)?.program
    }
    let full = try #require(children.first { $0.foreignFunctions.count == 1 })
    #expect(full.schemas.map(\.name).first == "S")
    #expect(full.schemas.count == 3)
    #expect(full.schemas.contains { $0.layout == [.i32, .f64] })
    let renamed = try #require(full.schemas.first { $0.fields.first?.name == "x" })
    #expect(full.functions.contains { $0.name == "\(renamed.name).m" })
    let closure = try #require(full.functions.first { !$0.captures.isEmpty })
    #expect(closure.captures.map(\.isMutable) == [true, false])
    #expect(full.bindings.contains { $0.kind == SlotKind(.int) })
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

  @Test(arguments: [GeneratedLanguage.core, .whole])
  func `keeps verifying through long chains`(language: GeneratedLanguage) throws {
    var mutation = Mutation()
    let options = GeneratorOptions(language: language)
    for seed in UInt64(0)..<20 {
      var program = try Verifier.verify(ProgramGenerator.program(seed: seed, options: options))
      for step in UInt64(0)..<60 {
        program = mutation.mutate(program, seed: seed << 8 | step) ?? program
      }
      #expect(try BinaryCodec.decode(BinaryCodec.encode(program.program)) == program.program)
    }
  }
}

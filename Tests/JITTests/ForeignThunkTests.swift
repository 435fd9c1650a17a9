import Bytecode
import CFixture
import Glibc
import Testing

@testable import JIT

#if arch(x86_64)

  @Suite struct `Foreign thunks on bits` {
    @Test func `give what libffi gives for every function of the fixture library`() throws {
      let machine = try ForeignMachine(Fixture.bareDeclarations)
      var count = 0
      for (position, function) in machine.program.foreignFunctions.enumerated() {
        let signature = machine.signature(of: position)
        guard signature.parameters.allSatisfy(\.passing.isPlain), signature.result.isPlain
        else { continue }
        count += 1
        let types = machine.types.spelling(of: function)
        let address = try #require(fixture_lookup(function.symbol, types))
        for seed in 0..<200 {
          try expectAgreement(machine, position, address, UInt64(seed), function.name)
        }
      }
      #expect(count > 120)
    }

    /// Functions called by narrower types than their own see what an argument is extended by, and
    /// give results with something else above them.
    @Test(arguments: [
      "echo_i32(i8) -> i32", "echo_i32(i16) -> i32", "echo_i32(u8) -> i32", "echo_i32(u16) -> i32",
      "echo_i32(bool) -> i32", "echo_i64(i64) -> i8", "echo_i64(i64) -> i16",
      "echo_i64(i64) -> i32", "echo_i64(i64) -> u8", "echo_i64(i64) -> u16",
      "echo_i64(i64) -> u32", "echo_i64(i64) -> bool",
    ])
    func `extend narrow integers themselves`(text: String) throws {
      let machine = try ForeignMachine("foreign narrowed = \"fixture\" \(text)")
      let own = text.hasPrefix("echo_i32") ? ("echo_i32", "(i32)->i32") : ("echo_i64", "(i64)->i64")
      let address = try #require(fixture_lookup(own.0, own.1))
      for seed in 0..<100 { try expectAgreement(machine, 0, address, UInt64(seed), text) }
    }

    private func expectAgreement(
      _ machine: ForeignMachine, _ position: Int, _ address: UnsafeMutableRawPointer,
      _ seed: UInt64, _ name: String
    ) throws {
      let frames = [false, true].map { _ in
        RawFrame(machine.signature(of: position), seed: seed)
      }
      for (frame, byThunk) in zip(frames, [false, true]) {
        fixture_reset()
        try machine.call(position, at: address, frame, byThunk: byThunk)
      }
      #expect(frames[0].result == frames[1].result, "\(name), seed \(seed)")
      #expect(frames[1].bytesBehindResult.allSatisfy { $0 == 0 }, "\(name), seed \(seed)")
    }

    @Test func `are one for all signatures that are called alike`() throws {
      let machine = try ForeignMachine(
        """
        struct First { a: i64, b: f64 }
        struct Second { a: u8, b: f64 }
        foreign a = "fixture" a(i64, First) -> ptr
        foreign b = "fixture" b(u64, Second) -> i64
        foreign c = "fixture" c(cstring, Second) -> ptr
        foreign d = "fixture" d(ptr, First) -> cstring
        """)
      func address(_ position: Int) throws -> UnsafeRawPointer {
        let thunk = try #require(machine.thunks[ForeignIndex(position)])
        return unsafeBitCast(thunk, to: UnsafeRawPointer.self)
      }
      #expect(try address(2) == address(3))
      #expect(try address(0) != address(1))
      #expect(try address(0) != address(2))
    }
  }

  @Suite struct `Foreign calls of compiled code` {
    @Test func `end as those through libffi for every function of the fixture library`() throws {
      let pair = try ForeignPair()
      var (returned, trapped) = (0, 0)
      for (position, function) in Fixture.functions.enumerated() {
        for seed in 0..<24 {
          let direct = try pair.outcome(position, seed: UInt64(seed), isCompiled: false)
          let compiled = try pair.outcome(position, seed: UInt64(seed), isCompiled: true)
          #expect(direct == compiled, "\(function.symbol), seed \(seed)")
          if case .returned = direct.ending { returned += 1 } else { trapped += 1 }
        }
      }
      // Most of the calls get through the conversions.
      #expect(returned > 10 * trapped, "\(returned) returned, \(trapped) trapped")
    }

    @Test func `have thunks where they can be reached only`() throws {
      let program = try verified(
        """
        foreign called = "fixture" echo_i32(i32) -> i32
        foreign dead = "fixture" echo_i64(i64) -> i64
        foreign unused = "fixture" echo_f64(f64) -> f64

        main() {
            PushConst 1
            CallForeign called
            ReturnValue
            PushConst 1
            CallForeign dead
            ReturnValue
        }

        """)
      let thunks = try ForeignThunks.compile(program, options: CompileOptions())
      #expect(thunks[ForeignIndex(0)] != nil)
      #expect(thunks[ForeignIndex(1)] == nil && thunks[ForeignIndex(2)] == nil)
      #expect(thunks.codeSize > 0)
      let none = try ForeignThunks.compile(
        try verified("main() {\n    Return\n}\n"), options: CompileOptions())
      #expect(none.codeSize == 0)
    }

    @Test func `leave the stacks and the rounding as they were`() throws {
      let pair = try ForeignPair()
      let (state, site) = (pair.run.state, pair.run.site)
      try pair.begin()
      let stackTop = state.stackTop
      let callsTop = state.callsTop
      // Whatever another test has left to this thread.
      fesetround(FE_TONEAREST)
      #expect(try pair.call("round_up", [number(1), number(0x1p-60)]) == number(1.0.nextUp))
      #expect(fegetround() == FE_TONEAREST)
      // A callback that calls back again, and whose innermost call raises.
      let result = try pair.call("call_i32", [try pair.run.function("nest"), int(3)])
      #expect(result == .sentinel)
      #expect(state.stackTop == stackTop && state.callsTop == callsTop)
      guard case .trapped(.divisionByZero, nil, let raise) = try state.finish(result).ending else {
        Issue.record("no division by zero")
        return
      }
      #expect(raise.site.function != site.function && raise.depth == 5)
    }

    @Test func `take structs of any size`() throws {
      let fields = (0..<500).map { "f\($0): f64" }.joined(separator: ", ")
      let machine = try ForeignMachine(
        """
        struct Huge { \(fields) }
        foreign last = "fixture" last(\(String(repeating: "Huge, ", count: 20))f64) -> f64
        """)
      let address = try #require(fixture_lookup("echo_f64", "(f64)->f64"))
      let frame = RawFrame(machine.signature(of: 0), seed: 1)
      try machine.call(0, at: address, frame, byThunk: true)
      let last = try #require(frame.signature.parameters.last)
      #expect(frame.result == [frame.memory.load(fromByteOffset: last.offset, as: UInt64.self)])
    }
  }

#endif

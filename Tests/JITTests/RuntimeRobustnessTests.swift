import Bytecode
import Testing

@testable import JIT

@Suite struct `Any operands of the runtime` {
  /// Values of all kinds, ends of ranges and odd numbers among them.
  private static let samples = [
    "null", "unit", "true", "false", "0", "1", "-1", "2", "140737488355327", "-140737488355328",
    "0.0", "-0.0", "0.5", "3.0", "0x1p47", "0x1p63", "1e300", "inf", "nan", #""""#, #""a""#,
    #""length""#, #""x""#, #""aé𝄞""#, #"" 12 ""#, #"" 140 chars of nothing but blanks and a b""#,
    "[]", #"[1, "x", [null]]"#, "[1, 2.5]", "IntArray []", "IntArray [3, 1, 2]",
    "FloatArray [0.5, nan, -0.0]", "FloatArray [1.0, 2.0, 3.0]", "BoolArray [true, false]", "{}",
    "{a: 1, x: [2]}", "Point {x: 1.0, y: 2.0}", "Named {name: null, x: {}, length: 7}",
    "Nothing {}",
    "Map {}", #"Map {1: "x", "k": [1], 0.5: null}"#, "0..3", "3..=-3", "Some(1)", "Ok([1])",
    #"Err("e")"#, "@f", "closure",
  ]

  private static let instructions: [(name: String, counts: ClosedRange<Int>)] = [
    ("GetProp", 2...2), ("SetProp", 3...3), ("GetFieldTyped-Point.y", 1...1),
    ("SetFieldTyped-Point.x", 2...2), ("NewTypedObject-Point", 2...2), ("MergeObject", 2...2),
    ("TypedMergeObject-Named", 2...2), ("NewArray", 0...3), ("NewTypedArray", 0...3),
    ("MakeRange", 3...3), ("IterNext", 2...2), ("IterDone", 2...2), ("UnwrapOk", 1...1),
    ("UnwrapErr", 1...1), ("UnwrapOption", 1...1),
  ]

  private static let builtins: [(name: String, counts: ClosedRange<Int>)] =
    Builtin.allCases.filter { !$0.takesCallback }.map { builtin in
      let counts = builtin.facts.argumentCounts
      return (builtin.facts.name, counts.lowerBound...min(counts.upperBound, 3))
    }

  /// The traps an operation may end in.
  private func traps(_ name: String) -> Set<TrapKind> {
    switch name {
    case "GetProp", "SetProp": [.typeError, .unknownMember, .indexOutOfBounds]
    case "SetFieldTyped-Point.x": [.typeError, .unknownMember]
    case "UnwrapOk", "UnwrapErr", "UnwrapOption": [.unwrapFailed]
    case "char_code": [.typeError, .indexOutOfBounds]
    case "NewArray", "NewTypedArray": []
    default: [.typeError]
    }
  }

  /// What an operation did, in words.
  private struct Effect: Equatable {
    var result: String
    var operands: [String]
    var charged: UInt64
  }

  private func effect(
    _ name: String, _ operands: [String], _ fixture: HeapFixture
  ) throws -> Effect {
    let kept = fixture.state.heap.pinned.count
    defer {
      fixture.state.heap.pinned.removeLast(fixture.state.heap.pinned.count - kept)
      fixture.state.identities = IdentityTable()
    }
    fixture.state.context.pointee.heap_charged = 0
    let words = try operands.map { try fixture.value($0) }
    let before = words.map(fixture.show)
    var result = ""
    do {
      let word = try fixture.perform(name, words)
      #expect(word.isValue)
      fixture.state.heap.pinned.append(word)
      result = fixture.show(word)
    } catch {
      result = "\(error)"
      #expect(words.map(fixture.show) == before, "\(name) \(operands)")
      #expect(fixture.charged == 0, "\(name) \(operands)")
      if case .trap(let kind) = error {
        #expect(traps(name).contains(kind), "\(name) \(operands)")
      } else {
        #expect(error == .outOfMemory, "\(name) \(operands)")
      }
    }
    return Effect(result: result, operands: words.map(fixture.show), charged: fixture.charged)
  }

  @Test func `give a value, a trap of theirs or the end of the memory`() throws {
    // Small enough for the largest counts among the samples to exceed it.
    let calm = try HeapFixture(isStressed: false, heapBytes: 1 << 16)
    let stressed = try HeapFixture(isStressed: true, heapBytes: 1 << 16)
    var generator = SeededGenerator(seed: 20)
    var values = 0
    for (name, counts) in Self.builtins + Self.instructions {
      for count in counts {
        for sample in 0..<(count == 0 ? 1 : count == 1 ? Self.samples.count : 300) {
          // The first operand takes every sample.
          let operands = (0..<count).map { position in
            position == 0
              ? Self.samples[sample % Self.samples.count]
              : Self.samples[Int.random(in: 0..<Self.samples.count, using: &generator)]
          }
          let effect = try effect(name, operands, calm)
          #expect(try self.effect(name, operands, stressed) == effect, "\(name) \(operands)")
          if !effect.result.hasPrefix("trap"), !effect.result.hasPrefix("exit") { values += 1 }
        }
      }
    }
    #expect(values > 2_000)
  }

  @Test func `are not changed when the memory ends`() throws {
    for row in [
      #"Add "a" "b""#, "NewArray 1", "NewTypedArray true", "push [] 1", "push BoolArray [] true",
      #"GetProp "a" 0"#, "slice [1] 0 1", #"slice "a" 0 1"#, "IterNext Map {1: 2} 0",
      #"IterNext "a" 0"#, "range 1", "filled 1 1", "zip [1] [2]", "reverse [1]", "keys Map {1: 2}",
      "values Map {1: 2}", #"split "a" """#, #"join [1] """#, "to_string 1", "type_of 1",
      #"upper "a""#, #"trim "a""#, #"replace "a" "b" "c""#, "from_char_code 65",
      "vec_abs FloatArray [1.0]", "vec_add FloatArray [1.0] 1",
    ] {
      let fixture = try HeapFixture()
      let name = String(row.prefix { $0 != " " })
      let operands = try fixture.values(String(row.dropFirst(name.count)))
      let before = operands.map(fixture.show)
      _ = try fixture.perform(name, operands)
      let cost = fixture.charged
      #expect(cost > 0)
      fixture.state.context.pointee.heap_charged = 0
      let again = try fixture.values(String(row.dropFirst(name.count)))
      fixture.state.heapLimit = cost - 1
      #expect(throws: Stop.outOfMemory) { try fixture.perform(name, again) }
      #expect(again.map(fixture.show) == before, "\(row)")
      #expect(fixture.charged == 0)
      fixture.state.heapLimit = cost
      _ = try fixture.perform(name, again)
      #expect(fixture.charged == cost)
    }
  }

  @Test func `add cells of fixed size without a test`() throws {
    for (row, cost) in [
      ("Some 1", 16), ("Map", 16), ("MakeRange 0 1 true", 24), ("set Map {} 1 2", 24),
      (#"NewObject "a" 1"#, 32), (#"SetProp {} "a" 1"#, 16), ("NewTypedObject-Point 1.0 2.0", 32),
      ("MergeObject {a: 1} {b: 1}", 48), ("TypedMergeObject-Named {} {}", 40),
    ] {
      let fixture = try HeapFixture(heapBytes: 0)
      let name = String(row.prefix { $0 != " " })
      _ = try fixture.perform(name, try fixture.values(String(row.dropFirst(name.count))))
      #expect(fixture.charged == cost, "\(row)")
    }
  }
}

import Bytecode
import Testing

@testable import RefInterpreter

private typealias Relation = Compare.Relation

private let heap = Heap(strings: [])

/// A row's outcomes for `Gt Lt Gte Lte Eq Neq`.
private let less: [(Relation, Bool)] = [
  (.greater, false), (.less, true), (.greaterOrEqual, false), (.lessOrEqual, true),
  (.equal, false), (.notEqual, true),
]
private let equal: [(Relation, Bool)] = [
  (.greater, false), (.less, false), (.greaterOrEqual, true), (.lessOrEqual, true),
  (.equal, true), (.notEqual, false),
]
private let greater: [(Relation, Bool)] = [
  (.greater, true), (.less, false), (.greaterOrEqual, true), (.lessOrEqual, false),
  (.equal, false), (.notEqual, true),
]
private let unordered: [(Relation, Bool)] = [
  (.greater, false), (.less, false), (.greaterOrEqual, false), (.lessOrEqual, false),
  (.equal, false), (.notEqual, true),
]

@Suite struct `comparison` {
  @Test func `Int comparisons take toInt of both`() {
    let rows: [(Value, Value, [(Relation, Bool)])] = [
      (1, 2, less), (2, 2, equal), (3, 2, greater), (2.0, 2, equal), (-0.0, 0, equal),
      (.minimum, .maximum, less), (0x1p62, 0x1.0000000000001p62, less),
    ]
    for (a, b, relations) in rows {
      for (relation, holds) in relations {
        expect(
          { (a, b) throws(TrapKind) in try Compare.ints(relation, a, b) },
          wrongInts + [Row(operands: [a, b], expected: .value(.bool(holds)))])
      }
    }
  }

  @Test func `Number comparisons take toNumber of both`() {
    let rows: [(Value, Value, [(Relation, Bool)])] = [
      (1, 2, less), (0.5, 0.5, equal), (.infinity, 1, greater), (-0.0, 0.0, equal),
      (.nan, 1, unordered), (1, .nan, unordered), (.nan, .nan, unordered),
      (.negativeInfinity, .infinity, less), (0, 0x1p-1074, less),
    ]
    for (a, b, relations) in rows {
      for (relation, holds) in relations {
        expect(
          { (a, b) throws(TrapKind) in try Compare.numbers(relation, a, b) },
          wrongKinds + [Row(operands: [a, b], expected: .value(.bool(holds)))])
      }
    }
  }

  @Test func `generic order is numeric across int and number`() {
    let rows: [(Value, Value, [(Relation, Bool)])] = [
      (1, 2, less), (1, 1.5, less), (1.5, 1, greater), (2, 2.0, equal), (.nan, 1, unordered),
      (.maximum, 0x1p47, less), (.infinity, .maximum, greater),
    ]
    for (a, b, relations) in rows {
      for (relation, holds) in relations.prefix(4) {
        expect(
          { (a, b) throws(TrapKind) in try heap.ordered(relation, a, b) },
          wrongKinds + [Row(operands: [a, b], expected: .value(.bool(holds)))])
      }
    }
  }

  @Test func `generic equality never traps`() {
    let values: [Value] = [.null, .unit, false, true, 0, 1, 0.5, .infinity]
    for (i, a) in values.enumerated() {
      for (j, b) in values.enumerated() { #expect(heap.areEqual(a, b) == (i == j)) }
    }
    #expect(heap.areEqual(0, -0.0))
    #expect(heap.areEqual(1.0, 1))
    #expect(heap.areEqual(0.0, -0.0))
    #expect(!heap.areEqual(.nan, .nan))
    #expect(!heap.areEqual(.nan, 0))
    #expect(!heap.areEqual(0, false))
    #expect(!heap.areEqual(.null, .unit))
  }
}

@Suite struct `logic` {
  @Test func `null, unit, false, zeros and NaN are falsy`() {
    for value: Value in [.null, .unit, false, 0, 0.0, -0.0, .nan] { #expect(!heap.isTruthy(value)) }
    for value: Value in [true, 1, -1, .minimum, 0x1p-1074, .infinity] {
      #expect(heap.isTruthy(value))
    }
  }

  @Test func `And and Or are eager and give bool`() throws {
    for (left, right, both, either) in [
      ("1", "2", "true", "true"), ("1", "0", "false", "true"), ("nan", "1", "false", "true"),
      ("0", "null", "false", "false"),
    ] {
      let operands = "PushConst \(left) | PushConst \(right)"
      #expect(try result(of: "\(operands) | And | Halt") == both)
      #expect(try result(of: "\(operands) | Or | Halt") == either)
    }
  }

  @Test func `NullCoalesce takes the right operand only for null`() {
    expect(
      Compare.coalesce,
      [
        row(.null, 1, is: 1), row(0, 1, is: 0), row(.unit, 1, is: .unit), row(false, 1, is: false),
        row(.null, .null, is: .null), row(.nan, 1, is: .nan),
      ])
  }
}

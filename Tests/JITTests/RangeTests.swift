import Bytecode
import Testing

@testable import JIT

/// What is known of ints and arrays in locals.
@Suite struct `Ranges of ints` {
  private let kinds: [KindSet] = [.int, .int, .floatArray]

  /// Local 0 below local 1, which does not exceed the length of the array in local 2.
  private var below: RangeState {
    var state = RangeState(localCount: 3, stackDepth: 0)
    let test = RelationTest(
      .less, state.loaded(0, kinds), state.loaded(1, kinds), isOfInts: true)
    state.assume(test, is: true)
    state.assume(.spans(LocalIndex(2), .floatArray, .local(LocalIndex(1))))
    state.assume(.isNotNegative(LocalIndex(0)))
    return state
  }

  private func isIndex(_ state: RangeState, plus step: Int64 = 0) -> Bool {
    let index = ValueFact.result(
      of: .add, state.loaded(0, kinds), ValueFact(range: step...step))
    return state.isIndex(index, ofArrayIn: 2, kinds)
  }

  @Test func `prove indices below a limit that the array spans`() {
    #expect(isIndex(below))
    #expect(!isIndex(below, plus: 1))
    #expect(!isIndex(below, plus: -1))
  }

  @Test func `tell what is less from what may be the same`() {
    var state = RangeState(localCount: 3, stackDepth: 0)
    let test = RelationTest(
      .lessOrEqual, state.loaded(0, kinds), state.loaded(1, kinds), isOfInts: true)
    state.assume(test, is: true)
    state.assume(.isNotNegative(LocalIndex(0)))
    state.assume(.spans(LocalIndex(2), .floatArray, .local(LocalIndex(1))))
    #expect(!isIndex(state))
    state.assume(.spans(LocalIndex(2), .floatArray, .including(LocalIndex(1))))
    #expect(isIndex(state))
  }

  @Test(arguments: [0, 1, 2]) func `forget what a store changes`(_ slot: Int) {
    var state = below
    state.store(.anything, in: slot)
    #expect(!isIndex(state))
  }

  @Test func `forget lengths`() {
    var state = below
    state.forgetLengths()
    #expect(!isIndex(state))
  }

  @Test func `stay below a limit by a step, inside the range of ints`() {
    let next = ValueFact.result(
      of: .add, below.loaded(0, kinds), ValueFact(range: 1...1))
    #expect(next.range == 1...IntRange.maximum)
    #expect(next.limits[.local(1)] == false)
    let other = ValueFact.result(
      of: .multiply, ValueFact(range: 1 << 46...1 << 46), ValueFact(range: 4...4))
    #expect(other.range == .int)
  }

  @Test func `stay in range where operands are small enough`() {
    func stays(_ operation: ArithmeticOperation, _ left: Int64, _ right: Int64) -> Bool {
      ValueFact.staysInRange(
        operation, ValueFact(range: -left...left), ValueFact(range: 0...right))
    }
    #expect(stays(.add, 1 << 46, (1 << 46) - 1))
    #expect(!stays(.add, 1 << 46, 1 << 46))
    #expect(stays(.subtract, 1 << 46, 1 << 46))
    #expect(!stays(.subtract, 1 << 46, (1 << 46) + 1))
    #expect(stays(.multiply, 1 << 24, (1 << 23) - 1))
    #expect(!stays(.multiply, 1 << 24, 1 << 23))
    #expect(!stays(.multiply, IntRange.maximum, IntRange.maximum))
  }

  @Test func `end at a bound that a guard has tested`() {
    var state = below
    state.assume(.isAtMost(LocalIndex(1), 9))
    #expect(state.loaded(1, kinds).range.upperBound == 9)
    #expect(state.loaded(0, kinds).range == 0...8)
  }

  @Test func `keep of two ways what both know`() {
    var state = below
    state.join(RangeState(localCount: 3, stackDepth: 0), widens: false)
    #expect(!isIndex(state))
    state = below
    state.join(below, widens: true)
    #expect(isIndex(state))
  }
}

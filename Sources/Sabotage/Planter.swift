import CRuntime
import LLVM

/// Replaces values by faulty ones and counts, in the run's context, how often that mattered.
struct Planter: ~Copyable {
  let build: InstructionBuilder

  private static let reached = MemoryLayout<JITContext>.offset(of: \.canary_reached)!
  private static let triggered = MemoryLayout<JITContext>.offset(of: \.canary_triggered)!

  var types: IRTypes { build.types }

  init(in context: CodeContext) { build = InstructionBuilder(in: context) }

  /// Puts what `faulty` builds in place of an instruction's value wherever that is used.
  borrowing func plant(at instruction: NamedInstruction, _ faulty: (borrowing Planter) -> IRValue) {
    let good = instruction.value
    let users = good.users
    build.position(after: good)
    let bad = faulty(self)
    countDifference(good, bad, at: instruction)
    good.replace(with: bad, in: users)
  }

  /// Exchanges the two program arguments of a call that takes two of one type.
  borrowing func swapArguments(of instruction: NamedInstruction) {
    let call = instruction.value
    let (first, second) = (call.operand(1), call.operand(2))
    guard first.type == second.type else { return }
    build.position(before: call)
    countDifference(first, second, at: instruction)
    call.setOperand(1, to: second)
    call.setOperand(2, to: first)
  }

  /// Makes the integer division behind a lost test for zero divide by one instead of crashing.
  borrowing func disarmDivision(
    behind test: NamedInstruction, among instructions: [NamedInstruction]
  ) {
    let divisor = test.value.operand(0)
    let divisions = instructions.filter {
      $0.function == test.function && $0.offset == test.offset
        && ["sdiv", "srem"].contains($0.role) && $0.value.operand(1) == divisor
    }
    guard !divisions.isEmpty else { return }
    build.position(after: test.value)
    let harmless = build.select(
      test.value, build.types.constant(1 as Int64), divisor, ValueName(test.offset, "harmless"))
    for division in divisions { division.value.setOperand(1, to: harmless) }
  }

  /// A comparison of an instruction's operands, as integers or numbers.
  borrowing func compare(
    _ instruction: IRValue, _ integers: IntegerPredicate, _ numbers: FloatPredicate,
    _ name: ValueName
  ) -> IRValue {
    let (a, b) = (instruction.operand(0), instruction.operand(1))
    return a.isDouble ? build.fcmp(numbers, a, b, name) : build.icmp(integers, a, b, name)
  }

  /// Counts that faulty code was reached, and whether two values differ in a bit.
  private borrowing func countDifference(
    _ good: IRValue, _ bad: IRValue, at instruction: NamedInstruction
  ) {
    let name = ValueName(instruction.offset, "canary")
    let context = instruction.function.parameter(0)
    let types = build.types
    let (a, b) =
      good.isDouble
      ? (build.bitcast(good, to: types.i64, name), build.bitcast(bad, to: types.i64, name))
      : (good, bad)
    let differs = build.zext(build.icmp(.ne, a, b, name), to: types.i64, name)
    add(types.constant(1 as Int64), to: Self.reached, of: context, name)
    add(differs, to: Self.triggered, of: context, name)
  }

  private borrowing func add(
    _ amount: IRValue, to field: Int, of context: IRValue, _ name: ValueName
  ) {
    let address = build.offset(context, by: field, name)
    let count = build.load(build.types.i64, address, name)
    build.store(build.add(count, amount, name), address)
  }
}

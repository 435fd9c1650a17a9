import CRuntime
import LLVM

/// Replaces values by faulty ones and counts, in the run's context, how often that mattered.
struct Planter: ~Copyable {
  let build: InstructionBuilder
  private let places: PlantedPlaces

  private static let reached = MemoryLayout<JITContext>.offset(of: \.canary_reached)!
  private static let triggered = MemoryLayout<JITContext>.offset(of: \.canary_triggered)!

  var types: IRTypes { build.types }

  init(in context: CodeContext, counting places: PlantedPlaces) {
    build = InstructionBuilder(in: context)
    self.places = places
  }

  /// Puts what `faulty` builds in place of an instruction's value wherever that is used.
  borrowing func plant(at instruction: NamedInstruction, _ faulty: (borrowing Planter) -> IRValue) {
    let good = instruction.value
    let users = good.users
    build.position(after: good)
    let bad = faulty(self)
    countDifference(good, bad, at: instruction)
    good.replace(with: bad, in: users)
  }

  /// Puts what `faulty` builds in place of an instruction's value in some of its uses only.
  borrowing func plant(
    at users: [IRValue], of instruction: NamedInstruction,
    _ faulty: (borrowing Planter) -> IRValue
  ) {
    let good = instruction.value
    for user in users {
      build.position(before: user)
      let bad = faulty(self)
      countDifference(good, bad, at: instruction)
      good.replace(with: bad, in: [user])
    }
  }

  /// Hides a word from whoever searches the stack for cells, from where it is made to where it is
  /// used.
  borrowing func hide(_ instruction: NamedInstruction, from users: [IRValue]) {
    guard !users.isEmpty else { return }
    let name = ValueName(instruction.offset, "hidden")
    let word = instruction.value
    let mask = types.constant(bits: 0x5A5A_5A5A_5A5A_5A5A)
    build.position(after: word)
    let hidden = build.xor(word, mask, name)
    // Nobody searches for words that are no cells.
    let tag = build.lshr(word, types.constant(bits: 48), name)
    let isCell = build.icmp(.eq, tag, types.constant(bits: BoxedWord.heapTag), name)
    countDifference(build.select(isCell, word, hidden, name), hidden, at: instruction)
    for user in users {
      build.position(before: user)
      word.replace(with: build.xor(hidden, mask, name), in: [user])
    }
  }

  /// Passes an integer as a number, so that the callee looks for it in another register.
  borrowing func passAsNumber(_ instruction: NamedInstruction, to call: IRValue) {
    let name = ValueName(instruction.offset, "number")
    let word = instruction.value
    guard let position = (0..<call.operandCount - 1).first(where: { call.operand($0) == word })
    else { return }
    build.position(before: call)
    countDifference(word, types.constant(0 as Int64), at: instruction)
    let number = build.bitcast(word, to: types.double, name)
    build.replace(call: call, passing: number, at: position, name)
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

  /// Another value of the same type.
  borrowing func changed(_ value: IRValue, _ name: ValueName) -> IRValue {
    if value.isDouble { return build.fadd(value, types.constant(1.0), name) }
    return value.type == types.i1
      ? build.xor(value, types.constant(true), name)
      : build.add(value, types.constant(1 as Int64), name)
  }

  /// Counts that faulty code was reached, and whether two values differ in a bit; the place counts
  /// as planted.
  private borrowing func countDifference(
    _ good: IRValue, _ bad: IRValue, at instruction: NamedInstruction
  ) {
    places.add()
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

/// Words of the judged engines that faults make or look for.
enum BoxedWord {
  /// What null is.
  static let null: UInt64 = 0xFFFA << 48
  /// The upper 16 bits of the words that are cells.
  static let heapTag = UInt64(JIT_HEAP_TAG)
}

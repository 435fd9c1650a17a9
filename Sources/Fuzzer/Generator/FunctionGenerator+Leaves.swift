import Bytecode

extension FunctionGenerator {
  /// Pushes a value by one instruction: a constant, a slot or a binding.
  mutating func leaf(_ want: Want) -> ValueFact {
    let locals = localCandidates(for: want)
    if isWhole {
      if let recentSlot, locals.contains(recentSlot), entropy.chance(1, in: 3) {
        return load(recentSlot)
      }
      if let fact = capture(want) { return fact }
    }
    let bindings = environment.bindings.indices.filter {
      want.accepts(environment.bindings[$0].fact)
    }
    let choice = entropy.below(6)
    if choice < 3, !locals.isEmpty { return load(entropy.pick(locals)) }
    if choice == 3, !bindings.isEmpty, !isKernel {
      let binding = entropy.pick(bindings)
      emit(.loadModuleBinding, .binding(BindingIndex(binding)), pops: 0, pushes: 1)
      return environment.bindings[binding].fact
    }
    return isWhole ? construct(want, level: 0) : constant(want)
  }

  /// Pushes a constant that serves.
  mutating func constant(_ want: Want) -> ValueFact {
    switch want {
    case .int: return pushInt()
    case .integral:
      if entropy.chance(1, in: 8) { return pushIntegralNumber() }
      return pushInt()
    case .number: return pushNumber()
    case .numeric: return entropy.chance(1, in: 2) ? pushNumber() : pushInt()
    case .bool:
      push(.bool(entropy.chance(1, in: 2)))
      return .bool
    case .any:
      var kinds: KindSet =
        isKernel ? [.int, .number, .bool] : [.int, .number, .bool, .null, .unit]
      if isWhole { kinds.insert(.string) }
      let constant = BoundaryConstants.constant(of: kinds, &entropy)
      push(constant)
      let kind = KindSet(constant.kind)
      return ValueFact(known: kind, actual: kind, magnitude: kind == .int ? 47 : nil)
    case .string, .text, .array, .intArray, .floatArray, .boolArray, .anyArray, .object, .map,
      .range, .iterable, .record, .some, .ok, .err, .function, .small, .bound, .key:
      return construct(want, level: 0)
    }
  }

  private mutating func pushInt() -> ValueFact {
    let value = BoundaryConstants.int(&entropy)
    push(.int(value))
    return ValueFact(known: .int, actual: .int, magnitude: bits(value.magnitude))
  }

  private mutating func pushIntegralNumber() -> ValueFact {
    let value = Double(BoundaryConstants.int(&entropy)) * (entropy.chance(1, in: 4) ? 1024 : 1)
    push(.number(value))
    return ValueFact(
      known: .number, actual: .number, magnitude: bits(UInt64(value.magnitude)))
  }

  private mutating func pushNumber() -> ValueFact {
    let value = BoundaryConstants.number(&entropy)
    push(.number(value))
    let isBounded = value.magnitude < 0x1p62 && value == value.rounded(.towardZero)
    return ValueFact(
      known: .number, actual: .number,
      magnitude: isBounded ? bits(UInt64(value.magnitude)) : nil)
  }

  /// k with value ≤ 2^k.
  private func bits(_ value: UInt64) -> Int { UInt64.bitWidth - value.leadingZeroBitCount }

  /// Pushes a small int constant in the range.
  mutating func pushSmall(_ range: ClosedRange<Int>) -> Int {
    let value = range.lowerBound + entropy.below(range.count)
    push(.int(Int64(value)))
    return value
  }
}

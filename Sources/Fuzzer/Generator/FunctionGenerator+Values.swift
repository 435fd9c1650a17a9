import Bytecode

extension FunctionGenerator {
  /// Pushes a new value that serves, its parts by expressions of one level less.
  mutating func construct(_ want: Want, level: Int) -> ValueFact {
    switch want {
    case .int, .integral, .number, .numeric, .bool: return constant(want)
    case .any: return entropy.chance(1, in: 2) ? constant(.any) : construct(anyWant(), level: level)
    case .string:
      push(.string(BoundaryStrings.string(&entropy)))
      return .unknown(.string)
    case .text:
      push(.string(BoundaryStrings.text(&entropy)))
      return .unknown(.string)
    case .array: return plainArray(level: level)
    case .intArray: return packedArray([.int], .intArray, level: level)
    case .floatArray: return packedArray([.number, .numeric], .floatArray, level: level)
    case .boolArray: return packedArray([.bool], .boolArray, level: level)
    case .anyArray:
      return construct(
        entropy.pick([.array, .intArray, .floatArray, .boolArray]), level: level)
    case .object: return newObject(level: level)
    case .record(let schema): return newRecord(schema, level: level)
    case .map: return newMap(level: level)
    case .range:
      _ = construct(.small, level: 0)
      _ = construct(.small, level: 0)
      push(.bool(entropy.chance(1, in: 2)))
      emit(.makeRange, pops: 3, pushes: 1)
      return .unknown(.range)
    case .iterable:
      return construct(entropy.pick([.anyArray, .string, .range, .map, .anyArray]), level: level)
    case .some: return wrapped(.makeSome, .some, level: level)
    case .ok: return wrapped(.makeOk, .ok, level: level)
    case .err: return wrapped(.makeErr, .err, level: level)
    case .function(let arity): return functionValue(arity: arity)
    case .small:
      _ = pushSmall(0...8)
      return ValueFact(known: .int, actual: .int, magnitude: 3)
    case .bound:
      guard entropy.chance(3, in: 4) else {
        push(.null)
        return .null
      }
      push(.int(Int64(entropy.below(12)) - 5))
      return .int
    case .key: return construct(entropy.pick([.int, .string, .bool]), level: 0)
    }
  }

  private mutating func wrapped(_ builtin: Builtin, _ kind: KindSet, level: Int) -> ValueFact {
    _ = part(.any, level: level)
    self.builtin(builtin, 1)
    return .unknown(kind)
  }

  /// A part of a new value.
  mutating func part(_ want: Want, level: Int) -> ValueFact {
    level > 0 ? expression(want, level: level - 1) : constant(want)
  }

  private mutating func plainArray(level: Int) -> ValueFact {
    let count = entropy.pick([2, 3, 0, 1, 4])
    for _ in 0..<count { _ = part(.any, level: level) }
    emit(.newArray, .count(count), pops: count, pushes: 1)
    return .unknown(.array)
  }

  /// Elements of the first want and then of all, which make a packed array of the kind.
  private mutating func packedArray(
    _ wants: [Want], _ kind: KindSet, level: Int
  ) -> ValueFact {
    let count = 1 + entropy.below(4)
    for position in 0..<count {
      _ = part(position == 0 ? wants[0] : entropy.pick(wants), level: level)
    }
    emit(.newTypedArray, .count(count), pops: count, pushes: 1)
    return .unknown(kind)
  }

  /// An object of some keys in some order: the same keys come in several orders, and so make
  /// several shapes.
  mutating func newObject(level: Int) -> ValueFact {
    var count = 0
    for key in shuffledKeys() {
      push(.string(key.name))
      let want = wholeWant(for: key.fact, key.fact.actual)
      if level <= 0, want == .object {
        // Objects in objects end here.
        emit(.newObject, .count(0), pops: 0, pushes: 1)
      } else {
        _ = part(want, level: level)
      }
      count += 1
    }
    emit(.newObject, .count(count), pops: 2 * count, pushes: 1)
    return .unknown(.object)
  }

  /// Some of the program's keys, now and then one twice.
  mutating func shuffledKeys() -> [KeyFact] {
    let keys = environment.keys
    guard !keys.isEmpty else { return [] }
    let start = entropy.below(keys.count)
    let count = entropy.pick([2, 1, 3, 0, 4])
    let step = entropy.pick([1, keys.count - 1])
    return (0..<count).map { keys[(start + $0 * step) % keys.count] }
  }

  mutating func newRecord(_ schema: SchemaIndex, level: Int) -> ValueFact {
    let fields = environment.schema(schema)?.fields ?? []
    for field in fields {
      if field.slot.fact.actual.contains(.null), level <= 0 || entropy.chance(1, in: 3) {
        push(.null)
      } else {
        _ = part(want(for: field.slot), level: level)
      }
    }
    emit(.newTypedObject, .schema(schema), pops: fields.count, pushes: 1)
    return .record(schema)
  }

  private mutating func newMap(level: Int) -> ValueFact {
    builtin(.makeMap, 0)
    for _ in 0..<entropy.pick([1, 0, 2, 3]) {
      _ = construct(.key, level: 0)
      _ = part(.any, level: level)
      builtin(.set, 3)
    }
    return .unknown(.map)
  }

  /// A want of any sort of value.
  mutating func anyWant() -> Want {
    let wants: [Want] = [
      .int, .number, .bool, .string, .anyArray, .array, .object, .map, .range, .some, .ok, .err,
      .intArray, .object, .string,
    ]
    switch entropy.below(8) {
    case 6:
      guard !environment.schemas.isEmpty else { return .object }
      return .record(entropy.pick(environment.schemas).index)
    case 7:
      let arities = environment.arities
      return arities.isEmpty ? .string : .function(entropy.pick(arities))
    default: return entropy.pick(wants)
    }
  }

  /// What to ask for to fill a slot of kinds outside the core.
  func wholeWant(for fact: ValueFact, _ actual: KindSet) -> Want {
    if let schema = fact.schema { return .record(schema) }
    if let arity = fact.arity { return .function(arity) }
    let wants: [Want] = [
      .int, .number, .numeric, .bool, .string, .array, .intArray, .floatArray, .boolArray,
      .anyArray, .object, .map, .range, .some, .ok, .err,
    ]
    return wants.first { $0.kinds.isSuperset(of: actual) } ?? .any
  }

  /// The instructions that make the plainest value a fact allows, for a function's entry.
  mutating func firstValue(of fact: ValueFact) -> [(Opcode, EditableOperand)] {
    let kinds = fact.withoutNull.actual
    let constants: KindSet = [.int, .number, .bool, .unit, .string]
    if fact.actual == .null { return [(.pushNull, .plain(.none))] }
    if !kinds.isDisjoint(with: constants) {
      return [(.pushConst, .constant(BoundaryConstants.constant(of: kinds, &entropy)))]
    }
    if let schema = fact.schema {
      let fields = environment.schema(schema)?.fields ?? []
      return fields.flatMap { field -> [(Opcode, EditableOperand)] in
        field.slot.fact.actual.contains(.null)
          ? [(.pushNull, .plain(.none))] : firstValue(of: field.slot.fact)
      } + [(.newTypedObject, .plain(.schema(schema)))]
    }
    if let arity = fact.arity { return [firstFunction(arity: arity)] }
    if kinds.contains(.array) { return [(.newArray, .plain(.count(0)))] }
    if kinds.contains(.object) { return [(.newObject, .plain(.count(0)))] }
    if kinds.contains(.map) {
      return [(.builtinCall, .plain(.builtin(.makeMap, argumentCount: 0)))]
    }
    if kinds.contains(.range) {
      return [
        (.pushConst, .constant(.int(0))), (.pushConst, .constant(.int(3))),
        (.pushConst, .constant(.bool(false))), (.makeRange, .plain(.none)),
      ]
    }
    if kinds.contains(.intArray) { return packed(.int(1)) }
    if kinds.contains(.floatArray) { return packed(.number(0.5)) }
    if kinds.contains(.boolArray) { return packed(.bool(true)) }
    let builtin: Builtin =
      kinds.contains(.some) ? .makeSome : kinds.contains(.ok) ? .makeOk : .makeErr
    return [
      (.pushConst, .constant(.int(1))), (.builtinCall, .plain(.builtin(builtin, argumentCount: 1))),
    ]
  }

  private func packed(_ constant: Constant) -> [(Opcode, EditableOperand)] {
    [(.pushConst, .constant(constant)), (.newTypedArray, .plain(.count(1)))]
  }

  private func firstFunction(arity: Int) -> (Opcode, EditableOperand) {
    let callable = environment.callables.first {
      $0.takesAnything && $0.captures.isEmpty && !$0.mayTrap && $0.parameters.count == arity
    }
    guard let callable else { preconditionFailure("only arities there are, are asked for") }
    return (.pushConst, .constant(.function(callable.index)))
  }
}

import Bytecode

extension FunctionGenerator {
  /// Pushes a value that serves by means of the whole language; nil, and nothing emitted, if the
  /// numeric core is to do it.
  mutating func wholeExpression(_ want: Want, level: Int) -> ValueFact? {
    switch want {
    case .int, .integral, .number, .numeric, .bool:
      // Half the arithmetic stays arithmetic.
      if entropy.chance(1, in: 2) { return nil }
    case .text, .small, .bound: return construct(want, level: level)
    case .any:
      // A want of a certain sort reaches more than any value at all.
      if entropy.chance(1, in: 2) { return expression(anyWant(), level: level) }
    case .string, .array, .intArray, .floatArray, .boolArray, .anyArray, .object, .map, .range,
      .iterable, .record, .some, .ok, .err, .function, .key:
      if entropy.chance(1, in: 5) { return leaf(want) }
    }
    switch entropy.below(16) {
    case 0, 1, 2: return constructed(want, level: level)
    case 3, 4, 5, 6, 7: return production(want, level: level) ?? constructed(want, level: level)
    case 8, 9: return read(want, level: level)
    case 10: return callback(want, level: level)
    case 11: return callValue(want)
    case 12: return callRecordMethod(want, level: level)
    case 13: return updated(want, level: level)
    case 14: return foreignCall(want)
    default: return converted(want, level: level)
    }
  }

  private mutating func constructed(_ want: Want, level: Int) -> ValueFact? {
    switch want {
    case .int, .integral, .number, .numeric, .bool: nil
    case .any, .string, .text, .array, .intArray, .floatArray, .boolArray, .anyArray, .object,
      .map, .range, .iterable, .record, .some, .ok, .err, .function, .small, .bound, .key:
      construct(want, level: level)
    }
  }

  /// An instruction or builtin of the table of productions.
  private mutating func production(_ want: Want, level: Int) -> ValueFact? {
    let candidates = Production.serving(want)
    guard !candidates.isEmpty else { return nil }
    let production = entropy.pick(candidates)
    let isMethod = production.methodName != nil && entropy.chance(2, in: 5)
    for (position, argument) in production.arguments.enumerated() {
      _ = expression(argument, level: level - 1)
      if isMethod, position == 0 { declareReceiver(argument) }
    }
    emit(production, asMethod: isMethod)
    return settled(production.fact, want)
  }

  /// Emits the instruction of a production on arguments already pushed.
  mutating func emit(_ production: Production, asMethod: Bool) {
    let count = production.arguments.count
    switch production.form {
    case .opcode(let opcode): emit(opcode, pops: count, pushes: 1)
    case .builtin(let builtin): call(builtin, count: count, asMethod: asMethod)
    }
  }

  /// Emits the call of a builtin on arguments already pushed.
  mutating func call(_ builtin: Builtin, count: Int, asMethod: Bool) {
    guard asMethod else { return self.builtin(builtin, count) }
    emit(
      .callMethod, .method(Literal(builtin.facts.name), argumentCount: count - 1), pops: count,
      pushes: 1)
  }

  /// Now and then puts the receiver on the stack through a local that declares its kind, so that
  /// inference knows it.
  mutating func declareReceiver(_ want: Want, inThirds share: Int = 1) {
    guard let base = want.slotBase, entropy.chance(share, in: 3) else { return }
    let local = addLocal(
      SlotFact(
        fact: ValueFact(known: want.kinds, actual: want.kinds, magnitude: nil),
        declared: SlotKind(base), isWritable: false))
    initializeAtEntry(local)
    store(local)
    _ = load(local)
  }

  // MARK: Reading

  /// Reads a property, field or element that serves, null replaced.
  private mutating func read(_ want: Want, level: Int) -> ValueFact? {
    switch entropy.below(6) {
    case 0, 1, 2: return property(want, level: level)
    case 3, 4: return field(want, level: level)
    default: return element(want, level: level)
    }
  }

  private mutating func property(_ want: Want, level: Int) -> ValueFact? {
    if want == .int || want == .numeric || want == .any, entropy.chance(1, in: 6) {
      _ = expression(entropy.pick([.string, .anyArray, .map]), level: level - 1)
      emit(.getProp, .property(Literal("length")), pops: 1, pushes: 1)
      return .unknown(.int)
    }
    let keys = environment.keys.filter { want.accepts($0.fact) }
    guard !keys.isEmpty else { return nil }
    let key = entropy.pick(keys)
    _ = expression(.object, level: level - 1)
    readProperty(key.name)
    var fact = key.fact
    fact.known = .anything
    fact.actual.insert(.null)
    return settled(fact, want)
  }

  /// `GetProp` by a name in the instruction, or by a key on the stack.
  mutating func readProperty(_ name: Literal) {
    if entropy.chance(2, in: 3) {
      emit(.getProp, .property(name), pops: 1, pushes: 1)
    } else {
      push(.string(name))
      emit(.getProp, .plain(.property(nil)), pops: 2, pushes: 1)
    }
  }

  private mutating func field(_ want: Want, level: Int) -> ValueFact? {
    var candidates: [(schema: SchemaIndex, field: Int, slot: SlotFact, name: String)] = []
    for schema in environment.schemas {
      for (position, field) in schema.fields.enumerated()
      where want.accepts(field.slot.fact) || want.accepts(field.slot.fact.withoutNull) {
        candidates.append((schema.index, position, field.slot, field.name))
      }
    }
    guard !candidates.isEmpty else { return nil }
    let candidate = entropy.pick(candidates)
    // Records of another schema are asked by the field's name, wherever they have it.
    let receiver = entropy.pick([candidate] + candidates.filter { $0.name == candidate.name })
    _ = expression(.record(receiver.schema), level: level - 1)
    if entropy.chance(1, in: 2) {
      emit(.getFieldTyped, .field(candidate.schema, candidate.field), pops: 1, pushes: 1)
    } else {
      readProperty(Literal(candidate.name))
    }
    var fact = receiver.slot.fact
    fact.known = .anything
    return settled(fact, want)
  }

  /// An element of a new array, or a scalar of a string, at an index it has.
  private mutating func element(_ want: Want, level: Int) -> ValueFact? {
    let source: Want
    switch want {
    case .int, .integral: source = .intArray
    case .number: source = .floatArray
    case .numeric: source = entropy.pick([.intArray, .floatArray])
    case .bool: source = .boolArray
    case .string: source = .text
    case .any: source = entropy.pick([.intArray, .text])
    case .text, .array, .intArray, .floatArray, .boolArray, .anyArray, .object, .map, .range,
      .iterable, .record, .some, .ok, .err, .function, .small, .bound, .key:
      return nil
    }
    _ = construct(source, level: level - 1)
    if entropy.chance(1, in: 2) {
      push(.int(entropy.chance(1, in: 2) ? 0 : -1))
    } else {
      push(.number(entropy.pick([0, -1, -0.0])))
    }
    emit(.getProp, .plain(.property(nil)), pops: 2, pushes: 1)
    return .unknown(source == .text ? .string : source.elementOrNull.subtracting(.null))
  }

  // MARK: Updating

  /// Stores into a value and gives it.
  private mutating func updated(_ want: Want, level: Int) -> ValueFact? {
    switch want {
    case .object, .any, .iterable:
      guard want != .iterable, let key = environment.keys.randomElement(&entropy) else {
        return nil
      }
      _ = expression(.object, level: level - 1)
      let isNamed = entropy.chance(1, in: 2)
      if !isNamed { push(.string(key.name)) }
      _ = expression(wholeWant(for: key.fact, key.fact.actual), level: level - 1)
      if isNamed {
        emit(.setProp, .property(key.name), pops: 2, pushes: 1)
      } else {
        emit(.setProp, .plain(.property(nil)), pops: 3, pushes: 1)
      }
      showObject(with: key.name)
      return .unknown(.object)
    case .record(let schema):
      return updatedRecord(schema, level: level)
    case .int, .integral, .number, .numeric, .bool, .string, .text, .array, .intArray,
      .floatArray, .boolArray, .anyArray, .map, .range, .some, .ok, .err, .function, .small,
      .bound, .key:
      return nil
    }
  }

  private mutating func updatedRecord(_ schema: SchemaIndex, level: Int) -> ValueFact? {
    guard let fields = environment.schema(schema)?.fields, !fields.isEmpty else { return nil }
    _ = expression(.record(schema), level: level - 1)
    switch entropy.below(3) {
    case 0:
      _ = expression(.record(schema), level: level - 1)
      emit(.typedMergeObject, .schema(schema), pops: 2, pushes: 1)
    case 1:
      let position = entropy.below(fields.count)
      argument(for: fields[position].slot)
      emit(.setFieldTyped, .field(schema, position), pops: 2, pushes: 1)
    default:
      let field = entropy.pick(fields)
      argument(for: field.slot)
      emit(.setProp, .property(Literal(field.name)), pops: 2, pushes: 1)
    }
    return .record(schema)
  }

  // MARK: Converting

  /// Makes what serves of any value at all.
  private mutating func converted(_ want: Want, level: Int) -> ValueFact? {
    switch want {
    case .string:
      _ = expression(.any, level: level - 1)
      builtin(entropy.pick([.toString, .typeOf, .toString]), 1)
      return .unknown(.string)
    case .bool:
      _ = expression(.any, level: level - 1)
      builtin(entropy.pick([.toBool, .isObject, .isArray, .isNull, .isFunction, .isNumber]), 1)
      return .unknown(.bool)
    case .number:
      _ = expression(.string, level: level - 1)
      builtin(.toNumber, 1)
      return .unknown(.number)
    case .int:
      _ = expression(.string, level: level - 1)
      builtin(.toNumber, 1)
      emit(.numberToInt, pops: 1, pushes: 1)
      return .int
    case .floatArray:
      // Two arrays of one length: an array and itself.
      _ = expression(.floatArray, level: level - 1)
      emit(.dup, pops: 1, pushes: 2)
      call(
        entropy.pick([.vecAdd, .vecSub, .vecMul, .vecDiv, .vecMax, .vecMin]), count: 2,
        asMethod: entropy.chance(2, in: 5))
      return .unknown(.floatArray)
    case .integral, .numeric, .any, .text, .array, .intArray, .boolArray, .anyArray, .object, .map,
      .range, .iterable, .record, .some, .ok, .err, .function, .small, .bound, .key:
      return nil
    }
  }
}

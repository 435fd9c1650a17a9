import Bytecode

/// Draws what parameters, locals and bindings declare and hold.
enum SlotGenerator {
  private static let plain: [(SlotKind.Base, ValueFact)] = [
    (.int, .int), (.number, .number), (.bool, .bool),
  ]

  /// A slot that declares a kind.
  ///
  /// - Parameter startsNull: whether one that may be null is before anything is stored; of others,
  ///   half are never null.
  static func declared(
    _ entropy: inout Entropy, nullable: Bool, startsNull: Bool = false
  ) -> SlotFact {
    var (base, fact) = plain[entropy.below(3)]
    if nullable {
      fact.known.insert(.null)
      if startsNull || entropy.chance(1, in: 2) { fact.actual.insert(.null) }
    }
    return SlotFact(
      fact: fact, declared: SlotKind(base, isNullable: nullable), isWritable: true)
  }

  /// A parameter; inference knows nothing of one that declares no kind.
  static func parameter(_ entropy: inout Entropy) -> SlotFact {
    switch entropy.below(8) {
    case 0, 1, 2: declared(&entropy, nullable: false)
    case 3: declared(&entropy, nullable: true)
    case 4, 5: undeclared(.unknown(.int))
    case 6: undeclared(.unknown(.number))
    default: undeclared(.unknown(.numeric))
    }
  }

  /// A local; one that declares no kind has what is stored into it, as inference knows too.
  static func local(_ entropy: inout Entropy) -> SlotFact {
    switch entropy.below(10) {
    case 0, 1: declared(&entropy, nullable: false)
    case 2: declared(&entropy, nullable: true)
    case 3: undeclared(.int)
    case 4: undeclared(.number)
    case 5: undeclared(.bool)
    case 6, 7: undeclared(ValueFact(known: .numeric, actual: .numeric, magnitude: nil))
    case 8: undeclared(ValueFact(known: .anything, actual: .numeric, magnitude: nil))
    default:
      undeclared(
        ValueFact(
          known: .anything, actual: [.int, .number, .bool, .null, .unit], magnitude: nil))
    }
  }

  /// A local of a numeric kernel.
  static func kernelLocal(_ entropy: inout Entropy) -> SlotFact {
    switch entropy.below(4) {
    case 0:
      SlotFact(fact: .number, declared: SlotKind(.number), isWritable: true)
    case 1: undeclared(.number)
    case 2: undeclared(.int)
    default: undeclared(ValueFact(known: .numeric, actual: .numeric, magnitude: nil))
    }
  }

  /// A binding; one that declares no kind is null until `main` stores into it.
  static func binding(_ entropy: inout Entropy) -> SlotFact {
    switch entropy.below(6) {
    case 0, 1, 2: declared(&entropy, nullable: false)
    case 3: declared(&entropy, nullable: true, startsNull: true)
    case 4: undeclared(.unknown(.numeric))
    default: undeclared(.unknown([.int, .number, .bool, .null, .unit]))
    }
  }

  /// What a function gives.
  static func result(_ entropy: inout Entropy) -> ValueFact {
    switch entropy.below(6) {
    case 0, 1: .unknown(.int)
    case 2: .unknown(.number)
    case 3: .unknown(.bool)
    case 4: .unknown(.numeric)
    default: .unknown(.unit)
    }
  }

  static func undeclared(_ fact: ValueFact) -> SlotFact {
    SlotFact(fact: fact, declared: nil, isWritable: true)
  }

  // MARK: The whole language

  /// The slot of a declaration, or of none.
  static func slot(declaring kind: SlotKind?) -> SlotFact {
    guard let kind else { return undeclared(.unknown(.anything)) }
    var fact = ValueFact(
      known: kind.kinds, actual: kind.kinds, magnitude: kind.kinds == .int ? 47 : nil)
    switch kind.base {
    case .schema(let index): fact.schema = index
    case .int, .number, .bool, .string, .array, .intArray, .floatArray, .boolArray, .object, .map,
      .range, .function:
      break
    }
    return SlotFact(fact: fact, declared: kind, isWritable: true)
  }

  private static let bases: [SlotKind.Base] = [
    .int, .string, .array, .object, .intArray, .number, .map, .floatArray, .bool, .range,
    .boolArray,
  ]

  /// A slot of any sort of value.
  ///
  /// - Parameter mayBeNull: whether one that admits null may be given.
  static func any(
    _ entropy: inout Entropy, _ environment: GeneratorEnvironment, mayBeNull: Bool
  ) -> SlotFact {
    switch entropy.below(12) {
    case 0, 1, 2: return local(&entropy)
    case 3, 4, 5:
      let isNullable = mayBeNull && entropy.chance(1, in: 4)
      return slot(declaring: SlotKind(entropy.pick(bases), isNullable: isNullable))
    case 6, 7, 8:
      var slot = slot(declaring: SlotKind(entropy.pick(bases)))
      slot.declared = nil
      slot.fact.known = .anything
      return slot
    case 9:
      guard let schema = environment.schemas.randomElement(&entropy) else { break }
      let isDeclared = entropy.chance(1, in: 2)
      var slot = undeclared(.record(schema.index))
      if isDeclared {
        slot = self.slot(declaring: SlotKind(.schema(schema.index)))
      }
      return slot
    case 10:
      let arities = environment.arities
      guard !arities.isEmpty else { break }
      return SlotFact(
        fact: .function(arity: entropy.pick(arities)),
        declared: entropy.chance(1, in: 2) ? SlotKind(.function) : nil, isWritable: true)
    default: break
    }
    return undeclared(.unknown(.anything))
  }

  /// A parameter, of which inference knows what it declares only.
  static func parameter(
    _ entropy: inout Entropy, _ environment: GeneratorEnvironment
  ) -> SlotFact {
    guard environment.isWhole else { return parameter(&entropy) }
    var slot = any(&entropy, environment, mayBeNull: true)
    if slot.declared == nil { slot.fact.known = .anything }
    return slot
  }

  /// A local; some may be shared by closures and references.
  static func local(
    _ entropy: inout Entropy, _ environment: GeneratorEnvironment
  ) -> SlotFact {
    guard environment.isWhole else { return local(&entropy) }
    var slot = any(&entropy, environment, mayBeNull: true)
    if entropy.chance(1, in: 5) {
      slot.isShared = true
      if slot.declared == nil { slot.fact.known = .anything }
    }
    return slot
  }

  /// A binding: `main` stores into those that have no value to start with.
  static func binding(
    _ entropy: inout Entropy, _ environment: GeneratorEnvironment
  ) -> SlotFact {
    guard environment.isWhole else { return binding(&entropy) }
    var slot = any(&entropy, environment, mayBeNull: false)
    slot.fact.known = slot.declared?.kinds ?? .anything
    switch slot.declared?.base {
    case nil, .int, .number, .bool, .string: break
    case .array, .intArray, .floatArray, .boolArray, .object, .map, .range, .function, .schema:
      slot.declared?.isNullable = true
      slot.fact.known.insert(.null)
    }
    return slot
  }

  /// What a function gives.
  static func result(
    _ entropy: inout Entropy, _ environment: GeneratorEnvironment
  ) -> ValueFact {
    guard environment.isWhole, entropy.chance(2, in: 3) else { return result(&entropy) }
    var fact = any(&entropy, environment, mayBeNull: false).fact
    fact.known = .anything
    return fact
  }
}

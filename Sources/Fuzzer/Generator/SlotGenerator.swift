import Bytecode

/// Draws what parameters, locals and bindings declare and hold.
enum SlotGenerator {
  private static let plain: [(SlotKind.Base, ValueFact)] = [
    (.int, .int), (.number, .number), (.bool, .bool),
  ]

  /// A slot that declares a kind.
  static func declared(_ entropy: inout Entropy, nullable: Bool) -> SlotFact {
    var (base, fact) = plain[entropy.below(3)]
    if nullable {
      fact.known.insert(.null)
      fact.actual.insert(.null)
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
    case 3: declared(&entropy, nullable: true)
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
}

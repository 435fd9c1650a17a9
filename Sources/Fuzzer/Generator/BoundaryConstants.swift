import Bytecode

/// Constants at which engines differ when they are wrong: edges of ranges, of widths, of rounding.
enum BoundaryConstants {
  static let ints: [Int64] = [
    0, 1, -1, 2, -2, 3, 7, 10, 63, 64, 65, 100, -100, 127, 128, -128, -129, 255, 256, 257, 32_767,
    32_768, -32_768, -32_769, 65_535, 65_536, 2_147_483_647, 2_147_483_648, -2_147_483_648,
    -2_147_483_649, 4_294_967_295, 4_294_967_296, 8_388_607, 16_777_216, 16_777_217, 94_906_267,
    11_863_283, (1 << 46) - 1, 1 << 46, (1 << 46) + 1, -(1 << 46), -(1 << 46) - 1,
    IntRange.maximum, IntRange.maximum - 1, IntRange.minimum, IntRange.minimum + 1,
  ]

  static let numbers: [Double] = [
    0, -0.0, 1, -1, 0.5, -0.5, 1.5, -1.5, 2.5, 0.1, 3, -3, 10, 255, 256, 65_536, 2_147_483_648,
    -2_147_483_649, 4_294_967_296, 140_737_488_355_327, 140_737_488_355_328, 140_737_488_355_329,
    -140_737_488_355_328, -140_737_488_355_329, 9_007_199_254_740_991, 9_007_199_254_740_992,
    9_007_199_254_740_994, -9_007_199_254_740_992, 9_223_372_036_854_775_808,
    -9_223_372_036_854_775_808, 9_223_372_036_854_774_784, 1e21, 1e-7, 1e300, -1e300,
    0x1p-1074, -0x1p-1074, 0x1p-1022, 0x1.fffffffffffffp1023, 0x1p-149, 0x1.fffffep127, 0x1p128,
    16_777_217, 0x1.fffffffffffffp-1, 0.49999999999999994, 4_503_599_627_370_495.5, .infinity,
    -.infinity, .nan,
  ]

  static func int(_ entropy: inout Entropy) -> Int64 {
    switch entropy.below(8) {
    case 0, 1, 2: return Int64(entropy.below(12))
    case 3: return Int64(entropy.below(256)) - 128
    case 4:
      let power = Int64(1) << Int64(entropy.below(47))
      let near = power + Int64(entropy.below(3)) - 1
      return entropy.chance(1, in: 2) ? -near : near
    case 5:
      return Int64(truncatingIfNeeded: entropy.word()) >> Int64(16 + entropy.below(40))
    default: return entropy.pick(ints)
    }
  }

  static func number(_ entropy: inout Entropy) -> Double {
    switch entropy.below(8) {
    case 0, 1: return Double(entropy.below(16))
    case 2: return Double(Int(entropy.byte()) - 128) / 4
    case 3: return Double(int(&entropy))
    case 4:
      let power = Double(sign: .plus, exponent: entropy.below(140) - 70, significand: 1)
      let near = entropy.pick([power, power.nextUp, power.nextDown])
      return entropy.chance(1, in: 2) ? -near : near
    case 5: return Double(bitPattern: entropy.word())
    default: return entropy.pick(numbers)
    }
  }

  /// A constant of one of the kinds constants have, functions left out; an int if there is none.
  static func constant(of kinds: KindSet, _ entropy: inout Entropy) -> Constant {
    let candidates = [ValueKind.int, .number, .bool, .null, .unit, .string].filter {
      kinds.contains(KindSet($0))
    }
    guard !candidates.isEmpty else { return .int(int(&entropy)) }
    let kind =
      candidates.contains(.int) && entropy.chance(1, in: 2)
      ? .int : entropy.pick(candidates)
    switch kind {
    case .number: return .number(number(&entropy))
    case .bool: return .bool(entropy.chance(1, in: 2))
    case .null: return .null
    case .unit: return .unit
    case .string: return .string(BoundaryStrings.string(&entropy))
    case .int, .array, .intArray, .floatArray, .boolArray, .object, .record, .map, .range,
      .some, .ok, .err, .function, .closure, .reference, .cell:
      return .int(int(&entropy))
    }
  }
}

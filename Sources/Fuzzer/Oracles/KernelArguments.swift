import Bytecode

/// The numbers numeric kernels are run on.
enum KernelArguments {
  private static let values: [Double] = [
    0, -0.0, 1, -1, 2, 3, 0.5, -2.5, 7, 100, 255, 256, -129, 65_536, 2_147_483_648,
    -2_147_483_649, 140_737_488_355_327, 140_737_488_355_328, -140_737_488_355_328,
    9_007_199_254_740_994, 1e300, .infinity, -.infinity, .nan, 0x1p-1074,
  ]

  /// Six tuples, the same for the same count and salt: small numbers first, then edges.
  static func tuples(count: Int, salt: Int) -> [[ObservedValue]] {
    if count == 0 { return [[]] }
    return (0..<6).map { tuple in
      (0..<count).map { position in
        let index =
          tuple < 2
          ? (2 + tuple * 3 + position) % 10 : (tuple * 7 + position * 5 + salt) % values.count
        return .number(values[index])
      }
    }
  }
}

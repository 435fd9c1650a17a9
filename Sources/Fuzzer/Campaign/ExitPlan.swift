/// Which of the many ways to leave and enter compiled code a check tries.
enum ExitPlan {
  /// The occurrences of a safepoint at which to leave: the first, the middle and the last; all of
  /// them the first 32, then powers of two, then the last.
  ///
  /// - Parameter count: how often compiled code passed the safepoint.
  static func occurrences(of count: UInt64, isExhaustive: Bool) -> [UInt64] {
    guard count > 0 else { return [] }
    var chosen: [UInt64]
    if isExhaustive {
      chosen = Array(1...min(count, 32))
      chosen += (6..<64).lazy.map { 1 << $0 }.prefix { $0 < count }
      chosen.append(count)
    } else {
      chosen = [1, count / 2 + count % 2, count]
    }
    return withoutRepeats(chosen)
  }

  /// The iterations of a loop at which to enter: the first three and the last.
  static func iterations(upTo last: UInt64) -> [UInt64] {
    withoutRepeats([0, 1, 2].filter { $0 <= last } + [last])
  }

  private static func withoutRepeats(_ ascending: [UInt64]) -> [UInt64] {
    ascending.indices.filter { $0 == 0 || ascending[$0] != ascending[$0 - 1] }
      .map { ascending[$0] }
  }

  /// How many runs fit in an amount of fuel, but eight at least.
  ///
  /// - Parameter costs: the fuel of each run that could be made.
  static func count(of costs: [UInt64], within fuel: UInt64) -> Int {
    // A run costs something even if it uses no fuel.
    let sum = costs.reduce(0.0) { $0 + Double($1) + 100 }
    guard sum > Double(fuel) else { return costs.count }
    return max(min(costs.count, 8), Int(Double(fuel) / sum * Double(costs.count)))
  }

  /// As many elements as the budget allows, evenly spread, from a place the rotation chooses; in
  /// their order.
  static func chosen<Element>(
    _ all: [Element], budget: Int, rotation: UInt64
  ) -> [Element] {
    guard all.count > budget else { return all }
    let start = Int(rotation % UInt64(all.count))
    return (0..<budget).map { (start + $0 * all.count / budget) % all.count }.sorted()
      .map { all[$0] }
  }
}

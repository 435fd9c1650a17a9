import Glibc

/// Figures of a list of measurements.
public enum Statistics {
  /// The value in the middle, the mean of both for an even number; nil of none.
  public static func median(_ values: [Double]) -> Double? {
    let sorted = values.sorted()
    guard let last = sorted.indices.last else { return nil }
    return (sorted[last / 2] + sorted[(last + 1) / 2]) / 2
  }

  /// The least value that no more than the rest of a hundred percent exceed; nil of none.
  ///
  /// - Parameter percent: 0 to 100.
  public static func percentile(_ percent: Double, of values: [Double]) -> Double? {
    let sorted = values.sorted()
    guard !sorted.isEmpty else { return nil }
    let rank = (percent / 100 * Double(sorted.count)).rounded(.up)
    return sorted[min(max(Int(rank), 1), sorted.count) - 1]
  }

  /// The geometric mean of positive values; nil of none.
  public static func geometricMean(_ values: [Double]) -> Double? {
    guard !values.isEmpty else { return nil }
    return exp(values.map { log($0) }.reduce(0, +) / Double(values.count))
  }
}

/// What a comparison counts.
public enum BenchClock: String, CaseIterable, Codable, Hashable, Sendable {
  /// Processor time of all threads, less that of an empty program.
  case processor
  /// Time passed, less that of an empty program.
  case wall
  /// Time passed from the start of the process to its end: what its user waits for. Only here do
  /// tiers that start compilers before they run, or while they do, or not at all, compare.
  case process

  var subtractsStartUp: Bool { self != .process }

  /// How reports name it.
  var title: String {
    switch self {
    case .processor: "processor seconds, start-up subtracted"
    case .wall: "wall seconds, start-up subtracted"
    case .process: "wall seconds of whole processes"
    }
  }

  func seconds(of process: ChildProcess) -> Double {
    switch self {
    case .processor: process.processorSeconds
    case .wall, .process: process.wallSeconds
    }
  }
}

/// What a comparison found of one runner on one program.
public struct RunnerFigures: Encodable, Hashable, Sendable {
  public let runner: String
  /// The least of the rounds less the start-up, in seconds.
  public let seconds: Double
  /// The median of the rounds less the start-up, in seconds.
  public let medianSeconds: Double
  /// Every round with the start-up, in seconds.
  public let rounds: [Double]
  /// How many times as fast as the first tier.
  public internal(set) var speed: Double?
}

/// What a comparison found of one program.
public struct ProgramFigures: Encodable, Hashable, Sendable {
  public let program: String
  public let arguments: [String]
  /// What all runners computed, as the first tier prints it.
  public let result: String
  /// Tiers that leave the program to the interpreter.
  public let declined: [String]
  /// Bytecode instructions of the run, if the interpreter was among the tiers.
  public let instructions: UInt64?
  /// Those that ran it, in the order of the comparison.
  public let runners: [RunnerFigures]

  /// The figures of a runner, nil if it did not run the program.
  public subscript(runner: String) -> RunnerFigures? { runners.first { $0.runner == runner } }
}

/// How many times as fast as the first tier a runner is, over several programs.
public struct SpeedFigures: Encodable, Hashable, Sendable {
  public let runner: String
  public let programs: Int
  public let geometricMean: Double
  public let least: Double
  public let leastProgram: String
  public let greatest: Double
  public let greatestProgram: String

  /// - Returns: nil if the runner ran none of them.
  init?(of runner: String, in programs: [ProgramFigures]) {
    let speeds = programs.compactMap { program in
      program[runner]?.speed.map { (name: program.program, speed: $0) }
    }
    guard let least = speeds.min(by: { $0.speed < $1.speed }),
      let greatest = speeds.max(by: { $0.speed < $1.speed }),
      let mean = Statistics.geometricMean(speeds.map(\.speed))
    else { return nil }
    self.runner = runner
    self.programs = speeds.count
    geometricMean = mean
    (self.least, leastProgram) = (least.speed, least.name)
    (self.greatest, greatestProgram) = (greatest.speed, greatest.name)
  }
}

/// A comparison of tiers and peers on several programs, side by side in one run.
public struct ComparisonReport: Encodable, Hashable, Sendable {
  public let clock: BenchClock
  public let rounds: Int
  /// The runners in order; speeds are relative to the first.
  public let runners: [String]
  /// The least seconds of a program that does nothing, by position of the runner.
  public let startUps: [Double]
  public let programs: [ProgramFigures]
  /// Speeds over all programs, for every runner but the first.
  public let speeds: [SpeedFigures]
  /// The same over the programs 01 to 12.
  public let numericSpeeds: [SpeedFigures]

  init(
    clock: BenchClock, rounds: Int, runners: [String], startUps: [Double],
    programs: [ProgramFigures], numericPrograms: [ProgramFigures]
  ) {
    self.clock = clock
    self.rounds = rounds
    self.runners = runners
    self.startUps = startUps
    self.programs = programs
    let others = runners.dropFirst()
    speeds = others.compactMap { SpeedFigures(of: $0, in: programs) }
    numericSpeeds = others.compactMap { SpeedFigures(of: $0, in: numericPrograms) }
  }
}

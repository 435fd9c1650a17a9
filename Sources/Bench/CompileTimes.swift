import Bytecode
import Glibc
import JIT

/// How long the baseline tier takes for each function of several programs.
public struct CompileTimes: Encodable, Sendable {
  /// One compiled function.
  public struct Sample: Encodable, Hashable, Sendable {
    public let program: String
    public let function: String
    public let instructions: Int
    /// What the program took divided by the number of its functions: the batch included.
    public let milliseconds: Double
    /// What a module of this function alone took, as in tiering; nil if its instructions are not
    /// near a hundred.
    public let aloneMilliseconds: Double?
  }

  /// Functions whose instructions are near a hundred.
  public static let nearHundred = 80...120

  public let rounds: Int
  public private(set) var samples: [Sample] = []
  /// Functions that stay interpreted.
  public private(set) var declined = 0
  /// Of `milliseconds`; nil of no function.
  public private(set) var median: Double?
  public private(set) var percentile90: Double?
  /// The number of functions near a hundred instructions.
  public private(set) var nearHundredCount = 0
  /// Of their `aloneMilliseconds`; nil if there are none.
  public private(set) var nearHundredMedian: Double?
  public private(set) var nearHundredGreatest: Double?

  /// Compiles programs, each as the tier's engine does before a run, in turn in every round, and
  /// functions near a hundred instructions alone; of each the least processor time counts, and a
  /// first round, in which LLVM wakes up, not at all.
  ///
  /// - Throws: `.broken` if code generation fails.
  public init(
    of programs: [(name: String, program: VerifiedProgram)], rounds: Int
  ) throws(EngineFailure) {
    self.rounds = rounds
    var whole = [Double](repeating: .infinity, count: programs.count)
    var alone = [[FunctionIndex: Double]](repeating: [:], count: programs.count)
    var compiled = [[FunctionIndex]](repeating: [], count: programs.count)
    for round in 0...rounds {
      for (position, entry) in programs.enumerated() {
        let program = entry.program
        let (taken, functions) = try Self.time { compiler throws(EngineFailure) in
          try compiler.compileProgram(program)
        }
        compiled[position] = functions
        if round > 0 { whole[position] = min(whole[position], taken) }
        for function in functions
        where Self.nearHundred.contains(program.program[function].range.count) {
          let (taken, _) = try Self.time { compiler throws(EngineFailure) in
            try compiler.compileBaseline(function, in: program)
          }
          guard round > 0 else { continue }
          alone[position][function] = min(alone[position][function] ?? .infinity, taken)
        }
      }
    }
    for (position, entry) in programs.enumerated() {
      add(entry.name, entry.program.program, compiled[position], whole[position], alone[position])
    }
    summarize()
  }

  /// The processor milliseconds of one compile, and the functions that have code afterwards.
  private static func time(
    _ compile: (UnitCompiler) throws(EngineFailure) -> CompiledUnit
  ) throws(EngineFailure) -> (milliseconds: Double, functions: [FunctionIndex]) {
    let options = CompileOptions(publishesEveryFunction: false)
    let start = processorMilliseconds
    do throws(EngineFailure) {
      let compiled = try compile(UnitCompiler(options: options))
      return (processorMilliseconds - start, compiled.functions.map(\.function))
    } catch {
      switch error {
      case .unsupported: return (0, [])
      case .inconclusive, .broken, .storm: throw error
      }
    }
  }

  private static var processorMilliseconds: Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) * 1_000 + Double(time.tv_nsec) / 1_000_000
  }

  private mutating func add(
    _ name: String, _ program: Program, _ functions: [FunctionIndex], _ milliseconds: Double,
    _ alone: [FunctionIndex: Double]
  ) {
    declined += program.functions.count - functions.count
    for function in functions {
      samples.append(
        Sample(
          program: name, function: program[function].name,
          instructions: program[function].range.count,
          milliseconds: milliseconds / Double(functions.count),
          aloneMilliseconds: alone[function]))
    }
  }

  private mutating func summarize() {
    let all = samples.map(\.milliseconds)
    median = Statistics.median(all)
    percentile90 = Statistics.percentile(90, of: all)
    let near = samples.compactMap(\.aloneMilliseconds)
    nearHundredCount = near.count
    nearHundredMedian = Statistics.median(near)
    nearHundredGreatest = near.max()
  }

  /// The figures in words.
  public var text: String {
    func figure(_ value: Double?) -> String {
      value.map { ComparisonText.decimal($0, 3) + " ms" } ?? "-"
    }
    let programs = Set(samples.map(\.program)).count
    return """
      baseline tier, processor time, the least of \(rounds) rounds; \(samples.count) functions of \
      \(programs) programs, \(declined) functions declined
      per function, its program's batch included: median \(figure(median)), \
      90th percentile \(figure(percentile90))
      of \(Self.nearHundred.lowerBound) to \(Self.nearHundred.upperBound) instructions, \
      \(nearHundredCount) functions each in a module of its own: \
      median \(figure(nearHundredMedian)), greatest \(figure(nearHundredGreatest))

      """
  }
}

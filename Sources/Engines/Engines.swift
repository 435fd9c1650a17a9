import Bytecode
import JIT
import RefInterpreter

/// The judge and every judged configuration, by name: nobody else lists engines.
public enum Engines {
  /// The engine of a name.
  public static func named(
    _ name: EngineName, options: CompileOptions = CompileOptions()
  ) -> any Engine {
    switch name {
    case .reference: ReferenceEngine()
    case .interpreter: InterpreterEngine()
    case .baseline: BaselineEngine(options: options)
    case .selective: SelectiveEngine(options: options, leavesEveryOther: true)
    case .osr: StackReplacementEngine(options: options)
    case .optimizing: OptimizingEngine(options: options)
    case .auto: AutoEngine(options: options)
    case .numeric: NumericEngine(options: options)
    }
  }

  /// The engine of a name as people run programs on it: it compiles all it can, and loops at the
  /// second arrival by a jump.
  public static func running(
    _ name: EngineName, options: CompileOptions = CompileOptions()
  ) -> any Engine {
    switch name {
    case .reference, .interpreter, .baseline, .optimizing, .numeric: named(name, options: options)
    case .selective: SelectiveEngine(options: options)
    case .osr: StackReplacementEngine(options: options, firstArrival: 2)
    case .auto: AutoEngine(.background, options: options)
    }
  }

  /// The engine every other is compared with.
  public static let judge: any Engine = named(.reference)

  /// The judged engines in the order a program is tried on them, the simplest first. Each runs the code
  /// that production runs, wherever it needs no hooks.
  public static let judged = compiling(CompileOptions())

  /// The judged engines as campaigns run them: the same code from the same lowering, but with fewer
  /// passes and register allocation that takes less time. What is kept is replayed on `judged`.
  public static let campaign = compiling(CompileOptions(isForCampaign: true))

  /// The judged engines, compiling by these options.
  public static func compiling(_ options: CompileOptions) -> [any Engine] {
    EngineName.allCases.filter { $0 != .reference }.map { named($0, options: options) }
  }

  /// `auto` with low thresholds, and compiles on a thread of their own.
  public static func background(_ options: CompileOptions) -> any Engine {
    AutoEngine(.earlyBackground, options: options)
  }

  /// The engines that run whole programs, the judge first.
  public static let wholeProgram: [any Engine] =
    EngineName.allCases.filter(\.runsWholePrograms).map { named($0) }
}

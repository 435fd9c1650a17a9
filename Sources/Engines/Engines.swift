import Bytecode
import JIT
import RefInterpreter

/// The judge and every judged configuration, by name: nobody else lists engines.
public enum Engines {
  /// The engine of a name.
  public static func named(_ name: EngineName) -> any Engine {
    switch name {
    case .reference: ReferenceEngine()
    case .interpreter: InterpreterEngine()
    case .baseline: BaselineEngine()
    case .selective: SelectiveEngine(leavesEveryOther: true)
    case .osr: StackReplacementEngine()
    case .optimizing: OptimizingEngine()
    case .auto: AutoEngine()
    case .numeric: NumericEngine()
    }
  }

  /// The engine of a name as people run programs on it: it compiles all it can, and loops at the
  /// second arrival by a jump.
  public static func running(_ name: EngineName) -> any Engine {
    switch name {
    case .reference, .interpreter, .baseline, .optimizing, .numeric: named(name)
    case .selective: SelectiveEngine()
    case .osr: StackReplacementEngine(firstArrival: 2)
    case .auto: AutoEngine(.background)
    }
  }

  /// The engine every other is compared with.
  public static let judge: any Engine = named(.reference)

  /// The judged engines in the order a program is tried on them, the simplest first.
  public static let judged: [any Engine] =
    EngineName.allCases.filter { $0 != .reference }.map(named)

  /// The judged engines as campaigns run them: the same code from the same lowering, but with
  /// register allocation that takes less time. What is kept is replayed on `judged`.
  public static let campaign: [any Engine] = judged.map { engine in
    let options = CompileOptions(isForCampaign: true)
    return switch engine.name {
    case .reference, .interpreter: engine
    case .baseline: BaselineEngine(options: options)
    case .selective: SelectiveEngine(options: options, leavesEveryOther: true)
    case .osr: StackReplacementEngine(options: options)
    case .optimizing: OptimizingEngine(options: options)
    case .auto: AutoEngine(options: options)
    case .numeric: NumericEngine(options: options)
    }
  }

  /// `auto` as campaigns run it, with compiles on a thread of their own.
  public static let background: any Engine = AutoEngine(
    .earlyBackground, options: CompileOptions(isForCampaign: true))

  /// The engines that run whole programs, the judge first.
  public static let wholeProgram: [any Engine] =
    EngineName.allCases.filter(\.runsWholePrograms).map(named)
}

import Bytecode

/// Tier 1 as an engine: every function it takes is compiled before the start, in one module.
public struct BaselineEngine: Engine {
  public let options: CompileOptions

  public init(options: CompileOptions = CompileOptions()) { self.options = options }

  public var name: EngineName { .baseline }

  public func prepare(_ program: VerifiedProgram) throws(EngineFailure) -> any EngineSession {
    CompileReports.emitIfAsked(of: program.program)
    return try CompiledSession(program, .everyFunction(of: program), options.publishingLess)
  }
}

/// The whole program ahead of time, with functions that stay interpreted between compiled ones.
public struct SelectiveEngine: Engine {
  public let options: CompileOptions
  /// Whether every other function stays in tier 0 although it could be compiled, so that calls go
  /// from tier to tier; otherwise only those that preflight declines do.
  public let leavesEveryOther: Bool

  public init(options: CompileOptions = CompileOptions(), leavesEveryOther: Bool = false) {
    self.options = options
    self.leavesEveryOther = leavesEveryOther
  }

  public var name: EngineName { .selective }

  public func prepare(_ program: VerifiedProgram) throws(EngineFailure) -> any EngineSession {
    var plan = CompilePlan.everyFunction(of: program)
    if leavesEveryOther {
      // Main is among the compiled ones: something always is.
      let parity = program.program.mainIndex.position % 2
      plan.functions.removeAll { $0.position % 2 != parity }
    }
    return try CompiledSession(program, plan, options)
  }
}

/// Every loop is compiled from its header before the start; activations begin in tier 0 and enter
/// there.
public struct StackReplacementEngine: Engine {
  public let options: CompileOptions
  /// The arrival at a header, 0 is the first, from which on activations enter it.
  public let firstArrival: UInt64

  public init(options: CompileOptions = CompileOptions(), firstArrival: UInt64 = 0) {
    self.options = options
    self.firstArrival = firstArrival
  }

  public var name: EngineName { .osr }

  public func prepare(_ program: VerifiedProgram) throws(EngineFailure) -> any EngineSession {
    var plan = CompilePlan()
    for position in program.program.functions.indices {
      let (loops, declines) = program.enterableLoops(of: FunctionIndex(position))
      plan.loops += loops
      plan.declines += declines
    }
    return try CompiledSession(program, plan, options, firstArrival: firstArrival)
  }
}

extension CompilePlan {
  /// The functions of a program that the tier takes.
  static func everyFunction(of program: VerifiedProgram) -> CompilePlan {
    var plan = CompilePlan()
    for position in program.program.functions.indices {
      let function = FunctionIndex(position)
      if let decline = UnitCompiler.decline(of: function, in: program) {
        plan.declines.append(decline)
      } else {
        plan.functions.append(function)
      }
    }
    return plan
  }
}

extension CompileOptions {
  /// Without public entries that nothing outside the module has use for.
  fileprivate var publishingLess: CompileOptions {
    var options = self
    options.publishesEveryFunction = false
    return options
  }
}

/// What the environment asks compilers to say of a program on standard error.
enum CompileReports {
  static func emitIfAsked(of program: Program) {
    NumericMetrics(of: program).emitIfAsked()
    CompileTrace(of: program, compiler: "compile_program").emitIfAsked()
  }
}

import Bytecode

/// What a compile is of.
enum CompileSubject: Hashable, Sendable {
  case function(FunctionIndex)
  case loop(LoopReference)

  var function: FunctionIndex {
    switch self {
    case .function(let function): function
    case .loop(let loop): loop.function
    }
  }
}

/// A compile asked for.
struct CompileJob: Sendable {
  let subject: CompileSubject
  /// The generation of the function; the result is of no use to a later one.
  let generation: UInt64
  let program: VerifiedProgram
  let compiler: UnitCompiler
  /// By function, what guards may rest on; nil for code without guards.
  var feedback: [FunctionFeedback]?
  var replacement = Replacement.never
  /// The code of a loop that frames leave for what is made.
  var replaced: CompiledUnit?
  /// What came of it before.
  var known: CompiledUnit?
  /// Where code of the same feedback is looked for.
  var cache: CompileCache?

  func run() -> CompileResult {
    if let known {
      return CompileResult(subject: subject, generation: generation, unit: .success(known))
    }
    let unit = Result { () throws(EngineFailure) in
      if let known = cache?.unit(of: self) { return known }
      let unit =
        switch subject {
        case .function(let function):
          try compiler.compile(
            functions: [function], in: program, speculatingOn: feedback, replacement: replacement)
        case .loop(let loop):
          try compiler.compile(
            functions: [], loops: [loop], in: program, speculatingOn: feedback,
            replacement: replacement)
        }
      cache?.keep(unit, of: self)
      return unit
    }
    return CompileResult(subject: subject, generation: generation, unit: unit)
  }
}

/// What came of a compile.
struct CompileResult: Sendable {
  let subject: CompileSubject
  let generation: UInt64
  let unit: Result<CompiledUnit, EngineFailure>
}

/// Compiles for one session, and hands results over at its polls.
protocol CompileExecutor: AnyObject {
  /// Whether the same runs give the same results at the same polls.
  var isDeterministic: Bool { get }

  /// Whether a poll might give something.
  var mayHaveResults: Bool { get }

  /// Takes a job.
  ///
  /// - Parameter clock: the clock from which its result may be handed over.
  /// - Returns: false if it has no room for it.
  func submit(_ job: CompileJob, readyAt clock: UInt64) -> Bool

  /// The results that are ready, in the order in which they are to be installed.
  func takeResults(clock: UInt64) -> [CompileResult]

  /// Ends the work for a run; results there are come with a poll of the next one, whatever its
  /// clock.
  ///
  /// - Returns: the jobs that were given up.
  func endRun() -> [CompileJob]
}

/// Compiles at once; a result is ready when the clock says so.
final class DeterministicExecutor: CompileExecutor {
  private var pending: [(clock: UInt64, result: CompileResult)] = []

  var isDeterministic: Bool { true }
  var mayHaveResults: Bool { !pending.isEmpty }

  func submit(_ job: CompileJob, readyAt clock: UInt64) -> Bool {
    pending.append((clock, job.run()))
    return true
  }

  func takeResults(clock: UInt64) -> [CompileResult] {
    // Those of the same clock stay in the order they were asked for.
    var ready: [(clock: UInt64, order: Int)] = []
    for (order, entry) in pending.enumerated() where entry.clock <= clock {
      ready.append((entry.clock, order))
    }
    guard !ready.isEmpty else { return [] }
    ready.sort { ($0.clock, $0.order) < ($1.clock, $1.order) }
    let results = ready.map { pending[$0.order].result }
    pending.removeAll { $0.clock <= clock }
    return results
  }

  func endRun() -> [CompileJob] {
    for index in pending.indices { pending[index].clock = 0 }
    return []
  }
}

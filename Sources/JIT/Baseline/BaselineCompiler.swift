import Bytecode
import LLVM

/// The baseline compiler: whole functions without speculation, generated quickly.
public struct BaselineCompiler: Sendable {
  public var options: CompileOptions

  public init(options: CompileOptions = CompileOptions()) { self.options = options }

  /// Why the tier does not take a function, nil if it does: known before anything is compiled.
  public static func decline(
    of function: FunctionIndex, in program: VerifiedProgram
  ) -> Decline? {
    if let schedule = program.program.schedule, schedule.keepsInterpreted(function) {
      return Decline(function: function, reason: .scheduled)
    }
    let report = PreflightReport(of: function, in: program)
    return report.opcodes.first.map {
      Decline(function: function, reason: .interpreterOnlyOpcode($0))
    }
  }

  /// Compiles main and every function the tier takes in one module, with direct calls between
  /// them; calls of the others go to the interpreter.
  ///
  /// Emits metrics and a trace on standard error if the environment asks for them.
  /// - Throws: `.unsupported` for a program outside the numeric core, `.broken` if code
  ///   generation fails.
  public func compileProgram(
    _ program: VerifiedProgram
  ) throws(EngineFailure) -> CompiledProgram {
    if let unsupported = NumericCore.firstUnsupported(in: program) {
      throw .unsupported(unsupported)
    }
    NumericMetrics(of: program.program).emitIfAsked()
    CompileTrace(of: program.program, compiler: "compile_program").emitIfAsked()
    let indices = program.program.functions.indices.map { FunctionIndex($0) }
    let declines = indices.compactMap { Self.decline(of: $0, in: program) }
    let declined = Set(declines.map(\.function))
    let compiled = indices.filter { !declined.contains($0) }
    // The interpreter enters compiled code by public entries, wherever a declined function calls.
    let published =
      options.publishesEveryFunction || !declines.isEmpty
      ? compiled : compiled.filter { $0 == program.program.mainIndex }
    do {
      let generated = try CodeGenerator.shared().generate(options, tier: .baseline) { scope in
        Self.lower(program, declined: declined, published: published, into: scope)
      }
      return CompiledProgram(
        program: program, compiled: compiled, published: published, declines: declines,
        generated: generated)
    } catch { throw .broken("\(error)") }
  }

  /// Fills a module and gives the public entries of the published functions in order.
  private static func lower(
    _ program: VerifiedProgram, declined: Set<FunctionIndex>, published: [FunctionIndex],
    into scope: ModuleScope
  ) -> [IRFunction] {
    let direct = program.program.functions.enumerated().map {
      scope.declareDirect($0.element, FunctionIndex($0.offset))
    }
    var entries: [IRFunction] = []
    for (position, code) in direct.enumerated() {
      let index = FunctionIndex(position)
      let lowering = FunctionLowering(
        program, index, form: .function, code: code, callees: direct, scope: scope)
      if declined.contains(index) {
        lowering.lowerInterpreted()
      } else {
        lowering.lowerFunction()
        guard published.contains(index) else { continue }
        let entry = scope.declarePublic(index)
        lowering.lowerPublicEntry(into: entry)
        entries.append(entry)
      }
    }
    return entries
  }
}

extension Schedule {
  /// Whether its `tier` lines of a function name the interpreter only.
  func keepsInterpreted(_ function: FunctionIndex) -> Bool {
    var isNamed = false
    for case .tier(function, let tier, after: _) in directives {
      guard tier == .interpreter else { return false }
      isNamed = true
    }
    return isNamed
  }
}

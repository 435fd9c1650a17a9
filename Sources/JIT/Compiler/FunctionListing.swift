import Bytecode
import LLVM

/// One function's intermediate code and machine code in a compiled tier, keyed by the offsets of the
/// bytecode they were made for.
public struct FunctionListing: Sendable {
  /// A line of a listing.
  public struct Line: Hashable, Sendable {
    /// The offset of the bytecode instruction it was made for; nil if for none.
    public let offset: Int?
    /// What it stands under: the block of intermediate code.
    public let label: String?
    public let text: String
  }

  /// Why the tier has no code of the function, nil if it has.
  public let decline: DeclineReason?
  /// The definition's first line, then the instructions in order; empty if declined.
  public private(set) var intermediateCode: [Line] = []
  /// The same behind the tier's passes; nil if it runs none.
  public private(set) var optimizedCode: [Line]?
  /// The instructions in order of address, each with its offset in the function; empty if declined.
  public private(set) var machineCode: [Line] = []
  public private(set) var deoptimizationPoints: [DeoptimizationPoint] = []

  /// Compiles the program in the baseline tier and cuts out the listings of a function.
  ///
  /// - Parameter isHooked: whether the code is the harness's, with a deoptimization point at every
  ///   safepoint.
  /// - Throws: `.broken` if the compiler fails. A declined function or program is no failure.
  public init(
    of function: FunctionIndex, in program: VerifiedProgram, isHooked: Bool = false
  ) throws(EngineFailure) {
    let options = CompileOptions(keepsListings: true, isHooked: isHooked)
    self.init(
      of: function, try UnitCompiler(options: options).compileProgram(program), in: program)
  }

  /// Compiles a function in the optimizing tier with what tier 0 has seen behind some runs, and what
  /// the schedule claims it has, and cuts out its listings.
  ///
  /// - Parameters:
  ///   - runs: runs of `main`, in order; one that traps or exits counts as well.
  ///   - isHooked: whether the code is the harness's: every guard can be forced, and every safepoint.
  /// - Throws: `.inconclusive` or `.broken`, as runs do, and `.broken` if the compiler fails.
  public init(
    of function: FunctionIndex, optimizedBehind runs: [RunRequest], in program: VerifiedProgram,
    isHooked: Bool = false
  ) throws(EngineFailure) {
    let session = try AutoSession(
      program, CountingPolicy.never(program.program), DeterministicExecutor(), speculates: true)
    for request in runs { _ = try session.run(request) }
    let options = CompileOptions(keepsListings: true, isHooked: isHooked)
    let unit = try UnitCompiler(options: options).compile(
      functions: [function], in: program, speculatingOn: session.tiering.feedback)
    self.init(of: function, unit, in: program)
  }

  private init(of function: FunctionIndex, _ compiled: CompiledUnit, in program: VerifiedProgram) {
    decline = compiled.declines.first { $0.function == function }?.reason
    guard decline == nil, let listing = compiled.listing else { return }
    let name = directName(program.program[function], function)
    for code in listing.lowered where code.name == name {
      intermediateCode = Self.lines(of: code)
    }
    if let optimized = listing.optimized {
      optimizedCode = optimized.first { $0.name == name }.map(Self.lines) ?? []
    }
    for code in listing.machine where code.name == name {
      machineCode = code.instructions.map {
        Line(
          offset: Self.offset(of: $0.line), label: nil,
          text: "\($0.offset)\($0.text)")
      }
    }
    deoptimizationPoints = compiled[function]?.deoptimizationPoints ?? []
  }

  private static func lines(of code: IntermediateFunction) -> [Line] {
    [Line(offset: nil, label: nil, text: code.header)]
      + code.instructions.map {
        Line(offset: offset(of: $0.line), label: $0.block, text: $0.text)
      }
  }

  /// Lines count from 1, offsets from 0.
  private static func offset(of line: Int?) -> Int? { line.map { $0 - 1 } }
}

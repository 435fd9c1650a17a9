import Bytecode
import LLVM

/// Numeric kernels as an engine: every function that is one is compiled before the start.
public struct NumericEngine: Engine {
  public let options: CompileOptions

  public init(options: CompileOptions = CompileOptions()) { self.options = options }

  public var name: EngineName { .numeric }

  public func prepare(_ program: VerifiedProgram) throws(EngineFailure) -> any EngineSession {
    return try NumericSession(program, options)
  }
}

/// The kernels of a program, and their runs.
///
/// A kernel reports a trap by its number only: the place of a raise is the entry's start.
final class NumericSession: EngineSession {
  private let program: VerifiedProgram
  private let kernels: [FunctionIndex: NumericKernel]
  private let declines: [FunctionIndex: Decline]
  private let summary: ObjectSummary?
  private var everEntered = false

  init(_ program: VerifiedProgram, _ options: CompileOptions) throws(EngineFailure) {
    self.program = program
    let indices = program.program.functions.indices.map { FunctionIndex($0) }
    var declines: [FunctionIndex: Decline] = [:]
    for index in indices {
      if let refusal = NumericCompiler.refusal(of: index, in: program) {
        declines[index] = Decline(
          function: index, reason: Self.reason(refusal, program.program[index]))
      }
    }
    let accepted = indices.filter { declines[$0] == nil }
    self.declines = declines
    guard !accepted.isEmpty else {
      kernels = [:]
      summary = nil
      return
    }
    do {
      let compiled = try NumericCompiler.compile(accepted, in: program, options)
      kernels = Dictionary(uniqueKeysWithValues: compiled.map { ($0.function, $0) })
      summary = compiled.first?.codeSummary
    } catch { throw .broken("\(error)") }
  }

  private static func reason(_ refusal: NumericRefusal, _ function: Function) -> DeclineReason {
    switch refusal {
    case .instruction(let opcode, let pointer):
      return .notNumeric(opcode, offset: pointer - function.entryPoint)
    case .slot(let local): return .notNumericSlot(local)
    case .broken: preconditionFailure("preflight gives instructions and slots only")
    }
  }

  func run(_ request: RunRequest) throws(EngineFailure) -> Outcome {
    guard let kernel = kernels[request.entry] else {
      throw .broken("\(program.program[request.entry].name) is no kernel and cannot be entered")
    }
    var locals: [Double] = []
    for argument in request.arguments {
      switch argument {
      case .int(let value): locals.append(Double(value))
      case .number(let bits): locals.append(Double(bitPattern: bits))
      case .null, .unit, .bool, .string, .function, .identity:
        throw .unsupported(
          Unsupported(
            feature: "argument of a kernel that is no number",
            site: Site(request.entry, offset: 0)))
      }
    }
    everEntered = true
    let (value, trap) = kernel(locals)
    guard let trap else { return Outcome(ending: .returned(.number(value)), fuel: 0) }
    let raise = Raise(site: Site(request.entry, offset: 0), depth: 1)
    return Outcome(ending: .trapped(trap, payload: nil, at: raise), fuel: 0)
  }

  func decline(of function: FunctionIndex) -> Decline? { declines[function] }

  /// The declines in function order.
  private var allDeclines: [Decline] {
    program.program.functions.indices.compactMap { declines[FunctionIndex($0)] }
  }

  var tierUse: TierUse {
    if everEntered { return .entered }
    return kernels.isEmpty ? .declined(allDeclines) : .inapplicable
  }

  var fingerprint: String {
    guard let summary else { return "" }
    return "code \(String(summary.digest, radix: 16)) \(summary.codeSize) bytes"
  }

  var statistics: [(name: String, value: UInt64)] {
    [("compiles", UInt64(kernels.count)), ("code bytes", UInt64(summary?.codeSize ?? 0))]
  }
}

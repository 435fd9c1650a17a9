import ArgumentParser
import Bytecode
import Engines
import Fuzzer
import JIT

/// `dump`: what became of a function in each stage.
struct DumpCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "dump", abstract: "List a function's bytecode, feedback, IR and machine code.",
    discussion: """
      Code of the optimizing tier is made with the feedback that is listed, and with what the \
      schedule claims besides.

      Without a choice of listings, all of them. Listings are keyed by bytecode offset: several of \
      bytecode, intermediate code and machine code are grouped by bytecode instruction, one alone \
      keeps its own order.
      """)

  @Argument(help: "The program.") var file: String

  @Option(help: "The function.") var function: String

  @Option(
    help: ArgumentHelp(
      "The tier: \(DumpTier.allCases.map(\.rawValue).joined(separator: ", ")).",
      valueName: "tier"))
  var tier: DumpTier = .baseline

  @Flag(help: "Bytecode with what the verifier knows of each instruction.") var bytecode = false

  @Flag(help: "The tier's intermediate code, as lowered.") var ir = false

  @Flag(name: .customLong("optimized-ir"), help: "The same behind the passes the tier runs.")
  var optimizedIR = false

  @Flag(help: "The tier's machine code, with offsets in the function.") var asm = false

  @Flag(help: "The points at which the code may go on in the interpreter.") var deopts = false

  @Flag(help: "List the harness's code, which may be left at every safepoint.") var hooked = false

  @Flag(help: "The guards of the code, and what holds where they pass.") var guards = false

  @Flag(help: "What tier 0 recorded on the schedule's argument tuples, or on --arg.")
  var feedback = false

  @OptionGroup var main: MainArguments

  private var showsAll: Bool {
    !(bytecode || ir || optimizedIR || asm || deopts || guards || feedback)
  }

  func run() throws {
    let input = InputFile(path: file)
    let verified = try input.verifiedProgram()
    let program = verified.program
    guard let position = program.functions.firstIndex(where: { $0.name == function }) else {
      let names = program.functions.map(\.name).joined(separator: ", ")
      throw CommandFailure(
        .usage, file: input.name, "no function \(function); there are \(names)")
    }
    let index = FunctionIndex(position)
    let tuples = try argumentTuples(of: program)
    do throws(EngineFailure) {
      try showCode(of: index, in: verified, tuples ?? [])
    } catch {
      throw input.failure(of: error, in: program)
    }
    guard feedback || showsAll else { return }
    do throws(EngineFailure) {
      let text =
        if let tuples {
          try Engines.recordedFeedback(of: index, in: verified, running: tuples)
        } else {
          "not recorded: main needs arguments, by --arg or a schedule"
        }
      section("feedback", text)
    } catch {
      throw input.failure(of: error, in: program)
    }
  }

  /// Everything but feedback.
  private func showCode(
    of index: FunctionIndex, in verified: VerifiedProgram, _ tuples: [[ObservedValue]]
  ) throws(EngineFailure) {
    let lines =
      bytecode || showsAll ? BytecodeListing(of: index, in: verified).lines : nil
    guard ir || optimizedIR || asm || deopts || guards || showsAll else {
      return section("bytecode", StagedListing(bytecode: lines).text)
    }
    let listing =
      switch tier {
      case .baseline: try FunctionListing(of: index, in: verified, isHooked: hooked)
      case .optimizing:
        try Engines.optimizedListing(
          of: index, in: verified, running: tuples, isHooked: hooked)
      }
    if let reason = listing.decline {
      if lines != nil { section("bytecode", StagedListing(bytecode: lines).text) }
      let report = PreflightReport(of: index, in: verified)
      return section(
        "\(tier.rawValue) code",
        "declined: \(reason.description)\npreflight: \(report.summary)")
    }
    let code = StagedListing(
      bytecode: lines, intermediate: ir || showsAll ? listing.intermediateCode : nil,
      machine: asm || showsAll ? listing.machineCode : nil)
    if !code.isEmpty { section(code.title, code.text) }
    if optimizedIR || showsAll {
      let optimized = listing.optimizedCode.map {
        StagedListing(bytecode: nil, intermediate: $0).text
      }
      section(
        "optimized intermediate code", optimized ?? "the \(tier.rawValue) tier runs no passes")
    }
    if deopts || showsAll {
      let names = DeoptimizationListing(of: verified.program)
      section(
        "deoptimization points",
        listed(
          listing.deoptimizationPoints.flatMap(names.lines),
          none: hooked ? "none" : "none; --hooked lists those of the harness's code"))
    }
    if guards || showsAll {
      let names = GuardListing(of: verified.program)
      section("guards", listed(names.lines(of: listing.deoptimizationPoints)))
    }
  }

  private func listed(_ lines: [String], none: String = "none") -> String {
    lines.isEmpty ? none : lines.map { $0 + "\n" }.joined()
  }

  /// The tuples feedback is recorded on; nil if there are none and nothing
  /// that was asked for needs them.
  private func argumentTuples(of program: Program) throws -> [[ObservedValue]]? {
    let isNeeded = feedback || tier == .optimizing
    if main.constants.isEmpty {
      if let tuples = program.schedule?.arguments, !tuples.isEmpty {
        return program.scheduledArguments
      }
      if !program.main.parameters.isEmpty, !isNeeded { return nil }
    }
    return [try main.values(of: program)]
  }

  private func section(_ title: String, _ text: String) {
    Console.print("== \(title)")
    Console.write(text.hasSuffix("\n") ? text : text + "\n")
  }
}

/// The compiled tiers `dump` lists.
enum DumpTier: String, CaseIterable, ExpressibleByArgument {
  case baseline, optimizing
}

import ArgumentParser
import Bytecode
import Engines
import Fuzzer
import JIT

/// `dump`: what became of a function in each stage.
struct DumpCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "dump", abstract: "List a function's bytecode, feedback, IR and machine code.",
    discussion: "Without a choice of listings, all of them. Listings are keyed by bytecode offset.")

  @Argument(help: "The program.") var file: String

  @Option(help: "The function.") var function: String

  @Flag(help: "Bytecode with what the verifier knows of each instruction.") var bytecode = false

  @Flag(help: "What tier 0 recorded on the schedule's argument tuples, or on --arg.")
  var feedback = false

  @OptionGroup var main: MainArguments

  @Flag(help: "The baseline tier's intermediate code; it runs no optimizer.") var ir = false

  @Flag(help: "The baseline tier's machine code.") var asm = false

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
    let showsAll = !(bytecode || feedback || ir || asm)
    let tuples = try argumentTuples(of: program)
    if bytecode || showsAll {
      section("bytecode", BytecodeListing(verified: verified, function: index).text)
    }
    do throws(EngineFailure) {
      if feedback || showsAll {
        let text =
          if let tuples {
            try Engines.recordedFeedback(of: index, in: verified, running: tuples)
          } else {
            "not recorded: main needs arguments, by --arg or a schedule"
          }
        section("feedback", text)
      }
      if ir || asm || showsAll {
        let listing = try FunctionListing(of: index, in: verified)
        if ir || showsAll { section("intermediate code", listing.intermediateCode) }
        if asm || showsAll { section("machine code", listing.machineCode) }
      }
    } catch {
      throw input.failure(of: error, in: program)
    }
  }

  /// The tuples feedback is recorded on; nil if there are none and nobody named that listing.
  private func argumentTuples(of program: Program) throws -> [[ObservedValue]]? {
    if main.constants.isEmpty {
      if let tuples = program.schedule?.arguments, !tuples.isEmpty {
        return program.scheduledArguments
      }
      if !program.main.parameters.isEmpty, !feedback { return nil }
    }
    return [try main.values(of: program)]
  }

  private func section(_ title: String, _ text: String) {
    Console.print("== \(title)")
    Console.write(text.hasSuffix("\n") ? text : text + "\n")
  }
}

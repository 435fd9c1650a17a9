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

  @Flag(help: "What tier 0 recorded on the schedule's argument tuples.") var feedback = false

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
    if bytecode || showsAll {
      section("bytecode", BytecodeListing(verified: verified, function: index).text)
    }
    do throws(EngineFailure) {
      if feedback || showsAll { section("feedback", try recordedFeedback(verified, index)) }
      if ir || asm || showsAll {
        let listing = try FunctionListing(of: index, in: verified)
        if ir || showsAll { section("intermediate code", listing.intermediateCode) }
        if asm || showsAll { section("machine code", listing.machineCode) }
      }
    } catch {
      throw input.failure(of: error, in: program)
    }
  }

  private func section(_ title: String, _ text: String) {
    Console.print("== \(title)")
    Console.write(text.hasSuffix("\n") ? text : text + "\n")
  }

  private func recordedFeedback(
    _ verified: VerifiedProgram, _ index: FunctionIndex
  ) throws(EngineFailure) -> String {
    let session = try Engines.named(.interpreter).prepare(verified)
    var limits = HarnessOptions().limits
    limits.fuel = verified.program.schedule?.fuel ?? limits.fuel
    limits.depth = verified.program.schedule?.depth ?? limits.depth
    for arguments in verified.program.scheduledArguments {
      _ = try session.run(
        RunRequest(
          entry: verified.program.mainIndex, arguments: arguments, limits: limits))
    }
    let prefix = verified.program[index].name + "+"
    let lines = session.fingerprint.split(separator: "\n").filter { $0.hasPrefix(prefix) }
    return lines.isEmpty ? "none" : lines.joined(separator: "\n")
  }
}

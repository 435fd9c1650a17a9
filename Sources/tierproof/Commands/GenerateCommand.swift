import ArgumentParser
import Bytecode
import Foundation
import Fuzzer

/// `generate`: verifier-clean programs from seeds.
struct GenerateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "generate", abstract: "Generate verifier-clean programs.")

  @Option(help: "The seed of the first program; the others follow it.") var seed: UInt64

  @Option(help: "How many programs.") var count = 1

  @Option(help: "What programs hold: \(GeneratedLanguage.list).")
  var language = GeneratedLanguage.mixed

  @Option(name: .customShort("o"), help: "A directory for seed-N.sasm; standard output without.")
  var output: String?

  func validate() throws {
    guard count >= 1 else { throw ValidationError("--count is 1 or more") }
    guard seed.addingReportingOverflow(UInt64(count)).overflow == false else {
      throw ValidationError("the last seed is beyond 2^64 − 1")
    }
  }

  func run() throws {
    if let output {
      do {
        try FileManager.default.createDirectory(
          atPath: output, withIntermediateDirectories: true)
      } catch {
        throw CommandFailure(.failure, file: output, "cannot create: \(error)")
      }
    }
    for seed in seed..<seed + UInt64(count) {
      let program = ProgramGenerator.program(
        seed: seed, options: GeneratorOptions(language: language)
      ).withTextLines()
      let text = Array(Printer.print(program).utf8)
      try OutputFile(path: output.map { "\($0)/seed-\(seed).sasm" }).write(text)
    }
  }
}

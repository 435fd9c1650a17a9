import ArgumentParser
import Bytecode
import Identity

/// `hash`: the content hash of each function.
struct HashCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "hash", abstract: "Print each function's content hash.")

  @Argument(help: "The program.") var file: String

  @Flag(help: "Print one JSON object a function instead of text.")
  var json = false

  func run() throws {
    let program = try InputFile(path: file).verifiedProgram().program
    for position in program.functions.indices {
      let index = FunctionIndex(position)
      let hash = ContentHash.of(function: index, in: program)
      if json {
        try Console.json(["function": program[index].name, "hash": hash])
      } else {
        Console.print("\(hash)  \(program[index].name)")
      }
    }
  }
}

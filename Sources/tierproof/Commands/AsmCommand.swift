import ArgumentParser
import Bytecode

/// `asm`: text to binary.
struct AsmCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "asm", abstract: "Translate a program to binary form.")

  @Argument(help: "The program.") var file: String

  @Option(name: .customShort("o"), help: "The output; standard output without.")
  var output: String?

  func run() throws {
    let program = try InputFile(path: file).program()
    try OutputFile(path: output).write(BinaryCodec.encode(program))
  }
}

/// `disasm`: binary to text.
struct DisasmCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "disasm", abstract: "Translate a program to canonical text form.")

  @Argument(help: "The program.") var file: String

  @Option(name: .customShort("o"), help: "The output; standard output without.")
  var output: String?

  func run() throws {
    let program = try InputFile(path: file).program()
    try OutputFile(path: output).write(Array(Printer.print(program).utf8))
  }
}

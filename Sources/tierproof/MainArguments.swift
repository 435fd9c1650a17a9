import ArgumentParser
import Bytecode

/// `--arg`: the arguments of `main`.
struct MainArguments: ParsableArguments {
  @Option(
    name: .customLong("arg"), parsing: .unconditionalSingleValue,
    help: ArgumentHelp("A constant for the next parameter of main.", valueName: "value"))
  var constants: [String] = []

  /// The values of `--arg`, or the first tuple of the schedule without any.
  func values(of program: Program) throws -> [ObservedValue] {
    let parameters = program.main.parameters
    var values: [Constant] = []
    if constants.isEmpty {
      values = program.schedule?.arguments.first ?? []
    } else {
      for text in constants {
        do throws(SyntaxError) {
          values.append(try Constant.parse(text))
        } catch {
          throw CommandFailure(.usage, "--arg \(text): \(error.reason)")
        }
      }
    }
    guard values.count == parameters.count else {
      let names = parameters.map(\.name).joined(separator: ", ")
      throw CommandFailure(
        .usage, "main(\(names)) takes \(parameters.count) arguments, not \(values.count)")
    }
    return values.map(ObservedValue.init)
  }
}

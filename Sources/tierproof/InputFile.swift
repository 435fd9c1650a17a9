import Bytecode
import Foundation

/// A program file named on the command line; `-` is standard input.
struct InputFile {
  var path: String

  /// The name messages use.
  var name: String { path == "-" ? "<standard input>" : path }

  func bytes() throws -> [UInt8] {
    if path == "-" { return try Array(FileHandle.standardInput.readToEnd() ?? Data()) }
    var isDirectory: ObjCBool = false
    if FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory),
      isDirectory.boolValue
    {
      throw CommandFailure(.refused, file: name, "is a directory, and no program")
    }
    do {
      return try Array(Data(contentsOf: URL(fileURLWithPath: path)))
    } catch {
      throw CommandFailure(.refused, file: name, "unreadable: \(Self.reason(of: error))")
    }
  }

  /// Reads text or binary, told apart by content.
  func program() throws -> Program {
    let contents = try bytes()
    do throws(ProgramFileError) {
      return try Program.read(contents)
    } catch {
      switch error {
      case .text(let error):
        throw CommandFailure(
          .refused, file: name, line: error.line, column: error.column,
          "\(error.rule.rawValue): \(error.reason)")
      case .binary(let error):
        throw CommandFailure(
          .refused, file: name, offset: error.offset, "\(FormatError.rule): \(error.reason)")
      }
    }
  }

  func verifiedProgram() throws -> VerifiedProgram {
    let program = try program()
    do throws(VerificationFailure) {
      return try Verifier.verify(program)
    } catch {
      // The other findings are `verify`'s to list.
      throw failure(of: error.findings[0], in: program)
    }
  }

  /// One finding of the verifier as a refusal of this file.
  func failure(of finding: VerifierFinding, in program: Program) -> CommandFailure {
    let place = finding.site.map { " at \(program.description(of: $0))" } ?? ""
    return CommandFailure(
      .refused, file: name, line: finding.site.flatMap(program.line(of:)),
      "\(finding.rule.rawValue)\(place): \(finding.reason)")
  }

  /// An engine's failure about this file.
  func failure(of failure: EngineFailure, in program: Program) -> CommandFailure {
    switch failure {
    case .unsupported(let unsupported):
      let place = unsupported.site.map { " at \(program.description(of: $0))" } ?? ""
      return CommandFailure(
        .refused, file: name, line: unsupported.site.flatMap(program.line(of:)),
        "unsupported: \(unsupported.feature)\(place)")
    case .inconclusive(let reason): return CommandFailure(.failure, file: name, reason)
    case .broken(let reason): return CommandFailure(.failure, file: name, "internal: \(reason)")
    case .storm(let record, let discards):
      return CommandFailure(
        .failure, file: name, line: program.line(of: record.site),
        "internal: a deoptimization storm: \(record.kind.name) at "
          + "\(program.description(of: record.site)) has had code discarded \(discards) times")
    }
  }

  private static func reason(of error: any Error) -> String {
    let error = error as NSError
    let underlying = error.userInfo[NSUnderlyingErrorKey] as? NSError
    return (underlying ?? error).localizedDescription
  }
}

/// Output to a file, or to standard output if there is none.
struct OutputFile {
  var path: String?

  func write(_ bytes: [UInt8]) throws {
    guard let path else { return Console.write(bytes) }
    do {
      try Data(bytes).write(to: URL(fileURLWithPath: path), options: .atomic)
    } catch {
      throw CommandFailure(.failure, file: path, "cannot write: \(error.localizedDescription)")
    }
  }
}

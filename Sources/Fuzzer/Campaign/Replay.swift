import Bytecode
import Foundation

/// What became of one file of a replay.
public struct ReplayResult: Sendable {
  public enum Status: Sendable {
    case checked(CheckReport)
    /// Not a program that runs: the reason, with the place.
    case refused(String)
  }

  public var path: String
  public var status: Status
  public var seconds: Double

  /// Whether the file shows nothing wrong.
  public var passed: Bool {
    switch status {
    case .checked(let report): report.divergence == nil
    case .refused: false
    }
  }
}

/// Checks every program file of some directories.
public struct Replay {
  let harness: Harness

  public init(harness: Harness) { self.harness = harness }

  /// The `.sasm` and `.sbc` files below a directory, or the file itself, in order of path.
  public static func files(at path: String) -> [String] {
    var isDirectory: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else { return [] }
    if !isDirectory.boolValue { return [path] }
    return (FileManager.default.enumerator(atPath: path)?.compactMap { $0 as? String } ?? [])
      .filter { $0.hasSuffix(".sasm") || $0.hasSuffix(".sbc") }.sorted()
      .map { path + "/" + $0 }
  }

  /// Checks one file.
  public func run(_ path: String) -> ReplayResult {
    let clock = ContinuousClock()
    let start = clock.now
    let status = check(path)
    return ReplayResult(
      path: path, status: status, seconds: (clock.now - start) / .seconds(1))
  }

  private func check(_ path: String) -> ReplayResult.Status {
    guard let contents = FileManager.default.contents(atPath: path) else {
      return .refused("\(path): unreadable")
    }
    let program: Program
    do throws(ProgramFileError) {
      program = try Program.read(Array(contents))
    } catch {
      return .refused(error.sentence(file: path))
    }
    let verified: VerifiedProgram
    do throws(VerificationFailure) {
      verified = try Verifier.verify(program)
    } catch {
      return .refused("\(path): \(Harness.rejection(of: program, error).actual)")
    }
    do throws(EngineFailure) {
      return .checked(try harness.check(verified))
    } catch {
      switch error {
      case .unsupported(let unsupported):
        let place = unsupported.site.map { " at \(program.description(of: $0))" } ?? ""
        return .refused("\(path): unsupported: \(unsupported.feature)\(place)")
      case .inconclusive(let reason), .broken(let reason):
        return .refused("\(path): \(reason)")
      }
    }
  }
}

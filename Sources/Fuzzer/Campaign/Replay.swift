import Bytecode
import Corpus
import Foundation

/// What became of one file of a replay.
public struct ReplayResult: Sendable {
  public enum Status: Sendable {
    case checked(CheckReport)
    /// The engines agree on an end that the file itself says is wrong.
    case unexpected(String)
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
    case .unexpected, .refused: false
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
    guard let contents = FileManager.default.contents(atPath: path) else {
      return ReplayResult(path: path, status: .refused("\(path): unreadable"), seconds: 0)
    }
    return check(Array(contents), path: path)
  }

  /// Checks the contents of a file: the schedule on every engine, then what the file's `; run:`
  /// and `; verify:` lines expect.
  public func check(_ contents: [UInt8], path: String) -> ReplayResult {
    let start = ContinuousClock.now
    let status = status(contents, path)
    return ReplayResult(
      path: path, status: status, seconds: start.duration(to: .now) / .seconds(1))
  }

  private func status(_ contents: [UInt8], _ path: String) -> ReplayResult.Status {
    let program: Program
    let expectations: [Expectation]
    do {
      program = try Program.read(contents)
      expectations =
        Program.isBinary(contents)
        ? [] : try Expectation.parse(String(decoding: contents, as: UTF8.self))
    } catch let error as ExpectationError {
      return .refused("\(path):\(error)")
    } catch let error as ProgramFileError {
      return .refused(error.sentence(file: path))
    } catch {
      preconditionFailure("reading throws nothing else: \(error)")
    }
    return status(program, expectations, path)
  }

  private func status(
    _ program: Program, _ expectations: [Expectation], _ path: String
  ) -> ReplayResult.Status {
    var runs: [RunExpectation] = []
    var rejections: [VerifyExpectation] = []
    for expectation in expectations {
      switch expectation {
      case .run(let run): runs.append(run)
      case .verify(let rejection): rejections.append(rejection)
      }
    }
    let verified: VerifiedProgram
    do throws(VerificationFailure) {
      verified = try Verifier.verify(program)
    } catch {
      guard !rejections.isEmpty else {
        return .refused("\(path): \(Harness.rejection(of: program, error).actual)")
      }
      let mismatch = Expectation.mismatch(of: error.findings, with: rejections, in: program)
      return mismatch.map { .unexpected($0) } ?? .checked(CheckReport())
    }
    guard rejections.isEmpty else {
      return .unexpected("line \(rejections[0].line): the program verifies")
    }
    if let missing = verified.missingSafepoint { return .refused("\(path): \(missing)") }
    do throws(EngineFailure) {
      let report = try harness.check(verified)
      guard report.divergence == nil else { return .checked(report) }
      if let missing = report.missingGuard { return .refused("\(path): \(missing)") }
      for run in runs {
        if let mismatch = try mismatch(of: run, in: verified) { return .unexpected(mismatch) }
      }
      return .checked(report)
    } catch {
      switch error {
      case .unsupported(let unsupported):
        let place = unsupported.site.map { " at \(program.description(of: $0))" } ?? ""
        return .refused("\(path): unsupported: \(unsupported.feature)\(place)")
      case .inconclusive(let reason), .broken(let reason):
        return .refused("\(path): \(reason)")
      case .storm(let record, _):
        return .refused(
          "\(path): a deoptimization storm at \(program.description(of: record.site))")
      }
    }
  }

  /// How a run on the judge differs from what a line expects; the engines are compared with it.
  private func mismatch(
    of expectation: RunExpectation, in verified: VerifiedProgram
  ) throws(EngineFailure) -> String? {
    guard expectation.arguments.count == verified.program.main.parameters.count else {
      return "line \(expectation.line): main takes "
        + "\(verified.program.main.parameters.count) arguments"
    }
    let outcome = try harness.judge.prepare(verified).run(
      RunRequest(
        entry: verified.program.mainIndex, arguments: expectation.arguments,
        limits: expectation.limits, recordsEvents: true))
    var output: [UInt8] = []
    for event in outcome.events {
      switch event {
      case .print(_, let text): output += text
      case .storeBinding, .createShape, .becomeDictionary, .callForeign, .returnForeign,
        .callBack:
        break
      }
    }
    return expectation.mismatch(of: outcome, output: output, in: verified.program)
  }
}

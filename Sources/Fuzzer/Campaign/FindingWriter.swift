import Bytecode
import Foundation

extension Finding {
  /// The self-contained file: what differed and how to see it again, in comments, and the program
  /// with its schedule.
  public func text(path: String) -> String {
    let lines =
      [
        "signature: \(divergence.signature)", "origin: \(origin)", "input: \(divergence.run)",
        "expected: \(divergence.expected)", "actual: \(divergence.actual)",
        "replay: tierproof check \(path)",
      ] + counters
    let header = lines.map { "; " + $0.replacing("\n", with: "\n;   ") }.joined(separator: "\n")
    return header + "\n\n" + Printer.print(program)
  }
}

/// Writes findings, each signature once, and remembers what it has seen.
public struct FindingWriter {
  /// Where a finding could not be written.
  public struct WriteFailure: Error, Hashable {
    public var path: String
    public var reason: String
  }

  public let directory: String
  /// Whether a finding whose file is there from an earlier process counts as seen.
  public let keepsExisting: Bool
  /// How often each signature came, by its text.
  public private(set) var counts: [String: Int] = [:]
  /// Signatures in order of first appearance.
  public private(set) var signatures: [Signature] = []

  public init(directory: String, keepsExisting: Bool = false) {
    self.directory = directory
    self.keepsExisting = keepsExisting
  }

  /// Writes the finding if its signature is new, and forces it to disk.
  ///
  /// - Returns: the path of the file written, nil for a signature seen before.
  public mutating func write(_ finding: Finding) throws(WriteFailure) -> String? {
    let signature = finding.divergence.signature
    counts[signature.description, default: 0] += 1
    guard counts[signature.description] == 1 else { return nil }
    signatures.append(signature)
    let path = directory + "/" + finding.fileName
    if keepsExisting, FileManager.default.fileExists(atPath: path) { return nil }
    do {
      try FileManager.default.createDirectory(
        atPath: directory, withIntermediateDirectories: true)
      guard FileManager.default.createFile(atPath: path, contents: nil) else {
        throw WriteFailure(path: path, reason: "cannot be created")
      }
      let file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
      try file.write(contentsOf: Data(finding.text(path: path).utf8))
      try file.synchronize()
      try file.close()
    } catch let failure as WriteFailure {
      throw failure
    } catch {
      throw WriteFailure(path: path, reason: error.localizedDescription)
    }
    return path
  }
}

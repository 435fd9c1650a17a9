import Foundation

/// The files of the package, found from where this file was compiled.
public enum Repository {
  public static let root = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// The files below a folder whose names end in an extension, by path, in order; empty if there
  /// is no such folder.
  public static func files(under folder: String, withExtension fileExtension: String) -> [String] {
    let base = root.appending(path: folder).path(percentEncoded: false)
    let names = FileManager.default.enumerator(atPath: base)?.compactMap { $0 as? String } ?? []
    return names.filter { $0.hasSuffix("." + fileExtension) }.sorted().map { folder + "/" + $0 }
  }

  /// The text of a file of the package.
  public static func text(of path: String) throws -> String {
    try String(contentsOf: root.appending(path: path), encoding: .utf8)
  }

  /// Replaces the text of a file of the package.
  public static func write(_ text: String, to path: String) throws {
    try text.write(to: root.appending(path: path), atomically: true, encoding: .utf8)
  }

  /// Whether tests rewrite what they compare with (`BLESS=1`).
  public static let isBlessing = ProcessInfo.processInfo.environment["BLESS"] == "1"
}

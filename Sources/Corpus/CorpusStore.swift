import Bytecode
import Foundation
import Identity

/// Why a corpus directory cannot be used.
public struct CorpusFailure: Error, Hashable, Sendable {
  public var path: String
  public var reason: String
}

/// A directory of programs in binary form, each under the SHA-256 of its bytes.
///
/// Adding what is there changes nothing; files of other names are left alone.
public struct CorpusStore: Sendable {
  public let directory: String

  public init(directory: String) { self.directory = directory }

  /// The name of a file with these bytes: 64 lower-case hex digits and `.sbc`.
  public static func name(for bytes: [UInt8]) -> String {
    ContentHash.of(bytes) + ".sbc"
  }

  /// The stored files' names, in order.
  public func names() throws(CorpusFailure) -> [String] {
    guard FileManager.default.fileExists(atPath: directory) else { return [] }
    do {
      return try FileManager.default.contentsOfDirectory(atPath: directory)
        .filter(Self.isStoredName).sorted()
    } catch {
      throw CorpusFailure(path: directory, reason: error.localizedDescription)
    }
  }

  /// Stores a program.
  ///
  /// - Returns: the file's name, and whether it is new.
  @discardableResult
  public func add(_ program: Program) throws(CorpusFailure) -> (name: String, isNew: Bool) {
    let bytes = BinaryCodec.encode(program)
    let name = Self.name(for: bytes)
    let path = directory + "/" + name
    if FileManager.default.fileExists(atPath: path) { return (name, false) }
    do {
      try FileManager.default.createDirectory(
        atPath: directory, withIntermediateDirectories: true)
      // Written whole or not at all: a reader never sees half a program under a full name.
      try Data(bytes).write(to: URL(fileURLWithPath: path), options: .atomic)
    } catch {
      throw CorpusFailure(path: path, reason: error.localizedDescription)
    }
    return (name, true)
  }

  /// The program of a stored file.
  ///
  /// - Throws: also if the file's bytes are not those its name stands for.
  public func program(named name: String) throws(CorpusFailure) -> Program {
    let path = directory + "/" + name
    guard let data = FileManager.default.contents(atPath: path) else {
      throw CorpusFailure(path: path, reason: "unreadable")
    }
    let bytes = Array(data)
    guard Self.name(for: bytes) == name else {
      throw CorpusFailure(path: path, reason: "its bytes are not those its name stands for")
    }
    do {
      return try BinaryCodec.decode(bytes)
    } catch {
      throw CorpusFailure(path: path, reason: error.description)
    }
  }

  private static func isStoredName(_ name: String) -> Bool {
    name.count == 68 && name.hasSuffix(".sbc")
      && name.dropLast(4).allSatisfy { $0.isHexDigit && !$0.isUppercase }
  }
}

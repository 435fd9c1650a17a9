import Bytecode
import Foundation
import Identity
import LLVM
import Synchronization

/// Machine code on disk, for processes that compile the same again.
///
/// An entry is the object file of one module. It is known by a hash of everything the code follows
/// from: the module as lowered, in LLVM's binary form, LLVM's version, the processor, the passes and
/// the level. Lowering is repeated at a hit and only what LLVM does is saved, nine tenths of a
/// compile: so points, guards and what the loader fills in are never out of step with the code, and
/// no fact that lowering rests on can be forgotten in the key.
public final class CodeCache: Sendable {
  /// What came of modules that were looked for.
  public struct Counts: Hashable, Sendable {
    /// Objects taken from an entry.
    public var hits = 0
    /// Objects of which there was no entry.
    public var misses = 0
    /// Entries that were not what was once written, and were made anew.
    public var damaged = 0
    /// Objects that the file system did not take.
    public var unwritten = 0

    public init(hits: Int = 0, misses: Int = 0, damaged: Int = 0, unwritten: Int = 0) {
      self.hits = hits
      self.misses = misses
      self.damaged = damaged
      self.unwritten = unwritten
    }
  }

  /// What an entry starts with; the digest of the object follows, and the object.
  private static let head = Array("tierproof object 1\n".utf8)
  private static let digestBytes = 64

  public let directory: String
  /// Whether each hit is compiled all the same, and compared.
  public let recompiles: Bool
  private let state = Mutex(Counts())

  /// What came of all modules so far.
  public var counts: Counts { state.withLock { $0 } }

  /// Opens a cache, making its directory if there is none; of one that has grown beyond a limit the
  /// oldest entries go.
  ///
  /// - Parameter limit: bytes; 256 MiB without.
  /// - Parameter recompiles: for proving the cache: a hit that differs from a fresh compile is a
  ///   failure to generate code.
  /// - Throws: `.inconclusive` if the directory cannot be made or read.
  public init(
    directory: String, limit: Int? = nil, recompiles: Bool = false
  ) throws(EngineFailure) {
    self.directory = directory
    self.recompiles = recompiles
    do {
      try FileManager.default.createDirectory(
        atPath: directory, withIntermediateDirectories: true)
      try Self.trim(directory, to: limit ?? Tuning.codeCacheBytes)
    } catch {
      throw .inconclusive("code cache \(directory): \(error.localizedDescription)")
    }
  }

  /// Where a module's object is kept.
  struct Entry {
    let path: String
    /// The object file; nil if there is none or it is damaged.
    let object: [UInt8]?
  }

  /// The entry of a module.
  ///
  /// - Parameter identity: what else than the module decides on the code.
  func entry(of bitcode: [UInt8], _ identity: String) -> Entry {
    let key = ContentHash.of(Array(identity.utf8) + [0] + bitcode)
    let path = directory + "/" + key
    return Entry(path: path, object: object(at: path))
  }

  /// Keeps what a fresh compile gave; if there is an entry, compares it.
  ///
  /// - Throws: If they differ.
  func settle(_ entry: Entry, with fresh: [UInt8]) throws(LLVMFailure) {
    guard let kept = entry.object else { return write(fresh, to: entry.path) }
    guard kept == fresh else {
      throw LLVMFailure(
        operation: "compare \(entry.path)", message: "a fresh compile gives another object")
    }
  }

  private func object(at path: String) -> [UInt8]? {
    guard let data = FileManager.default.contents(atPath: path) else {
      state.withLock { $0.misses += 1 }
      return nil
    }
    let bytes = [UInt8](data)
    let start = Self.head.count + Self.digestBytes
    let object = Array(bytes.dropFirst(start))
    guard bytes.count > start, bytes.starts(with: Self.head),
      bytes[Self.head.count..<start].elementsEqual(ContentHash.of(object).utf8)
    else {
      state.withLock { $0.damaged += 1 }
      return nil
    }
    state.withLock { $0.hits += 1 }
    return object
  }

  /// Writes an entry, whole or not at all. One that cannot be written costs the next process a
  /// compile and this one nothing; it is counted.
  private func write(_ object: [UInt8], to path: String) {
    let bytes = Self.head + Array(ContentHash.of(object).utf8) + object
    do {
      try Data(bytes).write(to: URL(fileURLWithPath: path), options: .atomic)
    } catch {
      state.withLock { $0.unwritten += 1 }
    }
  }

  /// Removes the oldest entries of a directory until the others take no more than a number of bytes.
  private static func trim(_ directory: String, to limit: Int) throws {
    let keys: [URLResourceKey] = [.contentModificationDateKey, .fileSizeKey]
    var entries: [(url: URL, date: Date, size: Int)] = []
    for url in try FileManager.default.contentsOfDirectory(
      at: URL(fileURLWithPath: directory), includingPropertiesForKeys: keys)
    where url.lastPathComponent.utf8.count == digestBytes {
      let values = try url.resourceValues(forKeys: Set(keys))
      entries.append((url, values.contentModificationDate ?? .distantPast, values.fileSize ?? 0))
    }
    var total = entries.reduce(0) { $0 + $1.size }
    for entry in entries.sorted(by: { $0.date < $1.date }) {
      guard total > limit else { return }
      do {
        try FileManager.default.removeItem(at: entry.url)
      } catch CocoaError.fileNoSuchFile {
        // Another process has removed it.
      }
      total -= entry.size
    }
  }
}

import Bytecode

/// The programs of inputs run or mutated lately.
///
/// An input of the corpus is mutated again and again; it is decoded and verified once while it stays
/// here. Each input has one place, by its hash, and a newer one takes it: memory is bounded.
struct RecentPrograms {
  private static let count: UInt64 = 512

  private var entries: [(bytes: [UInt8], program: VerifiedProgram)?]

  private let language: GeneratedLanguage

  /// - Parameter language: what programs made of entropy hold.
  init(language: GeneratedLanguage) {
    self.language = language
    entries = Array(repeating: nil, count: Int(Self.count))
  }

  /// The program of an input's bytes.
  mutating func program(of bytes: [UInt8]) -> VerifiedProgram {
    let place = Int(FuzzInput.hash(of: bytes) % Self.count)
    if let entry = entries[place], entry.bytes == bytes { return entry.program }
    let program = FuzzInput.program(of: bytes, language: language)
    entries[place] = (bytes, program)
    return program
  }
}

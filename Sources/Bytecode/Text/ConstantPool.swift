/// Numbers constants and strings in the order they first appear.
struct ConstantPool {
  private(set) var constants: [Constant] = []
  private(set) var strings: [Literal] = []
  private var constantIndices: [Constant: Int] = [:]
  private var stringIndices: [Literal: Int] = [:]

  /// Up to this many entries are searched one by one, which is faster than hashing.
  private static let searchedCount = 8

  mutating func index(of constant: Constant) -> ConstantIndex {
    if let known = position(of: constant) { return ConstantIndex(known) }
    if constants.count >= Self.searchedCount {
      if constants.count == Self.searchedCount {
        for (position, other) in constants.enumerated() { constantIndices[other] = position }
      }
      constantIndices[constant] = constants.count
    }
    constants.append(constant)
    return ConstantIndex(constants.count - 1)
  }

  mutating func index(of string: Literal) -> StringIndex {
    if let known = position(of: string) { return StringIndex(known) }
    if strings.count >= Self.searchedCount {
      if strings.count == Self.searchedCount {
        for (position, other) in strings.enumerated() { stringIndices[other] = position }
      }
      stringIndices[string] = strings.count
    }
    strings.append(string)
    return StringIndex(strings.count - 1)
  }

  private func position(of constant: Constant) -> Int? {
    constants.count <= Self.searchedCount
      ? constants.firstIndex(of: constant) : constantIndices[constant]
  }

  private func position(of string: Literal) -> Int? {
    strings.count <= Self.searchedCount
      ? strings.firstIndex(of: string) : stringIndices[string]
  }
}

extension Literal {
  /// Makes a literal of bytes already known to be well-formed UTF-8.
  init(wellFormed bytes: [UInt8]) { utf8 = bytes }
}

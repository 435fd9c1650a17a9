/// Where the generator's choices come from: a seeded stream, or given bytes and then zeros.
///
/// Choice 0 is everywhere the plainest one, so bytes that run out end a program soon. One choice
/// takes one byte (two above 256 alternatives): a changed byte changes one choice.
public struct Entropy: Sendable {
  private enum Source: Sendable {
    case stream(SplitMix64)
    case bytes([UInt8], position: Int)
  }

  private var source: Source

  public init(seed: UInt64) { source = .stream(SplitMix64(seed: seed)) }

  public init(bytes: [UInt8]) { source = .bytes(bytes, position: 0) }

  /// The number of bytes given, nil for a stream.
  var byteCount: Int? {
    switch source {
    case .stream: nil
    case .bytes(let bytes, _): bytes.count
    }
  }

  mutating func byte() -> UInt8 {
    switch source {
    case .stream(var stream):
      let word = stream.next()
      source = .stream(stream)
      return UInt8(truncatingIfNeeded: word >> 32)
    case .bytes(let bytes, let position):
      guard position < bytes.count else { return 0 }
      source = .bytes(bytes, position: position + 1)
      return bytes[position]
    }
  }

  mutating func word() -> UInt64 {
    (0..<8).reduce(0) { word, _ in word << 8 | UInt64(byte()) }
  }

  /// A number in `0 ..< bound`.
  ///
  /// - Precondition: `bound` is in `1 ... 65 536`.
  mutating func below(_ bound: Int) -> Int {
    if bound <= 1 { return 0 }
    if bound <= 256 { return Int(byte()) % bound }
    return (Int(byte()) << 8 | Int(byte())) % bound
  }

  /// True in `count` of `total` cases; false when the bytes have run out.
  mutating func chance(_ count: Int, in total: Int) -> Bool { below(total) >= total - count }

  mutating func pick<Element>(_ elements: [Element]) -> Element { elements[below(elements.count)] }
}

/// The SplitMix64 generator (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators,
/// OOPSLA 2014).
public struct SplitMix64: RandomNumberGenerator, Sendable {
  private var state: UInt64

  public init(seed: UInt64) { state = seed }

  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var word = state
    word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
    word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
    return word ^ (word >> 31)
  }
}

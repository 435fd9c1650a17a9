/// Why bytes are no binary program: one place, one sentence.
public struct FormatError: Error, Hashable, Sendable {
  /// The rule's name in messages.
  public static let rule = "format"

  /// The byte the trouble begins at, from 0.
  public var offset: Int
  /// One sentence without the place.
  public var reason: String

  public init(offset: Int, reason: String) {
    self.offset = offset
    self.reason = reason
  }
}

extension FormatError: CustomStringConvertible {
  public var description: String { "offset \(offset): \(Self.rule): \(reason)" }
}

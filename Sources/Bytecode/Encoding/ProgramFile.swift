/// Why a file holds no program.
public enum ProgramFileError: Error, Hashable, Sendable {
  case text(SyntaxError)
  case binary(FormatError)

  /// The rule's name: `syntax`, `name`, `constant` or `format`.
  public var rule: String {
    switch self {
    case .text(let error): error.rule.rawValue
    case .binary: FormatError.rule
    }
  }

  /// One sentence without the place.
  public var reason: String {
    switch self {
    case .text(let error): error.reason
    case .binary(let error): error.reason
    }
  }

  /// The sentence of the command line: `FILE:LINE:COLUMN: RULE: reason`, or for a binary file
  /// `FILE: offset N: format: reason`.
  public func sentence(file: String) -> String {
    switch self {
    case .text(let error): "\(file):\(error)"
    case .binary(let error): "\(file): \(error)"
    }
  }
}

extension Program {
  /// Whether bytes are to be read as the binary form; text cannot begin with such a byte.
  public static func isBinary(_ bytes: [UInt8]) -> Bool {
    bytes.first == BinaryCodec.magic.first
  }

  /// Reads a program of either form, told apart by content.
  ///
  /// - Complexity: O(bytes).
  public static func read(_ bytes: [UInt8]) throws(ProgramFileError) -> Program {
    if isBinary(bytes) {
      do { return try BinaryCodec.decode(bytes) } catch { throw .binary(error) }
    }
    do { return try Assembler.assemble(bytes) } catch { throw .text(error) }
  }
}

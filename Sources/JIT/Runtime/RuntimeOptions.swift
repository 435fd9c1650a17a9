import Bytecode

/// What tests and opens some, ok and err.
enum RuntimeOptions {
  static func isOk(_ value: Word) -> Word { Word(bool: value.isCell(.ok)) }

  static func isErr(_ value: Word) -> Word { Word(bool: value.isCell(.err)) }

  /// `UnwrapOk`: ok(x) gives x.
  ///
  /// - Throws: UnwrapFailed for everything else.
  static func unwrapOk(_ value: Word) throws(Stop) -> Word {
    guard value.isCell(.ok) else { throw .unwrapFailed }
    return value.content
  }

  /// `UnwrapErr`: err(x) gives x.
  ///
  /// - Throws: UnwrapFailed for everything else.
  static func unwrapErr(_ value: Word) throws(Stop) -> Word {
    guard value.isCell(.err) else { throw .unwrapFailed }
    return value.content
  }

  /// `UnwrapOption`: some(x) gives x, all else but null itself.
  ///
  /// - Throws: UnwrapFailed for null.
  static func unwrapOption(_ value: Word) throws(Stop) -> Word {
    guard value != .null else { throw .unwrapFailed }
    return value.isCell(.some) ? value.content : value
  }
}

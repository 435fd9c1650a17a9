import Bytecode

/// `type_of`; the tests of a kind need no function of their own.
extension RuntimeBuiltins {
  /// The name of a value's kind, of its schema for a record.
  ///
  /// - Throws: `.outOfMemory`.
  static func typeName(of value: Word, _ state: RunState) throws(Stop) -> Word {
    let kind = value.kind
    let name =
      kind == .record
      ? state.program.verified.program.schemas[value.schema.position].name : kind.name
    return try RuntimeStrings.make(Array(name.utf8), state)
  }
}

import Bytecode

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// `to_string to_number to_bool type_of is_…`: section 7 of `Docs/bytecode.md`.
extension Machine {
  mutating func makeString(printing value: Value) throws(Stop) -> Value {
    var text: [UInt8] = []
    try print(value, to: &text)
    return try makeString(text)
  }

  /// The kind's name, of a record its schema's.
  mutating func makeString(namingTypeOf value: Value) throws(Stop) -> Value {
    guard case .record(let place) = value else {
      return try makeString(Array(value.kind.name.utf8))
    }
    return try makeString(code.schemas[heap.records[place].schema.position].name)
  }

  func isKind(_ value: Value, _ kinds: KindSet) -> Value {
    .bool(kinds.contains(KindSet(value.kind)))
  }

  /// Always a number.
  func convertToNumber(_ value: Value) throws(Stop) -> Value {
    if case .bool(let bool) = value { return .number(bool ? 1 : 0) }
    if case .string(let place) = value {
      return .number(Machine.number(spelledBy: Machine.trimmed(heap.strings[place].utf8)))
    }
    return .number(try checked { () throws(TrapKind) in try value.toNumber() })
  }

  /// The number nearest to a decimal of the grammar of `to_number`, NaN for all other text.
  static func number(spelledBy text: [UInt8]) -> Double {
    var scanner = DecimalScanner(text: text)
    guard scanner.acceptsAll() else { return .nan }
    let unsigned = text.first == UInt8(ascii: "+") ? Array(text[1...]) : text
    return Double(String(decoding: unsigned, as: UTF8.self)) ?? .nan
  }
}

/// `[+-]?(Infinity|D+(\.D*)?([eE][+-]?D+)?|\.D+([eE][+-]?D+)?)` with D = `[0-9]`.
private struct DecimalScanner {
  let text: [UInt8]
  var position = 0

  init(text: [UInt8]) { self.text = text }

  mutating func acceptsAll() -> Bool {
    _ = take("+") || take("-")
    if text[position...].elementsEqual("Infinity".utf8) { return true }
    if takeDigits() {
      if take(".") { _ = takeDigits() }
    } else {
      guard take("."), takeDigits() else { return false }
    }
    if take("e") || take("E") {
      _ = take("+") || take("-")
      guard takeDigits() else { return false }
    }
    return position == text.count
  }

  private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
    guard position < text.count, text[position] == UInt8(ascii: scalar) else { return false }
    position += 1
    return true
  }

  /// One digit or more.
  private mutating func takeDigits() -> Bool {
    let start = position
    let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
    while position < text.count, digits.contains(text[position]) { position += 1 }
    return position > start
  }
}

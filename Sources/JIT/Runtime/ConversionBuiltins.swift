import Bytecode
import CRuntime

/// `to_string` and `to_number`.
extension RuntimeBuiltins {
  /// The printed form of a value.
  ///
  /// - Throws: `.outOfMemory`.
  static func string(of value: Word, _ state: RunState) throws(Stop) -> Word {
    if value.isString { return try RuntimeStrings.part(of: value, 0..<value.utf8.count, state) }
    if value.isNumeric {
      var text = PrintedNumber()
      text.print(value)
      return try text.withBytes { (bytes) throws(Stop) in try RuntimeStrings.make(bytes, state) }
    }
    var text: [UInt8] = []
    ValuePrinting.append(value, state, limit: state.textLimit, to: &text)
    return try RuntimeStrings.make(text, state)
  }

  /// The number a value stands for; NaN for a string that is none.
  ///
  /// - Throws: TypeError for what is no number, bool or string.
  static func number(of value: Word) throws(Stop) -> Word {
    if value.isBool { return Word(number: value.bool ? 1 : 0) }
    if value.isString { return Word(number: NumberReading.read(value.utf8)) }
    return Word(number: try value.toNumber())
  }
}

/// Reads numbers from text.
enum NumberReading {
  /// The number of a text without the white space around it:
  /// `[+-]?(Infinity|D+(\.D*)?([eE][+-]?D+)?|\.D+([eE][+-]?D+)?)`, rounded to the nearest, ties to
  /// even; NaN for every other text.
  static func read(_ utf8: UnsafeBufferPointer<UInt8>) -> Double {
    let range = UTF8Text.trimmed(utf8)
    let text = UnsafeBufferPointer(rebasing: utf8[range])
    var position = 0
    let isNegative = text.first == UInt8(ascii: "-")
    if isNegative || text.first == UInt8(ascii: "+") { position = 1 }
    if isInfinity(text, position) { return isNegative ? -.infinity : .infinity }
    guard isDecimal(text, position) else { return .nan }
    var terminated = Array(text)
    terminated.append(0)
    return terminated.withUnsafeBytes { bytes in
      jit_parse_number(bytes.bindMemory(to: CChar.self).baseAddress)
    }
  }

  private static func isInfinity(_ text: UnsafeBufferPointer<UInt8>, _ start: Int) -> Bool {
    text[start...].elementsEqual("Infinity".utf8)
  }

  /// Whether a text is a decimal without a sign.
  private static func isDecimal(_ text: UnsafeBufferPointer<UInt8>, _ start: Int) -> Bool {
    var position = start
    func digits() -> Int {
      let first = position
      while position < text.count, text[position] &- UInt8(ascii: "0") < 10 { position += 1 }
      return position - first
    }
    func takes(_ one: UInt8, _ other: UInt8) -> Bool {
      guard position < text.count, text[position] == one || text[position] == other else {
        return false
      }
      position += 1
      return true
    }
    var count = digits()
    let hasPoint = takes(UInt8(ascii: "."), UInt8(ascii: "."))
    if hasPoint { count += digits() }
    guard count > 0 else { return false }
    if takes(UInt8(ascii: "e"), UInt8(ascii: "E")) {
      _ = takes(UInt8(ascii: "+"), UInt8(ascii: "-"))
      guard digits() > 0 else { return false }
    }
    return position == text.count
  }
}

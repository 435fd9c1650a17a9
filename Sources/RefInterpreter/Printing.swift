import Bytecode

/// The printed form of section 7 of `Docs/bytecode.md`.
enum Printing {
  /// What `print` writes: the printed forms joined by one space, and a newline, as UTF-8.
  static func line(_ values: ArraySlice<Value>) -> [UInt8] {
    var text: [UInt8] = []
    for (position, value) in values.enumerated() {
      if position > 0 { text.append(UInt8(ascii: " ")) }
      append(value, to: &text)
    }
    text.append(UInt8(ascii: "\n"))
    return text
  }

  static func append(_ value: Value, to text: inout [UInt8]) {
    switch value {
    case .null: text += "null".utf8
    case .unit: text += "unit".utf8
    case .bool(let value): text += (value ? "true" : "false").utf8
    case .int(let value): text += String(value).utf8
    case .number(let value): append(value, to: &text)
    }
  }

  /// ECMAScript's Number::toString for radix 10 (ECMA-262, 6.1.6.1.20); −0 prints `0`.
  static func append(_ number: Double, to text: inout [UInt8]) {
    if number.isNaN { return text += "NaN".utf8 }
    if number == 0 { return text += "0".utf8 }
    if number < 0 { text.append(UInt8(ascii: "-")) }
    if number.isInfinite { return text += "Infinity".utf8 }
    append(Decimal(number.magnitude), to: &text)
  }

  /// The names of the standard: k digits, the value is 0.DIGITS × 10^n.
  private static func append(_ decimal: Decimal, to text: inout [UInt8]) {
    let zero = UInt8(ascii: "0")
    let point = UInt8(ascii: ".")
    let (digits, k, n) = (decimal.digits, decimal.digits.count, decimal.exponent)
    switch n {
    case k...21 where k <= 21:
      text += digits
      text += repeatElement(zero, count: n - k)
    case 1...21:
      text += digits[..<n]
      text.append(point)
      text += digits[n...]
    case -5...0:
      text += [zero, point]
      text += repeatElement(zero, count: -n)
      text += digits
    default:
      text.append(digits[0])
      if k > 1 {
        text.append(point)
        text += digits[1...]
      }
      text += (n > 0 ? "e+" : "e-").utf8
      text += String((n - 1).magnitude).utf8
    }
  }

  /// The shortest decimal digits that read back as the number, the nearest such.
  private struct Decimal {
    /// ASCII digits, the first and the last not 0.
    var digits: [UInt8] = []
    /// n of 0.DIGITS × 10^n.
    var exponent = 0

    /// Takes apart what Swift writes, `123.0`, `0.001` or `1.5e-07`: its digits are the shortest
    /// ones; only their layout differs from ECMAScript's.
    ///
    /// - Precondition: the number is positive and finite.
    init(_ number: Double) {
      var writtenExponent = 0
      var pointSeen = false
      let written = Array(number.description.utf8)
      var position = 0
      while position < written.count {
        let byte = written[position]
        position += 1
        if byte == UInt8(ascii: ".") {
          pointSeen = true
        } else if byte == UInt8(ascii: "e") {
          writtenExponent = Decimal.integer(written[position...])
          position = written.count
        } else {
          digits.append(byte)
          if !pointSeen { exponent += 1 }
        }
      }
      exponent += writtenExponent
      while digits.first == UInt8(ascii: "0") {
        digits.removeFirst()
        exponent -= 1
      }
      while digits.last == UInt8(ascii: "0") { digits.removeLast() }
    }

    private static func integer(_ text: ArraySlice<UInt8>) -> Int {
      var magnitude = 0
      for byte in text where byte != UInt8(ascii: "-") && byte != UInt8(ascii: "+") {
        magnitude = magnitude * 10 + Int(byte - UInt8(ascii: "0"))
      }
      return text.first == UInt8(ascii: "-") ? -magnitude : magnitude
    }
  }
}

import Bytecode

/// The printed form of numbers and quoted text: section 7 of `Docs/bytecode.md`.
enum Printing {
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

  /// A string inside a container.
  static func appendQuoted(_ utf8: [UInt8], to text: inout [UInt8]) {
    text.append(UInt8(ascii: "\""))
    for byte in utf8 {
      switch byte {
      case UInt8(ascii: "\""): text += "\\\"".utf8
      case UInt8(ascii: "\\"): text += "\\\\".utf8
      case UInt8(ascii: "\n"): text += "\\n".utf8
      case UInt8(ascii: "\r"): text += "\\r".utf8
      case UInt8(ascii: "\t"): text += "\\t".utf8
      case 0..<0x20, 0x7F: text += "\\u{\(String(byte, radix: 16))}".utf8
      default: text.append(byte)
      }
    }
    text.append(UInt8(ascii: "\""))
  }

  /// A key of an object: bare if it looks like a name, else quoted.
  static func appendKey(_ utf8: [UInt8], to text: inout [UInt8]) {
    let isBare =
      utf8.allSatisfy { isLetter($0) || isDigit($0) } && utf8.first.map(isLetter) ?? false
    if isBare { text += utf8 } else { appendQuoted(utf8, to: &text) }
  }

  private static func isLetter(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
      || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) || byte == UInt8(ascii: "_")
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }
}

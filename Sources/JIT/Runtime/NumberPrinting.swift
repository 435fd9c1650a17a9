import CRuntime

/// Prints numbers as ECMAScript's Number-to-string does for radix 10.
///
/// - Source: ECMA-262, section Number::toString. The digits come from the C library's correctly
///   rounded conversions: the fewest that read back as the same number, nearest to it.
enum NumberPrinting {
  /// Appends the printed form of a number; −0 prints `0`.
  static func append(_ value: Double, to text: inout [UInt8]) {
    if value != value {
      text += "NaN".utf8
      return
    }
    if value < 0 { text.append(UInt8(ascii: "-")) }
    if value.isInfinite {
      text += "Infinity".utf8
      return
    }
    let magnitude = value.magnitude
    if magnitude < 0x1p53, magnitude.rounded(.towardZero) == magnitude {
      text += String(UInt64(magnitude)).utf8
      return
    }
    layOut(shortestDecimal(magnitude), to: &text)
  }

  /// A decimal 0.DDD… × 10^exponent without leading or trailing zero digits.
  struct Decimal: Equatable {
    /// ASCII digits.
    var digits: [UInt8]
    var exponent: Int
  }

  /// The shortest decimal that reads back as a positive finite number, the nearest of them.
  ///
  /// A decimal of 15 digits survives the way through a normal binary64 and back (C11 5.2.4.2.2,
  /// DBL_DIG), so if any of up to 15 digits reads back, it is the 15-digit one without its zeros.
  static func shortestDecimal(_ value: Double) -> Decimal {
    for digits in (value.isNormal ? 15 : 1)...17 {
      let nearest = decimal(value, digits: digits)
      if read(nearest) == value { return nearest }
      // Below a power of two numbers lie closer than above it: the next decimal above may read
      // back although the nearest one, below, does not.
      if value.significandBitPattern == 0 {
        let above = successor(of: nearest, digits: digits)
        if read(above) == value { return above }
      }
    }
    preconditionFailure("17 digits always read back (C11 5.2.4.2.2, DBL_DECIMAL_DIG)")
  }

  private static func decimal(_ value: Double, digits count: Int) -> Decimal {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 32) { buffer in
      let length = Int(jit_format_exponent(value, Int32(count), buffer.baseAddress))
      var digits: [UInt8] = []
      var position = 0
      while buffer[position] != CChar(UInt8(ascii: "e")) {
        let byte = UInt8(bitPattern: buffer[position])
        if byte != UInt8(ascii: ".") { digits.append(byte) }
        position += 1
      }
      let isNegative = buffer[position + 1] == CChar(UInt8(ascii: "-"))
      var exponent = 0
      for index in (position + 2)..<length {
        exponent = exponent * 10 + Int(UInt8(bitPattern: buffer[index]) - UInt8(ascii: "0"))
      }
      return trimmed(Decimal(digits: digits, exponent: (isNegative ? -exponent : exponent) + 1))
    }
  }

  private static func trimmed(_ decimal: Decimal) -> Decimal {
    var result = decimal
    while result.digits.last == UInt8(ascii: "0") { result.digits.removeLast() }
    return result
  }

  /// The next decimal above of so many digits.
  private static func successor(of decimal: Decimal, digits count: Int) -> Decimal {
    var digits = decimal.digits
    digits += repeatElement(UInt8(ascii: "0"), count: count - digits.count)
    var position = count - 1
    while position >= 0, digits[position] == UInt8(ascii: "9") {
      digits[position] = UInt8(ascii: "0")
      position -= 1
    }
    if position < 0 {
      return Decimal(digits: [UInt8(ascii: "1")], exponent: decimal.exponent + 1)
    }
    digits[position] += 1
    return trimmed(Decimal(digits: digits, exponent: decimal.exponent))
  }

  private static func read(_ decimal: Decimal) -> Double {
    var text = Array("0.".utf8) + decimal.digits
    text += "e\(decimal.exponent)".utf8
    text.append(0)
    return text.withUnsafeBytes { bytes in
      jit_parse_number(bytes.bindMemory(to: CChar.self).baseAddress)
    }
  }

  private static func layOut(_ decimal: Decimal, to text: inout [UInt8]) {
    let digits = decimal.digits
    let point = decimal.exponent
    let zero = UInt8(ascii: "0")
    if point > 21 || point <= -6 {
      text.append(digits[0])
      if digits.count > 1 {
        text.append(UInt8(ascii: "."))
        text += digits[1...]
      }
      text += "e\(point > 0 ? "+" : "-")\((point - 1).magnitude)".utf8
    } else if point <= 0 {
      text += "0.".utf8
      text += repeatElement(zero, count: -point)
      text += digits
    } else if digits.count <= point {
      text += digits
      text += repeatElement(zero, count: point - digits.count)
    } else {
      text += digits[..<point]
      text.append(UInt8(ascii: "."))
      text += digits[point...]
    }
  }
}

/// The text of numbers, for programs and for the command line.
///
/// The judge and the interpreter do not use it: each prints numbers by code of its own.
enum NumberText {
  /// The number as ECMAScript prints it for radix 10, but with `.0` if it is integral and has no
  /// exponent, `-0.0`, `NaN`, `Infinity`.
  ///
  /// The shortest digits that read back as the same number; exponent form from 1e21 and below
  /// 1e-6.
  ///
  /// - Source: ECMA-262, Number::toString; the digits are the standard library's.
  static func text(_ value: Double) -> String {
    if value.isNaN { return "NaN" }
    if value.isInfinite { return value < 0 ? "-Infinity" : "Infinity" }
    if value == 0 { return value.sign == .minus ? "-0.0" : "0.0" }
    let sign = value < 0 ? "-" : ""
    let (digits, point) = decimal(value.magnitude)
    return sign + layOut(digits, point: point)
  }

  /// The constant's text: as above, but `nan`, `inf`, `-inf`.
  static func constantText(_ value: Double) -> String {
    if value.isNaN { return "nan" }
    if value.isInfinite { return value < 0 ? "-inf" : "inf" }
    return text(value)
  }

  /// The shortest digits of a positive finite number and the place of the point: the value is
  /// 0.DIGITS × 10^point.
  private static func decimal(_ value: Double) -> (digits: [UInt8], point: Int) {
    var digits: [UInt8] = []
    var point: Int?
    var exponent = 0
    let text = Array(value.description.utf8)
    for (position, byte) in text.enumerated() {
      if byte == UInt8(ascii: ".") {
        point = digits.count
      } else if byte == UInt8(ascii: "e") {
        let written = String(decoding: text[(position + 1)...], as: UTF8.self)
        exponent = Int(written) ?? 0
        break
      } else {
        digits.append(byte)
      }
    }
    var place = (point ?? digits.count) + exponent
    let leading = digits.prefix { $0 == UInt8(ascii: "0") }.count
    digits.removeFirst(leading)
    place -= leading
    while digits.last == UInt8(ascii: "0") { digits.removeLast() }
    return (digits, place)
  }

  private static func layOut(_ digits: [UInt8], point: Int) -> String {
    let text = String(decoding: digits, as: UTF8.self)
    let count = digits.count
    if count <= point, point <= 21 {
      return text + String(repeating: "0", count: point - count) + ".0"
    }
    if point > 0, point <= 21 {
      return text.prefix(point) + "." + text.dropFirst(point)
    }
    if point > -6, point <= 0 {
      return "0." + String(repeating: "0", count: -point) + text
    }
    let exponent = point - 1
    let mantissa = count == 1 ? text : text.prefix(1) + "." + text.dropFirst(1)
    return mantissa + (exponent < 0 ? "e-" : "e+") + String(exponent.magnitude)
  }
}

extension Constant {
  /// Reads one constant of the text form, as an argument on the command line is; a function cannot
  /// be named here.
  public static func parse(_ text: String) throws(SyntaxError) -> Constant {
    var parser = try TextParser(Array(text.utf8))
    let constant = try parser.parseConstant()
    guard parser.kind == .endOfText else { throw parser.unexpected("the end of the constant") }
    return constant
  }
}

extension Program {
  /// The text of a constant; it reads back as the same constant.
  public func description(of constant: Constant) -> String {
    var writer = TextWriter(self)
    writer.write(constant)
    return String(decoding: writer.bytes, as: UTF8.self)
  }
}

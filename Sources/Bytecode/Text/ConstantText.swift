/// The meaning of the digits and escapes of a constant.
enum ConstantText {
  /// The constant a number token stands for; an error is a reason without its place.
  ///
  /// Decimal and hexadecimal numbers are rounded to the nearest binary64, ties to even.
  static func number(_ text: ArraySlice<UInt8>) -> Result<Constant, Refusal> {
    let isNegative = text.first == UInt8(ascii: "-")
    let digits = isNegative ? text.dropFirst() : text
    let isHexadecimal =
      digits.count > 1 && digits[digits.startIndex + 1] | 0x20 == UInt8(ascii: "x")
    let magnitude = isHexadecimal ? digits.dropFirst(2) : digits
    let exponents: [UInt8] = isHexadecimal ? [0x50, 0x70] : [0x45, 0x65]
    let isNumber = magnitude.contains { $0 == UInt8(ascii: ".") || exponents.contains($0) }
    if isNumber { return double(text) }
    return integer(magnitude, isNegative: isNegative, radix: isHexadecimal ? 16 : 10)
  }

  private static func integer(
    _ digits: ArraySlice<UInt8>, isNegative: Bool, radix: Int64
  ) -> Result<Constant, Refusal> {
    if digits.isEmpty { return .failure(Refusal("expected digits after `0x`")) }
    let limit = isNegative ? -IntRange.minimum : IntRange.maximum
    var value: Int64 = 0
    for byte in digits {
      guard let digit = byte.hexadecimalDigit else {
        return .failure(Refusal("expected digits of an int"))
      }
      value = value * radix + Int64(digit)
      if value > limit {
        return .failure(
          Refusal("expected an int in \(IntRange.minimum) ... \(IntRange.maximum)"))
      }
    }
    return .success(.int(isNegative ? -value : value))
  }

  private static func double(_ text: ArraySlice<UInt8>) -> Result<Constant, Refusal> {
    guard let value = Double(String(decoding: text, as: UTF8.self)) else {
      return .failure(Refusal("expected a number such as `1.5`, `2e10` or `0x1.8p3`"))
    }
    guard value.isFinite else {
      return .failure(Refusal("expected a number in the range of binary64; infinity is `inf`"))
    }
    return .success(.number(value))
  }

  /// A reason why a piece of text is no constant, and how far into it the trouble begins.
  struct Refusal: Error {
    var reason: String
    var offset: Int

    init(_ reason: String, offset: Int = 0) {
      self.reason = reason
      self.offset = offset
    }
  }

  /// The bytes a quoted string stands for; `text` includes the quotes.
  static func string(_ text: ArraySlice<UInt8>) -> Result<[UInt8], Refusal> {
    var result: [UInt8] = []
    result.reserveCapacity(text.count)
    var position = text.startIndex + 1
    let end = text.endIndex - 1
    while position < end {
      guard text[position] == UInt8(ascii: "\\") else {
        result.append(text[position])
        position += 1
        continue
      }
      let start = position
      guard let length = unescape(text, at: position, before: end, into: &result) else {
        return .failure(
          Refusal(
            #"expected an escape: \" \\ \n \r \t or \u{…} with a Unicode scalar"#,
            offset: start - text.startIndex))
      }
      position += length
    }
    return .success(result)
  }

  /// Appends what the escape at a position stands for and gives its length, nil if it is none.
  private static func unescape(
    _ text: ArraySlice<UInt8>, at position: Int, before end: Int, into result: inout [UInt8]
  ) -> Int? {
    guard position + 1 < end else { return nil }
    switch text[position + 1] {
    case UInt8(ascii: "\""): result.append(UInt8(ascii: "\""))
    case UInt8(ascii: "\\"): result.append(UInt8(ascii: "\\"))
    case UInt8(ascii: "n"): result.append(UInt8(ascii: "\n"))
    case UInt8(ascii: "r"): result.append(UInt8(ascii: "\r"))
    case UInt8(ascii: "t"): result.append(UInt8(ascii: "\t"))
    case UInt8(ascii: "u"):
      guard position + 2 < end, text[position + 2] == UInt8(ascii: "{") else { return nil }
      var value: UInt32 = 0
      var cursor = position + 3
      while cursor < end, let digit = text[cursor].hexadecimalDigit, cursor < position + 9 {
        value = value << 4 | UInt32(digit)
        cursor += 1
      }
      guard cursor > position + 3, cursor < end, text[cursor] == UInt8(ascii: "}"),
        let scalar = Unicode.Scalar(value)
      else { return nil }
      result.append(contentsOf: UTF8.encode(scalar)!)
      return cursor + 1 - position
    default: return nil
    }
    return 2
  }
}

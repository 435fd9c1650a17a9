import Bytecode

/// Strings at which engines differ when they are wrong: scalars of each UTF-8 length, what
/// normalization or grapheme breaking would change, what conversions and escapes look at.
enum BoundaryStrings {
  static let strings: [String] = [
    "", "a", "ab", "abc", "b", " ", "x y", "0", "1", "-1", "1.5", " 12 ", "1e3", "-Infinity",
    "NaN", "0x10", "length", "TypeError", "é", "e\u{301}", "ß", "İ", "Σ", "ﬁ", "€", "中文", "😀",
    "👩‍👩‍👧", "\u{0}", "\n\t\"\\", "\u{7F}", "\u{A0}x\u{2028}", "\u{FFFF}", "\u{10FFFF}", "ẞss",
    "a,b,,c",
    "aaaa", "The quick brown fox jumps over the lazy dog, twice: the quick brown fox jumps again.",
  ]

  /// Keys of objects: names, and what is written quoted.
  static let keys: [String] = ["x", "y", "a", "length", "b c", "é", "e\u{301}", "", "k0", "😀", "m"]

  static func string(_ entropy: inout Entropy) -> Literal {
    switch entropy.below(8) {
    case 0, 1: Literal(entropy.pick(["a", "ab", "", "b"]))
    case 2:
      Literal(
        String(
          String.UnicodeScalarView(
            (0..<(1 + entropy.below(4))).map { _ in
              entropy.pick(["a", "B", "é", "\u{301}", "€", "😀", " ", "ſ"] as [Unicode.Scalar])
            })))
    default: Literal(entropy.pick(strings))
    }
  }

  /// A string of one scalar or more.
  static func text(_ entropy: inout Entropy) -> Literal {
    let literal = string(&entropy)
    return literal.utf8.isEmpty ? Literal("a") : literal
  }
}

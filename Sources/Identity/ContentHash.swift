import Bytecode
import Crypto

/// SHA-256 hashes by which functions and files are known, as 64 lower-case hexadecimal digits.
public enum ContentHash {
  /// The hash of a function's canonical encoding: equal for functions that mean the same wherever
  /// they stand, whatever their locals and labels are called.
  ///
  /// - Complexity: O(size of the function and of what it mentions).
  public static func of(function: FunctionIndex, in program: Program) -> String {
    of(program.canonicalEncoding(of: function))
  }

  /// The hash of a file's bytes.
  public static func of(_ bytes: [UInt8]) -> String {
    let digits = Array("0123456789abcdef".utf8)
    var text: [UInt8] = []
    for byte in SHA256.hash(data: bytes) {
      text.append(digits[Int(byte >> 4)])
      text.append(digits[Int(byte & 15)])
    }
    return String(decoding: text, as: UTF8.self)
  }
}

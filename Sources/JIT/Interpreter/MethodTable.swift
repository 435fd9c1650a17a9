import Bytecode

/// The functions named `S.m`, by schema and method name: what a `CallMethod` on a record calls.
///
/// Open addressing: a lookup is a handful of instructions.
struct MethodTable {
  private var keys: [UInt64]
  private var functions: [UInt32]

  /// No schema has this number.
  private static let free = UInt64.max

  init(_ program: Program) {
    var methods: [(key: UInt64, function: UInt32)] = []
    let schemas = Dictionary(
      program.schemas.enumerated().map { (Literal($1.name), $0) },
      uniquingKeysWith: { first, _ in first })
    let names = Dictionary(
      program.strings.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    for (number, function) in program.functions.enumerated() {
      let utf8 = Array(function.name.utf8)
      guard let dot = utf8.lastIndex(of: UInt8(ascii: ".")),
        let schema = Literal(validating: Array(utf8[..<dot])).flatMap({ schemas[$0] }),
        let name = Literal(validating: Array(utf8[(dot + 1)...])).flatMap({ names[$0] })
      else { continue }
      methods.append((UInt64(schema) << 32 | UInt64(name), UInt32(number)))
    }
    var capacity = 4
    while capacity < 2 * methods.count { capacity *= 2 }
    keys = Array(repeating: Self.free, count: capacity)
    functions = Array(repeating: 0, count: capacity)
    for method in methods {
      let position = position(of: method.key)
      keys[position] = method.key
      functions[position] = method.function
    }
  }

  /// The function that a name calls on records of a schema, nil if there is none.
  func function(_ name: StringIndex, of schema: SchemaIndex) -> FunctionIndex? {
    let key = UInt64(schema.rawValue) << 32 | UInt64(name.rawValue)
    let position = position(of: key)
    return keys[position] == key ? FunctionIndex(Int(functions[position])) : nil
  }

  private func position(of key: UInt64) -> Int {
    let mask = keys.count - 1
    var position = Int(truncatingIfNeeded: key &* 0x9E37_79B9_7F4A_7C15 >> 32) & mask
    while keys[position] != key, keys[position] != Self.free { position = (position + 1) & mask }
    return position
  }
}

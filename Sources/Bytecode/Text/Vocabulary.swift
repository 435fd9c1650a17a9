/// A word of the text form that is no opcode, builtin, kind, width or type.
enum Word: String, CaseIterable {
  case program, schema, `struct`, foreign, binding, `func`, main, schedule, constants, strings
  case local, lines, nothing = "none", mut, ref
  case `true`, `false`, null, unit, nan, inf
  case args, fuel, heap, depth, tier, deopt, exit, osr, feedback, invalidate, delay, collect, chaos
  case after, at, `in`, kind, operand, occurrence, `guard`, loop, iteration, shape, seed
  case megamorphic, dictionary, taken, not, count
}

/// The words of the language by symbol: what a name may mean besides what the program declares.
struct Vocabulary: Sendable {
  let symbols: SymbolTable
  private let opcodes: [Opcode?]
  private let builtins: [Builtin?]
  private let words: [Word?]
  private let widths: [NumericWidth?]
  private let slotKinds: [SlotKind.Base?]
  private let valueKinds: [ValueKind?]
  private let foreignTypes: [ForeignType?]

  static let shared = Vocabulary()

  private init() {
    var spellings: [String] = []
    var numbers: [String: Int] = [:]
    func number(_ spelling: String) -> Int {
      if let known = numbers[spelling] { return known }
      numbers[spelling] = spellings.count
      spellings.append(spelling)
      return spellings.count - 1
    }
    let opcodeNumbers = Opcode.allCases.map { (number($0.facts.name), $0) }
    let builtinNumbers = Builtin.allCases.map { (number($0.facts.name), $0) }
    let wordNumbers = Word.allCases.map { (number($0.rawValue), $0) }
    let widthNumbers = NumericWidth.allCases.map { (number($0.name), $0) }
    let slotKindNumbers = SlotKind.Base.named.map { (number($0.name), $0.base) }
    let valueKindNumbers = ValueKind.allCases.map { (number($0.name), $0) }
    let foreignTypeNumbers = ForeignType.named.map { (number($0.name), $0.type) }
    let count = spellings.count
    func table<Element>(_ entries: [(Int, Element)]) -> [Element?] {
      var table = [Element?](repeating: nil, count: count)
      for (number, element) in entries { table[number] = element }
      return table
    }
    opcodes = table(opcodeNumbers)
    builtins = table(builtinNumbers)
    words = table(wordNumbers)
    widths = table(widthNumbers)
    slotKinds = table(slotKindNumbers)
    valueKinds = table(valueKindNumbers)
    foreignTypes = table(foreignTypeNumbers)
    symbols = SymbolTable(words: spellings)
  }

  func opcode(_ symbol: UInt32) -> Opcode? { Self.entry(symbol, opcodes) }
  func builtin(_ symbol: UInt32) -> Builtin? { Self.entry(symbol, builtins) }
  func word(_ symbol: UInt32) -> Word? { Self.entry(symbol, words) }
  func width(_ symbol: UInt32) -> NumericWidth? { Self.entry(symbol, widths) }
  func slotKind(_ symbol: UInt32) -> SlotKind.Base? { Self.entry(symbol, slotKinds) }
  func valueKind(_ symbol: UInt32) -> ValueKind? { Self.entry(symbol, valueKinds) }
  func foreignType(_ symbol: UInt32) -> ForeignType? { Self.entry(symbol, foreignTypes) }

  @inline(__always)
  private static func entry<Element>(_ symbol: UInt32, _ table: [Element?]) -> Element? {
    Int(symbol) < table.count ? table[Int(symbol)] : nil
  }
}

extension Opcode {
  /// The operand kinds by code: the table's column, kept because reading a whole row is slow.
  static let operandKinds: [OperandKind] = allCases.map(\.facts.operand)
}

import Bytecode
import CRuntime

/// The numbers of heap values by first appearance in events and results; they stay alive.
struct IdentityTable {
  private(set) var words: [Word] = []
  private var numbers: [UInt64: Int] = [:]

  /// The number of a heap value, the next one if it has none, and whether it is new.
  mutating func number(of word: Word) -> (number: Int, isNew: Bool) {
    if let number = numbers[word.bits] { return (number, false) }
    numbers[word.bits] = words.count
    words.append(word)
    return (words.count - 1, true)
  }

  /// The number of a heap value, nil if it has none.
  func number(ifKnown word: Word) -> Int? { numbers[word.bits] }
}

extension RunState {
  /// The value events and results report; a heap value gets a number when it first appears.
  func observe(_ word: Word) -> ObservedValue {
    observe(word) { identities.number(of: $0).number }
  }

  /// The value as it is reported, heap values by the numbers a body gives them.
  func observe(_ word: Word, numberedBy number: (Word) -> Int) -> ObservedValue {
    let kind = word.kind
    switch kind {
    case .null: return .null
    case .unit: return .unit
    case .bool: return .bool(word.bool)
    case .int: return .int(word.int)
    case .number: return .number(bitPattern: word.bits)
    case .string: return .string(word.literal)
    case .function: return .function(word.function)
    case .array, .intArray, .floatArray, .boolArray, .object, .record, .map, .range, .some, .ok,
      .err, .closure, .cell:
      return .identity(kind, number: number(word))
    case .reference: preconditionFailure("the verifier confines references")
    }
  }

  /// The heap reachable from what a run ended with, breadth first.
  func observedHeap(of ending: Ending) -> [ObservedCell] {
    let value: ObservedValue
    switch ending {
    case .returned(let result): value = result
    case .trapped(_, let payload?, _): value = payload
    case .trapped, .exited: return []
    }
    var cells: [ObservedCell] = []
    var queue: [Word] = []
    var isQueued: Set<UInt64> = []
    func visit(_ value: ObservedValue) {
      guard case .identity(_, let number) = value else { return }
      let word = identities.words[number]
      if isQueued.insert(word.bits).inserted { queue.append(word) }
    }
    visit(value)
    var next = 0
    while next < queue.count {
      let word = queue[next]
      next += 1
      let number = identities.number(of: word).number
      let content = content(word) { part in
        let value = observe(part)
        visit(value)
        return value
      }
      cells.append(ObservedCell(number: number, content: content))
    }
    return cells
  }

  /// What a heap value holds, its parts as a body observes them, in order.
  func content(_ word: Word, _ take: (Word) -> ObservedValue) -> ObservedCell.Content {
    switch word.kind {
    case .array: return .array((0..<word.arrayCount).map { take(word.element($0)) })
    case .intArray: return .intArray((0..<word.arrayCount).map { word.element($0).int })
    case .floatArray: return .floatArray((0..<word.arrayCount).map { word.element($0).bits })
    case .boolArray: return .boolArray((0..<word.arrayCount).map { word.element($0).bool })
    case .object:
      let properties = properties(of: word)
      let keys = properties.map(\.key.literal)
      let values = properties.map { take($0.value) }
      return word.isDictionary
        ? .dictionary(keys: keys, values: values)
        : .object(shape: Int(word.shape), keys: keys, values: values)
    case .record:
      return .record(word.schema, (0..<word.fieldCount).map { take(word.fields[$0]) })
    case .map:
      let entries = entries(of: word)
      var (keys, values): ([ObservedValue], [ObservedValue]) = ([], [])
      for entry in entries {
        keys.append(take(entry.key))
        values.append(take(entry.value))
      }
      return .map(keys: keys, values: values)
    case .range:
      let range = word.range.pointee
      return .range(
        start: range.start, end: range.end, isInclusive: range.header.flags != 0)
    case .some: return .some(take(word.content))
    case .ok: return .ok(take(word.content))
    case .err: return .err(take(word.content))
    case .closure:
      return .closure(word.callee, captures: (0..<word.fieldCount).map { take(word.fields[$0]) })
    case .cell: return .cell(take(word.content))
    case .null, .unit, .bool, .int, .number, .string, .function, .reference:
      preconditionFailure("no value with an identity")
    }
  }

  /// The entries of a map in insertion order.
  func entries(of map: Word) -> [(key: Word, value: Word)] {
    let map = map.map
    return (0..<Int(map.pointee.used)).compactMap { position in
      let entry = map.pointee.entries[position]
      return entry.key == UInt64.max ? nil : (Word(bits: entry.key), Word(bits: entry.value))
    }
  }
}

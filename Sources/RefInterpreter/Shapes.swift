import Bytecode

/// Texts used as keys, by number: equal texts have one number, by bytes.
struct Names {
  private(set) var texts: [[UInt8]] = []
  private var numbers: [[UInt8]: Int] = [:]

  /// The number of a text that has one.
  func number(of text: [UInt8]) -> Int? { numbers[text] }

  /// The number of a text, a new one if it has none yet.
  mutating func makeNumber(of text: [UInt8]) -> Int {
    if let number = numbers[text] { return number }
    texts.append(text)
    numbers[text] = texts.count - 1
    return texts.count - 1
  }
}

/// The shapes objects have had, over all runs of a session: section 5 of `Docs/bytecode.md`.
struct Shapes {
  /// The shape without keys.
  static let root = 0
  /// An object with more keys has no shape.
  static let greatestKeyCount = 64

  private struct Edge: Hashable {
    let parent: Int
    let key: Int
  }

  var names = Names()
  private var children: [Edge: Int] = [:]
  private var count = 1

  /// The shape a key leads to, and whether it is new: numbered in the order of creation.
  mutating func child(of parent: Int, key: Int) -> (shape: Int, isNew: Bool) {
    let edge = Edge(parent: parent, key: key)
    if let child = children[edge] { return (child, false) }
    let child = count
    count += 1
    children[edge] = child
    return (child, true)
  }
}

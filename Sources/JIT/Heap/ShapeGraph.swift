import Bytecode
import CRuntime

/// The shapes of a session: ordered key lists, numbered in the order they were created.
///
/// Shape 0 is the root, without keys. A child is its parent's keys and one more. Only execution
/// makes shapes; they live as long as the session.
final class ShapeGraph {
  struct Shape: BitwiseCopyable {
    var parent: UInt32
    /// The last key; the root has none.
    var key: PropertyKey
    var count: Int
    var hasChildren = false
  }

  /// What one lookup found, so that the next one is short.
  private struct Found: BitwiseCopyable {
    var shape = UInt32.max
    var key: PropertyKey = 0
    var slot: Int32 = 0
  }

  /// A child that was looked up lately.
  private struct Transition: BitwiseCopyable {
    var shape = UInt32.max
    var key: PropertyKey = 0
    var child: UInt32 = 0
  }

  private(set) var shapes = [Shape(parent: 0, key: 0, count: 0)]
  /// By parent and key.
  private var children: [UInt64: UInt32] = [:]
  private let cache: UnsafeMutablePointer<Found>
  private let transitions: UnsafeMutablePointer<Transition>
  private static let cacheSize = 1_024

  /// The keys a shape has at most.
  static let greatestKeyCount = Int(JIT_SHAPE_KEYS)

  init() {
    cache = .allocate(capacity: Self.cacheSize)
    cache.initialize(repeating: Found(), count: Self.cacheSize)
    transitions = .allocate(capacity: Self.cacheSize)
    transitions.initialize(repeating: Transition(), count: Self.cacheSize)
  }

  deinit {
    cache.deallocate()
    transitions.deallocate()
  }

  /// Where the caches keep what belongs to a shape and a key.
  @inline(__always)
  private static func position(_ shape: UInt32, _ key: PropertyKey) -> Int {
    Int((shape &* 31 &+ key) & UInt32(cacheSize - 1))
  }

  /// The number of keys of a shape.
  func count(_ shape: UInt32) -> Int { shapes[Int(shape)].count }

  /// Whether a shape was made of it with one more key.
  func hasChildren(_ shape: UInt32) -> Bool { shapes[Int(shape)].hasChildren }

  /// The position of a key, nil if the shape has none.
  ///
  /// Complexity: O(1) for what was looked up lately, else O(keys).
  func slot(_ shape: UInt32, _ key: PropertyKey) -> Int? {
    let entry = cache + Self.position(shape, key)
    if entry.pointee.shape != shape || entry.pointee.key != key {
      entry.pointee = Found(shape: shape, key: key, slot: Int32(search(shape, key)))
    }
    return entry.pointee.slot < 0 ? nil : Int(entry.pointee.slot)
  }

  private func search(_ shape: UInt32, _ key: PropertyKey) -> Int {
    var next = shape
    while next != 0 {
      let shape = shapes[Int(next)]
      if shape.key == key { return shape.count - 1 }
      next = shape.parent
    }
    return -1
  }

  /// The shape with one more key, nil if it has not been made.
  @inline(__always)
  func child(_ shape: UInt32, _ key: PropertyKey) -> UInt32? {
    let entry = transitions + Self.position(shape, key)
    if entry.pointee.shape == shape, entry.pointee.key == key { return entry.pointee.child }
    return search(child: shape, key, entry)
  }

  @inline(never)
  private func search(
    child shape: UInt32, _ key: PropertyKey, _ entry: UnsafeMutablePointer<Transition>
  ) -> UInt32? {
    guard let child = children[UInt64(shape) << 32 | UInt64(key)] else { return nil }
    entry.pointee = Transition(shape: shape, key: key, child: child)
    return child
  }

  /// Makes a child.
  ///
  /// - Precondition: there is none, and the parent has fewer than 64 keys.
  func makeChild(_ shape: UInt32, _ key: PropertyKey) -> UInt32 {
    let number = UInt32(shapes.count)
    shapes.append(Shape(parent: shape, key: key, count: shapes[Int(shape)].count + 1))
    shapes[Int(shape)].hasChildren = true
    children[UInt64(shape) << 32 | UInt64(key)] = number
    transitions[Self.position(shape, key)] = Transition(shape: shape, key: key, child: number)
    return number
  }

  /// The keys of a shape in order.
  func keys(_ shape: UInt32) -> [PropertyKey] {
    var keys: [PropertyKey] = []
    var next = shape
    while next != 0 {
      keys.append(shapes[Int(next)].key)
      next = shapes[Int(next)].parent
    }
    return keys.reversed()
  }
}

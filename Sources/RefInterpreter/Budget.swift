import Bytecode

/// Abstract sizes in bytes: section 4, "Heap limit", of `Docs/bytecode.md`.
enum Size {
  static let object = 16
  static let key = 16
  static let map = 16
  static let entry = 24
  /// `some(x)`, `ok(x)`, `err(x)` and shared cells.
  static let content = 16
  static let range = 24

  static func string(_ byteCount: Int) -> Int { 16 + byteCount }
  static func slots(_ count: Int) -> Int { 16 + 8 * count }

  static func element(of array: ArrayPlace) -> Int {
    switch array {
    case .plain, .ints, .numbers: 8
    case .bools: 1
    }
  }

  static func array(like array: ArrayPlace, count: Int) -> Int {
    16 + element(of: array) * count
  }

  /// The array `NewTypedArray` would make.
  static func typedArray(of values: [Value], count: Int) -> Int {
    switch Heap.packing(of: values) {
    case .plain, .ints, .numbers: 16 + 8 * count
    case .bools: 16 + count
    }
  }
}

/// The budgets of a run: fuel, and bytes ever allocated.
extension Machine {
  /// Charges one unit of fuel; with N units N events happen, the next one ends the run.
  ///
  /// The heap limit is tested first, because cells of fixed size were charged without a test.
  mutating func chargeFuel() throws(Stop) {
    if let limit = limits.heapBytes, heap.bytes > limit { throw .exited(.outOfMemory) }
    try testHostMemory()
    if let fuel = limits.fuel, clock >= fuel { throw .exited(.outOfFuel) }
    clock += 1
  }

  /// Tests that what the run holds of the host's memory has an end.
  func testHostMemory() throws(Stop) {
    if heap.bytes + recordedBytes > Heap.greatestSize { throw .hostMemoryExhausted }
  }

  /// Charges a cell whose size depends on no length; the next fuel event tests the limit.
  mutating func chargeFixed(_ byteCount: Int) { heap.bytes += UInt64(byteCount) }

  /// Charges what depends on a length, if it fits.
  mutating func chargeTested(_ byteCount: Int) throws(Stop) {
    try testRoom(for: byteCount)
    heap.bytes += UInt64(byteCount)
  }

  /// Tests that a charge fits.
  func testRoom(for byteCount: Int) throws(Stop) {
    let sum = heap.bytes + UInt64(byteCount)
    if let limit = limits.heapBytes, sum > limit { throw .exited(.outOfMemory) }
    if sum + recordedBytes > Heap.greatestSize { throw .hostMemoryExhausted }
  }

  /// Charges and makes a string.
  mutating func makeString(_ utf8: [UInt8]) throws(Stop) -> Value {
    try chargeTested(Size.string(utf8.count))
    return heap.make(string: utf8)
  }
}

import Bytecode
import CRuntime
import Glibc

/// Making and reading strings.
extension Heap {
  /// A string with room for bytes that the caller then writes.
  ///
  /// - Parameter scalarCount: the scalars the bytes will hold.
  func makeString(byteCount: Int, scalarCount: Int) -> (Word, UnsafeMutablePointer<UInt8>) {
    precondition(byteCount <= UInt32.max, "the host's limit is far below this")
    let header = MemoryLayout<JITString>.size
    let cell = allocate(header + byteCount)
    let bytes = (cell + header).assumingMemoryBound(to: UInt8.self)
    cell.assumingMemoryBound(to: JITString.self).initialize(
      to: JITString(
        header: JITCell(kind: CellKind.string.rawValue, flags: 0, small: 0, auxiliary: 0),
        byte_count: UInt32(byteCount), scalar_count: UInt32(scalarCount), bytes: bytes))
    return (Word(cell: cell), bytes)
  }

  /// A string of well-formed UTF-8, which must not lie in memory that this allocation could free.
  func makeString(_ utf8: UnsafeBufferPointer<UInt8>) -> Word {
    let (word, bytes) = makeString(
      byteCount: utf8.count, scalarCount: UTF8Text.scalarCount(utf8))
    if let source = utf8.baseAddress { bytes.update(from: source, count: utf8.count) }
    return word
  }

  /// A string and more text behind it.
  ///
  /// A long result has room behind it: appending again to the string that ends where the room
  /// begins writes there, so that building a string piece by piece takes linear time.
  ///
  /// - Parameters:
  ///   - right: well-formed UTF-8 outside the heap or in a string that is reachable.
  ///   - scalarCount: its scalars.
  func concatenate(
    _ left: Word, _ right: UnsafeBufferPointer<UInt8>, _ scalarCount: Int
  ) -> Word {
    guard let source = right.baseAddress, right.count > 0 else { return left }
    let leftCount = left.utf8.count
    let byteCount = leftCount + right.count
    let scalarCount = left.scalarCount + scalarCount
    if byteCount < Tuning.sharedStringBytes { return join(left.utf8, right, scalarCount) }
    let (buffer, start) = bufferEnding(left, right.count)
    (start + leftCount).update(from: source, count: right.count)
    buffer.pointee.used += UInt64(right.count)
    return makeSharedString(buffer, start, byteCount, scalarCount)
  }

  /// ASCII text outside the heap and a string behind it.
  func join(_ left: UnsafeBufferPointer<UInt8>, _ right: Word) -> Word {
    join(left, right.utf8, left.count + right.scalarCount)
  }

  private func join(
    _ left: UnsafeBufferPointer<UInt8>, _ right: UnsafeBufferPointer<UInt8>, _ scalarCount: Int
  ) -> Word {
    let (word, bytes) = makeString(
      byteCount: left.count + right.count, scalarCount: scalarCount)
    if let source = left.baseAddress { bytes.update(from: source, count: left.count) }
    if let source = right.baseAddress {
      (bytes + left.count).update(from: source, count: right.count)
    }
    return word
  }

  /// Both strings in one where the left one ends the used part of its buffer and the right one fits
  /// behind it; nil elsewhere.
  @inline(__always)
  func concatenateInPlace(_ left: Word, _ right: Word) -> Word? {
    let (source, added) = (left.string.pointee, right.string.pointee)
    guard source.header.flags == UInt8(JIT_STRING_SHARED) else { return nil }
    let shared = left.address.assumingMemoryBound(to: JITSharedString.self)
    let buffer = shared.pointee.buffer.unsafelyUnwrapped
    let start = UnsafeMutablePointer(mutating: source.bytes.unsafelyUnwrapped)
    let end = start + Int(source.byte_count)
    let used = Int(buffer.pointee.used)
    let (addedCount, room) = (Int(added.byte_count), Int(buffer.pointee.capacity) &- used)
    guard end == Heap.bytes(of: buffer) + used, addedCount <= room else { return nil }
    end.update(from: added.bytes.unsafelyUnwrapped, count: addedCount)
    buffer.pointee.used = UInt64(used &+ addedCount)
    return makeSharedString(
      buffer, start, Int(source.byte_count) &+ addedCount,
      Int(source.scalar_count) &+ Int(added.scalar_count))
  }

  /// A buffer whose used part ends with the string's bytes, with room for more behind them.
  private func bufferEnding(
    _ string: Word, _ room: Int
  ) -> (UnsafeMutablePointer<JITBuffer>, UnsafeMutablePointer<UInt8>) {
    let source = string.string.pointee
    let count = Int(source.byte_count)
    if source.header.flags & UInt8(JIT_STRING_SHARED) != 0 {
      let shared = string.address.assumingMemoryBound(to: JITSharedString.self)
      if let buffer = shared.pointee.buffer {
        let bytes = Heap.bytes(of: buffer)
        let used = Int(buffer.pointee.used)
        let start = UnsafeMutablePointer(mutating: source.bytes.unsafelyUnwrapped)
        if start + count == bytes + used, used + room <= Int(buffer.pointee.capacity) {
          return (buffer, start)
        }
      }
    }
    let header = MemoryLayout<JITBuffer>.size
    let size = roundedSize(header + 2 * (count + room))
    let cell = allocate(size)
    let buffer = cell.assumingMemoryBound(to: JITBuffer.self)
    buffer.initialize(
      to: JITBuffer(
        header: JITCell(kind: CellKind.buffer.rawValue, flags: 0, small: 0, auxiliary: 0),
        used: UInt64(count), capacity: UInt64(size - header)))
    let bytes = Heap.bytes(of: buffer)
    bytes.update(from: string.string.pointee.bytes, count: count)
    return (buffer, bytes)
  }

  private static func bytes(
    of buffer: UnsafeMutablePointer<JITBuffer>
  ) -> UnsafeMutablePointer<UInt8> {
    (UnsafeMutableRawPointer(buffer) + MemoryLayout<JITBuffer>.size)
      .assumingMemoryBound(to: UInt8.self)
  }

  private func makeSharedString(
    _ buffer: UnsafeMutablePointer<JITBuffer>, _ start: UnsafeMutablePointer<UInt8>,
    _ byteCount: Int, _ scalarCount: Int
  ) -> Word {
    precondition(byteCount <= UInt32.max, "the host's limit is far below this")
    let cell = allocate(MemoryLayout<JITSharedString>.size)
    let header = JITCell(
      kind: CellKind.string.rawValue, flags: UInt8(JIT_STRING_SHARED), small: 0, auxiliary: 0)
    cell.assumingMemoryBound(to: JITSharedString.self).initialize(
      to: JITSharedString(
        string: JITString(
          header: header, byte_count: UInt32(byteCount), scalar_count: UInt32(scalarCount),
          bytes: start), buffer: buffer))
    return Word(cell: cell)
  }
}

extension Word {
  /// The scalars of a string.
  var scalarCount: Int { Int(string.pointee.scalar_count) }

  /// Whether every scalar of a string is one byte.
  var isASCII: Bool { string.pointee.scalar_count == string.pointee.byte_count }

  /// Where a scalar of a string begins; its byte count for the position behind the last.
  ///
  /// Complexity: O(1) for ASCII, else O(position).
  func byteOffset(ofScalar position: Int) -> Int {
    if isASCII { return position }
    let utf8 = utf8
    var offset = 0
    for _ in 0..<position { offset += UTF8Text.scalarLength(utf8[offset]) }
    return offset
  }

  /// The content of a string.
  var literal: Literal {
    guard let literal = Literal(validating: Array(utf8)) else {
      preconditionFailure("strings are well-formed")
    }
    return literal
  }

  /// A hash of a string's content, never 0; computed once.
  ///
  /// No seed: the order of nothing depends on it, and equal programs behave equally.
  var stringHash: UInt32 {
    let known = cell.pointee.auxiliary
    if known != 0 { return known }
    let hash = UTF8Text.hash(utf8)
    cell.pointee.auxiliary = hash
    return hash
  }

  /// Whether two strings have the same bytes.
  static func haveEqualBytes(_ left: Word, _ right: Word) -> Bool {
    if left.bits == right.bits { return true }
    let (a, b) = (left.string.pointee, right.string.pointee)
    if a.byte_count != b.byte_count { return false }
    let (ha, hb) = (a.header.auxiliary, b.header.auxiliary)
    if ha != 0, hb != 0, ha != hb { return false }
    return UTF8Text.areEqual(left.utf8, right.utf8)
  }
}

/// Text as bytes.
enum UTF8Text {
  /// The scalars in well-formed UTF-8.
  static func scalarCount(_ utf8: UnsafeBufferPointer<UInt8>) -> Int {
    var count = 0
    for byte in utf8 where byte & 0xC0 != 0x80 { count += 1 }
    return count
  }

  /// The bytes of the scalar that starts with a byte.
  @inline(__always)
  static func scalarLength(_ first: UInt8) -> Int {
    first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
  }

  static func areEqual(
    _ left: UnsafeBufferPointer<UInt8>, _ right: UnsafeBufferPointer<UInt8>
  ) -> Bool {
    guard left.count == right.count else { return false }
    guard let a = left.baseAddress, let b = right.baseAddress else { return true }
    return memcmp(a, b, left.count) == 0
  }

  /// Whether the bytes of the left come before those of the right; negative, 0 or positive.
  static func order(
    _ left: UnsafeBufferPointer<UInt8>, _ right: UnsafeBufferPointer<UInt8>
  ) -> Int {
    if let a = left.baseAddress, let b = right.baseAddress {
      let order = Int(memcmp(a, b, min(left.count, right.count)))
      if order != 0 { return order }
    }
    return left.count - right.count
  }

  /// A 32-bit hash, never 0.
  static func hash(_ utf8: UnsafeBufferPointer<UInt8>) -> UInt32 {
    var hash = 0x9E37_79B9_7F4A_7C15 ^ UInt64(utf8.count)
    let raw = UnsafeRawBufferPointer(utf8)
    var position = 0
    while position + 8 <= raw.count {
      hash = mix(hash ^ raw.loadUnaligned(fromByteOffset: position, as: UInt64.self))
      position += 8
    }
    var tail: UInt64 = 0
    while position < raw.count {
      tail = tail << 8 | UInt64(raw[position])
      position += 1
    }
    hash = mix(hash ^ tail)
    let folded = UInt32(truncatingIfNeeded: hash ^ hash >> 32)
    return folded == 0 ? 1 : folded
  }

  /// - Source: the finalizer of MurmurHash3.
  @inline(__always)
  static func mix(_ value: UInt64) -> UInt64 {
    var value = value
    value = (value ^ value >> 33) &* 0xFF51_AFD7_ED55_8CCD
    value = (value ^ value >> 33) &* 0xC4CE_B9FE_1A85_EC53
    return value ^ value >> 33
  }
}

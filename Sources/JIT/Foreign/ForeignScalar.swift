import Bytecode
import CFFI

/// A C type that fits a register, as memory holds it.
enum ForeignScalar: UInt8, CaseIterable {
  case i8, i16, i32, i64, u8, u16, u32, u64, f32, f64, bool, pointer

  /// Bytes, which is also the alignment.
  var byteCount: Int {
    switch self {
    case .i8, .u8, .bool: 1
    case .i16, .u16: 2
    case .i32, .u32, .f32: 4
    case .i64, .u64, .f64, .pointer: 8
    }
  }

  /// The name in the text form.
  var name: String {
    switch self {
    case .i8: "i8"
    case .i16: "i16"
    case .i32: "i32"
    case .i64: "i64"
    case .u8: "u8"
    case .u16: "u16"
    case .u32: "u32"
    case .u64: "u64"
    case .f32: "f32"
    case .f64: "f64"
    case .bool: "bool"
    case .pointer: "ptr"
    }
  }

  /// The number libffi has for it.
  var code: Int32 {
    switch self {
    case .i8: FFI_TYPE_SINT8
    case .i16: FFI_TYPE_SINT16
    case .i32: FFI_TYPE_SINT32
    case .i64: FFI_TYPE_SINT64
    case .u8, .bool: FFI_TYPE_UINT8
    case .u16: FFI_TYPE_UINT16
    case .u32: FFI_TYPE_UINT32
    case .u64: FFI_TYPE_UINT64
    case .f32: FFI_TYPE_FLOAT
    case .f64: FFI_TYPE_DOUBLE
    case .pointer: FFI_TYPE_POINTER
    }
  }
}

// MARK: - To C

extension ForeignScalar {
  /// Writes a value as C has it; what does not convert is a trap and writes nothing.
  ///
  /// - Parameter isWidened: whether an integer takes a whole word, as libffi wants results to.
  func store(
    _ word: Word, to memory: UnsafeMutableRawPointer, isWidened: Bool = false
  ) throws(Stop) {
    switch self {
    case .i8: try storeInteger(Int8.self, word, memory, isWidened)
    case .i16: try storeInteger(Int16.self, word, memory, isWidened)
    case .i32: try storeInteger(Int32.self, word, memory, isWidened)
    case .i64: try storeInteger(Int64.self, word, memory, isWidened)
    case .u8: try storeInteger(UInt8.self, word, memory, isWidened)
    case .u16: try storeInteger(UInt16.self, word, memory, isWidened)
    case .u32: try storeInteger(UInt32.self, word, memory, isWidened)
    case .u64: try storeInteger(UInt64.self, word, memory, isWidened)
    case .f32:
      memory.storeBytes(of: Float(try word.toNumber()), as: Float.self)
    case .f64:
      memory.storeBytes(of: try word.toNumber(), as: Double.self)
    case .bool:
      guard word.isBool else { throw .typeError }
      let byte: UInt8 = word.bool ? 1 : 0
      isWidened
        ? memory.storeBytes(of: UInt64(byte), as: UInt64.self)
        : memory.storeBytes(of: byte, as: UInt8.self)
    case .pointer:
      memory.storeBytes(of: try ForeignScalar.address(of: word), as: UInt64.self)
    }
  }

  private func storeInteger<Integer: FixedWidthInteger & BitwiseCopyable>(
    _ type: Integer.Type, _ word: Word, _ memory: UnsafeMutableRawPointer, _ isWidened: Bool
  ) throws(Stop) {
    guard let value = Integer(exactly: try word.toInt()) else { throw .foreignError }
    if isWidened {
      memory.storeBytes(of: UInt64(truncatingIfNeeded: value), as: UInt64.self)
    } else {
      memory.storeBytes(of: value, as: Integer.self)
    }
  }

  /// A pointer is an int that is not negative, or null.
  private static func address(of word: Word) throws(Stop) -> UInt64 {
    if word == .null { return 0 }
    guard word.isInt else { throw .typeError }
    guard word.int >= 0 else { throw .foreignError }
    return UInt64(word.int)
  }
}

// MARK: - From C

extension ForeignScalar {
  /// Reads what C wrote; a pointer outside int is a ForeignError, a wide integer a number.
  func load(from memory: UnsafeRawPointer) throws(Stop) -> Word {
    switch self {
    case .i8: return Word(int: Int64(memory.load(as: Int8.self)))
    case .i16: return Word(int: Int64(memory.load(as: Int16.self)))
    case .i32: return Word(int: Int64(memory.load(as: Int32.self)))
    case .i64: return Word.fit(memory.load(as: Int64.self))
    case .u8: return Word(int: Int64(memory.load(as: UInt8.self)))
    case .u16: return Word(int: Int64(memory.load(as: UInt16.self)))
    case .u32: return Word(int: Int64(memory.load(as: UInt32.self)))
    case .u64:
      let value = memory.load(as: UInt64.self)
      return value <= UInt64(IntRange.maximum)
        ? Word(int: Int64(value)) : Word(number: Double(value))
    case .f32: return Word(number: Double(memory.load(as: Float.self)))
    case .f64: return Word(number: memory.load(as: Double.self))
    case .bool: return Word(bool: memory.load(as: UInt8.self) != 0)
    case .pointer:
      let value = memory.load(as: UInt64.self)
      if value == 0 { return .null }
      guard value <= UInt64(IntRange.maximum) else { throw .foreignError }
      return Word(int: Int64(value))
    }
  }

  /// Reads what a C function returned: a narrow integer takes a whole word there, extended, as
  /// libffi has it.
  func loadResult(from memory: UnsafeRawPointer) throws(Stop) -> Word {
    switch self {
    case .i8, .i16, .i32, .u8, .u16, .u32: Word(int: memory.load(as: Int64.self))
    case .bool: Word(bool: memory.load(as: UInt64.self) != 0)
    case .i64, .u64, .f32, .f64, .pointer: try load(from: memory)
    }
  }

  /// The same as `load` for a field of a record, whose kind admits no number where C has an integer.
  func loadField(from memory: UnsafeRawPointer) throws(Stop) -> Word {
    let word = try load(from: memory)
    switch self {
    case .i64, .u64:
      guard word.isInt else { throw .foreignError }
      return word
    case .i8, .i16, .i32, .u8, .u16, .u32, .f32, .f64, .bool, .pointer: return word
    }
  }
}

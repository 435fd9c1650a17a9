import Bytecode

/// Values on their way to C and back: the table of section 8 of `Docs/bytecode.md`.
extension Machine {
  // MARK: To C

  /// Writes a value as a C type, in memory of that size.
  func write(
    _ value: Value, as type: ForeignType, to target: UnsafeMutableRawPointer,
    _ call: ForeignCall
  ) throws(Stop) {
    switch type {
    case .i8: unsafe target.storeBytes(of: try integer(value), as: Int8.self)
    case .i16: unsafe target.storeBytes(of: try integer(value), as: Int16.self)
    case .i32: unsafe target.storeBytes(of: try integer(value), as: Int32.self)
    case .i64: unsafe target.storeBytes(of: try integer(value), as: Int64.self)
    case .u8: unsafe target.storeBytes(of: try integer(value), as: UInt8.self)
    case .u16: unsafe target.storeBytes(of: try integer(value), as: UInt16.self)
    case .u32: unsafe target.storeBytes(of: try integer(value), as: UInt32.self)
    case .u64: unsafe target.storeBytes(of: try integer(value), as: UInt64.self)
    case .f32: unsafe target.storeBytes(of: Float(try number(value)), as: Float.self)
    case .f64: unsafe target.storeBytes(of: try number(value), as: Double.self)
    case .bool:
      guard case .bool(let bool) = value else { throw .trapped(.typeError) }
      unsafe target.storeBytes(of: bool ? 1 : 0, as: UInt8.self)
    case .pointer: unsafe target.storeBytes(of: try address(value), as: UInt64.self)
    case .cString:
      let text = try text(value)
      guard !text.contains(0) else { throw .trapped(.foreignError) }
      let copy = unsafe call.memory.makeBlock(of: text + [0])
      unsafe target.storeBytes(of: copy, as: UnsafeMutablePointer<UInt8>.self)
    case .structure(let schema):
      guard case .record(let place) = value, heap.records[place].schema == schema else {
        throw .trapped(.typeError)
      }
      let fields = heap.records[place].fields
      let layout = zip(foreign.types.fields(of: schema), foreign.types.offsets(of: schema))
      for (field, (type, offset)) in zip(fields, layout) {
        unsafe try write(field, as: type, to: target + offset, call)
      }
    case .callback(let parameters, let result):
      guard let callee = callee(value) else { throw .trapped(.typeError) }
      let layout = code.layouts[callee.function.position]
      guard layout.parameterCount == parameters.count else { throw .trapped(.arityMismatch) }
      let entry = unsafe try call.makeEntry(for: callee, parameters, result)
      unsafe target.storeBytes(of: entry, as: UnsafeMutableRawPointer.self)
    }
  }

  private func integer<Integer: FixedWidthInteger>(_ value: Value) throws(Stop) -> Integer {
    let exact = try checked { () throws(TrapKind) in try value.toInt() }
    guard let integer = Integer(exactly: exact) else { throw .trapped(.foreignError) }
    return integer
  }

  /// NaN is made canonical on its way out.
  private func number(_ value: Value) throws(Stop) -> Double {
    let number = try checked { () throws(TrapKind) in try value.toNumber() }
    return number.isNaN ? Double(bitPattern: canonicalNaN) : number
  }

  /// An int that is not negative, or null for 0.
  private func address(_ value: Value) throws(Stop) -> UInt64 {
    if case .null = value { return 0 }
    guard case .int(let address) = value else { throw .trapped(.typeError) }
    guard address >= 0 else { throw .trapped(.foreignError) }
    return UInt64(address)
  }

  // MARK: From C

  /// Reads a value of a C type from memory of that size.
  ///
  /// - Returns: the value, and what it takes of the heap.
  /// - Throws: ForeignError for what no value can be.
  mutating func read(
    _ type: ForeignType, from source: UnsafeRawPointer
  ) throws(Stop) -> Value {
    switch type {
    case .i8: return .int(Int64(unsafe source.loadUnaligned(as: Int8.self)))
    case .i16: return .int(Int64(unsafe source.loadUnaligned(as: Int16.self)))
    case .i32: return .int(Int64(unsafe source.loadUnaligned(as: Int32.self)))
    case .i64: return Value(fitting: Int128(unsafe source.loadUnaligned(as: Int64.self)))
    case .u8: return .int(Int64(unsafe source.loadUnaligned(as: UInt8.self)))
    case .u16: return .int(Int64(unsafe source.loadUnaligned(as: UInt16.self)))
    case .u32: return .int(Int64(unsafe source.loadUnaligned(as: UInt32.self)))
    case .u64: return Value(fitting: Int128(unsafe source.loadUnaligned(as: UInt64.self)))
    case .f32: return .number(Double(unsafe source.loadUnaligned(as: Float.self)))
    case .f64: return .number(unsafe source.loadUnaligned(as: Double.self))
    case .bool: return .bool(unsafe source.loadUnaligned(as: UInt8.self) != 0)
    case .pointer:
      let address = unsafe source.loadUnaligned(as: UInt64.self)
      if address == 0 { return .null }
      guard let int = Int64(exactly: address), IntRange.contains(int) else {
        throw .trapped(.foreignError)
      }
      return .int(int)
    case .cString:
      let text = unsafe source.loadUnaligned(as: UnsafePointer<UInt8>?.self)
      guard let text = unsafe text else { return .null }
      var (utf8, next): ([UInt8], Int) = ([], 0)
      while unsafe text[next] != 0 {
        unsafe utf8.append(text[next])
        next += 1
      }
      guard String(validating: utf8, as: UTF8.self) != nil else { throw .trapped(.foreignError) }
      return try makeString(utf8)
    case .structure(let schema): return unsafe try readRecord(of: schema, from: source)
    case .callback: preconditionFailure("the verifier rejects functions that give a callback")
    }
  }

  /// A field takes an int where C has an integer, so that one outside int is a ForeignError.
  private mutating func readRecord(
    of schema: SchemaIndex, from source: UnsafeRawPointer
  ) throws(Stop) -> Value {
    let types = foreign.types.fields(of: schema)
    var fields: [Value] = []
    for (type, offset) in zip(types, foreign.types.offsets(of: schema)) {
      let field = unsafe try read(type, from: source + offset)
      switch type {
      case .i8, .i16, .i32, .i64, .u8, .u16, .u32, .u64:
        guard case .int = field else { throw .trapped(.foreignError) }
      case .f32, .f64, .bool, .pointer, .cString, .structure, .callback: break
      }
      fields.append(field)
    }
    chargeFixed(Size.slots(fields.count))
    return heap.make(record: schema, fields)
  }
}

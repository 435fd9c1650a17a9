import Bytecode
import CRuntime

/// What the data cell behind a named access remembers of the object seen last.
struct PropertyCache: BitwiseCopyable {
  /// The shape, `PropertyCache.none` before the first.
  var shape: UInt32
  /// The position of the value among the slots inside the object's cell.
  var slot: UInt32
  /// What the local of a fused store admits.
  var mask: KindMask

  /// No object's shape; `UInt32.max` is that of dictionaries.
  static let none = UInt32.max - 1
}

extension UnsafeMutablePointer<TierZeroInstruction> {
  /// The cache behind a named access.
  @inline(__always)
  var propertyCache: UnsafeMutablePointer<PropertyCache> {
    UnsafeMutableRawPointer(self + 1).assumingMemoryBound(to: PropertyCache.self)
  }
}

/// Accesses that need no look at anything but the cell: the others are out of line.
extension TierZeroRegisters {
  /// The array an instruction accesses with an int index inside it, of a kind it has recorded.
  @inline(__always)
  private func arrayKind(_ receiver: Word, _ index: Word) -> ArrayKind? {
    guard receiver.isHeap, index.isInt,
      let kind = ArrayKind(rawValue: receiver.cell.pointee.kind),
      position.pointee.seen.rawValue &>> (kind.rawValue &- 6) & 1 != 0,
      UInt64(bitPattern: index.int) < receiver.array.pointee.length
    else { return nil }
    return kind
  }

  /// Loads an element.
  @inline(__always)
  mutating func getElement() -> Bool {
    let (receiver, index) = (left, right)
    guard let kind = arrayKind(receiver, index) else { return false }
    let value: Word
    switch kind {
    case .plain: value = receiver.array.elements(Word.self)[Int(index.int)]
    case .int: value = Word(int: receiver.array.elements(Int64.self)[Int(index.int)])
    case .float: value = Word(bits: receiver.array.elements(UInt64.self)[Int(index.int)])
    case .bool: value = Word(bool: receiver.array.elements(UInt8.self)[Int(index.int)] != 0)
    }
    guard value.isAdmitted(by: KindMask(bits: position.pointee.immediate)) else { return false }
    finish(value)
    return true
  }

  /// Stores an element; `c` holds the value.
  @inline(__always)
  mutating func setElement() -> Bool { setElement(base[Int(position.pointee.c)]) }

  /// Stores an element; the value is a constant.
  @inline(__always)
  mutating func setElementConstant() -> Bool {
    setElement(Word(bits: position.pointee.immediate))
  }

  @inline(__always)
  private mutating func setElement(_ value: Word) -> Bool {
    let (receiver, index) = (left, right)
    guard let kind = arrayKind(receiver, index) else { return false }
    switch kind {
    case .plain: receiver.array.elements(Word.self)[Int(index.int)] = value
    case .int:
      guard value.isInt else { return false }
      receiver.array.elements(Int64.self)[Int(index.int)] = value.int
    case .float:
      guard value.isNumber else { return false }
      receiver.array.elements(UInt64.self)[Int(index.int)] = value.bits
    case .bool:
      guard value.isBool else { return false }
      receiver.array.elements(UInt8.self)[Int(index.int)] = value.bool ? 1 : 0
    }
    position += 1
    return true
  }

  /// Appends the value in `b` where the array has room and the heap limit is far.
  @inline(__always)
  mutating func push(_ context: UnsafeMutablePointer<JITContext>) -> Bool {
    let (receiver, value) = (left, right)
    guard receiver.isHeap, let kind = ArrayKind(rawValue: receiver.cell.pointee.kind) else {
      return false
    }
    let array = receiver.array
    let count = array.pointee.length
    let charged = context.pointee.heap_charged &+ UInt64(kind == .bool ? 1 : 8)
    guard count < array.pointee.capacity, charged <= context.pointee.heap_limit else {
      return false
    }
    switch kind {
    case .plain: array.elements(Word.self)[Int(count)] = value
    case .int:
      guard value.isInt else { return false }
      array.elements(Int64.self)[Int(count)] = value.int
    case .float:
      guard value.isNumber else { return false }
      array.elements(UInt64.self)[Int(count)] = value.bits
    case .bool:
      guard value.isBool else { return false }
      array.elements(UInt8.self)[Int(count)] = value.bool ? 1 : 0
    }
    array.pointee.length = count &+ 1
    context.pointee.heap_charged = charged
    position += 1
    return true
  }

  /// Appends a string to one that has room behind it and the heap limit is far.
  @inline(__always)
  mutating func concatenate(
    _ context: UnsafeMutablePointer<JITContext>, _ state: RunState
  ) -> Bool {
    let (left, right) = (left, right)
    guard hasSeen(.stringString), left.isString, right.isString else { return false }
    let byteCount = Int(left.string.pointee.byte_count) &+ Int(right.string.pointee.byte_count)
    let charged = context.pointee.heap_charged &+ UInt64(AbstractSize.string(byteCount))
    guard right.string.pointee.byte_count != 0, charged <= context.pointee.heap_limit else {
      return false
    }
    state.noteFrame(base)
    guard let result = state.heap.concatenateInPlace(left, right) else { return false }
    context.pointee.heap_charged = charged
    finish(result)
    return true
  }

  /// The object an instruction accesses, if it is of the cached shape and keeps the value inside.
  @inline(__always)
  private func cachedSlot(_ receiver: Word) -> UnsafeMutablePointer<Word>? {
    let cache = position.propertyCache
    guard receiver.isHeap, receiver.cell.pointee.kind == CellKind.object.rawValue,
      receiver.cell.pointee.auxiliary == cache.pointee.shape,
      cache.pointee.slot < UInt32(receiver.cell.pointee.small)
    else { return nil }
    return receiver.slots + Int(cache.pointee.slot)
  }

  @inline(__always)
  mutating func getNamed() -> Bool {
    guard let slot = cachedSlot(left) else { return false }
    let value = slot.pointee
    guard value.isAdmitted(by: position.propertyCache.pointee.mask) else { return false }
    finishNamed(value)
    return true
  }

  /// Stores the result and goes on behind the cache.
  @inline(__always)
  mutating func finishNamed(_ result: Word) {
    base[Int(position.pointee.c)] = result
    position += 2
  }

  /// Overwrites a property with the value in `b`.
  @inline(__always)
  mutating func setNamed() -> Bool {
    guard let slot = cachedSlot(left) else { return false }
    slot.pointee = right
    position += 2
    return true
  }

  /// The field of a record of the schema named, which the instruction has recorded.
  ///
  /// `immediate` holds the schema above the field's position.
  @inline(__always)
  private func field(_ receiver: Word) -> UnsafeMutablePointer<Word>? {
    let immediate = position.pointee.immediate
    guard receiver.isHeap, receiver.cell.pointee.kind == CellKind.record.rawValue,
      UInt64(receiver.cell.pointee.auxiliary) == immediate &>> 32,
      !position.pointee.seen.isEmpty
    else { return nil }
    return receiver.fields + Int(UInt32(truncatingIfNeeded: immediate))
  }

  @inline(__always)
  mutating func getField() -> Bool {
    guard let field = field(left) else { return false }
    finish(field.pointee)
    return true
  }

  @inline(__always)
  mutating func length() -> Bool {
    let receiver = left
    guard receiver.isArray else { return false }
    finish(Word(int: Int64(bitPattern: receiver.array.pointee.length)))
    return true
  }
}

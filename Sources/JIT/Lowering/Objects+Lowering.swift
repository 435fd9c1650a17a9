import Bytecode
import CRuntime
import LLVM

/// Objects and records: properties by a cache of the header seen last, fields by their schema.
extension FunctionLowering {
  func lowerNewObject(_ count: Int) {
    let pairs = Array(stack.suffix(2 * count))
    stack.removeLast(2 * count)
    push(isOftenRun && constantKeys(pairs) != nil ? shapedObject(pairs) : newObject(pairs))
  }

  /// An object of keys and values in turn.
  private func newObject(_ pairs: [Value]) -> Value {
    let row = storeRow(pairs)
    return runtime(.newObject, [context, row, types.constant32(UInt32(pairs.count))], .object)
  }

  /// An object of constant keys: once the first has been made, the others have its header, and
  /// their keys need not be looked at.
  private func shapedObject(_ pairs: [Value]) -> Value {
    let site = scope.addPropertySite()
    let header = load(types.i64, site, CellOffset.siteHeader, "header.cached")
    let first = coldBlock("object.first")
    let zero = types.constant(bits: 0)
    leave(for: first, unless: build.icmp(.ne, header, zero, name("is.known")), "known")
    let values = stride(from: 1, to: pairs.count, by: 2).map { pairs[$0] }
    let count = types.constant32(UInt32(values.count))
    let made = runtime(.newShapedObject, [context, storeRow(values), count, header], .object)
    return rejoin(made, .object, slow: first) {
      let row = self.storeRow(pairs)
      return self.runtime(
        .newFirstObject, [self.context, row, self.types.constant32(UInt32(pairs.count)), site],
        .object)
    }
  }

  /// The keys, if all are constants, each is there once and a shape can have them.
  func constantKeys(_ pairs: [Value]) -> [Literal]? {
    guard !pairs.isEmpty, pairs.count <= 2 * ShapeGraph.greatestKeyCount else { return nil }
    var keys: [Literal] = []
    for key in stride(from: 0, to: pairs.count, by: 2) {
      guard case .boxed(let word, _) = pairs[key], let constant = stringConstants[word],
        case .string(let literal) = program.program.constants[constant.position],
        !keys.contains(literal)
      else { return nil }
      keys.append(literal)
    }
    return keys
  }

  func lowerNewTypedObject(_ schema: SchemaIndex) {
    let row = popRow(program.program.schemas[schema.position].fields.count)
    push(runtime(.newRecord, [context, row, types.constant32(schema.rawValue)], .record))
  }

  func lowerMergeObject() {
    let right = pop()
    let left = pop()
    push(runtime(.mergeObject, [context, box(left), box(right)], .object))
  }

  func lowerTypedMergeObject(_ schema: SchemaIndex) {
    let right = pop()
    let left = pop()
    let number = types.constant32(schema.rawValue)
    push(runtime(.mergeRecord, [context, box(left), box(right), number], .record))
  }

  /// `GetProp` with the key on the stack.
  func lowerGetProp() {
    if lowerGuardedAccess() { return }
    let key = pop()
    push(element(of: pop(), key))
  }

  /// `GetProp` of a named property, whose name's word is `key`.
  func lowerGetProp(_ name: StringIndex, _ key: IRValue) {
    if lowerGuardedAccess() { return }
    push(property(of: pop(), name, key))
  }

  /// `SetProp` with the key on the stack.
  func lowerSetProp() {
    if lowerGuardedAccess() { return }
    let value = pop()
    let key = pop()
    storeElement(of: stack[stack.count - 1], key, value)
  }

  /// `SetProp` of a named property, whose name's word is `key`.
  func lowerSetProp(_ key: IRValue) {
    if lowerGuardedAccess() { return }
    let value = pop()
    storeProperty(of: stack[stack.count - 1], key, value)
  }

  /// `SetLocalIndex`, `SetModuleBindingIndex` and `SetIndexRef`: pops an index and a value, and
  /// stores into a receiver.
  func lowerSetIndex(of receiver: Value) {
    if let element = speculation?.element(at: offset) {
      return lowerGuardedStore(element, of: receiver)
    }
    let value = pop()
    storeElement(of: receiver, pop(), value)
  }
}

// MARK: - Properties

extension FunctionLowering {
  private func property(
    of receiver: Value, _ member: StringIndex, _ key: IRValue
  ) -> Value {
    let isLength = program.program.strings[member.position] == Literal("length")
    if isLength, !receiver.kinds.isDisjoint(with: KindSet.arrays.union(.string)) {
      let hasNoOther = receiver.kinds.isSubset(of: KindSet.arrays.union([.string, .map]))
      let kinds: KindSet = hasNoOther ? .int : .anything
      return length(of: receiver, kinds) {
        self.runtime(.get, [self.context, self.box(receiver), key], kinds)
      }
    }
    guard isOftenRun, case .boxed(let word, let kinds) = receiver,
      !kinds.isDisjoint(with: [.object, .record])
    else { return runtime(.get, [context, box(receiver), key], .anything) }
    let site = scope.addPropertySite()
    let slow = coldBlock("property.slow")
    let address = cachedProperty(word, kinds, site, else: slow)
    let value = build.load(types.i64, address, name("property"))
    return rejoin(.boxed(value, .anything), .anything, slow: slow) {
      self.runtime(.getNamed, [self.context, word, key, site], .anything)
    }
  }

  private func storeProperty(of receiver: Value, _ key: IRValue, _ value: Value) {
    guard isOftenRun, case .boxed(let word, let kinds) = receiver,
      kinds.contains(.object)
    else { return perform(.set, [context, box(receiver), key, box(value)]) }
    let site = scope.addPropertySite()
    let slow = coldBlock("property.slow")
    let stored = box(value)
    build.store(stored, cachedProperty(word, kinds, site, else: slow))
    rejoin(slow: slow) {
      self.perform(.setNamed, [self.context, word, key, stored, site])
    }
  }

  /// Where a cell with the header a cache names has the property; leaves for a block if the cell
  /// has another.
  private func cachedProperty(
    _ word: IRValue, _ kinds: KindSet, _ site: IRValue, else slow: IRBlock
  ) -> IRValue {
    let address = cell(of: word, kinds, else: slow)
    let header = build.load(types.i64, address, name("header"))
    let expected = load(types.i64, site, CellOffset.siteHeader, "header.cached")
    leave(for: slow, unless: build.icmp(.eq, header, expected, name("is.cached")), "cached")
    let bytes = load(types.i64, site, CellOffset.siteOffset, "property.offset")
    return build.offset(address, by: bytes, name("property.address"))
  }
}

// MARK: - Fields

extension FunctionLowering {
  func lowerGetFieldTyped(_ schema: SchemaIndex, _ field: Int) {
    if lowerGuardedAccess() { return }
    let receiver = pop()
    let otherwise = {
      self.runtime(
        .getField,
        [
          self.context, self.box(receiver), self.types.constant32(schema.rawValue),
          self.types.constant32(UInt32(field)),
        ], .anything)
    }
    guard isOftenRun || receiver.kinds == .record,
      case .boxed(let word, let kinds) = receiver, kinds.contains(.record)
    else { return push(otherwise()) }
    let slow = coldBlock("field.slow")
    let address = fieldAddress(word, kinds, schema, field, else: slow)
    let value = build.load(types.i64, address, name("field"))
    push(rejoin(.boxed(value, .anything), .anything, slow: slow, otherwise))
  }

  func lowerSetFieldTyped(_ schema: SchemaIndex, _ field: Int) {
    if lowerGuardedAccess() { return }
    let value = pop()
    let receiver = stack[stack.count - 1]
    let otherwise = {
      self.perform(
        .setField,
        [
          self.context, self.box(receiver), self.box(value),
          self.types.constant32(schema.rawValue), self.types.constant32(UInt32(field)),
        ])
    }
    let kind = program.program.schemas[schema.position].fields[field].kind
    guard isOftenRun || receiver.kinds == .record,
      case .boxed(let word, let kinds) = receiver, kinds.contains(.record),
      isTestedInline(value, kind)
    else { return otherwise() }
    let slow = coldBlock("field.slow")
    let address = fieldAddress(word, kinds, schema, field, else: slow)
    let stored = box(value)
    if let kind { requireScalar(value, stored, kind, else: slow) }
    build.store(stored, address)
    rejoin(slow: slow, otherwise)
  }

  /// Whether inline code can decide if a field of a kind takes a value.
  func isTestedInline(_ value: Value, _ kind: SlotKind?) -> Bool {
    guard let kind, !isProved(value, kind) else { return true }
    return !kind.isNullable
      && (kind.kinds == .int || kind.kinds == .number || kind.kinds == .bool)
  }

  private func isProved(_ value: Value, _ kind: SlotKind) -> Bool {
    // Of records the kind alone does not tell the schema.
    value.kinds.isSubset(of: kind.kinds.subtracting(.record))
  }

  /// Leaves for a block if a value is not of a field's kind, which is one of the scalars.
  func requireScalar(
    _ value: Value, _ word: IRValue, _ kind: SlotKind, else slow: IRBlock
  ) {
    guard !isProved(value, kind), let only = kind.kinds.only else { return }
    leave(for: slow, unless: isOf(only, word), "field.fits")
  }

  /// Where a record of a schema has a field; leaves for a block if the word is none.
  private func fieldAddress(
    _ word: IRValue, _ kinds: KindSet, _ schema: SchemaIndex, _ field: Int, else slow: IRBlock
  ) -> IRValue {
    let address = cell(of: word, kinds, else: slow)
    let header = build.load(types.i64, address, name("header"))
    let fieldCount = program.program.schemas[schema.position].fields.count
    let expected = CellHeader.record(schema, fieldCount: fieldCount)
    leave(
      for: slow,
      unless: build.icmp(.eq, header, types.constant(bits: expected), name("is.schema")),
      "of.schema")
    return build.offset(address, by: CellOffset.fields + 8 * field, name("field.address"))
  }
}

/// The headers of cells as words.
enum CellHeader {
  /// That of every record of a schema.
  static func record(_ schema: SchemaIndex, fieldCount: Int) -> UInt64 {
    word(.record, small: UInt16(truncatingIfNeeded: fieldCount), auxiliary: schema.rawValue)
  }

  static func word(_ kind: CellKind, small: UInt16, auxiliary: UInt32) -> UInt64 {
    word(JITCell(kind: kind.rawValue, flags: 0, small: small, auxiliary: auxiliary))
  }

  /// The bits that tell an object's shape, and that it is one.
  static let shapeMask = word(JITCell(kind: .max, flags: 0, small: 0, auxiliary: .max))

  private static func word(_ header: JITCell) -> UInt64 {
    withUnsafeBytes(of: header) { $0.load(as: UInt64.self) }
  }
}

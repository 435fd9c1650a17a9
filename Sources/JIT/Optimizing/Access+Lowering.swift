import Bytecode
import CRuntime
import LLVM

/// Accesses whose receivers guards make sure of.
extension FunctionLowering {
  /// Lowers an access by what feedback suggests.
  ///
  /// - Returns: whether it did; false if nothing is taken for granted here.
  func lowerGuardedAccess() -> Bool {
    guard let access = speculation?.access(at: offset) else { return false }
    switch access {
    case .parts(let parts):
      if instruction.opcode == .setProp || instruction.opcode == .setFieldTyped {
        lowerGuardedStore(parts)
      } else {
        push(guardedLoad(parts))
      }
    case .length(let array): push(guardedLength(array))
    case .element(let element):
      if instruction.opcode == .setProp {
        lowerGuardedStore(element, of: stack[stack.count - 3])
      } else {
        push(guardedElement(element))
      }
    }
    return true
  }
}

// MARK: - Elements

extension FunctionLowering {
  private func guardedLength(_ kind: ValueKind) -> Value {
    let array = guardedArray(stack[stack.count - 1], kind)
    _ = pop()
    let length = arrayLength(arrayView(array))
    return .integer(length, 0...IntRange.maximum)
  }

  private func guardedElement(_ element: Speculation.Element) -> Value {
    let word = guardedArray(stack[stack.count - 2], element.array)
    guardKinds(.int, operand: 1, at: stack.count - 1)
    let index = pop()
    _ = pop()
    let array = arrayView(word)
    let kinds = KindSet(element.array)
    if isProvedInBounds {
      return self.element(array, provedPosition(index, of: array), kinds)
    }
    if element.isGuardedInBounds {
      return self.element(array, guardedPosition(index, in: array), kinds)
    }
    let slow = coldBlock("element.slow")
    let position = position(index, in: array, else: slow)
    let results = KindSet.elements(of: element.array)
    return rejoin(self.element(array, position, kinds), results, slow: slow) {
      self.runtime(.get, [self.context, word, self.box(index)], results)
    }
  }

  /// Stores into an array: the index and the value are on the stack.
  func lowerGuardedStore(_ element: Speculation.Element, of receiver: Value) {
    let word = guardedArray(receiver, element.array)
    guardKinds(.int, operand: 1, at: stack.count - 2)
    let value = pop()
    let index = pop()
    let otherwise = {
      self.perform(.set, [self.context, word, self.box(index), self.box(value)])
    }
    let kinds = KindSet(element.array)
    guard !takers(of: value, among: kinds).isEmpty else {
      if isProvedInBounds { decideProved() } else { decide(.bounds, .declined(.value)) }
      return otherwise()
    }
    let array = arrayView(word)
    let slow = coldBlock("store.slow")
    let position =
      isProvedInBounds
      ? provedPosition(index, of: array)
      : element.isGuardedInBounds
        ? guardedPosition(index, in: array) : position(index, in: array, else: slow)
    let bits = elementBits(of: value, nil, kinds, else: slow)
    build.store(bits, elementAddress(array, position, kinds), in: .elements)
    rejoin(slow: slow, otherwise)
  }

  /// The cell of an array, with what is known of its header.
  private func arrayView(_ word: IRValue) -> CellView {
    let header = arrayHeaders[word]
    if let header, header.isOld { countMistake(if: isOutdated(header, of: word)) }
    return CellView(address: cell(of: word), kind: nil, header: header)
  }

  /// The word of a receiver, from here on an array of a kind.
  private func guardedArray(_ receiver: Value, _ kind: ValueKind) -> IRValue {
    let kinds = KindSet(kind)
    let word = box(receiver)
    guard !receiver.kinds.isSubset(of: kinds) else {
      if let need = need(of: .arrayKind, operand: 0) {
        decide(need, knowing: receiver, among: kinds)
      }
      return word
    }
    require(isCell(receiver, of: kinds), .arrayKind, operand: 0, .array(kind))
    noteGuarded(.boxed(word, kinds), kinds)
    refine(word, to: kinds)
    return word
  }

  /// The position an index means, from the end if it is negative; a guard makes sure that there is
  /// one.
  private func guardedPosition(_ index: Value, in array: CellView) -> IRValue {
    let length = arrayLength(array)
    let position = fromStart(index, length)
    require(isInside(position, length), .bounds, operand: 1, .inBounds)
    return position
  }

  /// An index that counts from the start.
  private func fromStart(_ index: Value, _ length: IRValue) -> IRValue {
    let integer = provedInteger(index)
    if case .integer(_, let range) = index, range.lowerBound >= 0 { return integer }
    let sign = build.ashr(integer, types.constant(bits: 63), name("index.sign"))
    let added = build.and(sign, length, name("from.end"))
    return build.add(integer, added, name("position"))
  }

  /// An index as it is; leaves for a block if it is negative or outside the array.
  private func position(_ index: Value, in array: CellView, else slow: IRBlock) -> IRValue {
    let length = arrayLength(array)
    let position = provedInteger(index)
    leave(for: slow, unless: isInside(position, length), "in.bounds")
    return position
  }
}

// MARK: - Parts by name

extension FunctionLowering {
  private func guardedLoad(_ parts: [Speculation.Part]) -> Value {
    let receiver = stack[stack.count - 1]
    let kinds = parts.reduce(into: KindSet()) { $0.formUnion($1.kinds) }
    let representation = Representation(kinds)
    var arms: [(value: Value, machineValue: IRValue, end: IRBlock)] = []
    lowerArms(parts, of: receiver) { part, cell in
      let value = load(part, from: cell)
      arms.append((value, machineValue(value, as: representation), build.block))
    }
    _ = pop()
    if arms.count == 1 { return arms[0].value }
    let phi = build.phi(representation.type(in: types), name("property"))
    for arm in arms { build.addIncoming(arm.machineValue, from: arm.end, to: phi) }
    return representation.value(phi)
  }

  private func load(_ part: Speculation.Part, from cell: IRValue) -> Value {
    switch part.layout {
    case .shape(let keys):
      guard let slot = part.slot else {
        return part.kinds == .int
          ? .integer(types.constant(Int64(keys.count)), Int64(keys.count)...Int64(keys.count))
          : .boxed(types.constant(bits: Word.null.bits), .null)
      }
      return .boxed(build.load(types.i64, slotAddress(cell, slot), name("property")), .anything)
    case .schema:
      guard let slot = part.slot else {
        return .boxed(types.constant(bits: Word.null.bits), .null)
      }
      return unpacked(load(types.i64, cell, CellOffset.fields + 8 * slot, "field"), part.kinds)
    }
  }

  private func lowerGuardedStore(_ parts: [Speculation.Part]) {
    let value = pop()
    let receiver = stack[stack.count - 1]
    let word = box(receiver)
    let stored = box(value)
    lowerArms(parts, of: receiver) { part, cell in
      switch part.layout {
      case .shape(let keys):
        if let slot = part.slot {
          build.store(stored, slotAddress(cell, slot))
        } else {
          addKey(keys, stored, to: cell) { self.storeElsewhere(word, stored) }
        }
      case .schema(let schema):
        store(value, stored, schema, part, to: cell) { self.storeElsewhere(word, stored) }
      }
    }
    refine(word, to: parts.reduce(into: KindSet()) { $0.formUnion($1.layout.kinds) })
  }

  /// Has the runtime do a store.
  private func storeElsewhere(_ receiver: IRValue, _ stored: IRValue) {
    if case .field(let schema, let field) = instruction.operand {
      let numbers = [schema.rawValue, UInt32(field)].map(types.constant32)
      return perform(.setField, [context, receiver, stored] + numbers)
    }
    guard case .property(let member?) = instruction.operand else {
      preconditionFailure("a part has a name")
    }
    perform(.set, [context, receiver, constantWord(.string(member)), stored])
  }

  /// Stores into a field of a record, if it takes the value.
  private func store(
    _ value: Value, _ stored: IRValue, _ schema: SchemaIndex, _ part: Speculation.Part,
    to cell: IRValue, _ otherwise: () -> Void
  ) {
    guard let slot = part.slot else { preconditionFailure("a store names a field") }
    let kind = program.program.schemas[schema.position].fields[slot].kind
    guard isTestedInline(value, kind) else { return otherwise() }
    let slow = coldBlock("field.slow")
    if let kind { requireScalar(value, stored, kind, else: slow) }
    let address = build.offset(
      cell, by: CellOffset.fields + 8 * slot, name("field.address"))
    build.store(stored, address)
    rejoin(slow: slow, otherwise)
  }

  /// Gives an object a key more, whose shape exists.
  private func addKey(
    _ keys: [Literal], _ stored: IRValue, to cell: IRValue, _ otherwise: () -> Void
  ) {
    guard let member = program.program.memberName(at: Site(index, offset: offset)) else {
      preconditionFailure("a part has a name")
    }
    let slow = coldBlock("key.slow")
    leave(for: slow, unless: hasInside(cell, keys.count), "has.room")
    let child = constantWord(.shape(keys + [member]))
    let bytes = CellOffset.slots + 8 * keys.count
    build.store(stored, build.offset(cell, by: bytes, name("slot.address")))
    let shape = build.trunc(
      build.lshr(child, types.constant(bits: 32), name("shape.high")), to: types.i32,
      name("shape"))
    build.store(shape, build.offset(cell, by: CellOffset.auxiliary, name("shape.field")))
    let charged = contextField(ContextOffset.heapCharged, "charged.field")
    let sum = build.add(
      build.load(types.i64, charged, name("charged.before")),
      types.constant(bits: UInt64(AbstractSize.key)), name("charged.key"))
    build.store(sum, charged)
    rejoin(slow: slow, otherwise)
  }
}

// MARK: - Layouts

extension FunctionLowering {
  /// Runs the code of the part whose layout a receiver has, with its cell; a guard makes sure that
  /// it has one of them.
  ///
  /// Polymorphic parts end in a block where all meet, at whose start the builder is left.
  private func lowerArms(
    _ parts: [Speculation.Part], of receiver: Value,
    _ body: (_ part: Speculation.Part, _ cell: IRValue) -> Void
  ) {
    guard let last = parts.last else { preconditionFailure("a decision has a part") }
    let word = box(receiver)
    let join = parts.count > 1 ? hotBlock("part.join") : nil
    let bodies = bodies(of: parts)
    for (position, part) in parts.dropLast().enumerated() {
      let arm = hotBlock("part")
      let other = hotBlock("part.other")
      build.br(has(receiver, part.layout), arm, other)
      build.position(atEndOf: arm)
      if bodies[position] != part { countMistake() }
      body(bodies[position], cell(of: word))
      if let join { build.br(join) }
      build.position(atEndOf: other)
    }
    if parts.count == 1, case .shape(let keys) = last.layout {
      if let fact = hasKept(keys, word) {
        decide(.layout, .dependency(fact))
      } else {
        require(has(receiver, last.layout), .shape, operand: 0, last.layout.predicate)
        noteShape(keys, of: word)
      }
    } else {
      require(
        has(receiver, last.layout), last.layout.guardKind, operand: 0, last.layout.predicate)
    }
    if parts.count == 1 { refine(word, to: last.layout.kinds) }
    if bodies[parts.count - 1] != last { countMistake() }
    body(bodies[parts.count - 1], cell(of: word))
    guard let join else { return }
    build.br(join)
    build.position(atEndOf: join)
  }

  /// Whether a value is a cell of a layout.
  private func has(_ value: Value, _ layout: ReceiverLayout) -> IRValue {
    guard case .boxed(let word, let kinds) = value, !kinds.isDisjoint(with: layout.kinds) else {
      return types.constant(false)
    }
    switch layout {
    case .shape(let keys): return isObject(word, kinds, ofShape: keys)
    case .schema(let schema): return isRecord(word, kinds, of: schema)
    }
  }

  /// Whether an object has room for a slot inside its cell.
  private func hasInside(_ object: IRValue, _ slot: Int) -> IRValue {
    let count = build.zext(
      load(types.i16, object, CellOffset.slotCount, "slots.inside"), to: types.i32,
      name("slots.inside"))
    return build.icmp(.ult, types.constant32(UInt32(slot)), count, name("is.inside"))
  }

  /// Where an object keeps the value of one of its keys.
  private func slotAddress(_ object: IRValue, _ slot: Int) -> IRValue {
    let outside = coldBlock("slot.outside")
    leave(for: outside, unless: hasInside(object, slot), "slot.inside")
    let near = build.offset(object, by: CellOffset.slots + 8 * slot, name("slot.address"))
    let nearEnd = build.block
    let join = hotBlock("slot.join")
    build.br(join)
    build.position(atEndOf: outside)
    let count = build.zext(
      load(types.i16, object, CellOffset.slotCount, "slots.inside"), to: types.i64,
      name("slots.inside"))
    let position = build.sub(types.constant(Int64(slot)), count, name("slot.position"))
    let overflow = load(types.pointer, object, CellOffset.overflow, "overflow")
    let far = build.element(types.i64, of: overflow, at: position, name("slot.address"))
    build.br(join)
    build.position(atEndOf: join)
    let address = build.phi(types.pointer, name("slot.address"))
    build.addIncoming(near, from: nearEnd, to: address)
    build.addIncoming(far, from: outside, to: address)
    return address
  }
}

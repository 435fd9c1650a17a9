import Bytecode
import CRuntime

/// Accesses to heap values out of line: feedback first, then the whole meaning.
extension TierZeroSlowPaths {
  /// Runs something that may stop, then checks a store fused to it.
  private static func finish(
    _ site: TierZeroSite, _ state: RunState, _ body: () throws(Stop) -> Word
  ) -> Word {
    do throws(Stop) {
      return checkStore(try body(), site, state)
    } catch {
      return raise(error, site, state)
    }
  }

  /// Runs an effect that may stop; false if it did.
  private static func perform(
    _ site: TierZeroSite, _ state: RunState, _ body: () throws(Stop) -> Void
  ) -> Bool {
    do throws(Stop) {
      try body()
      return true
    } catch {
      _ = raise(error, site, state)
      return false
    }
  }

  // MARK: By key

  @inline(never)
  static func getKeyed(
    _ position: Position, _ receiver: Word, _ key: Word, _ base: UnsafeMutablePointer<Word>,
    _ state: RunState
  ) -> Word {
    state.noteFrame(base)
    let site = state.site(of: position)
    recordAccess(position, site, receiver, key, state)
    return finish(site, state) { () throws(Stop) in
      try RuntimeObjects.get(receiver, key, state)
    }
  }

  @inline(never)
  static func setKeyed(
    _ position: Position, _ base: UnsafeMutablePointer<Word>, _ state: RunState
  ) -> Bool {
    state.noteFrame(base)
    let site = state.site(of: position)
    let (receiver, key) = (base[Int(position.pointee.a)], base[Int(position.pointee.b)])
    recordAccess(position, site, receiver, key, state)
    return perform(site, state) { () throws(Stop) in
      try RuntimeObjects.set(receiver, key, base[Int(position.pointee.c)], state)
    }
  }

  @inline(never)
  static func setKeyedConstant(
    _ position: Position, _ base: UnsafeMutablePointer<Word>, _ state: RunState
  ) -> Bool {
    state.noteFrame(base)
    let site = state.site(of: position)
    let (receiver, key) = (base[Int(position.pointee.a)], base[Int(position.pointee.b)])
    recordAccess(position, site, receiver, key, state)
    return perform(site, state) { () throws(Stop) in
      try RuntimeObjects.set(receiver, key, Word(bits: position.pointee.immediate), state)
    }
  }

  /// Records the access of an instruction that finds its key on the stack.
  private static func recordAccess(
    _ position: Position, _ site: TierZeroSite, _ receiver: Word, _ key: Word, _ state: RunState
  ) {
    let feedback = state.program.feedback[Int(site.function)]
    if key.isString {
      feedback.record(PropertyEntry(receiver, key, state), at: Int(site.offset))
      return
    }
    let entry = ElementEntry(receiver: receiver.kind, index: key.kind)
    let entries = feedback.record(entry, at: Int(site.offset))
    if entries.isMegamorphic {
      position.pointee.seen = .all
    } else if key.isInt, receiver.isArray {
      let bit = OperandPairs(rawValue: 1 &<< (receiver.cell.pointee.kind &- 6))
      position.pointee.seen.formUnion(bit)
    }
  }

  // MARK: By name

  @inline(never)
  static func getNamed(
    _ position: Position, _ receiver: Word, _ base: UnsafeMutablePointer<Word>, _ state: RunState
  ) -> Word {
    state.noteFrame(base)
    let site = state.site(of: position)
    let key = recordNamed(position, site, receiver, state)
    return finish(site, state) { () throws(Stop) in
      try RuntimeObjects.get(receiver, key, state)
    }
  }

  @inline(never)
  static func setNamed(
    _ position: Position, _ receiver: Word, _ value: Word, _ base: UnsafeMutablePointer<Word>,
    _ state: RunState
  ) -> Bool {
    state.noteFrame(base)
    let site = state.site(of: position)
    let key = recordNamed(position, site, receiver, state)
    return perform(site, state) { () throws(Stop) in
      try RuntimeObjects.set(receiver, key, value, state)
    }
  }

  /// Records the access of an instruction that names its key, and remembers the object's shape.
  private static func recordNamed(
    _ position: Position, _ site: TierZeroSite, _ receiver: Word, _ state: RunState
  ) -> Word {
    let key = state.strings.words[Int(position.pointee.immediate)]
    state.program.feedback[Int(site.function)].record(
      PropertyEntry(receiver, key, state), at: Int(site.offset))
    if receiver.isObject, !receiver.isDictionary,
      let slot = state.shapes.slot(receiver.shape, PropertyKey(position.pointee.immediate))
    {
      position.propertyCache.pointee.shape = receiver.shape
      position.propertyCache.pointee.slot = UInt32(slot)
    }
    return key
  }

  // MARK: Fields

  @inline(never)
  static func getField(
    _ position: Position, _ receiver: Word, _ base: UnsafeMutablePointer<Word>, _ state: RunState
  ) -> Word {
    state.noteFrame(base)
    let site = state.site(of: position)
    let (schema, field) = recordField(position, site, receiver, state)
    return finish(site, state) { () throws(Stop) in
      try RuntimeObjects.getField(receiver, schema, field, state)
    }
  }

  @inline(never)
  static func setField(
    _ position: Position, _ receiver: Word, _ value: Word, _ base: UnsafeMutablePointer<Word>,
    _ state: RunState
  ) -> Bool {
    state.noteFrame(base)
    let site = state.site(of: position)
    let (schema, field) = recordField(position, site, receiver, state)
    return perform(site, state) { () throws(Stop) in
      try RuntimeObjects.setField(receiver, schema, field, value, state)
    }
  }

  private static func recordField(
    _ position: Position, _ site: TierZeroSite, _ receiver: Word, _ state: RunState
  ) -> (SchemaIndex, Int) {
    let immediate = position.pointee.immediate
    let schema = SchemaIndex(Int(immediate >> 32))
    let field = Int(UInt32(truncatingIfNeeded: immediate))
    let isOwn = receiver.isRecord && receiver.schema == schema
    if !isOwn || position.pointee.seen.isEmpty {
      let name = state.program.verified.program.schemas[schema.position].fields[field].name
      state.program.feedback[Int(site.function)].record(
        PropertyEntry(receiver, state.strings.word(Literal(name)), state), at: Int(site.offset))
    }
    if isOwn { position.pointee.seen = .all }
    return (schema, field)
  }

  // MARK: Arrays

  @inline(never)
  static func length(_ position: Position, _ value: Word, _ state: RunState) -> Word {
    let site = state.site(of: position)
    return finish(site, state) { () throws(Stop) in try RuntimeArrays.length(value, state) }
  }

  @inline(never)
  static func push(
    _ position: Position, _ array: Word, _ value: Word, _ base: UnsafeMutablePointer<Word>,
    _ state: RunState
  ) -> Bool {
    state.noteFrame(base)
    let site = state.site(of: position)
    return perform(site, state) { () throws(Stop) in
      try RuntimeArrays.push(array, value, state)
    }
  }

  // MARK: Cells

  /// Moves the value of a slot into a cell of its own, at the start of a frame.
  @inline(never)
  static func makeCell(
    _ position: Position, _ base: UnsafeMutablePointer<Word>, _ state: RunState
  ) {
    state.noteFrame(base)
    state.charge(Int(position.pointee.immediate))
    let slot = Int(position.pointee.a)
    base[slot] = state.heap.makeBox(.cell, base[slot])
  }

  /// Makes a closure of captures in a row; a plain value for a `mut` one goes into a fresh cell.
  static func makeClosure(
    _ function: FunctionIndex, _ values: UnsafeBufferPointer<Word>, _ state: RunState
  ) throws(Stop) -> Word {
    let captures = state.program.verified.program[function].captures
    for (index, capture) in captures.enumerated() where !values[index].isCell(.cell) {
      guard values[index].isAdmitted(by: KindMask(capture.kind)) else { throw .typeError }
    }
    state.charge(AbstractSize.record(fieldCount: captures.count))
    let closure = state.heap.makeClosure(function, captureCount: captures.count)
    for (index, capture) in captures.enumerated() {
      if capture.isMutable, !values[index].isCell(.cell) {
        state.charge(AbstractSize.box)
        closure.fields[index] = state.heap.makeBox(.cell, values[index])
      } else {
        closure.fields[index] = values[index]
      }
    }
    return closure
  }
}

// MARK: - Objects of constant keys

extension TierZeroSlowPaths {
  /// Makes an object of the values on the operand stack; the constant keys between them are not read.
  ///
  /// The shape it comes to is remembered: once it exists, so do all on the way there.
  @inline(never)
  static func makeObject(
    _ position: Position, _ base: UnsafeMutablePointer<Word>, _ state: RunState
  ) -> Word {
    state.noteFrame(base)
    let count = Int(position.pointee.b)
    let values = base + Int(position.pointee.a)
    let cache = position.propertyCache
    state.charge(AbstractSize.object)
    let object = state.heap.makeObject(capacity: count)
    if cache.pointee.shape != PropertyCache.none {
      state.charge(AbstractSize.key * count)
      object.cell.pointee.auxiliary = cache.pointee.shape
      for index in 0..<count { object.slots[index] = values[2 &* index &+ 1] }
    } else {
      let keys = state.program.keyLists[Int(position.pointee.immediate)]
      for (index, key) in keys.enumerated() {
        state.setProperty(object, key, values[2 * index + 1])
      }
      // Slots outside the cell are none of the short way's business.
      if !object.isDictionary, count <= Int(object.cell.pointee.small) {
        cache.pointee.shape = object.shape
      }
    }
    return checkStore(object, state.site(of: position), state)
  }
}

// MARK: - By the bytecode instruction

extension TierZeroSlowPaths {
  /// Computes an instruction whose operands lie in a row from `a` on.
  @inline(never)
  static func runtime(
    _ position: Position, _ base: UnsafeMutablePointer<Word>, _ state: RunState
  ) -> Word {
    state.noteFrame(base)
    let site = state.site(of: position)
    let operands = UnsafeBufferPointer(
      start: UnsafePointer(base + Int(position.pointee.a)), count: Int(position.pointee.b))
    return finish(site, state) { () throws(Stop) in
      try compute(state.program.instruction(at: site), operands, state)
    }
  }

  private static func compute(
    _ instruction: Instruction, _ operands: UnsafeBufferPointer<Word>, _ state: RunState
  ) throws(Stop) -> Word {
    switch instruction.operand {
    case .function(let function): return try makeClosure(function, operands, state)
    case .schema(let schema):
      return instruction.opcode == .newTypedObject
        ? try RuntimeObjects.newRecord(schema, operands, state)
        : try RuntimeObjects.mergeRecord(schema, operands[0], operands[1], state)
    case .count:
      if instruction.opcode == .newObject { return try RuntimeObjects.newObject(operands, state) }
      if instruction.opcode == .newArray { return try RuntimeArrays.newArray(operands, state) }
      precondition(instruction.opcode == .newTypedArray, "the last instruction with a count")
      return try RuntimeArrays.newTypedArray(operands, state)
    case .none: return try compute(instruction.opcode, operands, state)
    case .constant, .local, .localWidth, .width, .binding, .capture, .foreign, .field, .jump,
      .loop, .builtin, .method, .property:
      preconditionFailure("the translator gives these instructions paths of their own")
    }
  }

  private static func compute(
    _ opcode: Opcode, _ operands: UnsafeBufferPointer<Word>, _ state: RunState
  ) throws(Stop) -> Word {
    if opcode == .iterNext {
      return try RuntimeArrays.iterNext(operands[0], operands[1], state)
    }
    if opcode == .iterDone {
      return try RuntimeArrays.iterDone(operands[0], operands[1], state)
    }
    if opcode == .mergeObject { return try RuntimeObjects.merge(operands[0], operands[1], state) }
    if opcode == .arrayPop { return try RuntimeArrays.pop(operands[0]) }
    if opcode == .sliceAccess {
      return try RuntimeArrays.slice(operands[0], operands[1], operands[2], state)
    }
    if opcode == .makeRange {
      return try RuntimeArrays.makeRange(operands[0], operands[1], operands[2], state)
    }
    if opcode == .isOk { return RuntimeOptions.isOk(operands[0]) }
    if opcode == .isErr { return RuntimeOptions.isErr(operands[0]) }
    if opcode == .unwrapOk { return try RuntimeOptions.unwrapOk(operands[0]) }
    if opcode == .unwrapErr { return try RuntimeOptions.unwrapErr(operands[0]) }
    precondition(opcode == .unwrapOption, "the last instruction computed of operands in a row")
    return try RuntimeOptions.unwrapOption(operands[0])
  }
}

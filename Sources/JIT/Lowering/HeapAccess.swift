import Bytecode
import CRuntime
import LLVM

/// Offsets in heap cells, from their C declarations.
enum CellOffset {
  static let kind = MemoryLayout<JITCell>.offset(of: \.kind)!
  static let flags = MemoryLayout<JITCell>.offset(of: \.flags)!
  static let arrayLength = MemoryLayout<JITArray>.offset(of: \.length)!
  static let arrayElements = MemoryLayout<JITArray>.offset(of: \.elements)!
  static let arrayCapacity = MemoryLayout<JITArray>.offset(of: \.capacity)!
  static let scalarCount = MemoryLayout<JITString>.offset(of: \.scalar_count)!
  static let content = MemoryLayout<JITBox>.offset(of: \.content)!
  static let rangeStart = MemoryLayout<JITRange>.offset(of: \.start)!
  static let rangeEnd = MemoryLayout<JITRange>.offset(of: \.end)!
  static let slotCount = MemoryLayout<JITCell>.offset(of: \.small)!
  static let auxiliary = MemoryLayout<JITCell>.offset(of: \.auxiliary)!
  static let overflow = MemoryLayout<JITObject>.offset(of: \.overflow)!
  /// The first slot inside an object's cell; the member itself has no length.
  static let slots = MemoryLayout<JITObject>.size
  static let siteHeader = MemoryLayout<JITPropertySite>.offset(of: \.header)!
  static let siteOffset = MemoryLayout<JITPropertySite>.offset(of: \.offset)!
  static let bumpNext = MemoryLayout<JITBump>.offset(of: \.next)!
  static let bumpEnd = MemoryLayout<JITBump>.offset(of: \.end)!
  /// The first field; the member itself has no length, and Swift does not see it.
  static let fields = MemoryLayout<JITRecord>.size
}

extension ContextOffset {
  static let heapCharged = MemoryLayout<JITContext>.offset(of: \.heap_charged)!
  static let heapLimit = MemoryLayout<JITContext>.offset(of: \.heap_limit)!
  static let bumps = MemoryLayout<JITContext>.offset(of: \.bumps)!
}

extension KindSet {
  /// The kinds whose words are addresses of cells.
  static let cells: KindSet = [
    .string, .array, .intArray, .floatArray, .boolArray, .object, .record, .map, .range, .some,
    .ok, .err, .closure,
  ]
  /// The arrays whose elements are as large as words.
  static let wordArrays: KindSet = [.array, .intArray, .floatArray]

  /// Whether they follow each other in their numbers.
  var areNeighbours: Bool {
    let bits = rawValue >> UInt32(rawValue.trailingZeroBitCount & 31)
    return bits & (bits &+ 1) == 0
  }
}

/// The cell a word names, where a path has found out that it is one.
struct CellView {
  /// The address of its header.
  var address: IRValue
  /// Its kind byte in 32 bits; nil if only one kind is possible.
  var kind: IRValue?
  /// What is known of an array's header.
  var header: ArrayHeader?
}

/// Where an array has its elements, and how many.
struct ArrayHeader {
  var length: IRValue
  var elements: IRValue
  /// Whether it may have changed since, which is a mistake.
  var isOld = false
}

// MARK: - Cells

extension FunctionLowering {
  /// The address of the cell a word is.
  func cell(of word: IRValue) -> IRValue {
    let high = build.shl(word, types.constant(bits: 16), name("cell.high"))
    let address = build.lshr(high, types.constant(bits: 16), name("cell.address"))
    return build.inttoptr(address, name("cell"))
  }

  /// Whether a word is a cell.
  private func isCell(_ word: IRValue) -> IRValue {
    let tag = build.lshr(word, types.constant(bits: 48), name("cell.tag"))
    return build.icmp(.eq, tag, types.constant(bits: Word.heapTag), name("is.cell"))
  }

  /// The cell of a word of these kinds; leaves for a block if it is none.
  func cell(of word: IRValue, _ kinds: KindSet, else slow: IRBlock) -> IRValue {
    if !kinds.isSubset(of: .cells) { leave(for: slow, unless: isCell(word), "is.heap") }
    return cell(of: word)
  }

  /// The kind byte of a cell.
  func kindByte(of cell: IRValue) -> IRValue {
    let address = build.offset(cell, by: CellOffset.kind, name("kind.address"))
    return build.zext(
      build.load(types.i8, address, name("kind.byte")), to: types.i32, name("kind"))
  }

  /// Whether a kind byte is that of one of some kinds of cells.
  func isOne(of kinds: KindSet, _ kind: IRValue) -> IRValue {
    if let only = kinds.only {
      return build.icmp(.eq, kind, types.constant32(UInt32(only.rawValue)), name("is.kind"))
    }
    guard let first = kinds.kinds.first, kinds.areNeighbours else {
      // All kinds of cells have numbers below 64.
      let mask = types.constant(bits: UInt64(kinds.rawValue))
      let shifted = build.lshr(
        mask, build.zext(kind, to: types.i64, name("kind.wide")), name("kind.bits"))
      let bit = build.and(shifted, types.constant(bits: 1), name("kind.bit"))
      return build.icmp(.ne, bit, types.constant(bits: 0), name("is.kind"))
    }
    let distance = build.add(
      kind, types.constant32(0 &- UInt32(first.rawValue)), name("kind.distance"))
    let count = types.constant32(UInt32(kinds.kinds.count))
    return build.icmp(.ult, distance, count, name("is.kind"))
  }

  /// The cell of a word of `kinds`, if it is one of `wanted`; leaves for a block otherwise.
  func cell(
    of word: IRValue, _ kinds: KindSet, as wanted: KindSet, else slow: IRBlock
  ) -> CellView {
    let address = cell(of: word, kinds, else: slow)
    let isProved = kinds.intersection(.cells).isSubset(of: wanted)
    if isProved, wanted.only != nil { return CellView(address: address, kind: nil) }
    let kind = kindByte(of: address)
    if !isProved { leave(for: slow, unless: isOne(of: wanted, kind), "kind.fits") }
    return CellView(address: address, kind: wanted.only == nil ? kind : nil)
  }

  /// Whether a value is a cell of one of some kinds.
  func isCell(_ value: Value, of kinds: KindSet) -> IRValue {
    if case .virtual(_, let kind) = value { return types.constant(kinds.contains(KindSet(kind))) }
    guard case .boxed(let word, let possible) = value, !possible.isDisjoint(with: kinds) else {
      return types.constant(false)
    }
    if possible.isSubset(of: kinds) { return types.constant(true) }
    return isCell(word, possible) { self.isOne(of: kinds, self.kindByte(of: $0)) }
  }

  /// Whether a word is a record of a schema.
  func isRecord(_ word: IRValue, _ kinds: KindSet, of schema: SchemaIndex) -> IRValue {
    let fieldCount = program.program.schemas[schema.position].fields.count
    let expected = types.constant(bits: CellHeader.record(schema, fieldCount: fieldCount))
    return isCell(word, kinds) {
      self.build.icmp(
        .eq, self.build.load(self.types.i64, $0, self.name("header")), expected,
        self.name("is.schema"))
    }
  }

  /// Whether a word is an object of the shape with some keys.
  func isObject(_ word: IRValue, _ kinds: KindSet, ofShape keys: [Literal]) -> IRValue {
    isCell(word, kinds) {
      let header = self.build.load(self.types.i64, $0, self.name("header"))
      let masked = self.build.and(
        header, self.types.constant(bits: CellHeader.shapeMask), self.name("header.shape"))
      return self.build.icmp(
        .eq, masked, self.constantWord(.shape(keys)), self.name("is.shape"))
    }
  }

  /// Whether a word of these kinds is a cell for which a test holds.
  func isCell(
    _ word: IRValue, _ kinds: KindSet, for test: (IRValue) -> IRValue
  ) -> IRValue {
    if kinds.isSubset(of: .cells) { return test(cell(of: word)) }
    let from = build.block
    let isCell = isCell(word)
    let join = hotBlock("kind.join")
    let other = hotBlock("kind.test")
    build.br(isCell, other, join)
    build.position(atEndOf: other)
    let holds = test(cell(of: word))
    let end = build.block
    build.br(join)
    build.position(atEndOf: join)
    let result = build.phi(types.i1, name("is.of.kind"))
    build.addIncoming(types.constant(false), from: from, to: result)
    build.addIncoming(holds, from: end, to: result)
    return result
  }

  /// A word inside a cell.
  func load(_ type: IRType, _ cell: IRValue, _ bytes: Int, _ role: StaticString) -> IRValue {
    build.load(type, build.offset(cell, by: bytes, name("part")), name(role))
  }
}

// MARK: - Paths

extension FunctionLowering {
  /// Continues if a condition holds, and in a block made before if not.
  func leave(for slow: IRBlock, unless condition: IRValue, _ role: StaticString) {
    let next = hotBlock(role)
    build.br(condition, next, slow)
    build.position(atEndOf: next)
  }

  /// Whether inline code for heap values is worth its size: where it need not test for other kinds,
  /// or runs more than once.
  func isHeapPathWorthwhile(_ value: Value, _ kinds: KindSet) -> Bool {
    guard case .boxed(_, let possible) = value, !possible.isDisjoint(with: kinds) else {
      return false
    }
    return isOftenRun || possible.isSubset(of: kinds)
  }

  /// Whether the instruction may run more often than once: in a loop, or in a function that is
  /// called.
  var isOftenRun: Bool { plan.isInLoop[offset] || index != program.program.mainIndex }

  /// Joins the current path, which has a value, with the one that begins in `slow`.
  func rejoin(
    _ fast: Value, _ kinds: KindSet, slow: IRBlock, _ otherwise: () -> Value
  ) -> Value {
    let result = Representation(kinds)
    let fastValue = machineValue(fast, as: result)
    let isPaired = plan.isInLoop[offset] && result.mayBePaired
    let fastDouble = isPaired ? double(of: fast, fastValue) : nil
    let fastEnd = build.block
    let join = hotBlock("heap.join")
    build.br(join)
    build.position(atEndOf: slow)
    let slowResult = otherwise()
    let slowValue = machineValue(slowResult, as: result)
    let slowDouble = isPaired ? double(of: slowResult, slowValue) : nil
    let slowEnd = build.block
    build.br(join)
    build.position(atEndOf: join)
    let phi = build.phi(result.type(in: types), name("heap.result"))
    build.addIncoming(fastValue, from: fastEnd, to: phi)
    build.addIncoming(slowValue, from: slowEnd, to: phi)
    if let fastDouble, let slowDouble {
      let number = build.phi(types.double, name("heap.number"))
      build.addIncoming(fastDouble, from: fastEnd, to: number)
      build.addIncoming(slowDouble, from: slowEnd, to: number)
      doubles[phi] = number
    }
    return result.value(phi)
  }

  /// Joins the current path, which has had its effect, with the one that begins in `slow`.
  func rejoin(slow: IRBlock, _ otherwise: () -> Void) {
    let join = hotBlock("heap.done")
    build.br(join)
    build.position(atEndOf: slow)
    otherwise()
    build.br(join)
    build.position(atEndOf: join)
  }

  /// Calls the runtime and continues with its word unless that is a trap word.
  func runtime(_ entry: HeapEntry, _ arguments: [IRValue], _ kinds: KindSet) -> Value {
    if entry.mayMakeShape { mayHaveMadeShape = true }
    let word = checked(build.call(scope.callee(entry), arguments, name("heap.word")))
    return unpacked(word, kinds)
  }

  /// Calls the runtime for its effect.
  func perform(_ entry: HeapEntry, _ arguments: [IRValue]) {
    if entry.mayMakeShape { mayHaveMadeShape = true }
    _ = checked(build.call(scope.callee(entry), arguments, name("heap.effect")))
  }

  /// Pops values and stores their words in a row; gives where.
  func popRow(_ count: Int) -> IRValue {
    let values = stack.suffix(count)
    stack.removeLast(count)
    return storeRow(values)
  }

  /// Stores the words of values in a row; gives where.
  func storeRow(_ values: some Collection<Value>) -> IRValue {
    guard let buffer = argumentBuffer else {
      preconditionFailure("the prologue makes room for operands in a row")
    }
    for (position, value) in values.enumerated() {
      let address = build.offset(buffer, by: 8 * position, name("argument.address"))
      build.store(box(value), address)
    }
    return buffer
  }
}

import CRuntime

/// Mark and sweep.
extension Heap {
  /// Frees every cell that no root reaches.
  ///
  /// Complexity: O(reachable cells + blocks in use), with an explicit stack: values may nest as
  /// deep as a program makes them.
  func collect() {
    guard base != 0 else { return }
    countCollection()
    resetBumps()
    for index in 0..<frontier { clearMarks(blocks + index) }
    for word in pinned { mark(word.bits) }
    markRoots(self)
    while let cell = markStack.pop() { scan(cell) }
    let liveBytes = sweep()
    bytesSinceCollection = 0
    threshold = max(Tuning.leastCollectionBytes, liveBytes)
    shrink()
  }

  private func clearMarks(_ block: UnsafeMutablePointer<JITBlock>) {
    if block.pointee.kind != UInt8(JIT_BLOCK_FREE) {
      let marks = Heap.marks(of: block)
      for index in 0..<Int(JIT_BLOCK_MARK_WORDS) { marks[index] = 0 }
    }
  }

  @inline(__always)
  static func marks(of block: UnsafeMutablePointer<JITBlock>) -> UnsafeMutablePointer<UInt64> {
    (UnsafeMutableRawPointer(block) + MemoryLayout<JITBlock>.offset(of: \JITBlock.marks)!)
      .assumingMemoryBound(to: UInt64.self)
  }
}

// MARK: - Marking

extension Heap {
  /// Marks the cell a value is; other words, and strings outside the heap, are none.
  @inline(__always)
  func mark(_ word: UInt64) {
    if word &>> 48 == Word.heapTag { mark(address: UInt(word & Word.payloadMask)) }
  }

  @inline(__always)
  private func mark(address: UInt) {
    if setMark(address) { markStack.push(address) }
  }

  /// Marks a cell without searching it.
  @inline(__always)
  private func markLeaf(_ cell: UnsafeMutableRawPointer) {
    _ = setMark(UInt(bitPattern: cell))
  }

  /// Marks a cell; false if it is marked or not of this heap.
  @inline(__always)
  private func setMark(_ address: UInt) -> Bool {
    let offset = address &- base
    guard offset < UInt(bitPattern: frontier) &<< UInt(JIT_BLOCK_SHIFT) else { return false }
    let marks = Heap.marks(of: blocks + Int(offset &>> UInt(JIT_BLOCK_SHIFT)))
    let granule = Int(offset & UInt(JIT_BLOCK_BYTES - 1)) &>> 4
    let bit: UInt64 = 1 &<< UInt64(granule & 63)
    if marks[granule &>> 6] & bit != 0 { return false }
    marks[granule &>> 6] |= bit
    return true
  }

  /// Marks the cells that a word of unknown meaning may stand for: those it points to as a boxed
  /// value or as an address from the first byte to one past the last.
  func markConservatively(_ word: UInt64) {
    let tag = word &>> 48
    guard tag == 0 || tag == Word.heapTag else { return }
    let address = UInt(word & Word.payloadMask)
    markCell(around: address)
    markCell(around: address &- 1)
  }

  /// Marks words of unknown meaning.
  func markConservatively(_ start: UnsafePointer<UInt64>, _ end: UnsafePointer<UInt64>) {
    var next = start
    while next < end {
      markConservatively(next.pointee)
      next += 1
    }
  }

  private func markCell(around address: UInt) {
    guard let cell = cell(around: address) else { return }
    mark(address: cell)
  }

  /// The start of the allocated cell that an address lies in, nil if it lies in none.
  func cell(around address: UInt) -> UInt? {
    let offset = address &- base
    guard base != 0, offset < UInt(frontier) << UInt(JIT_BLOCK_SHIFT) else { return nil }
    var index = Int(offset >> UInt(JIT_BLOCK_SHIFT))
    let block = blocks + index
    var start = 0
    switch Int(block.pointee.kind) {
    case Int(JIT_BLOCK_CELLS):
      let inside = UInt64(offset & UInt(JIT_BLOCK_BYTES - 1))
      let number = Int((inside &* UInt64(block.pointee.reciprocal)) &>> 32)
      start = number * Int(block.pointee.cell_bytes)
      guard start + Int(block.pointee.cell_bytes) <= Int(JIT_BLOCK_BYTES) else { return nil }
    case Int(JIT_BLOCK_TAIL): index -= Int(block.pointee.run)
    case Int(JIT_BLOCK_LARGE): break
    default: return nil
    }
    let cell = self.address(ofBlock: index) + start
    guard cell.assumingMemoryBound(to: JITCell.self).pointee.kind != UInt8(JIT_CELL_FREE) else {
      return nil
    }
    return UInt(bitPattern: cell)
  }

  /// Marks what the callers of this code hold in registers and on the native stack.
  func markNativeStack(below top: UInt) {
    guard base != 0 else { return }
    // One more: an address one past the end of the last cell.
    let end = base + UInt(frontier) << UInt(JIT_BLOCK_SHIFT) + 1
    jit_visit_native_stack(
      top, base, end,
      { heap, address in
        guard let heap else { return }
        Unmanaged<Heap>.fromOpaque(heap).takeUnretainedValue()
          .markConservatively(UInt64(address))
      }, Unmanaged.passUnretained(self).toOpaque())
  }

  /// Marks what a cell refers to.
  private func scan(_ address: UInt) {
    guard let cell = UnsafeMutableRawPointer(bitPattern: address) else { return }
    let header = cell.assumingMemoryBound(to: JITCell.self).pointee
    guard let kind = CellKind(rawValue: header.kind) else {
      preconditionFailure("cell \(address) has kind \(header.kind)")
    }
    switch kind {
    case .string:
      if header.flags & UInt8(JIT_STRING_SHARED) != 0 {
        markLeaf(cell.assumingMemoryBound(to: JITSharedString.self).pointee.buffer)
      }
    case .array:
      let array = cell.assumingMemoryBound(to: JITArray.self)
      markStorage(array.pointee.elements)
      if let words = array.pointee.elements { scan(words, Int(array.pointee.length)) }
    case .intArray, .floatArray, .boolArray:
      markStorage(cell.assumingMemoryBound(to: JITArray.self).pointee.elements)
    case .object: scanObject(cell, header)
    case .record, .closure: scan(cell + MemoryLayout<JITCell>.size, Int(header.small))
    case .some, .ok, .err, .cell:
      mark(cell.assumingMemoryBound(to: JITBox.self).pointee.content)
    case .map, .dictionary:
      let map = cell.assumingMemoryBound(to: JITMap.self)
      markStorage(map.pointee.entries)
      markStorage(map.pointee.index)
      if let entries = map.pointee.entries { scan(entries, 2 * Int(map.pointee.used)) }
    case .words:
      // Found by an address alone: how much of it is in use is not known.
      let storage = cell.assumingMemoryBound(to: JITStorage.self)
      let words = (cell + MemoryLayout<JITStorage>.size).assumingMemoryBound(to: UInt64.self)
      markConservatively(words, words + Int(storage.pointee.byte_count) / 8)
    case .range, .bytes, .buffer: break
    case .free: preconditionFailure("cell \(address) is free")
    }
  }

  private func scanObject(_ cell: UnsafeMutableRawPointer, _ header: JITCell) {
    let object = cell.assumingMemoryBound(to: JITObject.self)
    scan(cell + MemoryLayout<JITObject>.size, Int(header.small))
    guard let overflow = object.pointee.overflow else { return }
    if header.auxiliary == UInt32.max {
      mark(address: UInt(bitPattern: overflow))
    } else {
      markStorage(overflow)
      let storage = overflow - MemoryLayout<JITStorage>.size
      let bytes = storage.assumingMemoryBound(to: JITStorage.self).pointee.byte_count
      scan(overflow, Int(bytes) / 8)
    }
  }

  private func markStorage(_ elements: UnsafeMutableRawPointer?) {
    if let elements { markLeaf(elements - MemoryLayout<JITStorage>.size) }
  }

  private func scan(_ words: UnsafeMutableRawPointer, _ count: Int) {
    let words = words.assumingMemoryBound(to: UInt64.self)
    for index in 0..<count { mark(words[index]) }
  }
}

// MARK: - Sweeping

extension Heap {
  /// A word that is no value, in every word of a freed cell under stress.
  static let poison: UInt64 = 0xFFFE_DEAD_DEAD_DEAD

  /// Frees what is not marked.
  ///
  /// - Returns: the bytes of live cells.
  private func sweep() -> Int {
    var live = 0
    freeRuns.removeAll(keepingCapacity: true)
    firstFreeRun = 0
    blocksInUse = 0
    var lastPartial = Array(repeating: Int32(-1), count: SizeClass.count)
    var index = 0
    while index < frontier {
      let block = blocks + index
      var count = 1
      switch Int(block.pointee.kind) {
      case Int(JIT_BLOCK_CELLS):
        let bytes = sweepCells(block, index)
        live += bytes
        if bytes == 0 {
          free(index, 1)
        } else {
          blocksInUse += 1
          let size = Int(block.pointee.cell_bytes)
          if bytes + size <= Int(JIT_BLOCK_BYTES) { append(partial: index, &lastPartial) }
        }
      case Int(JIT_BLOCK_LARGE):
        count = Int(block.pointee.run)
        if Heap.marks(of: block)[0] & 1 == 0 {
          free(index, count)
        } else {
          live += count << Int(JIT_BLOCK_SHIFT)
          blocksInUse += count
        }
      case Int(JIT_BLOCK_FREE): addFree(index, 1)
      default: preconditionFailure("a tail follows the first block of its cell")
      }
      index += count
    }
    return live
  }

  private func append(partial index: Int, _ last: inout [Int32]) {
    let sizeClass = Int(blocks[index].size_class)
    blocks[index].next_partial = -1
    if last[sizeClass] < 0 {
      cursors[sizeClass] = (Int32(index), 0)
    } else {
      blocks[Int(last[sizeClass])].next_partial = Int32(index)
    }
    last[sizeClass] = Int32(index)
  }

  /// Frees the cells of a block that are not marked; a block without marks is left as it is.
  ///
  /// - Returns: the bytes of live cells.
  private func sweepCells(_ block: UnsafeMutablePointer<JITBlock>, _ index: Int) -> Int {
    let marks = Heap.marks(of: block)
    var live = 0
    for word in 0..<Int(JIT_BLOCK_MARK_WORDS) { live += marks[word].nonzeroBitCount }
    let size = Int(block.pointee.cell_bytes)
    let capacity = Int(JIT_BLOCK_BYTES) / size
    if live == 0 || live == capacity { return live * size }
    let start = address(ofBlock: index)
    for cell in 0..<capacity {
      let granule = cell * size / Int(JIT_GRANULE)
      if marks[granule >> 6] >> UInt64(granule & 63) & 1 != 0 { continue }
      let address = start + cell * size
      guard address.load(as: UInt64.self) != 0 else { continue }
      address.storeBytes(of: 0, as: UInt64.self)
      if stress.poisons { poison(address + 8, size - 8) }
      // The header stays readable: that it is 0 is how a free cell is told.
      jit_forbid_memory(address + 8, size - 8)
    }
    return live * size
  }

  private func poison(_ start: UnsafeMutableRawPointer, _ byteCount: Int) {
    let words = start.assumingMemoryBound(to: UInt64.self)
    for index in 0..<byteCount / 8 { words[index] = Heap.poison }
  }

  private func free(_ index: Int, _ count: Int) {
    for index in index..<index + count { blocks[index].kind = UInt8(JIT_BLOCK_FREE) }
    if stress.poisons {
      // Cells of it that were free before are forbidden.
      allow(index..<index + count)
      poison(address(ofBlock: index), count << Int(JIT_BLOCK_SHIFT))
    }
    forbid(index..<index + count)
    addFree(index, count)
  }

  private func addFree(_ index: Int, _ count: Int) {
    if let last = freeRuns.last, last.upperBound == index {
      freeRuns[freeRuns.count - 1] = last.lowerBound..<index + count
    } else {
      freeRuns.append(index..<index + count)
    }
  }

  /// Gives back the memory of long free runs, but for what is allocated until the next collection:
  /// the system would have to clear it again.
  private func shrink() {
    guard !stress.collectsAlways else { return }
    var keptBlocks = threshold >> Int(JIT_BLOCK_SHIFT)
    for run in freeRuns {
      let released = run.dropFirst(keptBlocks)
      keptBlocks -= run.count - released.count
      guard released.count << Int(JIT_BLOCK_SHIFT) >= Tuning.releasedRunBytes else { continue }
      release(released)
    }
  }
}

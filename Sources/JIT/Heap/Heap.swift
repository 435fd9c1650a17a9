import CRuntime

/// The heap of one run state: cells in blocks of one reserved range of addresses.
///
/// Cells never move. Small cells of one size class share blocks and are handed out by bumping a
/// pointer through fresh blocks or through the holes a collection left; a large cell has blocks of
/// its own. A cell whose kind byte is 0 is free, which is how a word found on the native stack is
/// told from a cell.
///
/// **Rules for callers.** The header of a new cell is written before anything else is allocated. A
/// value that lives across an allocation must be found by the collector: in the frame of tier 0, in
/// a cell that is, in a local of the calling Swift code, or in `pinned`; memory of Swift's own
/// (arrays, class instances) is not searched.
///
/// - Source of the block structure: S. M. Blackburn, K. S. McKinley, "Immix: a mark-region garbage
///   collector", PLDI 2008, without its moving part.
final class Heap {
  /// Where the next cell of each size class goes.
  let bumps: UnsafeMutablePointer<JITBump>
  private let classOfGranules: UnsafeMutablePointer<UInt8>

  /// The first address of the range, 0 until something is allocated.
  private(set) var base: UInt = 0
  var blocks: UnsafeMutablePointer<JITBlock>
  private var memory: Reservation?
  private var descriptors: Reservation?

  /// Blocks below it have been used.
  var frontier = 0
  /// The furthest frontier of any run so far.
  private var furthest = 0
  /// Free blocks below the frontier, in order of address.
  var freeRuns: [Range<Int>] = []
  var firstFreeRun = 0
  var blocksInUse = 0
  /// Where to look for the next hole of each class: a block, and an offset in it.
  var cursors: [(block: Int32, offset: Int)]

  /// Bytes handed out since the last collection.
  var bytesSinceCollection = 0
  /// Bytes after which to collect.
  var threshold = Tuning.leastCollectionBytes
  private(set) var stress = Stress()
  /// Set when the host's memory for a run is used up; the run then ends inconclusive.
  private(set) var isExhausted = false
  private(set) var collections: UInt64 = 0

  /// Marks what the owner holds; called by every collection.
  var markRoots: (Heap) -> Void = { _ in }
  /// Called when the limit of the host's memory is reached.
  var exhaustionHandler: () -> Void = {}
  /// Values that Swift code keeps where the collector does not look.
  var pinned: [Word] = []
  var markStack: MarkStack

  /// What a run does to the heap beyond need.
  struct Stress {
    var collectsAlways = false
    var poisons = false
  }

  init() {
    bumps = .allocate(capacity: SizeClass.count)
    classOfGranules = .allocate(capacity: Int(JIT_LARGEST_CELL) / Int(JIT_GRANULE) + 1)
    cursors = Array(repeating: (-1, 0), count: SizeClass.count)
    blocks = UnsafeMutablePointer(bitPattern: MemoryLayout<JITBlock>.alignment)!
    markStack = MarkStack()
    var granules = 0
    for (index, size) in SizeClass.bytes.enumerated() {
      bumps[index] = JITBump(next: 0, end: 0, cell_bytes: UInt64(size))
      while granules * Int(JIT_GRANULE) <= size {
        classOfGranules[granules] = UInt8(index)
        granules += 1
      }
    }
  }

  deinit {
    if base != 0 { allow(0..<furthest) }
    bumps.deallocate()
    classOfGranules.deallocate()
    markStack.deallocate()
  }

  /// Makes the heap empty and ready for a run.
  func reset(_ stress: Stress) {
    forbid(0..<frontier)
    for index in 0..<frontier {
      let block = blocks + index
      block.pointee.kind = UInt8(JIT_BLOCK_FREE)
    }
    frontier = 0
    freeRuns = []
    firstFreeRun = 0
    blocksInUse = 0
    bytesSinceCollection = 0
    threshold = Tuning.leastCollectionBytes
    isExhausted = false
    collections = 0
    pinned = []
    self.stress = stress
    resetBumps()
  }

  /// Gives the memory beyond what is kept for the next run back to the system.
  func release() {
    let kept = Tuning.keptHeapBytes
    guard frontier << JIT_BLOCK_SHIFT > kept else { return }
    memory?.release(beyond: kept)
    for index in (kept >> JIT_BLOCK_SHIFT)..<frontier { (blocks + index).pointee.is_dirty = 0 }
  }

  /// Gives the memory of free blocks back to the system, if any of it was used.
  func release(_ run: Range<Int>) {
    guard run.contains(where: { blocks[$0].is_dirty != 0 }) else { return }
    memory?.release(
      address(ofBlock: run.lowerBound), byteCount: run.count << Int(JIT_BLOCK_SHIFT))
    for index in run { blocks[index].is_dirty = 0 }
  }

  func resetBumps() {
    for index in 0..<SizeClass.count {
      bumps[index].next = 0
      bumps[index].end = 0
      cursors[index] = (-1, 0)
    }
  }

  /// Bytes of blocks in use.
  var bytesInUse: Int { blocksInUse << Int(JIT_BLOCK_SHIFT) }
  var byteCount: Int { memory?.byteCount ?? 0 }
}

// MARK: - Allocation

extension Heap {
  /// Makes room for a cell; its contents are undefined, its kind byte is 0.
  ///
  /// Never fails: when the host's memory for a run is used up, it notes that, and the run ends at
  /// the next test of the heap limit.
  ///
  /// - Precondition: the size includes the header.
  @inline(__always)
  func allocate(_ byteCount: Int) -> UnsafeMutableRawPointer {
    if byteCount <= Int(JIT_LARGEST_CELL) {
      let bump = bumps + Int(classOfGranules[(byteCount &+ 15) &>> 4])
      let next = bump.pointee.next
      let end = next &+ UInt(bump.pointee.cell_bytes)
      if end <= bump.pointee.end {
        bump.pointee.next = end
        return UnsafeMutableRawPointer(bitPattern: next).unsafelyUnwrapped
      }
      return allocateInNextHole(bump - bumps)
    }
    return allocateLarge(byteCount)
  }

  /// The bytes a cell of this size really takes: callers may use them all.
  func roundedSize(_ byteCount: Int) -> Int {
    if byteCount <= Int(JIT_LARGEST_CELL) {
      return Int(bumps[Int(classOfGranules[(byteCount + 15) >> 4])].cell_bytes)
    }
    return Heap.blockCount(byteCount) << Int(JIT_BLOCK_SHIFT)
  }

  static func blockCount(_ byteCount: Int) -> Int {
    (byteCount + Int(JIT_BLOCK_BYTES) - 1) >> Int(JIT_BLOCK_SHIFT)
  }

  @inline(never)
  private func allocateInNextHole(_ sizeClass: Int) -> UnsafeMutableRawPointer {
    if stress.collectsAlways || bytesSinceCollection > threshold { collect() }
    let hole = nextHole(sizeClass) ?? freshBlock(sizeClass)
    jit_allow_memory(UnsafeRawPointer(bitPattern: hole.lowerBound), hole.count)
    let size = UInt(bumps[sizeClass].cell_bytes)
    // Under stress every allocation comes here: the rest of the hole is found again.
    let end = stress.collectsAlways ? hole.lowerBound + size : hole.upperBound
    bumps[sizeClass].next = hole.lowerBound + size
    bumps[sizeClass].end = end
    cursors[sizeClass].offset = Int((end - base) & UInt(JIT_BLOCK_BYTES - 1))
    if cursors[sizeClass].offset == 0 { cursors[sizeClass].offset = Int(JIT_BLOCK_BYTES) }
    bytesSinceCollection += Int(end - hole.lowerBound)
    guard let address = UnsafeMutableRawPointer(bitPattern: hole.lowerBound) else {
      preconditionFailure("a hole lies in the reserved range")
    }
    return address
  }

  @inline(never)
  private func allocateLarge(_ byteCount: Int) -> UnsafeMutableRawPointer {
    let count = Heap.blockCount(byteCount)
    let bytes = count << Int(JIT_BLOCK_SHIFT)
    if stress.collectsAlways || bytesSinceCollection + bytes > threshold { collect() }
    bytesSinceCollection += bytes
    let first = takeBlocks(count)
    for index in 0..<count {
      let block = blocks + first + index
      block.pointee.kind = UInt8(index == 0 ? JIT_BLOCK_LARGE : JIT_BLOCK_TAIL)
      block.pointee.run = UInt32(index == 0 ? count : index)
      block.pointee.is_dirty = 1
    }
    allow(first..<first + count)
    let address = self.address(ofBlock: first)
    address.storeBytes(of: 0, as: UInt64.self)
    return address
  }

  /// The next cells in a row of a class that are free, nil if its blocks have no more.
  private func nextHole(_ sizeClass: Int) -> Range<UInt>? {
    let size = Int(bumps[sizeClass].cell_bytes)
    let last = Int(JIT_BLOCK_BYTES) / size * size
    while cursors[sizeClass].block >= 0 {
      let (block, offset) = cursors[sizeClass]
      let start = address(ofBlock: Int(block))
      var first = offset
      while first < last, !isFree(start + first) { first += size }
      if first < last {
        var end = first + size
        while end < last, isFree(start + end) { end += size }
        return UInt(bitPattern: start) + UInt(first)..<UInt(bitPattern: start) + UInt(end)
      }
      cursors[sizeClass] = (blocks[Int(block)].next_partial, 0)
    }
    return nil
  }

  private func isFree(_ cell: UnsafeMutableRawPointer) -> Bool {
    cell.assumingMemoryBound(to: JITCell.self).pointee.kind == UInt8(JIT_CELL_FREE)
  }

  /// Gives a class a block of free cells.
  private func freshBlock(_ sizeClass: Int) -> Range<UInt> {
    let index = takeBlocks(1)
    let block = blocks + index
    let start = address(ofBlock: index)
    allow(index..<index + 1)
    if block.pointee.is_dirty != 0 {
      start.initializeMemory(as: UInt8.self, repeating: 0, count: Int(JIT_BLOCK_BYTES))
    }
    let size = SizeClass.bytes[sizeClass]
    block.pointee.kind = UInt8(JIT_BLOCK_CELLS)
    block.pointee.size_class = UInt8(sizeClass)
    block.pointee.is_dirty = 1
    block.pointee.cell_bytes = UInt32(size)
    block.pointee.reciprocal = UInt32((1 << 32 + size - 1) / size)
    block.pointee.next_partial = -1
    cursors[sizeClass] = (Int32(index), 0)
    let first = UInt(bitPattern: start)
    return first..<first + UInt(Int(JIT_BLOCK_BYTES) / size * size)
  }

  /// Takes blocks in a row: the first free run that has so many, else new ones.
  private func takeBlocks(_ count: Int) -> Int {
    if base == 0 { reserve() }
    blocksInUse += count
    noteExhaustion()
    for index in firstFreeRun..<freeRuns.count where freeRuns[index].count >= count {
      let first = freeRuns[index].lowerBound
      freeRuns[index] = first + count..<freeRuns[index].upperBound
      while firstFreeRun < freeRuns.count, freeRuns[firstFreeRun].isEmpty { firstFreeRun += 1 }
      return first
    }
    let first = frontier
    frontier += count
    furthest = max(furthest, frontier)
    precondition(
      frontier << Int(JIT_BLOCK_SHIFT) <= byteCount,
      "a run that exceeds the host's limit ends long before the range is used up")
    return first
  }

  private func reserve() {
    let blockCount = Tuning.heapRangeBytes >> Int(JIT_BLOCK_SHIFT)
    guard
      let memory = Reservation(byteCount: Tuning.heapRangeBytes + Int(JIT_BLOCK_BYTES)),
      let descriptors = Reservation(byteCount: blockCount * MemoryLayout<JITBlock>.stride)
    else { preconditionFailure("the system refuses address space for a heap") }
    let mask = UInt(JIT_BLOCK_BYTES - 1)
    base = (UInt(bitPattern: memory.base) + mask) & ~mask
    blocks = descriptors.base.assumingMemoryBound(to: JITBlock.self)
    memory.preferLargePages()
    self.memory = consume memory
    self.descriptors = consume descriptors
  }

  func address(ofBlock index: Int) -> UnsafeMutableRawPointer {
    guard
      let address = UnsafeMutableRawPointer(
        bitPattern: base + UInt(index) << UInt(JIT_BLOCK_SHIFT))
    else { preconditionFailure("the range was reserved") }
    return address
  }

  private func noteExhaustion() {
    guard bytesInUse > Tuning.hostHeapBytes, !isExhausted else { return }
    exhaust()
  }

  /// Notes that the host has no more memory for the run.
  func exhaust() {
    isExhausted = true
    exhaustionHandler()
  }

  /// Whether so many more bytes stay within the host's memory for a run; collects if it must.
  func hasRoom(for byteCount: Int) -> Bool {
    if bytesInUse + byteCount <= Tuning.hostHeapBytes { return true }
    collect()
    if bytesInUse + byteCount <= Tuning.hostHeapBytes { return true }
    exhaust()
    return false
  }

  /// Lets the address sanitizer report accesses to free blocks.
  func forbid(_ blocks: Range<Int>) {
    if blocks.isEmpty { return }
    jit_forbid_memory(address(ofBlock: blocks.lowerBound), blocks.count << Int(JIT_BLOCK_SHIFT))
  }

  func allow(_ blocks: Range<Int>) {
    if blocks.isEmpty { return }
    jit_allow_memory(address(ofBlock: blocks.lowerBound), blocks.count << Int(JIT_BLOCK_SHIFT))
  }

  func countCollection() { collections += 1 }
}

/// The sizes of small cells.
enum SizeClass {
  /// Ascending, each a multiple of the granule; at most a quarter of a cell is wasted.
  static let bytes: [Int] =
    Array(stride(from: 16, through: 128, by: 16)) + [160, 192, 224, 256, 320, 384, 448, 512]
    + [640, 768, 896, 1024, 1280, 1536, 1792, 2048, 2560, 3072, 3584, 4096, 5456, 6544, 8192]

  static let count = Int(JIT_SIZE_CLASSES)

  /// The class of cells of so many bytes, header included; nil if they have blocks of their own.
  static func position(of byteCount: Int) -> Int? { bytes.firstIndex { $0 >= byteCount } }
}

/// Cells that are marked and not yet searched.
struct MarkStack {
  private var cells: UnsafeMutablePointer<UInt>
  private var capacity: Int
  private(set) var count = 0

  init() {
    capacity = 1_024
    cells = .allocate(capacity: capacity)
  }

  func deallocate() { cells.deallocate() }

  mutating func push(_ cell: UInt) {
    if count == capacity { grow() }
    cells[count] = cell
    count += 1
  }

  mutating func pop() -> UInt? {
    if count == 0 { return nil }
    count -= 1
    return cells[count]
  }

  private mutating func grow() {
    let larger = UnsafeMutablePointer<UInt>.allocate(capacity: 2 * capacity)
    larger.update(from: cells, count: count)
    cells.deallocate()
    cells = larger
    capacity *= 2
  }
}

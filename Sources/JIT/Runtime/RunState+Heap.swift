import Bytecode
import CRuntime

/// Bytes of the abstract heap, the same in all engines.
enum AbstractSize {
  static let array = 16
  static let object = 16
  /// A key of an object, with its value.
  static let key = 16
  static let map = 16
  static let entry = 24
  /// some, ok, err and shared cells.
  static let box = 16
  static let range = 24

  static func string(_ byteCount: Int) -> Int { 16 + byteCount }
  static func array(_ kind: ArrayKind, count: Int) -> Int { 16 + count * kind.elementBytes }
  /// A record or closure.
  static func record(fieldCount: Int) -> Int { 16 + 8 * fieldCount }
}

// MARK: - Charging

extension RunState {
  /// Charges a cell of fixed size; the limit is tested at the next fuel event.
  @inline(__always)
  func charge(_ byteCount: Int) { context.pointee.heap_charged &+= UInt64(byteCount) }

  /// Charges what depends on a length.
  ///
  /// - Throws: `.outOfMemory`, with nothing charged, if it does not fit the limit; and if the host
  ///   has no memory for it, which ends the run inconclusive.
  func chargeTested(_ byteCount: Int) throws(Stop) {
    let (sum, overflow) = context.pointee.heap_charged.addingReportingOverflow(UInt64(byteCount))
    guard !overflow, sum <= heapLimit else { throw .outOfMemory }
    // Small charges end at the next fuel event, if the host's memory does not suffice.
    if byteCount >= 1 << 16, !heap.hasRoom(for: byteCount) { throw .outOfMemory }
    context.pointee.heap_charged = sum
  }

  /// Bytes of text above which no string fits the heap limit or the host's memory: no need to
  /// print more.
  var textLimit: Int {
    let left = heapLimit - min(heapLimit, context.pointee.heap_charged)
    return Int(min(left, UInt64(Tuning.hostHeapBytes)))
  }

  /// What a fuel event does that finds more charged than the context's limit.
  ///
  /// - Returns: false if the run has no more memory.
  func testHeapLimit() -> Bool {
    if nextCollectionClock < collectionClocks.count {
      if clock >= collectionClocks[nextCollectionClock] {
        heap.collect()
        while nextCollectionClock < collectionClocks.count,
          clock >= collectionClocks[nextCollectionClock]
        {
          nextCollectionClock += 1
        }
      }
      if nextCollectionClock == collectionClocks.count, !heap.isExhausted {
        context.pointee.heap_limit = heapLimit
      }
    }
    return context.pointee.heap_charged <= heapLimit && !heap.isExhausted
  }

  /// Fuel consumed.
  var clock: UInt64 { initialFuel - context.pointee.fuel }
}

// MARK: - The heap of a run

extension RunState {
  func beginHeap(_ request: RunRequest) {
    heap.reset(
      Heap.Stress(
        collectsAlways: request.heapStress.collectsAtEveryAllocation,
        poisons: request.heapStress.poisonsFreedCells))
    identities = IdentityTable()
    // Roots from here on: what the last run left in them is gone.
    for (index, binding) in program.verified.program.bindings.enumerated() {
      let initial = Word.initial(binding.kind, strings)
      // What the run begins with counts as stored.
      if !program.boxedBindings[index] { noteStore(BindingIndex(index), initial) }
      context.pointee.bindings[index] = Word.null.bits
    }
    heapLimit = request.limits.heapBytes ?? .max
    collectionClocks = request.heapStress.collectionClocks.sorted()
    nextCollectionClock = 0
    context.pointee.heap_limit = collectionClocks.isEmpty ? heapLimit : 0
    context.pointee.pending_payload = Word.null.bits
    context.pointee.native_stack_top = 0
    noteStackTop()
    for index in 0..<Int(JIT_ARGUMENT_SLOTS) { arguments[index] = .null }
    context.pointee.closure = Word.null.bits
    context.pointee.deoptimized_version = nil
  }

  func endHeap() {
    heap.release()
    identities = IdentityTable()
    context.pointee.native_stack_top = 0
  }

  /// Marks everything the run can still reach.
  ///
  /// The value stack is searched conservatively: operand slots above a frame's top hold what was
  /// there before.
  func markRoots(_ heap: Heap) {
    for index in program.verified.program.bindings.indices {
      heap.mark(context.pointee.bindings[index])
    }
    for index in 0..<Int(JIT_ARGUMENT_SLOTS) { heap.mark(arguments[index].bits) }
    // What lies below the first argument where no closure is called may be an old word.
    heap.markConservatively(context.pointee.closure)
    heap.mark(context.pointee.pending_payload)
    if context.pointee.deoptimized_version != nil {
      let buffer = UnsafePointer(deoptimizationBuffer)
      heap.markConservatively(buffer, buffer + Tuning.deoptimizationWords)
    }
    for word in identities.words { heap.mark(word.bits) }
    if let base = stackBase, let end = context.pointee.stack_end {
      heap.markConservatively(UnsafePointer(base), UnsafePointer(end))
    }
    let top = context.pointee.native_stack_top
    if top != 0 { heap.markNativeStack(below: UInt(top)) }
  }

  /// The words compiled code left of the frames it hands to tier 0.
  var deoptimizationBuffer: UnsafeMutablePointer<UInt64> {
    context.pointee.deoptimization_buffer.unsafelyUnwrapped
  }

  private var stackBase: UnsafeMutablePointer<UInt64>? {
    valuesBase.map { UnsafeMutableRawPointer($0).assumingMemoryBound(to: UInt64.self) }
  }

  /// Tells the collector that the value stack ends where the next frame begins.
  func noteStackTop() {
    context.pointee.stack_end = UnsafeMutableRawPointer(stackTop).assumingMemoryBound(
      to: UInt64.self)
  }

  /// Tells the collector that the frames which the caller's frame calls may hold values; the
  /// outermost frame that has told so is the upper end.
  ///
  /// Always inline: the position is that of a frame called from the caller's. One called from this
  /// function's would lie below what the caller calls next.
  @inline(__always)
  func noteNativeStack() {
    context.pointee.native_stack_top = max(
      context.pointee.native_stack_top, UInt64(jit_stack_position()))
  }

  /// Tells the collector how far a frame of tier 0 reaches; called before anything is allocated
  /// for it.
  @inline(__always)
  func noteFrame(_ base: UnsafeMutablePointer<Word>) {
    context.pointee.stack_end = UnsafeMutableRawPointer(base + largestFrame)
      .assumingMemoryBound(to: UInt64.self)
  }
}

/// The reachable code of a function cut where control flow joins.
///
/// A block starts at the entry, at a target, or behind a change of handlers, and goes on through
/// conditional jumps until an instruction that never continues or the next block's start.
struct BlockGraph: Sendable {
  /// The offset of each block's first instruction, ascending.
  let starts: [Int32]
  /// The offset behind each block's last instruction.
  let ends: [Int32]
  /// The block that starts at an offset, −1 if none does.
  let blockAt: [Int32]

  /// - Complexity: O(instructions).
  init(of scope: FunctionScope, _ structure: CodeStructure, _ flow: StackFlow) {
    let count = scope.count
    var isStart = [Bool](repeating: false, count: count)
    isStart[0] = true
    for offset in 0..<count where flow.isReachable(offset) {
      let target = structure.targets[offset]
      if target >= 0 { isStart[Int(target)] = true }
      guard structure.hasHandlers else { continue }
      let opcode = scope.instruction(at: offset).opcode
      if opcode == .setupTry || opcode == .popHandler { isStart[offset + 1] = true }
    }
    var starts: [Int32] = []
    var ends: [Int32] = []
    var blockAt = [Int32](repeating: -1, count: count)
    for start in 0..<count where isStart[start] {
      blockAt[start] = Int32(starts.count)
      starts.append(Int32(start))
      var end = start
      repeat {
        end += 1
      } while end < count && !isStart[end]
        && scope.instruction(at: end - 1).opcode.compactFacts.continuesToNext
      ends.append(Int32(end))
    }
    self.starts = starts
    self.ends = ends
    self.blockAt = blockAt
  }

  var count: Int { starts.count }

  /// The instructions of a block.
  func range(of block: Int) -> Range<Int> { Int(starts[block])..<Int(ends[block]) }

  /// The block an instruction is in.
  ///
  /// - Precondition: the instruction is reachable.
  /// - Complexity: O(log blocks).
  func block(containing offset: Int) -> Int {
    var (low, high) = (0, starts.count)
    while high - low > 1 {
      let middle = (low + high) / 2
      if Int(starts[middle]) <= offset { low = middle } else { high = middle }
    }
    return low
  }

  /// The blocks in reverse postorder of a depth-first walk from the entry.
  ///
  /// - Complexity: O(instructions).
  func reversePostorder(_ scope: FunctionScope, _ targets: [Int32]) -> [Int32] {
    var order: [Int32] = []
    order.reserveCapacity(count)
    var isSeen = [Bool](repeating: false, count: count)
    isSeen[0] = true
    // Each step of a path stands before an edge: the target of the instruction at `next`, or,
    // with `next` at the block's end, the way into the block behind.
    var path: [(block: Int, next: Int)] = [(0, Int(starts[0]))]
    while let (block, next) = path.last {
      let end = Int(ends[block])
      guard next <= end else {
        path.removeLast()
        order.append(Int32(block))
        continue
      }
      path[path.count - 1].next = next + 1
      let successor: Int
      if next < end {
        successor = Int(targets[next])
      } else {
        let last = scope.instruction(at: end - 1).opcode
        successor = last.compactFacts.continuesToNext ? end : -1
      }
      guard successor >= 0, !isSeen[Int(blockAt[successor])] else { continue }
      isSeen[Int(blockAt[successor])] = true
      path.append((Int(blockAt[successor]), successor))
    }
    order.reverse()
    return order
  }
}

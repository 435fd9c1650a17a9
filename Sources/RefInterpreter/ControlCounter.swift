import Bytecode

/// Counts calls, arrivals at loop headers, and the iterations of each visit of a loop.
struct ControlCounter {
  /// A loop header, and its place in the counts.
  private struct Header {
    let function: Int
    let loop: Int
  }

  /// The visits that an activation is in, by the instruction pointer of the header.
  private struct Visits {
    let activation: UInt64
    var iterations: [Int: UInt64] = [:]
  }

  private(set) var counts: ControlCounts
  private let headers: [Int: Header]
  /// By how many frames wait below; those of activations that have ended go when one takes their
  /// place.
  private var visits: [Visits] = []
  private var hasJumpedBack = false

  init(_ code: Code) {
    var headers: [Int: Header] = [:]
    var loops: [[ControlCounts.Loop]] = []
    for (position, offsets) in code.loopHeaders.enumerated() {
      for (loop, offset) in offsets.enumerated() {
        let pointer = code.layouts[position].entryPoint + offset
        headers[pointer] = Header(function: position, loop: loop)
      }
      loops.append(Array(repeating: ControlCounts.Loop(), count: offsets.count))
    }
    self.headers = headers
    counts = ControlCounts(
      calls: Array(repeating: 0, count: code.layouts.count), loops: loops)
  }

  mutating func noteCall(of function: FunctionIndex) { counts.calls[function.position] += 1 }

  /// A backward jump has been taken: the next step is at its target.
  mutating func noteBackwardJump() { hasJumpedBack = true }

  /// An instruction is about to run in an activation.
  mutating func noteStep(at pointer: Int, of activation: UInt64, level: Int) {
    let jumpedBack = hasJumpedBack
    hasJumpedBack = false
    guard let header = headers[pointer] else { return }
    if visits.count > level, visits[level].activation != activation {
      visits.removeLast(visits.count - level)
    }
    while visits.count <= level { visits.append(Visits(activation: activation)) }
    var iteration: UInt64 = 0
    // In an irreducible loop a jump back may be the first arrival.
    if jumpedBack, let last = visits[level].iterations[pointer] { iteration = last + 1 }
    visits[level].iterations[pointer] = iteration
    let loop = counts.loops[header.function][header.loop]
    counts.loops[header.function][header.loop] = ControlCounts.Loop(
      arrivals: loop.arrivals + 1, lastIteration: max(loop.lastIteration ?? 0, iteration))
  }
}

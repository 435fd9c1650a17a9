import Bytecode

/// Code in which every reachable offset is a place of a whole frame.
///
/// Each instruction is translated with all its operands in their slots and nothing before it that it
/// could be folded into; what it defers is written to its slot at once.
extension TierZeroTranslator {
  /// The most internal instructions that the unfused code of a function takes: two for each of the
  /// bytecode, which are a jump and its counters, an access and the load of its receiver or its
  /// cache, or what leaves the function and what drops its handlers.
  static func greatestResumingCount(_ function: Function) -> Int { 2 * function.bodyLength }

  /// Where the main code has whole frames there is but a jump into it, so that frames leave this code
  /// at the end of their block or at a call, whichever comes first.
  ///
  /// Jumps of this code lead to such a jump too, so that their direction, by which they know whether
  /// they have to pay, is that of the bytecode. Loop headers that are observed have two, for the two
  /// ways to arrive.
  mutating func translateUnfused(upTo main: TierZeroLayout, start: Int) {
    for position in 0..<function.bodyLength where facts.isReachable(position) {
      beginUnfused(at: position)
      guard main.resume[position] >= 0 else {
        translateAlone()
        continue
      }
      if let loop = main.loops.first(where: { $0.offset == position }) {
        noteArrival()
        emitJump(toMain: loop.instruction - 1, start: start)
        emitJump(toMain: loop.instruction, start: start)
      } else {
        emitJump(toMain: Int(main.resume[position]), start: start)
      }
    }
  }

  private mutating func emitJump(toMain instruction: Int, start: Int) {
    var jump = TierZeroInstruction(.jump)
    jump.distance = instruction - (start + code.instructions.count)
    emit(jump)
  }

  mutating func translateObserved() {
    for position in 0..<function.bodyLength where facts.isReachable(position) {
      beginUnfused(at: position)
      emitLoopHeader()
      translateAlone()
    }
  }

  private mutating func beginUnfused(at position: Int) {
    offset = position
    items = Array(repeating: .slot, count: Int(facts.stackDepths[position]))
    markWhole(at: position)
  }

  private mutating func translateAlone() {
    translate(verified.program.instructions[function.entryPoint + offset])
    materializeAll()
  }
}

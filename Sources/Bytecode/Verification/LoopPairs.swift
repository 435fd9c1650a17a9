extension Opcode {
  /// Whether the instruction takes part in the pairing of loops.
  var isLoopMarker: Bool {
    self == .loopStart || self == .loopEnd || self == .break || self == .continue
  }
}

/// The `LoopStart` and `LoopEnd` pairs of a function, and what lies between them.
struct LoopPairs {
  private struct Pair {
    let start: Int
    let end: Int
    let continueAt: Int
  }

  /// The innermost pair around each `Break` and `Continue`, by offset of the jump.
  private var enclosing: [(offset: Int, pair: Pair)] = []

  /// Pairs the markers of a function as brackets.
  ///
  /// - Complexity: O(instructions).
  init(of scope: FunctionScope, findings: inout FindingList) {
    var open: [Pair?] = []
    var starts: [Int] = []
    for offset in 0..<scope.count {
      let instruction = scope.instruction(at: offset)
      if instruction.opcode == .loopStart {
        open.append(Self.pair(of: instruction, at: offset, in: scope, findings: &findings))
        starts.append(offset)
      } else if instruction.opcode == .loopEnd {
        guard let start = starts.popLast(), let declared = open.popLast() else {
          findings.add(.loop, scope.site(offset), "LoopEnd closes no LoopStart")
          continue
        }
        if let declared, declared.end != offset {
          findings.add(
            .loop, scope.site(start),
            "LoopStart names offset \(declared.end), its LoopEnd is at \(offset)")
        }
      } else if instruction.opcode.isLoopMarker {
        guard let innermost = open.last else {
          findings.add(
            .loop, scope.site(offset), "\(instruction.opcode.facts.name) is in no loop")
          continue
        }
        if let innermost { enclosing.append((offset, innermost)) }
      }
    }
    for start in starts {
      findings.add(.loop, scope.site(start), "LoopStart has no LoopEnd")
    }
  }

  /// The pair a `LoopStart` declares; nil, with a finding, if it is none.
  private static func pair(
    of instruction: Instruction, at offset: Int, in scope: FunctionScope,
    findings: inout FindingList
  ) -> Pair? {
    guard case .loop(let endDistance, let continueDistance) = instruction.operand else {
      return nil
    }
    guard let end = scope.target(from: offset, distance: endDistance), end > offset else {
      findings.add(
        .target, scope.site(offset), "the loop's end is not behind it in the function")
      return nil
    }
    guard let continueDistance else { return Pair(start: offset, end: end, continueAt: offset) }
    guard let continueAt = scope.target(from: offset, distance: continueDistance),
      continueAt > offset, continueAt < end
    else {
      findings.add(
        .loop, scope.site(offset), "the continue target is not between LoopStart and LoopEnd")
      return nil
    }
    return Pair(start: offset, end: end, continueAt: continueAt)
  }

  /// Enters the targets of `Break` and `Continue`.
  func resolve(
    into targets: inout [Int32], in scope: FunctionScope, findings: inout FindingList
  ) {
    for (offset, pair) in enclosing {
      if scope.instruction(at: offset).opcode == .continue {
        targets[offset] = Int32(pair.continueAt)
      } else if pair.end + 1 < scope.count {
        targets[offset] = Int32(pair.end + 1)
      } else {
        findings.add(
          .target, scope.site(offset), "no instruction follows the loop that Break leaves")
      }
    }
  }
}

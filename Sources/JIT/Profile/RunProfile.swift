import Bytecode

/// What one function's counters hold, by offset.
struct RunCounters {
  var branches: [(offset: Int, counts: FeedbackVector.Branch)] = []
  /// Backward jumps by their targets, the headers.
  var arrivals: [(header: Int, count: UInt64)] = []
}

extension TierZeroProgram {
  /// The counters of the last run.
  func counters(of layout: TierZeroLayout) -> RunCounters {
    var result = RunCounters()
    for branch in layout.branches {
      let counters = (instructions + branch.instruction).branchCounters.pointee
      result.branches.append(
        (branch.offset, .init(taken: counters.taken, notTaken: counters.notTaken)))
    }
    for jump in layout.backwardJumps {
      let count = (instructions + jump.instruction).branchCounters.pointee.taken
      result.arrivals.append((jump.target, count))
    }
    return result
  }

  /// The feedback of all runs so far, function by function.
  func feedbackListing(_ shapes: ShapeGraph) -> String {
    let source = FeedbackSource(program: verified.program, shapes: shapes, strings: strings)
    var text = ""
    for (index, layout) in layouts.enumerated() {
      let vector = feedback[index].adding(counters(of: layout))
      text += vector.listing(of: FunctionIndex(index), source)
    }
    return text
  }

  /// Functions tier 0 entered by a call or as the entry of the last run.
  var entriesOfRun: UInt64 {
    verified.program.functions.indices.reduce(0) { $0 + functions[$1].calls }
  }
}

extension FeedbackVector {
  /// Adds the counters of a run.
  func add(_ counters: RunCounters) {
    for (offset, counts) in counters.branches where counts != Branch() {
      let old = branches[offset] ?? Branch()
      branches[offset] = Branch(
        taken: old.taken &+ counts.taken, notTaken: old.notTaken &+ counts.notTaken)
    }
    for (header, count) in counters.arrivals where count != 0 {
      loops[header] = (loops[header] ?? 0) &+ count
    }
  }

  /// The feedback with the counters of a run that is not yet part of it.
  func adding(_ counters: RunCounters) -> FeedbackVector {
    let result = FeedbackVector(copying: self)
    result.add(counters)
    return result
  }
}

extension RunState {
  /// The bytecode instructions tier 0 started in the last run.
  ///
  /// The loop does not count them: how often each block ran follows from the entries of its
  /// function, the conditional jumps, the backward jumps and the deliveries to handlers, all of which
  /// are counted (D. E. Knuth, "The Art of Computer Programming", vol. 1, 1.3.3: Kirchhoff's law),
  /// less what calls that never returned and instructions that raised have not gone on to.
  ///
  /// Complexity: O(instructions of the program + frames at the end).
  var executedInstructions: UInt64 {
    var stops = stops
    for call in pendingCalls {
      if let place = program.place(of: call) { stops[place, default: 0] += 1 }
    }
    if let interpretedRaise { stops[interpretedRaise, default: 0] += 1 }
    return program.verified.program.functions.indices.reduce(0) { total, index in
      total + executedInstructions(of: FunctionIndex(index), stops)
    }
  }

  private func executedInstructions(of index: FunctionIndex, _ stops: [Site: UInt64]) -> UInt64 {
    let function = program.verified.program[index]
    let facts = program.verified[index]
    let counters = program.counters(of: program.layouts[index.position])
    var arrivals = Array(repeating: UInt64(0), count: function.bodyLength)
    arrivals[0] = program.functions[index.position].calls
    for (header, count) in counters.arrivals { arrivals[header] += count }
    for (label, count) in deliveries where label.function == index {
      arrivals[label.offset] += count
    }
    var branches = counters.branches[...]
    var (total, flow): (UInt64, UInt64) = (0, 0)
    for offset in 0..<function.bodyLength where facts.isReachable(offset) {
      flow += arrivals[offset]
      total += flow
      flow -= stops[Site(index, offset: offset)] ?? 0
      let target = Int(facts.targets[offset])
      let opcode = program.verified.program.instructions[function.entryPoint + offset].opcode
      if let branch = branches.first, branch.offset == offset {
        branches.removeFirst()
        if target > offset { arrivals[target] += branch.counts.taken }
        flow = branch.counts.notTaken
      } else if target >= 0, opcode != .setupTry {
        if target > offset { arrivals[target] += flow }
        flow = 0
      } else if opcode == .return || opcode == .returnValue || opcode == .halt {
        flow = 0
      }
    }
    return total
  }
}

import Bytecode

/// What one function's counters hold, by offset.
struct RunCounters {
  /// In ascending order of offset, one for each conditional jump.
  var branches: [(offset: Int, counts: FeedbackVector.Branch)] = []
  /// Backward jumps by their targets, the headers.
  var arrivals: [(header: Int, count: UInt64)] = []
  /// Activations that left for compiled code before an instruction.
  var departures: [(offset: Int, count: UInt64)] = []

  /// Adds the counters of more code of the function.
  ///
  /// - Precondition: its conditional jumps are among those of the code so far.
  fileprivate mutating func add(_ other: RunCounters) {
    var position = 0
    for branch in other.branches {
      while branches[position].offset < branch.offset { position += 1 }
      precondition(branches[position].offset == branch.offset, "main code has all jumps")
      branches[position].counts.add(branch.counts)
    }
    arrivals += other.arrivals
    departures += other.departures
  }
}

extension TierZeroProgram {
  /// The counters of the last run.
  func counters(of function: FunctionIndex) -> RunCounters {
    var result = counters(of: layouts[function.position])
    for layout in allLayouts(of: function).dropFirst() { result.add(counters(of: layout)) }
    return result
  }

  private func counters(of layout: TierZeroLayout) -> RunCounters {
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
    for loop in layout.loops {
      let count = (instructions + loop.instruction).branchCounters.pointee.notTaken
      result.departures.append((loop.offset, count))
    }
    return result
  }

  /// The feedback of all runs so far, function by function.
  func feedbackListing(_ shapes: ShapeGraph) -> String {
    let source = FeedbackSource(program: verified.program, shapes: shapes, strings: strings)
    var text = ""
    for index in layouts.indices.map({ FunctionIndex($0) }) {
      let vector = feedback[index.position].adding(counters(of: index))
      text += vector.listing(of: index, source)
    }
    return text
  }

  /// Functions tier 0 entered by a call or as the entry of the last run.
  var entriesOfRun: UInt64 {
    verified.program.functions.indices.reduce(0) { $0 + functions[$1].calls }
  }
}

extension FeedbackVector.Branch {
  fileprivate mutating func add(_ other: FeedbackVector.Branch) {
    taken &+= other.taken
    notTaken &+= other.notTaken
  }
}

extension FeedbackVector {
  /// Adds the counters of a run.
  func add(_ counters: RunCounters) {
    for (offset, counts) in counters.branches where counts != Branch() {
      var sum = branches[offset] ?? Branch()
      sum.add(counts)
      branches[offset] = sum
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
  /// less what calls that never returned and instructions that raised have not gone on to. So are
  /// frames that leave for compiled code, and those that come from it.
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
    let counters = program.counters(of: index)
    var arrivals = Array(repeating: UInt64(0), count: function.bodyLength)
    arrivals[0] = program.functions[index.position].calls
    for (header, count) in counters.arrivals { arrivals[header] += count }
    for (label, count) in deliveries where label.function == index {
      arrivals[label.offset] += count
    }
    for (place, count) in resumptions where place.function == index {
      arrivals[place.offset] += count
    }
    var departures = Array(repeating: UInt64(0), count: function.bodyLength)
    for (offset, count) in counters.departures { departures[offset] += count }
    var branches = counters.branches[...]
    var (total, flow): (UInt64, UInt64) = (0, 0)
    for offset in 0..<function.bodyLength where facts.isReachable(offset) {
      let place = Site(index, offset: offset)
      flow = flow + arrivals[offset] - departures[offset]
      total += flow
      flow += resumedCalls[place] ?? 0
      flow -= stops[place] ?? 0
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

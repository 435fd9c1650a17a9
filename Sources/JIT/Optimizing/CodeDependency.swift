import Bytecode

extension BindingFact {
  /// What holds of a binding with a word in it.
  init(_ word: Word) {
    let kind = word.kind
    switch kind {
    case .null: self = .null
    case .unit: self = .unit
    case .bool: self = .bool(word.bool)
    case .int: self = .int(word.int)
    case .number: self = .number(bitPattern: word.bits)
    case .function: self = .function(word.function)
    case .closure: self = .closure(word.callee)
    case .string, .array, .intArray, .floatArray, .boolArray, .object, .record, .map, .range, .some,
      .ok, .err, .reference, .cell:
      self = .cell(kind)
    }
  }
}

/// Counts stores that change bindings, of those that are watched.
final class BindingStores {
  /// By binding: 1 if stores are to be told to the runtime.
  let watches: UnsafeMutablePointer<UInt8>
  private let count: Int
  private var changes: [Int]

  init(count: Int) {
    self.count = count
    changes = Array(repeating: 0, count: count)
    watches = .allocate(capacity: max(count, 1))
    watches.initialize(repeating: 0, count: max(count, 1))
  }

  deinit { watches.deallocate() }

  /// Before a run, whose bindings hold what they do at its start.
  ///
  /// - Parameter boxed: by binding, whether it is a cell; nil if nothing is watched. What a cell holds
  ///   changes elsewhere, too.
  func beginRun(watching boxed: [Bool]?) {
    for index in 0..<count {
      changes[index] = 0
      watches[index] = boxed?[index] == false ? 1 : 0
    }
  }

  /// Counts a change; one that changes again is watched no more.
  fileprivate func noteChange(of binding: BindingIndex) {
    changes[binding.position] += 1
    if changes[binding.position] == Tuning.bindingChanges { watches[binding.position] = 0 }
  }

  /// Whether what a binding holds may be taken for granted: one that is not watched changes often.
  fileprivate func isConstant(_ binding: BindingIndex) -> Bool { watches[binding.position] != 0 }
}

extension RunState {
  /// A store that is about to be made of a binding that is watched.
  func noteStore(_ binding: BindingIndex, _ value: Word) {
    guard value.bits != context.pointee.bindings[binding.position] else { return }
    tiering?.noteStore(binding)
    bindingStores.noteChange(of: binding)
  }

  /// What code of a function may rest on now, by the offset of the instruction that loads a binding.
  func bindingFacts(in function: FunctionIndex) -> [Int: BindingFact] {
    var facts: [Int: BindingFact] = [:]
    for (offset, instruction) in program.verified.program.body(of: function).enumerated() {
      guard instruction.loadsBinding, case .binding(let binding) = instruction.operand,
        bindingStores.isConstant(binding)
      else { continue }
      facts[offset] = fact(of: binding)
    }
    return facts
  }

  /// Whether something holds that code rests on, and is watched.
  func holds(_ dependency: CodeDependency) -> Bool {
    switch dependency {
    case .binding(let binding, let fact):
      bindingStores.isConstant(binding) && self.fact(of: binding) == fact
    case .noChildShape(let keys): shape(of: keys).map { !shapes.hasChildren($0) } ?? false
    }
  }

  /// The shapes without children that more than one access of a function has met, and nothing else.
  func childlessShapes(in feedback: FeedbackVector, _ source: FeedbackSource) -> Set<[Literal]> {
    var met: Set<UInt32> = []
    var result: Set<[Literal]> = []
    for slot in feedback.properties {
      guard let slot, slot.state == .monomorphic, case .shape(let shape, _) = slot.entries[0],
        !shapes.hasChildren(shape), shapes.count(shape) < ShapeGraph.greatestKeyCount
      else { continue }
      if !met.insert(shape).inserted { result.insert(source.keys(ofShape: shape)) }
    }
    return result
  }

  private func fact(of binding: BindingIndex) -> BindingFact {
    BindingFact(Word(bits: context.pointee.bindings[binding.position]))
  }
}

extension Instruction {
  /// Whether it uses what a binding holds.
  fileprivate var loadsBinding: Bool {
    opcode == .loadModuleBinding || opcode == .setModuleBindingIndex
  }
}

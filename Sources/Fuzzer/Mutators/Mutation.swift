import Bytecode

/// How a mutator has fared.
public struct MutatorHealth: Hashable, Sendable {
  /// Results that verified and differed from the parent.
  public var applied = 0
  /// The program offered nothing to change, or the change changed nothing.
  public var withoutEffect = 0
  /// Results no repair brought back within the verifier's rules.
  public var rejected = 0

  public init() {}

  public var attempts: Int { applied + withoutEffect + rejected }
}

/// Mutates programs so that the result always verifies, and keeps figures of each mutator.
public struct Mutation: Sendable {
  /// The mutators, in the order of reports.
  public static let mutators: [any Mutator] = [
    ConstantMutator(), OperandMutator(), OpcodeMutator(), InsertMutator(), DeleteMutator(),
    DuplicateMutator(), LoopMutator(), WrapBranchMutator(), SwapMutator(), BranchMutator(),
    SlotMutator(), OutlineMutator(), SpliceMutator(), ScheduleMutator(), RetypeMutator(),
    AliasMutator(), SurpriseMutator(), HandlerMutator(), ClosureMutator(), TransitionMutator(),
  ]

  /// Instructions above which mutators that add some rest. A campaign's throughput is the inverse
  /// of its programs' size, and what needs a large program to show is rare.
  static let sizeLimit = 48

  /// The same for programs outside the core, which no tier compiles.
  static let wholeSizeLimit = 96

  /// One entry per mutator, in their order; the crossover is the last.
  public private(set) var health = [MutatorHealth](
    repeating: MutatorHealth(), count: Mutation.mutators.count + 1)

  public init() {}

  /// The names that go with `health`.
  public static var names: [String] { mutators.map(\.name) + ["crossover"] }

  /// A mutated program.
  ///
  /// - Returns: one that verifies and differs, nil if a few attempts gave none.
  public mutating func mutate(_ parent: VerifiedProgram, seed: UInt64) -> VerifiedProgram? {
    var entropy = Entropy(seed: seed)
    let isCore = NumericCore.firstUnsupported(in: parent) == nil
    let limit = isCore ? Self.sizeLimit : Self.wholeSizeLimit
    let isLarge = parent.program.instructions.count > limit
    let candidates = Self.mutators.indices.filter {
      !(isLarge && Self.mutators[$0].grows) && !(isCore && Self.mutators[$0].leavesCore)
    }
    for _ in 0..<4 {
      let index = entropy.pick(candidates)
      let child = apply(index, to: parent, entropy: Entropy(seed: entropy.word()))
      if let child { return child }
    }
    return nil
  }

  /// Applies one mutator, by its place in `mutators`.
  public mutating func apply(
    _ index: Int, to parent: VerifiedProgram, entropy: Entropy
  ) -> VerifiedProgram? {
    var subject = MutationSubject(parent, entropy: entropy)
    guard Self.mutators[index].mutate(&subject) else {
      health[index].withoutEffect += 1
      return nil
    }
    return accept(subject.program, parent: parent, index)
  }

  /// The smaller of two programs with a function of the other, called.
  public mutating func cross(
    _ one: VerifiedProgram, with other: VerifiedProgram, seed: UInt64
  ) -> VerifiedProgram? {
    let isInOrder = one.program.instructions.count <= other.program.instructions.count
    let (parent, donor) = isInOrder ? (one, other) : (other, one)
    let index = Self.mutators.count
    var subject = MutationSubject(parent, entropy: Entropy(seed: seed))
    let limit = subject.isWhole ? Self.wholeSizeLimit : Self.sizeLimit
    guard parent.program.instructions.count <= limit, subject.splice(from: donor),
      subject.program.instructionCount <= limit * 3 / 2
    else {
      health[index].withoutEffect += 1
      return nil
    }
    return accept(subject.program, parent: parent, index)
  }

  private mutating func accept(
    _ edited: EditableProgram, parent: VerifiedProgram, _ index: Int
  ) -> VerifiedProgram? {
    var edited = edited
    for _ in 0..<4 {
      guard let program = edited.program() else { break }
      if program == parent.program {
        health[index].withoutEffect += 1
        return nil
      }
      do throws(VerificationFailure) {
        let verified = try Verifier.verify(program)
        health[index].applied += 1
        return verified
      } catch {
        guard Repair.apply(error, to: &edited) else { break }
      }
    }
    health[index].rejected += 1
    return nil
  }
}

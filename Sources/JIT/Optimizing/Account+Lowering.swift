import Bytecode
import LLVM

/// The account of code under way.
final class AccountBuilder {
  private(set) var activations: [CodeAccount.Activation] = []
  private(set) var decisions: [CodeAccount.Decision] = []
  /// How many guards have been made.
  private(set) var guardCount = 0

  /// Adds an activation; its place among them.
  func begin(_ activation: CodeAccount.Activation) -> Int {
    activations.append(activation)
    return activations.count - 1
  }

  func add(_ decision: CodeAccount.Decision) { decisions.append(decision) }

  /// Adds a guard to those by which an earlier decision has met its need.
  func add(ordinal: Int, toDecision position: Int) {
    guard case .inductive(let ordinals) = decisions[position].means else {
      preconditionFailure("guards at loops are for what they prove")
    }
    decisions[position].means = .inductive(ordinals: ordinals + [ordinal])
  }

  /// The ordinal of a guard that is being made.
  func nextOrdinal() -> Int {
    defer { guardCount += 1 }
    return guardCount
  }
}

/// A guard that has told the kinds of a value.
struct GuardedKinds {
  let ordinal: Int
  let kinds: KindSet
}

/// What is said of each guard that feedback asks for.
extension FunctionLowering {
  /// The activation as the account tells it.
  static func activation(
    _ function: FunctionIndex, _ plan: BlockPlan, from start: (offset: Int, handlers: [Int]),
    caller: FunctionLowering?
  ) -> CodeAccount.Activation {
    CodeAccount.Activation(
      function: function,
      call: caller.map {
        CodeAccount.Activation.Call(
          activation: $0.activation, block: $0.blockPosition, offset: $0.offset)
      },
      start: start.offset, handlers: start.handlers,
      blocks: plan.blocks.map {
        CodeAccount.Block(offsets: $0.offsets, handlers: plan.chains.setups(of: $0.chain))
      })
  }

  /// Takes note of how a need of the instruction is met, if its feedback has it.
  func decide(_ need: GuardNeed, _ means: GuardMeans) {
    guard let account, speculation?.needs(at: offset).contains(need) == true else { return }
    decided.insert(need)
    account.add(
      CodeAccount.Decision(
        activation: activation, block: blockPosition, offset: offset, need: need, means: means))
  }

  /// Takes note of a guard that is being made.
  func decide(making kind: Schedule.GuardKind, operand: Int) {
    guard let account else { return }
    let ordinal = account.nextOrdinal()
    guard let need = need(of: kind, operand: operand) else { return }
    decided.insert(need)
    account.add(
      CodeAccount.Decision(
        activation: activation, block: blockPosition, offset: offset, need: need,
        means: .made(ordinal: ordinal)))
  }

  /// Takes note that a value is of the kinds that a need asks for, and why.
  func decide(_ need: GuardNeed, knowing value: Value, among kinds: KindSet) {
    guard account != nil else { return }
    if let known = guardedKinds[value.machineValue], known.kinds.isSubset(of: kinds) {
      decide(need, .dominated(ordinal: known.ordinal))
    } else {
      decide(need, .proved(value.kinds))
    }
  }

  /// Takes note that the guard made last has told the kinds of a value.
  func noteGuarded(_ value: Value, _ kinds: KindSet) {
    guard let account else { return }
    guardedKinds[value.machineValue] = GuardedKinds(
      ordinal: account.guardCount - 1, kinds: kinds)
  }

  /// Behind an instruction: says of the needs that nothing was done for why that is so.
  func decideTheRest() {
    guard account != nil, let speculation else { return }
    for need in speculation.needs(at: offset) where !decided.contains(need) {
      guard let reason = speculation.decline(of: need, at: offset, scope.method) else { continue }
      decide(need, .declined(reason))
    }
  }

  /// What a kind of guard at the instruction is needed for; nil where feedback asks for none such.
  func need(of kind: Schedule.GuardKind, operand: Int) -> GuardNeed? {
    switch kind {
    case .kind where instruction.isAccess: .indexKind
    case .kind, .notNull: operand == 0 ? .leftKind : .rightKind
    case .intRange: .range
    case .shape, .schema: .layout
    case .arrayKind:
      program.program.memberName(of: instruction) == nil ? .arrayKind : .layout
    case .bounds: .bounds
    case .callee: .callee
    case .receiver: .receiver
    case .branchNotTaken: .way
    case .tripCount: nil
    }
  }
}

extension Value {
  /// What stands for the value in code.
  fileprivate var machineValue: IRValue {
    switch self {
    case .boxed(let word, _): word
    case .integer(let integer, _): integer
    case .product(let low, _, _, _): low
    case .number(let number, _): number
    case .bool(let bool): bool
    case .virtual: preconditionFailure("no guard tests what has not been made")
    }
  }
}

extension [FunctionFeedback] {
  /// The account of code that was made from this feedback.
  func account(
    of built: AccountBuilder, _ guards: [Guard], _ dependencies: [CodeDependency]
  ) -> CodeAccount {
    var feedback: [FunctionIndex: [Int: [FeedbackSlot]]] = [:]
    var refuted: Set<GuardRefutation> = []
    for function in Set(built.activations.map(\.function)) {
      let known = self[function.position]
      feedback[function] = known.slots
      for guardOfKind in known.refuted {
        refuted.insert(
          GuardRefutation(
            kind: guardOfKind.kind, site: Site(function, offset: guardOfKind.offset)))
      }
    }
    return CodeAccount(
      activations: built.activations, decisions: built.decisions, guards: guards,
      dependencies: dependencies, feedback: feedback, refuted: refuted)
  }
}

extension FunctionFeedback {
  /// All slots that are not empty, by offset.
  fileprivate var slots: [Int: [FeedbackSlot]] {
    var result: [Int: [FeedbackSlot]] = [:]
    func add<Entry>(
      _ slots: [FeedbackEntries<Entry>?], _ slot: ([Entry]) -> FeedbackSlot
    ) {
      for (offset, entries) in slots.enumerated() {
        guard let entries, entries.state != .uninitialized else { continue }
        result[offset, default: []].append(slot(entries.entries))
      }
    }
    add(arithmetic) { entries in
      .operands(entries.map { FeedbackSlot.Operands(left: $0.left, right: $0.right) })
    }
    add(callees) { entries in .callees(entries.map(\.told)) }
    add(properties) { entries in .properties(entries.map(\.told)) }
    add(elements) { entries in
      .elements(entries.map { FeedbackSlot.Element(receiver: $0.receiver, index: $0.index) })
    }
    add(methods) { entries in .methods(entries.map(\.told)) }
    for (offset, way) in ways.enumerated() {
      guard let way else { continue }
      result[offset, default: []].append(.way(isTaken: way == .taken))
    }
    for (offset, hasGoneRound) in loops.enumerated() where hasGoneRound {
      result[offset, default: []].append(.loop)
    }
    return result
  }
}

extension CalleeEntry {
  fileprivate var told: FeedbackSlot.Callee {
    switch self {
    case .function(let function): .function(function)
    case .kind(let kind): .kind(kind)
    }
  }
}

extension PropertyFeedback {
  fileprivate var told: FeedbackSlot.Receiver {
    switch self {
    case .layout(.shape(let keys)): .shape(keys)
    case .layout(.schema(let schema)): .schema(schema)
    case .dictionary: .dictionary
    case .kind(let kind): .kind(kind)
    }
  }
}

extension MethodEntry {
  fileprivate var told: FeedbackSlot.Receiver {
    switch self {
    case .builtin(let kind), .kind(let kind): .kind(kind)
    case .schema(let schema): .schema(schema)
    case .shape: .shape(nil)
    case .dictionary: .dictionary
    }
  }
}

/// A program every rule of the verifier holds for.
///
/// Only the verifier makes one; all unsafe code takes one and relies on it.
public struct VerifiedProgram: Sendable {
  public let program: Program
  /// The verifier's facts of each function, in function order.
  public let functions: [FunctionFacts]

  init(program: Program, functions: [FunctionFacts]) {
    self.program = program
    self.functions = functions
  }

  public subscript(function: FunctionIndex) -> FunctionFacts { functions[function.position] }
}

/// What the verifier proved of one function; offsets count from its entry.
public struct FunctionFacts: Sendable {
  /// The greatest operand stack depth of any reachable instruction.
  public let maximumStackDepth: Int
  /// The operand stack depth before each instruction, −1 where unreachable.
  public let stackDepths: [Int32]
  /// The handler depth before each instruction, −1 where unreachable.
  public let handlerDepths: [Int32]
  /// The offset each reachable jump, `Break`, `Continue` or `SetupTry` names, −1 for the others.
  public let targets: [Int32]
  /// The offsets of backward-jump targets in ascending order: the loop headers by number.
  public let loopHeaders: [Int]
  /// Parameters and locals that are cells because a `BoxLocal` or `MakeRef` names them.
  public let cellLocals: [Bool]
  /// What inference knows, by block.
  public let inference: KindInference
  /// Which locals are live, by block.
  public let liveness: Liveness
  /// Which declared locals are assigned, by block.
  public let assignment: DefiniteAssignment

  init(
    maximumStackDepth: Int, stackDepths: [Int32], handlerDepths: [Int32], targets: [Int32],
    loopHeaders: [Int], cellLocals: [Bool], inference: KindInference, liveness: Liveness,
    assignment: DefiniteAssignment
  ) {
    self.maximumStackDepth = maximumStackDepth
    self.stackDepths = stackDepths
    self.handlerDepths = handlerDepths
    self.targets = targets
    self.loopHeaders = loopHeaders
    self.cellLocals = cellLocals
    self.inference = inference
    self.liveness = liveness
    self.assignment = assignment
  }

  public func isReachable(_ offset: Int) -> Bool { stackDepths[offset] >= 0 }
}

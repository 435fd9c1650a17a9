import Bytecode

/// A program laid out for the step loop: what a step needs, by position, without optionals.
struct Code {
  struct Layout: BitwiseCopyable {
    let entryPoint: Int
    let parameterCount: Int
    /// Parameters and locals.
    let slotCount: Int
    /// The place of the function's first slot in `admittedKinds`.
    let firstSlot: Int
  }

  let instructions: [Instruction]
  /// The absolute target of each reachable jump, `Break` and `Continue`; −1 for the others.
  let targets: [Int]
  let constants: [Value]
  let layouts: [Layout]
  /// The kinds each parameter and local of each function may hold.
  let admittedKinds: [KindSet]
  let admittedBindingKinds: [KindSet]
  let initialBindings: [Value]

  /// - Precondition: the program lies in the numeric core.
  init(_ verified: VerifiedProgram) {
    let program = verified.program
    var targets = [Int](repeating: -1, count: program.instructions.count)
    var layouts: [Layout] = []
    var admittedKinds: [KindSet] = []
    for (function, facts) in zip(program.functions, verified.functions) {
      for (offset, target) in facts.targets.enumerated() where target >= 0 {
        targets[function.entryPoint + offset] = function.entryPoint + Int(target)
      }
      layouts.append(
        Layout(
          entryPoint: function.entryPoint, parameterCount: function.parameters.count,
          slotCount: function.slotCount, firstSlot: admittedKinds.count))
      let kinds = function.parameters.map(\.kind) + function.locals.map(\.kind)
      admittedKinds += kinds.map { $0?.kinds ?? .anything }
    }
    instructions = program.instructions
    self.targets = targets
    constants = program.constants.map(Code.value(of:))
    self.layouts = layouts
    self.admittedKinds = admittedKinds
    admittedBindingKinds = program.bindings.map { $0.kind?.kinds ?? .anything }
    initialBindings = program.bindings.map { Value(initialOf: $0.kind) }
  }

  /// A pool may hold constants of other kinds as long as no instruction names them.
  private static func value(of constant: Constant) -> Value {
    switch constant {
    case .null, .unit, .bool, .int, .number: Value(constant)
    case .string, .function: .null
    }
  }
}

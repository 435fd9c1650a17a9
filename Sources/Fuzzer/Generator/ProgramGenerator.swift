import Bytecode

/// Makes programs of the numeric core that verify by construction, with schedules to run them by.
///
/// The same seed or bytes and options give the same program, in every process.
public enum ProgramGenerator {
  /// The program of a seed.
  public static func program(
    seed: UInt64, options: GeneratorOptions = GeneratorOptions()
  ) -> Program {
    program(Entropy(seed: seed), options: options)
  }

  /// The program bytes stand for: every byte string stands for one, and each byte decides one
  /// thing, so that a small change of the bytes is mostly a small change of the program.
  public static func program(
    from bytes: [UInt8], options: GeneratorOptions = GeneratorOptions()
  ) -> Program {
    program(Entropy(bytes: bytes), options: options)
  }

  private static func program(_ entropy: Entropy, options: GeneratorOptions) -> Program {
    var build = ProgramBuild(entropy: entropy, options: options)
    build.run()
    guard let program = build.program.program() else {
      preconditionFailure("the generator left a jump without its target")
    }
    return program
  }
}

/// One program under construction.
private struct ProgramBuild {
  var entropy: Entropy
  let options: GeneratorOptions
  var program = EditableProgram()
  var environment: GeneratorEnvironment
  var mainParameters: [SlotFact] = []
  var mainFrames = 1
  var mainCost = 0

  init(entropy: Entropy, options: GeneratorOptions) {
    self.entropy = entropy
    self.options = options
    environment = GeneratorEnvironment(
      options: options, bindings: [], callables: [], isRisky: false, allowsDebug: false)
  }

  mutating func run() {
    environment.isRisky = entropy.below(1000) >= 1000 - options.riskyPerThousand
    environment.allowsDebug = entropy.chance(1, in: 16)
    let size = options.size ?? drawSize()
    for position in 0..<entropy.pick([0, 1, 1, 2, 3]) {
      let slot = SlotGenerator.binding(&entropy)
      environment.bindings.append(slot)
      program.bindings.append(Slot("b\(position)", slot.declared))
    }
    let functionCount = size < 24 ? entropy.below(2) : entropy.below(min(5, 1 + size / 24))
    let share = size / (functionCount + 2)
    for position in 0..<functionCount { addFunction("f\(position)", budget: share) }
    addMain(budget: max(6, size - program.instructionCount))
    program.mainIndex = FunctionIndex(program.functions.count - 1)
    program.schedule = schedule()
  }

  /// Half of all programs below 50 instructions, a tail to 500.
  private mutating func drawSize() -> Int {
    if let count = entropy.byteCount { return min(500, 12 + count / 2) }
    switch entropy.below(20) {
    case 0, 1: return 10 + entropy.below(16)
    case 2, 3, 4, 5, 6, 7, 8: return 24 + entropy.below(24)
    case 9, 10, 11, 12, 13, 14, 15: return 44 + entropy.below(40)
    case 16, 17, 18: return 80 + entropy.below(100)
    default: return 180 + entropy.below(280)
    }
  }

  // MARK: Functions

  private mutating func addFunction(_ name: String, budget: Int) {
    switch entropy.below(4) {
    case 0: addKernel(name, budget: budget)
    case 1: addRecursion(name, budget: budget)
    default: addPlain(name, budget: budget)
    }
  }

  private mutating func open(budget: Int) -> FunctionGenerator {
    FunctionGenerator(
      entropy: entropy, program: program, environment: environment, budget: budget)
  }

  private mutating func close(
    _ generator: FunctionGenerator, name: String, parameters: [SlotFact],
    recursion: (parameter: Int, range: ClosedRange<Int>)? = nil
  ) {
    entropy = generator.entropy
    program = generator.program
    program.functions.append(generator.finished(name: name))
    environment.callables.append(
      CallableFunction(
        index: FunctionIndex(program.functions.count - 1), parameters: parameters,
        result: generator.result, cost: generator.cost + 1,
        frames: 1 + generator.framesBelow + (recursion?.range.upperBound ?? 0),
        recursionBound: recursion))
  }

  private mutating func addPlain(_ name: String, budget: Int) {
    var generator = open(budget: budget)
    let parameters = (0..<generator.entropy.pick([1, 2, 0, 3])).map { _ in
      SlotGenerator.parameter(&generator.entropy)
    }
    generator.declare(parameters: parameters)
    generator.declareLocals(generator.entropy.below(3))
    generator.result = SlotGenerator.result(&generator.entropy)
    generator.statements(budget - 4, nesting: 2)
    generator.leave(level: 2)
    close(generator, name: name, parameters: parameters)
  }

  /// A function without control flow that numeric kernels accept.
  private mutating func addKernel(_ name: String, budget: Int) {
    var generator = open(budget: min(budget, 30))
    generator.isKernel = true
    let parameters = (0..<(1 + generator.entropy.below(3))).map { _ in
      generator.entropy.chance(1, in: 2)
        ? SlotFact(fact: .number, declared: SlotKind(.number), isWritable: true)
        : SlotGenerator.undeclared(.unknown(.number))
    }
    generator.declare(parameters: parameters)
    for _ in 0..<generator.entropy.below(3) {
      let slot = SlotGenerator.kernelLocal(&generator.entropy)
      generator.initializeAtEntry(generator.addLocal(slot))
    }
    generator.result = generator.entropy.pick([
      .unknown(.number), .unknown(.numeric), .unknown(.int), .unknown(.bool),
    ])
    generator.statements(generator.budget - 6, nesting: 0)
    generator.leave(level: 3)
    close(generator, name: name, parameters: parameters)
  }

  /// A function that calls itself with its first parameter one less until that is zero.
  private mutating func addRecursion(_ name: String, budget: Int) {
    var generator = open(budget: budget)
    let deepest = generator.entropy.pick([3, 5, 8, 1, 12])
    var bound =
      generator.entropy.chance(1, in: 2)
      ? SlotFact(fact: .int, declared: SlotKind(.int), isWritable: false)
      : SlotFact(fact: .unknown(.int), declared: nil, isWritable: false)
    bound.fact.magnitude = 5
    let parameters =
      [bound]
      + (0..<generator.entropy.below(3)).map { _ in SlotGenerator.parameter(&generator.entropy) }
    generator.declare(parameters: parameters)
    generator.declareLocals(generator.entropy.below(2))
    generator.result = SlotGenerator.result(&generator.entropy)
    generator.recursiveBody(
      parameters: parameters, own: FunctionIndex(program.functions.count), deepest: deepest,
      budget: budget)
    close(generator, name: name, parameters: parameters, recursion: (0, 0...deepest))
  }

  private mutating func addMain(budget: Int) {
    var generator = open(budget: budget)
    mainParameters = (0..<generator.entropy.pick([1, 2, 0, 3])).map { _ in
      SlotGenerator.parameter(&generator.entropy)
    }
    generator.declare(parameters: mainParameters)
    generator.declareLocals(1 + generator.entropy.below(4))
    generator.result = SlotGenerator.result(&generator.entropy)
    for (position, slot) in environment.bindings.enumerated() where slot.declared == nil {
      _ = generator.constant(generator.want(for: slot))
      generator.emit(
        .storeModuleBinding, .binding(BindingIndex(position)), pops: 1, pushes: 0)
    }
    if generator.entropy.chance(1, in: 2) {
      generator.loop(nesting: 3, share: max(4, budget / 2))
    }
    generator.statements(generator.budget - 4, nesting: 3)
    generator.leaveMain()
    mainFrames = 1 + generator.framesBelow
    mainCost = generator.cost
    entropy = generator.entropy
    program = generator.program
    program.functions.append(generator.finished(name: "main"))
  }

  // MARK: Schedule

  private mutating func schedule() -> Schedule {
    var schedule = Schedule()
    if !mainParameters.isEmpty {
      for _ in 0..<(1 + entropy.below(4)) {
        schedule.arguments.append(mainParameters.map { argument(for: $0) })
      }
    }
    schedule.fuel = UInt64(max(64, mainCost * 2))
    schedule.depth = mainFrames + entropy.pick([0, 1, 4, 20, 100])
    if environment.isRisky {
      switch entropy.below(8) {
      case 0: schedule.fuel = UInt64(entropy.below(max(1, mainCost)))
      case 1, 2: schedule.depth = max(1, mainFrames - 1 - entropy.below(3))
      case 3 where !mainParameters.isEmpty:
        schedule.arguments[0] = mainParameters.map { _ in
          BoundaryConstants.constant(of: [.int, .number, .bool, .null, .unit], &entropy)
        }
      default: break
      }
    }
    if entropy.chance(1, in: 10) {
      let function = FunctionIndex(entropy.below(program.functions.count))
      schedule.directives.append(
        .tier(
          function, entropy.chance(1, in: 4) ? .interpreter : .baseline,
          after: UInt64(entropy.below(4))))
    }
    return schedule
  }

  private mutating func argument(for slot: SlotFact) -> Constant {
    BoundaryConstants.constant(of: slot.fact.actual, &entropy)
  }
}

extension FunctionGenerator {
  fileprivate mutating func declare(parameters: [SlotFact]) {
    self.parameters = parameters.enumerated().map {
      Parameter("p\($0.offset)", $0.element.declared)
    }
    slots = parameters
  }

  fileprivate mutating func declareLocals(_ count: Int) {
    for _ in 0..<count {
      let slot = SlotGenerator.local(&entropy)
      initializeAtEntry(addLocal(slot))
    }
  }

  /// The base case, statements, the call of itself, and what comes after it.
  fileprivate mutating func recursiveBody(
    parameters: [SlotFact], own: FunctionIndex, deepest: Int, budget: Int
  ) {
    let bound = LocalIndex(0)
    let recurse = makeTag()
    multiplier = deepest + 1
    _ = load(bound)
    push(.int(0))
    emit(entropy.pick([.lteInt, .lte]), pops: 2, pushes: 1)
    jump(.jumpIfFalse, to: recurse, pops: 1)
    leave(level: 1)
    place(recurse)
    statements(budget / 2, nesting: 1)
    _ = load(bound)
    push(.int(1))
    emit(.subInt, pops: 2, pushes: 1)
    for parameter in parameters.dropFirst() { argument(for: parameter) }
    emit(.call, .function(own), pops: parameters.count, pushes: 1)
    cost += deepest
    switch want(for: SlotFact(fact: result, declared: nil, isWritable: false)) {
    case .int:
      _ = expression(.int, level: 1)
      emit(entropy.pick([.bitXor, .bitAnd, .bitOr]), pops: 2, pushes: 1)
    case .number, .numeric:
      if result.actual == .number {
        _ = expression(.numeric, level: 1)
        emit(entropy.pick([.addNumber, .mulNumber]), pops: 2, pushes: 1)
      } else {
        _ = expression(.numeric, level: 1)
        emit(entropy.pick([.add, .sub, .mul]), pops: 2, pushes: 1)
      }
    case .bool: emit(.not, pops: 1, pushes: 1)
    case .integral, .any: break
    }
    if result.actual == .unit {
      emit(.pop, pops: 1, pushes: 0)
      emit(.return, .none)
    } else {
      emit(.returnValue, pops: 1, pushes: 0)
    }
  }

  fileprivate mutating func leaveMain() {
    switch entropy.below(5) {
    case 0: leave(level: 2)
    case 1:
      emit(.halt, .none)
    case 2:
      _ = expression(.any, level: 2)
      _ = expression(.any, level: 2)
      emit(.halt, .none)
    default:
      _ = expression(.any, level: 3)
      emit(.halt, .none)
    }
  }
}

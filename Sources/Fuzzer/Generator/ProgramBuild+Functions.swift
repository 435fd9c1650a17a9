import Bytecode

extension ProgramBuild {
  /// Adds everything but `main`.
  mutating func addFunctions(size: Int) {
    let count = size < 16 ? entropy.below(2) : 1 + entropy.below(min(4, 1 + size / 24))
    let share = size / (count + 2)
    guard environment.isWhole else {
      for position in 0..<count { addFunction("f\(position)", budget: share) }
      return
    }
    addCallback("k", budget: 6)
    if entropy.chance(2, in: 3) { addChanger("g") }
    if entropy.chance(1, in: 3) { addForeignFunctions() }
    if entropy.chance(1, in: 24) { addBottomless("deep") }
    for position in 0..<max(1, count) { addWholeFunction("f\(position)", budget: share) }
  }

  private mutating func addFunction(_ name: String, budget: Int) {
    switch entropy.below(4) {
    case 0: addKernel(name, budget: budget)
    case 1: addRecursion(name, budget: budget)
    default: addPlain(name, budget: budget)
    }
  }

  mutating func open(budget: Int) -> FunctionGenerator {
    FunctionGenerator(
      entropy: entropy, program: program, environment: environment, budget: budget)
  }

  mutating func close(
    _ generator: FunctionGenerator, name: String, parameters: [SlotFact],
    recursion: (parameter: Int, range: ClosedRange<Int>)? = nil
  ) {
    environment.callables.append(
      complete(generator, name: name, parameters: parameters, recursion: recursion))
  }

  /// Puts a function into the program; it may be called once it is among the callables.
  mutating func complete(
    _ generator: FunctionGenerator, name: String, parameters: [SlotFact],
    recursion: (parameter: Int, range: ClosedRange<Int>)? = nil
  ) -> CallableFunction {
    entropy = generator.entropy
    program = generator.program
    program.functions.append(generator.finished(name: name))
    return CallableFunction(
      index: FunctionIndex(program.functions.count - 1), parameters: parameters,
      result: generator.result, cost: generator.cost + 1,
      frames: 1 + generator.framesBelow + (recursion?.range.upperBound ?? 0),
      recursionBound: recursion,
      references: Set(parameters.indices.filter { parameters[$0].isReference }),
      captures: generator.captures)
  }

  mutating func addPlain(_ name: String, budget: Int) {
    var generator = open(budget: budget)
    let parameters = (0..<generator.entropy.pick([1, 2, 0, 3])).map { _ in
      SlotGenerator.parameter(&generator.entropy, environment)
    }
    generator.declare(parameters: parameters)
    generator.declareLocals(generator.entropy.below(3))
    generator.result = SlotGenerator.result(&generator.entropy, environment)
    generator.statements(budget - 4, nesting: 2)
    generator.leave(level: 2)
    close(generator, name: name, parameters: parameters)
  }

  /// A function without control flow that numeric kernels accept.
  mutating func addKernel(_ name: String, budget: Int) {
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
  mutating func addRecursion(_ name: String, budget: Int) {
    var generator = open(budget: budget)
    let deepest = generator.entropy.pick([3, 5, 8, 1, 12])
    var bound =
      generator.entropy.chance(1, in: 2)
      ? SlotFact(fact: .int, declared: SlotKind(.int), isWritable: false)
      : SlotFact(fact: .unknown(.int), declared: nil, isWritable: false)
    bound.fact.magnitude = 5
    let parameters =
      [bound]
      + (0..<generator.entropy.below(3)).map { _ in
        SlotGenerator.parameter(&generator.entropy, environment)
      }
    generator.declare(parameters: parameters)
    generator.declareLocals(generator.entropy.below(2))
    generator.result = SlotGenerator.result(&generator.entropy, environment)
    generator.recursiveBody(
      parameters: parameters, own: FunctionIndex(program.functions.count), deepest: deepest,
      budget: budget)
    close(generator, name: name, parameters: parameters, recursion: (0, 0...deepest))
  }

  mutating func addMain(budget: Int) {
    var generator = open(budget: budget)
    mainParameters = (0..<generator.entropy.pick([1, 2, 0, 3])).map { _ in
      // A schedule's arguments are constants.
      environment.isWhole && generator.entropy.chance(1, in: 4)
        ? SlotGenerator.slot(declaring: SlotKind(.string))
        : SlotGenerator.parameter(&generator.entropy)
    }
    generator.declare(parameters: mainParameters)
    generator.declareLocals(1 + generator.entropy.below(4))
    generator.result = SlotGenerator.result(&generator.entropy, environment)
    for (position, slot) in environment.bindings.enumerated() where !slot.hasFirstValue {
      _ = generator.constant(generator.want(for: slot))
      generator.emit(
        .storeModuleBinding, .binding(BindingIndex(position)), pops: 1, pushes: 0)
    }
    generator.exerciseFunctions()
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
}

extension FunctionGenerator {
  mutating func declare(parameters: [SlotFact]) {
    self.parameters = parameters.enumerated().map {
      Parameter(
        "p\($0.offset)", $0.element.declared, isReference: $0.element.isReference)
    }
    slots = parameters
  }

  mutating func declareLocals(_ count: Int) {
    for _ in 0..<count {
      let slot = SlotGenerator.local(&entropy, environment)
      initializeAtEntry(addLocal(slot))
    }
  }

  /// The base case, statements, the call of itself, and what comes after it.
  mutating func recursiveBody(
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
    case .integral, .any, .string, .text, .array, .intArray, .floatArray, .boolArray, .anyArray,
      .object, .map, .range, .iterable, .record, .some, .ok, .err, .function, .small, .bound, .key:
      break
    }
    if result.actual == .unit {
      emit(.pop, pops: 1, pushes: 0)
      emit(.return, .none)
    } else {
      emit(.returnValue, pops: 1, pushes: 0)
    }
  }

  /// Calls some of the functions, mostly again and again: what is called once is not inlined.
  mutating func exerciseFunctions() {
    // The first of a program of the whole language is for builtins to call; the numeric core has no
    // handlers to guard a call with.
    let candidates =
      isWhole
      ? Array(environment.callables.dropFirst())
      : environment.callables.filter { !$0.mayTrap || mayRisk }
    guard !candidates.isEmpty else { return }
    let callees = (0..<entropy.pick([1, 2, 1])).map { _ in entropy.pick(candidates) }
    let trips = 2 + entropy.below(4)
    let cost = callees.reduce(2) { $0 + $1.cost + 2 } * trips
    guard affords(cost), entropy.chance(5, in: 6) else {
      for callee in callees { exercise(callee) }
      return
    }
    counted(trips: trips) { generator, _ in
      for callee in callees { generator.exercise(callee) }
    }
  }

  mutating func leaveMain() {
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

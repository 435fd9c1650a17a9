import Bytecode

/// Programs of every shape the forms can hold, whether they make sense or not.
struct RandomProgram {
  private var random: SeededGenerator
  private var program = Program()
  private var nameCount = 0

  static func make(seed: UInt64) -> Program {
    var maker = RandomProgram(random: SeededGenerator(seed: seed))
    return maker.make()
  }

  private init(random: SeededGenerator) { self.random = random }

  private mutating func below(_ limit: Int) -> Int { Int.random(in: 0..<limit, using: &random) }
  private mutating func chance(_ ofN: Int) -> Bool { below(ofN) == 0 }

  private mutating func name(dotted: Bool = true) -> String {
    nameCount += 1
    let stems = ["x", "lines", "local", "ref", "mut", "end", "L", "int_", "_", "print"]
    return stems[below(stems.count)] + (dotted && chance(4) ? "." : "_") + String(nameCount)
  }

  /// An index that is now and then out of the table.
  private mutating func index<Space>(_ count: Int) -> TypedIndex<Space> {
    chance(12) ? TypedIndex(count + below(3)) : TypedIndex(below(max(count, 1)))
  }

  private mutating func kind() -> SlotKind? {
    if chance(3) { return nil }
    let bases: [SlotKind.Base] = [
      .int, .number, .bool, .string, .array, .intArray, .floatArray, .boolArray, .object, .map,
      .range, .function, .schema(index(program.schemas.count)),
    ]
    return SlotKind(bases[below(bases.count)], isNullable: chance(2))
  }

  private mutating func literal() -> Literal {
    let texts = [
      "a", "b.c", "b c", "", "\u{1F600}\u{0}\u{7f}\"\\\n\r\t", "e\u{301}", "#", "a.", "ł",
    ]
    return Literal(texts[below(texts.count)] + (chance(2) ? String(below(5)) : ""))
  }

  private mutating func constant() -> Constant {
    switch below(9) {
    case 0: .null
    case 1: .unit
    case 2: .bool(chance(2))
    case 3: .int(Int64(below(20)) - 10)
    case 4: .int(chance(2) ? IntRange.minimum : IntRange.maximum)
    case 5: .number(Double(bitPattern: random.next()))
    case 6:
      .number(
        [0.0, -0.0, .nan, .infinity, -.infinity, 1e21, 1e-7, Double.leastNonzeroMagnitude, 3][
          below(9)])
    case 7: .string(literal())
    default: .function(index(program.functions.count + 1))
    }
  }

  private mutating func make() -> Program {
    if chance(2) { program.name = name() }
    for _ in 0..<below(4) {
      program.schemas.append(schema(isStruct: chance(2)))
    }
    for _ in 0..<below(3) { program.bindings.append(Slot(name(), kind())) }
    for _ in 0..<below(3) {
      let parameters = (0..<below(4)).map { _ in foreignType() }
      program.foreignFunctions.append(
        ForeignFunction(
          name: name(), library: literal(), symbol: name(), parameters: parameters,
          result: foreignType()))
    }
    for _ in 0..<below(14) {
      let constant = constant()
      if !program.constants.contains(constant) { program.constants.append(constant) }
    }
    for _ in 0..<below(12) {
      let string = literal()
      if !program.strings.contains(string) { program.strings.append(string) }
    }
    let count = 1 + below(4)
    program.mainIndex = FunctionIndex(below(count))
    for position in 0..<count {
      addFunction(named: position == program.mainIndex.position ? "main" : name(), count)
    }
    if chance(2) { program.schedule = schedule() }
    return program
  }

  private mutating func schema(isStruct: Bool) -> Schema {
    var schema = Schema(name: name(), fields: [], layout: isStruct ? [] : nil)
    for _ in 0..<below(4) {
      if isStruct {
        let type = foreignType()
        let kind: SlotKind
        switch type {
        case .i8, .i16, .i32, .i64, .u8, .u16, .u32, .u64: kind = SlotKind(.int)
        case .f32, .f64: kind = SlotKind(.number)
        case .bool: kind = SlotKind(.bool)
        case .pointer: kind = SlotKind(.int, isNullable: true)
        case .structure(let index): kind = SlotKind(.schema(index))
        case .cString, .callback: continue
        }
        schema.fields.append(Slot(name(dotted: false), kind))
        schema.layout?.append(type)
      } else {
        schema.fields.append(Slot(name(dotted: false), kind()))
      }
    }
    return schema
  }

  private mutating func foreignType() -> ForeignType {
    let types: [ForeignType] = [
      .i8, .i16, .i32, .i64, .u8, .u16, .u32, .u64, .f32, .f64, .bool, .pointer, .cString,
      .structure(index(program.schemas.count)), .callback([], .bool),
      .callback([.i32, .pointer], .f64),
    ]
    return types[below(types.count)]
  }

  private mutating func addFunction(named name: String, _ functionCount: Int) {
    var function = Function(
      name: name, entryPoint: program.instructions.count, bodyLength: below(20))
    for _ in 0..<below(4) {
      function.parameters.append(Parameter(self.name(), kind(), isReference: chance(5)))
    }
    for _ in 0..<below(3) { function.locals.append(Slot(self.name(), kind())) }
    for _ in 0..<below(3) {
      function.captures.append(Capture(self.name(), kind(), isMutable: chance(2)))
    }
    for _ in 0..<function.bodyLength {
      let opcode = Opcode.allCases[below(Opcode.allCases.count)]
      program.instructions.append(
        Instruction(opcode, operand(opcode.facts.operand, function, functionCount)))
    }
    if function.bodyLength > 0 {
      let offsets = (0..<below(4)).map { _ in below(function.bodyLength) }.sorted()
      function.labels = offsets.map { Label(self.name(), offset: $0) }
      switch below(3) {
      case 0: break
      case 1: function.lines = (0..<function.bodyLength).map { _ in below(6) }
      default: function.lines = (0..<function.bodyLength).map { 20 + $0 }
      }
    }
    program.functions.append(function)
  }

  private mutating func distance() -> Int { below(30) - 15 }

  private mutating func operand(
    _ kind: OperandKind, _ function: Function, _ functionCount: Int
  ) -> Operand {
    switch kind {
    case .none: .none
    case .constant: .constant(index(program.constants.count))
    case .local: .local(index(function.slotCount))
    case .localWidth:
      .localWidth(index(function.slotCount), NumericWidth.allCases[below(10)])
    case .width: .width(NumericWidth.allCases[below(10)])
    case .binding: .binding(index(program.bindings.count))
    case .capture: .capture(index(function.captures.count))
    case .function: .function(index(functionCount))
    case .foreign: .foreign(index(program.foreignFunctions.count))
    case .schema: .schema(index(program.schemas.count))
    case .field: .field(index(program.schemas.count), below(5))
    case .jump: .jump(distance())
    case .loop: .loop(end: distance(), continueAt: chance(2) ? distance() : nil)
    case .count: .count(below(chance(5) ? 65_536 : 4))
    case .builtin:
      .builtin(Builtin.allCases[below(Builtin.allCases.count)], argumentCount: below(4))
    case .method: .method(index(program.strings.count), argumentCount: below(4))
    case .property: .property(chance(3) ? nil : index(program.strings.count))
    }
  }

  private mutating func schedule() -> Schedule {
    var schedule = Schedule()
    for _ in 0..<below(3) {
      schedule.arguments.append((0..<below(3)).map { _ in constant() })
    }
    if chance(2) { schedule.fuel = random.next() }
    if chance(2) { schedule.heapBytes = UInt64(below(1000)) }
    if chance(2) { schedule.depth = below(1000) }
    for _ in 0..<below(8) { schedule.directives.append(directive()) }
    return schedule
  }

  private mutating func keys() -> [StringIndex] {
    (0..<below(4)).map { _ in index(program.strings.count) }
  }

  private mutating func directive() -> Schedule.Directive {
    let function: FunctionIndex = index(program.functions.count)
    let number = UInt64(below(100))
    switch below(11) {
    case 0: return .tier(function, Schedule.Tier.allCases[below(3)], after: number)
    case 1: return .deoptimize(function, .ordinal(below(9)), occurrence: number)
    case 2:
      let chain = (0..<below(3)).map { _ in
        Schedule.ChainLink(function: index(program.functions.count), offset: below(9))
      }
      let kinds = Schedule.GuardKind.allCases
      return .deoptimize(
        function,
        .site(
          offset: below(9), chain: chain, kind: chance(2) ? nil : kinds[below(kinds.count)],
          operand: chance(2) ? nil : below(2)), occurrence: number)
    case 3: return .exit(function, offset: below(9), occurrence: number)
    case 4: return .onStackReplacement(function, loop: below(3), iteration: number)
    case 5, 6: return .feedback(function, offset: below(9), claim())
    case 7: return .invalidate(.binding(index(program.bindings.count)), clock: number)
    case 8: return .invalidate(.shape(keys()), clock: number)
    case 9: return chance(2) ? .delay(function, units: number) : .collect(clock: number)
    default: return .chaos(budget: number, seed: random.next())
    }
  }

  private mutating func claim() -> Schedule.FeedbackClaim {
    if chance(6) { return .none }
    if chance(6) { return .megamorphic }
    return .entries((0..<1 + below(4)).map { _ in entry() })
  }

  private mutating func valueKind() -> ValueKind { ValueKind.allCases[below(21)] }

  private mutating func entry() -> Schedule.FeedbackEntry {
    let property: StringIndex? = chance(3) ? nil : index(program.strings.count)
    switch below(10) {
    case 0: return .arithmetic(valueKind(), valueKind())
    case 1: return .call(index(program.functions.count))
    case 2: return .shapeProperty(keys(), property: property)
    case 3, 4: return .schemaProperty(index(program.schemas.count), property: property)
    case 5: return .dictionary
    case 6: return .method(valueKind(), index(program.strings.count))
    case 7: return .element(valueKind(), valueKind())
    case 8: return .branch(taken: random.next(), notTaken: 0)
    default: return chance(2) ? .loop(count: random.next()) : .kind(valueKind())
    }
  }
}

import Bytecode

/// One program under construction.
struct ProgramBuild {
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
    environment.isWhole = entropy.below(1000) >= options.language.corePerThousand
    // A risky program of the whole language traps more often than one of the core.
    let riskyPerThousand =
      environment.isWhole ? options.riskyPerThousand * 2 / 3 : options.riskyPerThousand
    environment.isRisky = entropy.below(1000) >= 1000 - riskyPerThousand
    environment.allowsDebug = entropy.chance(1, in: 16)
    let size = options.size ?? drawSize()
    if environment.isWhole { declareObjects() }
    for position in 0..<entropy.pick([0, 1, 1, 2, 3]) {
      let slot = SlotGenerator.binding(&entropy, environment)
      environment.bindings.append(slot)
      program.bindings.append(Slot("b\(position)", slot.declared))
    }
    addFunctions(size: size)
    addMain(
      budget: max(environment.isWhole ? size / 2 : 6, size - program.instructionCount))
    program.mainIndex = FunctionIndex(program.functions.count - 1)
    program.schedule = makeSchedule()
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

  // MARK: Objects and records

  /// Chooses keys and schemas, and what is held under each key and in each field.
  private mutating func declareObjects() {
    var names: [String] = []
    for _ in 0..<(2 + entropy.below(4)) {
      let name = entropy.pick(BoundaryStrings.keys)
      // By bytes: two spellings of a letter are two keys.
      if names.contains(where: { Literal($0) == Literal(name) }) { continue }
      names.append(name)
      let kinds: KindSet =
        name == "length" ? .anything : entropy.pick([.int, .numeric, .anything, .string, .object])
      environment.keys.append(KeyFact(name: Literal(name), fact: .unknown(kinds)))
    }
    for position in 0..<entropy.pick([1, 0, 2, 2]) { declareSchema("S\(position)") }
  }

  private mutating func declareSchema(_ name: String) {
    let bases: [SlotKind.Base] = [
      .int, .number, .string, .array, .object, .bool, .floatArray, .map,
    ]
    let names = ["x", "y", "z", "length"]
    // The same names come at different places.
    let first = entropy.below(names.count)
    var fields: [(name: String, slot: SlotFact)] = []
    for position in 0..<(1 + entropy.below(4)) {
      var kind: SlotKind?
      if entropy.chance(2, in: 3) {
        kind = SlotKind(entropy.pick(bases), isNullable: entropy.chance(1, in: 4))
        if let earlier = environment.schemas.first, entropy.chance(1, in: 6) {
          kind = SlotKind(.schema(earlier.index), isNullable: entropy.chance(1, in: 2))
        }
      }
      fields.append((names[(first + position) % names.count], SlotGenerator.slot(declaring: kind)))
    }
    let index = SchemaIndex(program.schemas.count)
    program.schemas.append(
      Schema(name: name, fields: fields.map { Slot($0.name, $0.slot.declared) }))
    environment.schemas.append(SchemaFact(index: index, fields: fields))
  }
}

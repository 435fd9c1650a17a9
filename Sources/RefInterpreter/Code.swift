import Bytecode

/// A program laid out for the step loop: what a step needs, by position, without optionals.
struct Code {
  struct Layout: BitwiseCopyable {
    let entryPoint: Int
    let parameterCount: Int
    /// Parameters and locals.
    let slotCount: Int
    /// The place of the function's first slot in `slots`.
    let firstSlot: Int
    /// The place of the function's first capture in `captures`.
    let firstCapture: Int
    let captureCount: Int
    /// The part of `cellLocals` that is the function's.
    let firstCell: Int
    let cellCount: Int
  }

  /// What a declared slot may hold.
  struct Admission: BitwiseCopyable {
    let kinds: KindSet
    /// The schema a record must be of, −1 for any.
    let schema: Int

    init(_ kind: SlotKind?) {
      kinds = kind?.kinds ?? .anything
      if case .schema(let index) = kind?.base { schema = index.position } else { schema = -1 }
    }
  }

  struct SchemaLayout {
    let name: [UInt8]
    let fieldNames: [[UInt8]]
    let admissions: [Admission]
    /// The position of a field by the number of its name.
    let positions: [Int: Int]
    /// The function `S.m` by the string that names `m`.
    let methods: [StringIndex: FunctionIndex]
  }

  let instructions: [Instruction]
  /// The absolute target of each reachable jump, `Break`, `Continue` and `SetupTry`; −1 for the
  /// others.
  let targets: [Int]
  let constants: [Value]
  /// What the heap of every run starts with: string constants, and what `trapNames` names.
  let strings: [Text]
  /// The payload of each built-in trap, by raw value.
  let trapNames: [Value]
  let layouts: [Layout]
  /// By function: the offsets of its loop headers, in order.
  let loopHeaders: [[Int]]
  /// What each parameter and local of each function may hold.
  let slots: [Admission]
  let captures: [(admission: Admission, isMutable: Bool)]
  /// The positions, in their functions, of the locals a `BoxLocal` names.
  let cellLocals: [Int]
  let bindings: [Admission]
  let initialBindings: [Value]
  /// Bindings a `BoxModuleBinding` names.
  let cellBindings: [Int]
  let schemas: [SchemaLayout]
  let functionNames: [[UInt8]]
  /// The number in `Names` of each string of the program.
  let nameNumbers: [Int]
  /// The number in `Names` of `length`.
  let lengthName: Int
  /// The builtin each string of the program names as a method, whatever its receiver.
  let methods: [Builtin?]
  let foreignFunctions: [ForeignFunction]
  /// The schemas as they were declared, with the C types of structs.
  let declaredSchemas: [Schema]
  let callsForeign: Bool

  /// - Parameter names: gets the names the program spells.
  init(_ verified: VerifiedProgram, names: inout Names) {
    let program = verified.program
    var texts = Texts()
    constants = program.constants.map { texts.value(of: $0) }
    trapNames = [.null] + TrapKind.allCases.map { texts.value(of: .string(Literal($0.name))) }
    initialBindings = program.bindings.map { texts.initialValue(of: $0.kind) }
    strings = texts.strings

    instructions = program.instructions
    targets = Code.targets(of: verified)
    var tables = FunctionTables()
    for function in program.functions { tables.append(function, of: program) }
    layouts = tables.layouts
    loopHeaders = verified.functions.map(\.loopHeaders)
    slots = tables.slots
    captures = tables.captures
    cellLocals = tables.cellLocals
    functionNames = program.functions.map { Array($0.name.utf8) }

    bindings = program.bindings.map { Admission($0.kind) }
    cellBindings = program.bindings.indices.filter { binding in
      program.instructions.contains(
        Instruction(.boxModuleBinding, .binding(BindingIndex(binding))))
    }
    nameNumbers = program.strings.map { names.makeNumber(of: $0.utf8) }
    lengthName = names.makeNumber(of: Array("length".utf8))
    methods = program.strings.map(Code.method(named:))
    schemas = program.schemas.map { Code.layout(of: $0, in: program, &names) }
    foreignFunctions = program.foreignFunctions
    declaredSchemas = program.schemas
    callsForeign = program.instructions.contains { $0.opcode == .callForeign }
  }

  private static func targets(of verified: VerifiedProgram) -> [Int] {
    var targets = [Int](repeating: -1, count: verified.program.instructions.count)
    for (function, facts) in zip(verified.program.functions, verified.functions) {
      for (offset, target) in facts.targets.enumerated() where target >= 0 {
        targets[function.entryPoint + offset] = function.entryPoint + Int(target)
      }
    }
    return targets
  }

  private static func method(named name: Literal) -> Builtin? {
    for kind in ValueKind.allCases {
      if let builtin = Builtin.method(name, on: kind) { return builtin }
    }
    return nil
  }

  private static func layout(
    of schema: Schema, in program: Program, _ names: inout Names
  ) -> SchemaLayout {
    let fieldNames = schema.fields.map { Array($0.name.utf8) }
    var positions: [Int: Int] = [:]
    for (position, name) in fieldNames.enumerated() {
      positions[names.makeNumber(of: name)] = position
    }
    // `S.m` splits at the last dot: a method's name has none.
    let prefix = Array(schema.name.utf8) + [UInt8(ascii: ".")]
    var functions: [[UInt8]: FunctionIndex] = [:]
    for (position, function) in program.functions.enumerated() {
      functions[Array(function.name.utf8)] = FunctionIndex(position)
    }
    var methods: [StringIndex: FunctionIndex] = [:]
    for (position, string) in program.strings.enumerated()
    where !string.utf8.contains(UInt8(ascii: ".")) {
      methods[StringIndex(position)] = functions[prefix + string.utf8]
    }
    return SchemaLayout(
      name: Array(schema.name.utf8), fieldNames: fieldNames,
      admissions: schema.fields.map { Admission($0.kind) }, positions: positions,
      methods: methods)
  }
}

/// Collects the strings a run's heap starts with.
private struct Texts {
  private(set) var strings: [Text] = []

  mutating func value(of constant: Constant) -> Value {
    switch constant {
    case .null: return .null
    case .unit: return .unit
    case .bool(let value): return .bool(value)
    case .int(let value): return .int(value)
    case .number(let bits): return .number(Double(bitPattern: bits))
    case .string(let literal):
      strings.append(Text(literal.utf8))
      return .string(strings.count - 1)
    case .function(let index): return .function(index)
    }
  }

  /// What a module binding holds at the start of a run.
  mutating func initialValue(of kind: SlotKind?) -> Value {
    guard let kind, !kind.isNullable else { return .null }
    switch kind.base {
    case .int: return .int(0)
    case .number: return .number(0)
    case .bool: return .bool(false)
    case .string: return value(of: .string(Literal("")))
    case .array, .intArray, .floatArray, .boolArray, .object, .map, .range, .function, .schema:
      preconditionFailure("the verifier rejects a binding that has nothing to start with")
    }
  }
}

/// Collects what functions declare.
private struct FunctionTables {
  private(set) var layouts: [Code.Layout] = []
  private(set) var slots: [Code.Admission] = []
  private(set) var captures: [(admission: Code.Admission, isMutable: Bool)] = []
  private(set) var cellLocals: [Int] = []

  mutating func append(_ function: Function, of program: Program) {
    var boxed: Set<Int> = []
    // Named anywhere in the function, reachable or not.
    for instruction in program.instructions[function.range] where instruction.opcode == .boxLocal {
      boxed.insert(instruction.local.position)
    }
    layouts.append(
      Code.Layout(
        entryPoint: function.entryPoint, parameterCount: function.parameters.count,
        slotCount: function.slotCount, firstSlot: slots.count, firstCapture: captures.count,
        captureCount: function.captures.count, firstCell: cellLocals.count,
        cellCount: boxed.count))
    cellLocals += boxed.sorted()
    slots += (function.parameters.map(\.kind) + function.locals.map(\.kind)).map(
      Code.Admission.init)
    captures += function.captures.map { (Code.Admission($0.kind), $0.isMutable) }
  }
}

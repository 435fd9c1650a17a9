import Bytecode

/// A foreign function of the program.
struct ForeignFact {
  var index: ForeignIndex
  var parameters: [ForeignType]
  var result: ForeignType
  /// The functions made for the parameters that are callbacks, by position.
  var callbacks: [Int: CallableFunction]
  /// Whether its result may not convert.
  var mayTrap: Bool
}

extension FunctionGenerator {
  /// Calls a foreign function whose result serves.
  mutating func foreignCall(_ want: Want) -> ValueFact? {
    let candidates = environment.foreign.filter { foreign in
      let fact = Self.fact(of: foreign.result)
      return (want.accepts(fact) || want.accepts(fact.withoutNull))
        && (!foreign.mayTrap || mayRisk)
        && affords(foreign.callbacks.values.reduce(1) { $0 + $1.cost * Self.callsPerWalk })
    }
    guard let foreign = candidates.randomElement(&entropy) else { return nil }
    return settled(call(foreign, isWrong: false), want)
  }

  /// A foreign call that stands alone, under a handler where its result may not convert.
  mutating func foreignStatement() {
    guard let foreign = environment.foreign.randomElement(&entropy) else {
      return storeLocal(level: 2)
    }
    let needed = foreign.callbacks.values.reduce(2) { $0 + $1.cost * Self.callsPerWalk }
    guard affords(needed) else { return storeLocal(level: 2) }
    func printed(_ generator: inout FunctionGenerator) {
      _ = generator.call(foreign, isWrong: false)
      generator.emit(.builtinCall, .builtin(.print, argumentCount: 1), pops: 1, pushes: 1)
      generator.emit(.pop, pops: 1, pushes: 0)
    }
    if foreign.mayTrap, !mayRisk { guarded(printed) } else { printed(&self) }
  }

  /// Calls a foreign function with arguments it may not take, or a result that may not convert.
  mutating func foreignSurprise() -> ValueFact? {
    guard let foreign = environment.foreign.randomElement(&entropy) else { return nil }
    return call(foreign, isWrong: entropy.chance(1, in: 2))
  }

  private static func fact(of type: ForeignType) -> ValueFact {
    if case .structure(let schema) = type { return .record(schema) }
    return .unknown(type.receivedKinds)
  }

  private mutating func call(_ foreign: ForeignFact, isWrong: Bool) -> ValueFact {
    let wrong = isWrong ? entropy.below(max(1, foreign.parameters.count)) : -1
    for (position, type) in foreign.parameters.enumerated() {
      if position == wrong {
        _ = expression(.any, level: 1)
      } else if let callback = foreign.callbacks[position] {
        pushFunction(callback)
        account(for: callback, calls: Self.callsPerWalk)
      } else {
        foreignArgument(type, isShort: !foreign.callbacks.isEmpty)
      }
    }
    emit(.callForeign, .foreign(foreign.index), pops: foreign.parameters.count, pushes: 1)
    return Self.fact(of: foreign.result)
  }

  /// Pushes a value that converts to a type.
  ///
  /// - Parameter isShort: whether a number may say how often a callback is called.
  private mutating func foreignArgument(_ type: ForeignType, isShort: Bool) {
    func edge(_ edges: [Int64], _ entropy: inout Entropy) -> Constant {
      isShort || entropy.chance(1, in: 3)
        ? .int(Int64(entropy.below(6))) : .int(entropy.pick(edges))
    }
    switch type {
    case .i8: push(edge([-128, 127, -1, 1, 64], &entropy))
    case .i16: push(edge([-32_768, 32_767, -1, 256], &entropy))
    case .i32: push(edge([-2_147_483_648, 2_147_483_647, -1, 65_536], &entropy))
    case .u8: push(edge([255, 128, 127], &entropy))
    case .u16: push(edge([65_535, 32_768, 255], &entropy))
    case .u32: push(edge([4_294_967_295, 2_147_483_648, 65_536], &entropy))
    case .u64: push(edge([IntRange.maximum, 1 << 32, 255], &entropy))
    case .i64:
      if isShort { push(edge([1], &entropy)) } else { _ = expression(.int, level: 1) }
    case .f32, .f64: _ = expression(.numeric, level: 1)
    case .bool: _ = expression(.bool, level: 1)
    case .pointer:
      push(entropy.chance(1, in: 3) ? .null : edge([IntRange.maximum, 4_096], &entropy))
    case .cString:
      let text = BoundaryStrings.string(&entropy)
      push(.string(text.utf8.contains(0) ? Literal("a") : text))
    case .structure(let schema):
      for field in program.schemas[schema.position].layout ?? [] {
        if field == .f32 || field == .f64 {
          // A field is no argument: it widens no int.
          _ = expression(.number, level: 1)
        } else {
          foreignArgument(field, isShort: isShort)
        }
      }
      emit(
        .newTypedObject, .schema(schema),
        pops: program.schemas[schema.position].fields.count, pushes: 1)
    case .callback: _ = constant(.any)
    }
  }

  /// Leaves a callback of C with a value that converts to a type.
  mutating func leaveCallback(with type: ForeignType) {
    switch type {
    case .i8, .i16, .i32, .i64, .u8, .u16, .u32, .u64, .pointer:
      _ = expression(.int, level: 1)
      push(.int(63))
      emit(.bitAnd, pops: 2, pushes: 1)
    case .f32, .f64: _ = expression(.numeric, level: 2)
    case .bool: _ = expression(.bool, level: 2)
    // No callback gives one of these.
    case .cString, .structure, .callback: push(.null)
    }
    emit(.returnValue, pops: 1, pushes: 0)
  }
}

extension ProgramBuild {
  /// Declares some foreign functions, the structs they need and functions for their callbacks.
  mutating func addForeignFunctions() {
    let library = FixtureLibrary.shared
    for _ in 0..<(1 + entropy.below(3)) {
      let function = entropy.pick(library.functions)
      let names = program.foreignFunctions.map(\.name)
      if names.contains(function.name) || program.globalNames.contains(function.name) { continue }
      var declared = function
      declared.parameters = function.parameters.map { type in
        type.mapStructures { structure($0, of: library) }
      }
      declared.result = function.result.mapStructures { structure($0, of: library) }
      add(declared)
    }
  }

  private mutating func add(_ function: ForeignFunction) {
    var callbacks: [Int: CallableFunction] = [:]
    for (position, type) in function.parameters.enumerated() {
      if case .callback(let parameters, let result) = type {
        callbacks[position] = foreignCallback(parameters, result)
      }
    }
    let index = ForeignIndex(program.foreignFunctions.count)
    program.foreignFunctions.append(function)
    environment.foreign.append(
      ForeignFact(
        index: index, parameters: function.parameters, result: function.result,
        callbacks: callbacks, mayTrap: mayNotConvert(function.result)))
  }

  private func mayNotConvert(_ type: ForeignType) -> Bool {
    switch type {
    case .i8, .i16, .i32, .i64, .u8, .u16, .u32, .u64, .f32, .f64, .bool: return false
    case .pointer, .cString, .callback: return true
    case .structure(let schema):
      return (program.schemas[schema.position].layout ?? []).contains { field in
        field == .i64 || field == .u64 || mayNotConvert(field)
      }
    }
  }

  /// The struct of the program that is one of the library, declared with those it contains.
  private mutating func structure(
    _ index: SchemaIndex, of library: FixtureLibrary
  ) -> SchemaIndex {
    let declared = library.structures[index.position]
    if let known = program.schemas.firstIndex(where: { $0.name == declared.name }) {
      return SchemaIndex(known)
    }
    let layout = (declared.layout ?? []).map { type in
      type.mapStructures { structure($0, of: library) }
    }
    var fields: [Slot] = []
    for (field, type) in zip(declared.fields, layout) {
      var kind = field.kind
      if case .structure(let inner) = type { kind = SlotKind(.schema(inner)) }
      fields.append(Slot(field.name, kind))
    }
    let own = SchemaIndex(program.schemas.count)
    program.schemas.append(Schema(name: declared.name, fields: fields, layout: layout))
    environment.schemas.append(
      SchemaFact(
        index: own,
        fields: fields.map { ($0.name, SlotGenerator.slot(declaring: $0.kind)) }))
    return own
  }
}

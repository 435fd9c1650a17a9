import Bytecode

/// Brings a function of one program, with all it uses, into another: the functions it names, the
/// methods its schemas give records, bindings, schemas and foreign functions.
struct FunctionImport {
  /// What a program may hold after an import.
  static let functionLimit = 16
  static let bindingLimit = 12
  static let schemaLimit = 12
  static let foreignLimit = 12

  let donor: EditableProgram
  private var functions: [Int: FunctionIndex] = [:]
  private var bindings: [Int: BindingIndex] = [:]
  private var schemas: [Int: SchemaIndex] = [:]
  private var foreignFunctions: [Int: ForeignIndex] = [:]

  /// Takes a program as donor; its `main` gives functions too, with `Halt` as a return.
  init(from donor: VerifiedProgram) {
    var editable = EditableProgram(donor.program)
    let main = donor.program.mainIndex.position
    for offset in editable.functions[main].code.indices
    where editable.functions[main].code[offset].opcode == .halt {
      editable.functions[main].code[offset].opcode =
        donor.functions[main].stackDepths[offset] > 0 ? .returnValue : .return
    }
    self.donor = editable
  }

  /// The donor's functions that an import can take: a `Call` with plain arguments may name them,
  /// and all they reach fits.
  ///
  /// - Parameter isWhole: whether they may hold more than the numeric core.
  func importable(into program: EditableProgram, isWhole: Bool) -> [Int] {
    donor.functions.indices.filter { root in
      guard donor.functions[root].isValue else { return false }
      let reached = closure(of: root)
      let bindings = Set(reached.flatMap { usedBindings(of: donor.functions[$0]) })
      return program.functions.count + reached.count <= Self.functionLimit
        && program.bindings.count + bindings.count <= Self.bindingLimit
        && program.schemas.count + donor.schemas.count <= Self.schemaLimit
        && program.foreignFunctions.count + donor.foreignFunctions.count <= Self.foreignLimit
        && (isWhole || reached.allSatisfy { isCore(donor.functions[$0]) })
    }
  }

  /// Every function reached from one, ascending.
  private func closure(of root: Int) -> [Int] {
    var reached = [root]
    var next = 0
    func reach(_ function: Int) {
      if !reached.contains(function) { reached.append(function) }
    }
    while next < reached.count {
      for instruction in donor.functions[reached[next]].code {
        switch instruction.operand {
        case .constant(.function(let function)), .plain(.function(let function)):
          reach(function.position)
        case .method(let name, _):
          for function in donor.functions.indices
          where donor.method(function)?.name == name { reach(function) }
        case .plain, .constant, .property, .jump, .loop: break
        }
      }
      next += 1
    }
    return reached.sorted()
  }

  private func isCore(_ function: EditableFunction) -> Bool {
    function.captures.isEmpty
      && (function.parameters.map(\.kind) + function.locals.map(\.kind))
        .allSatisfy(NumericCore.supports)
      && function.code.allSatisfy { instruction in
        guard NumericCore.contains(instruction.opcode) else { return false }
        switch instruction.operand {
        case .constant(.function), .constant(.string): return false
        case .plain(.builtin(let builtin, _)): return NumericCore.contains(builtin)
        case .plain, .constant, .property, .method, .jump, .loop: return true
        }
      }
  }

  private func usedBindings(of function: EditableFunction) -> [Int] {
    function.code.compactMap {
      if case .plain(.binding(let binding)) = $0.operand { binding.position } else { nil }
    }
  }

  /// Adds a function and all it reaches to a program.
  ///
  /// - Precondition: `importable(into:isWhole:)` lists the root.
  /// - Returns: the function's index in the program.
  mutating func run(root: Int, into program: inout EditableProgram) -> FunctionIndex {
    let reached = closure(of: root)
    for (rank, position) in reached.enumerated() {
      functions[position] = FunctionIndex(program.functions.count + rank)
    }
    for position in reached {
      var function = donor.functions[position]
      function.name = name(of: position, &program)
      function.code = program.copy(function.code)
      for index in function.code.indices {
        function.code[index].operand = remapped(function.code[index].operand, &program)
      }
      for index in function.parameters.indices {
        function.parameters[index].kind = remapped(function.parameters[index].kind, &program)
      }
      for index in function.locals.indices {
        function.locals[index].kind = remapped(function.locals[index].kind, &program)
      }
      for index in function.captures.indices {
        function.captures[index].kind = remapped(function.captures[index].kind, &program)
      }
      program.functions.append(function)
    }
    guard let index = functions[root] else { preconditionFailure("the root was just imported") }
    return index
  }

  /// A method keeps the name records find it by, behind the name its schema has here.
  private mutating func name(of position: Int, _ program: inout EditableProgram) -> String {
    if let method = donor.method(position) {
      let schema = remapped(method.schema, &program)
      let name = "\(program.schemas[schema.position].name).\(method.name.string)"
      if !program.globalNames.contains(name) { return name }
    }
    return program.freshName("g", among: program.globalNames)
  }

  // MARK: Indices

  private mutating func remapped(
    _ operand: EditableOperand, _ program: inout EditableProgram
  ) -> EditableOperand {
    switch operand {
    case .constant(.function(let function)):
      return functions[function.position].map { .constant(.function($0)) } ?? operand
    case .plain(let plain): return .plain(remapped(plain, &program))
    case .constant, .property, .method, .jump, .loop: return operand
    }
  }

  private mutating func remapped(
    _ operand: Operand, _ program: inout EditableProgram
  ) -> Operand {
    switch operand {
    case .function(let callee): return functions[callee.position].map { .function($0) } ?? operand
    case .binding(let binding):
      if let known = bindings[binding.position] { return .binding(known) }
      let kind = remapped(donor.bindings[binding.position].kind, &program)
      let index = BindingIndex(program.bindings.count)
      program.bindings.append(
        Slot(program.freshName("c", among: program.globalNames), kind))
      bindings[binding.position] = index
      return .binding(index)
    case .schema(let schema): return .schema(remapped(schema, &program))
    case .field(let schema, let field): return .field(remapped(schema, &program), field)
    case .foreign(let foreign): return .foreign(remapped(foreign, &program))
    case .none, .constant, .local, .localWidth, .width, .capture, .jump, .loop, .count, .builtin,
      .method, .property:
      return operand
    }
  }

  private mutating func remapped(
    _ kind: SlotKind?, _ program: inout EditableProgram
  ) -> SlotKind? {
    guard let kind, case .schema(let schema) = kind.base else { return kind }
    return SlotKind(.schema(remapped(schema, &program)), isNullable: kind.isNullable)
  }

  private mutating func remapped(
    _ schema: SchemaIndex, _ program: inout EditableProgram
  ) -> SchemaIndex {
    if let known = schemas[schema.position] { return known }
    let donated = donor.schemas[schema.position]
    // Declared before its fields are looked at: a schema may name itself.
    let index = SchemaIndex(program.schemas.count)
    schemas[schema.position] = index
    program.schemas.append(donated)
    if program.schemas.dropLast().contains(where: { $0.name == donated.name })
      || program.functions.contains(where: { $0.name == donated.name })
    {
      program.schemas[index.position].name = program.freshName("T", among: program.globalNames)
    }
    for field in donated.fields.indices {
      program.schemas[index.position].fields[field].kind = remapped(
        donated.fields[field].kind, &program)
    }
    if let layout = donated.layout {
      program.schemas[index.position].layout = layout.map { remapped($0, &program) }
    }
    return index
  }

  private mutating func remapped(
    _ type: ForeignType, _ program: inout EditableProgram
  ) -> ForeignType {
    if case .structure(let schema) = type { return .structure(remapped(schema, &program)) }
    return type
  }

  private mutating func remapped(
    _ foreign: ForeignIndex, _ program: inout EditableProgram
  ) -> ForeignIndex {
    if let known = foreignFunctions[foreign.position] { return known }
    var function = donor.foreignFunctions[foreign.position]
    function.parameters = function.parameters.map { remapped($0, &program) }
    function.result = remapped(function.result, &program)
    if program.globalNames.contains(function.name) {
      function.name = program.freshName("h", among: program.globalNames)
    }
    let index = ForeignIndex(program.foreignFunctions.count)
    program.foreignFunctions.append(function)
    foreignFunctions[foreign.position] = index
    return index
  }
}

extension EditableProgram {
  /// The schema whose records find a function as a method, and the name they find it by.
  func method(_ function: Int) -> (schema: SchemaIndex, name: Literal)? {
    let name = functions[function].name
    guard let dot = name.lastIndex(of: "."),
      let schema = schemas.firstIndex(where: { $0.name == String(name[..<dot]) })
    else { return nil }
    return (SchemaIndex(schema), Literal(String(name[name.index(after: dot)...])))
  }
}

extension MutationSubject {
  /// Imports a function of the donor and calls it somewhere; false if none can be taken.
  mutating func splice(from donor: VerifiedProgram) -> Bool {
    var importing = FunctionImport(from: donor)
    let candidates = importing.importable(into: program, isWhole: isWhole)
    guard !candidates.isEmpty, let place = place(where: { _ in true }) else { return false }
    let root = entropy.pick(candidates)
    let index = importing.run(root: root, into: &program)
    let parameters = program.functions[index.position].parameters
    // Data flows from the caller's own parameters where their kinds agree.
    let own = program.functions[place.function].parameters
    var call: [EditableInstruction] = []
    for parameter in parameters {
      let alike = own.indices.filter { own[$0].kind == parameter.kind && !own[$0].isReference }
      if !alike.isEmpty, entropy.chance(2, in: 3) {
        call.append(make(.loadLocal, .plain(.local(LocalIndex(entropy.pick(alike))))))
      } else {
        call += program.value(of: parameter.kind, &entropy)
      }
    }
    call.append(make(.call, .plain(.function(index))))
    call.append(make(.builtinCall, .plain(.builtin(.print, argumentCount: 1))))
    call.append(make(.pop))
    program.functions[place.function].insert(
      call, at: place.offset, catchingJumps: entropy.chance(1, in: 2))
    return true
  }
}

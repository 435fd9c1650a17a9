import Bytecode

/// Brings a function of one program, with the functions and bindings it uses, into another.
struct FunctionImport {
  /// The functions a program may hold after an import.
  static let functionLimit = 16
  static let bindingLimit = 12

  let donor: EditableProgram
  private var functions: [Int: FunctionIndex] = [:]
  private var bindings: [Int: BindingIndex] = [:]

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

  /// The donor's functions that an import can take: all they reach is within the core and fits.
  func importable(into program: EditableProgram) -> [Int] {
    donor.functions.indices.filter { root in
      guard let reached = closure(of: root) else { return false }
      let bindings = Set(reached.flatMap { usedBindings(of: donor.functions[$0]) })
      return program.functions.count + reached.count <= Self.functionLimit
        && program.bindings.count + bindings.count <= Self.bindingLimit
    }
  }

  /// Every function reached from one, ascending; nil if something lies outside the core.
  private func closure(of root: Int) -> [Int]? {
    var reached = [root]
    var next = 0
    while next < reached.count {
      let function = donor.functions[reached[next]]
      next += 1
      guard function.captures.isEmpty, !function.parameters.contains(where: \.isReference),
        (function.parameters.map(\.kind) + function.locals.map(\.kind))
          .allSatisfy(NumericCore.supports)
      else { return nil }
      for instruction in function.code {
        guard NumericCore.contains(instruction.opcode) else { return nil }
        if case .constant(.function) = instruction.operand { return nil }
        if case .plain(.function(let callee)) = instruction.operand,
          !reached.contains(callee.position)
        {
          reached.append(callee.position)
        }
      }
    }
    return reached.sorted()
  }

  private func usedBindings(of function: EditableFunction) -> [Int] {
    function.code.compactMap {
      if case .plain(.binding(let binding)) = $0.operand { binding.position } else { nil }
    }
  }

  /// Adds a function and all it reaches to a program.
  ///
  /// - Precondition: `importable(into:)` lists the root.
  /// - Returns: the function's index in the program.
  mutating func run(root: Int, into program: inout EditableProgram) -> FunctionIndex {
    guard let reached = closure(of: root) else {
      preconditionFailure("the root was not found importable")
    }
    for (rank, position) in reached.enumerated() {
      functions[position] = FunctionIndex(program.functions.count + rank)
    }
    for position in reached {
      var function = donor.functions[position]
      function.name = program.freshName("g", among: program.globalNames)
      function.code = program.copy(function.code)
      for index in function.code.indices {
        function.code[index].operand = remapped(function.code[index].operand, &program)
      }
      program.functions.append(function)
    }
    guard let index = functions[root] else { preconditionFailure("the root was just imported") }
    return index
  }

  private mutating func remapped(
    _ operand: EditableOperand, _ program: inout EditableProgram
  ) -> EditableOperand {
    switch operand {
    case .plain(.function(let callee)):
      return functions[callee.position].map { .plain(.function($0)) } ?? operand
    case .plain(.binding(let binding)):
      if let known = bindings[binding.position] { return .plain(.binding(known)) }
      let index = BindingIndex(program.bindings.count)
      program.bindings.append(
        Slot(
          program.freshName("c", among: program.globalNames),
          donor.bindings[binding.position].kind))
      bindings[binding.position] = index
      return .plain(.binding(index))
    case .plain, .constant, .property, .method, .jump, .loop: return operand
    }
  }
}

extension MutationSubject {
  /// Imports a function of the donor and calls it somewhere; false if none can be taken.
  mutating func splice(from donor: VerifiedProgram) -> Bool {
    var importing = FunctionImport(from: donor)
    let candidates = importing.importable(into: program)
    guard !candidates.isEmpty, let place = place(where: { _ in true }) else { return false }
    let root = entropy.pick(candidates)
    let index = importing.run(root: root, into: &program)
    let parameters = donor.program.functions[root].parameters
    // Data flows from the caller's own parameters where their kinds agree.
    let own = program.functions[place.function].parameters
    var call = parameters.map { parameter -> EditableInstruction in
      let alike = own.indices.filter { own[$0].kind == parameter.kind && !own[$0].isReference }
      if !alike.isEmpty, entropy.chance(2, in: 3) {
        return make(.loadLocal, .plain(.local(LocalIndex(entropy.pick(alike)))))
      }
      let kinds = parameter.kind?.kinds ?? .numeric
      return make(
        .pushConst,
        .constant(
          kinds.contains(.int)
            ? .int(Int64(entropy.below(8)))
            : BoundaryConstants.constant(of: kinds, &entropy)))
    }
    call.append(make(.call, .plain(.function(index))))
    call.append(make(.builtinCall, .plain(.builtin(.print, argumentCount: 1))))
    call.append(make(.pop))
    program.functions[place.function].insert(
      call, at: place.offset, catchingJumps: entropy.chance(1, in: 2))
    return true
  }
}

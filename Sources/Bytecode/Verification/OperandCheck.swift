/// The checks that an instruction's operand alone decides, made of unreachable code too.
struct OperandCheck {
  let scope: FunctionScope
  private var program: Program { scope.program }

  init(scope: FunctionScope) { self.scope = scope }

  /// Reports what is wrong with an operand; whether it names something at all.
  mutating func run(
    _ instruction: Instruction, at offset: Int, findings: inout FindingList
  ) -> Bool {
    let facts = instruction.opcode.compactFacts
    let site = scope.site(offset)
    guard instruction.operand.kind == facts.operand else {
      findings.add(
        .operand, site, "\(instruction.opcode.facts.name) takes another kind of operand")
      return false
    }
    if let reason = missing(instruction.operand) {
      findings.add(.operand, site, reason)
      return false
    }
    if let (rule, reason) = misused(instruction) { findings.add(rule, site, reason) }
    return true
  }

  /// Why an operand names nothing.
  private func missing(_ operand: Operand) -> String? {
    switch operand {
    case .none, .jump, .loop, .builtin:
      return nil
    case .constant(let index):
      return absent(index, in: program.constants.count, "constant")
    case .local(let index):
      return absent(index, in: scope.slotCount, "local")
    case .localWidth(let index, let width):
      return absent(index, in: scope.slotCount, "local") ?? refused(width)
    case .width(let width):
      return refused(width)
    case .binding(let index):
      return absent(index, in: program.bindings.count, "binding")
    case .capture(let index):
      return absent(index, in: scope.function.captures.count, "capture")
    case .function(let index):
      return absent(index, in: program.functions.count, "function")
    case .foreign(let index):
      return absent(index, in: program.foreignFunctions.count, "foreign function")
    case .schema(let index):
      return absent(index, in: program.schemas.count, "schema")
    case .field(let index, let field):
      if let reason = absent(index, in: program.schemas.count, "schema") { return reason }
      let count = program.schemas[index.position].fields.count
      return field >= 0 && field < count ? nil : "no field #\(field), there are \(count)"
    case .count(let count):
      return outOfRange(count)
    case .method(let name, let count):
      return absent(name, in: program.strings.count, "name")
        ?? outOfRange(count)
    case .property(let name):
      return name.flatMap { absent($0, in: program.strings.count, "name") }
    }
  }

  private func absent<Space>(
    _ index: TypedIndex<Space>, in count: Int, _ noun: String
  ) -> String? {
    index.position < count ? nil : "no \(noun) #\(index.position), there are \(count)"
  }

  private func outOfRange(_ count: Int) -> String? {
    (0...ProgramLimits.count).contains(count)
      ? nil : "the count \(count) is not in 0 … \(ProgramLimits.count)"
  }

  private func refused(_ width: NumericWidth) -> String? {
    width == .u64 ? "the width u64 is not supported" : nil
  }

  /// Why an operand that names something may not be used so.
  private func misused(_ instruction: Instruction) -> (VerifierRule, String)? {
    switch instruction.operand {
    case .local(let index), .localWidth(let index, _):
      return misused(local: index.position, by: instruction.opcode)
    case .capture(let index):
      guard instruction.opcode == .storeClosure,
        !scope.function.captures[index.position].isMutable
      else { return nil }
      return (.capture, "a capture that is not mut cannot be stored into")
    case .constant(let index):
      guard case .function(let function) = program.constants[index.position] else { return nil }
      return program.misuse(ofConstant: function)
    case .function(let index):
      return instruction.opcode == .makeClosure
        ? program.misuse(ofClosure: index) : program.misuse(ofCallee: index)
    case .builtin(let builtin, let count):
      let facts = builtin.facts
      guard !facts.argumentCounts.contains(count) else { return nil }
      let (least, most) = (facts.argumentCounts.lowerBound, facts.argumentCounts.upperBound)
      let wanted = least == most ? "\(least)" : "\(least) to \(most)"
      return (.arity, "\(facts.name) takes \(wanted) arguments, not \(count)")
    case .method(let name, _):
      return scope.refusedMethods[name]
    case .none, .width, .binding, .foreign, .schema, .field, .jump, .loop, .count, .property:
      return nil
    }
  }

  private func misused(local slot: Int, by opcode: Opcode) -> (VerifierRule, String)? {
    let takesReference =
      opcode == .derefLoad || opcode == .derefStore || opcode == .setIndexRef
    if scope.isReference(slot) {
      guard !takesReference && opcode != .makeRef else { return nil }
      return (.reference, "\(opcode.facts.name) cannot name a ref parameter")
    }
    guard takesReference else { return nil }
    return (.reference, "\(opcode.facts.name) needs a ref parameter")
  }
}

extension Program {
  /// Why no constant may stand for a function; nil if one may.
  func misuse(ofConstant index: FunctionIndex) -> (VerifierRule, String)? {
    guard index.position < functions.count else {
      return (
        .operand,
        "the constant names function #\(index.position), there are "
          + "\(functions.count)"
      )
    }
    if !self[index].captures.isEmpty {
      return (.capture, "a function with captures is named by MakeClosure only")
    }
    return misuse(ofClosure: index)
  }

  /// Why a function cannot be made a closure.
  func misuse(ofClosure index: FunctionIndex) -> (VerifierRule, String)? {
    if index == mainIndex { return (.call, "main cannot be called") }
    if self[index].parameters.contains(where: \.isReference) {
      return (.reference, "a function with ref parameters is named by Call only")
    }
    return nil
  }

  /// Why a function cannot be called by name.
  func misuse(ofCallee index: FunctionIndex) -> (VerifierRule, String)? {
    if index == mainIndex { return (.call, "main cannot be called") }
    if !self[index].captures.isEmpty {
      return (.capture, "a function with captures is named by MakeClosure only")
    }
    return nil
  }
}

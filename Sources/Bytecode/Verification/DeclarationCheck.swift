/// The checks of everything but instructions.
struct DeclarationCheck {
  let program: Program

  /// Reports what is wrong with the declarations; whether the functions can be looked at.
  func run(findings: inout FindingList) -> Bool {
    checkSizes(&findings)
    checkSlots(&findings)
    checkConstants(&findings)
    SchemaCheck(program: program).run(findings: &findings)
    guard checkRegions(&findings) else { return false }
    checkMain(&findings)
    if let schedule = program.schedule {
      ScheduleCheck(program: program).run(schedule, findings: &findings)
    }
    return true
  }

  private func checkSizes(_ findings: inout FindingList) {
    let sizes = [
      (program.instructions.count, ProgramLimits.instructions, "instructions"),
      (program.constants.count, ProgramLimits.constants, "constants"),
      (program.strings.count, ProgramLimits.strings, "names"),
      (program.functions.count, ProgramLimits.functions, "functions"),
    ]
    for (count, limit, noun) in sizes where count > limit {
      findings.add(.limit, nil, "\(count) \(noun), the limit is \(limit)")
    }
    for (position, function) in program.functions.enumerated()
    where function.parameters.count > VerifierLimits.parameters {
      findings.add(
        .limit, nil,
        "function #\(position) has \(function.parameters.count) parameters, the limit is "
          + "\(VerifierLimits.parameters)")
    }
  }

  private func checkSlots(_ findings: inout FindingList) {
    for (position, binding) in program.bindings.enumerated() {
      checkSchema(of: binding.kind, "binding #\(position)", &findings)
      guard let kind = binding.kind, !kind.isNullable, !kind.hasDefault else { continue }
      findings.add(
        .kind, nil, "binding #\(position) needs a kind with ?: it has no value to start with")
    }
    for (position, function) in program.functions.enumerated() {
      for kind in function.parameters.map(\.kind) + function.locals.map(\.kind)
        + function.captures.map(\.kind)
      {
        checkSchema(of: kind, "a slot of function #\(position)", &findings)
      }
    }
    for (position, schema) in program.schemas.enumerated() {
      for field in schema.fields {
        checkSchema(of: field.kind, "a field of schema #\(position)", &findings)
      }
    }
  }

  private func checkSchema(
    of kind: SlotKind?, _ owner: @autoclosure () -> String, _ findings: inout FindingList
  ) {
    guard case .schema(let index) = kind?.base, index.position >= program.schemas.count else {
      return
    }
    findings.add(
      .schema, nil,
      "\(owner()) names schema #\(index.position), there are \(program.schemas.count)")
  }

  private func checkConstants(_ findings: inout FindingList) {
    var misused: [Int: (VerifierRule, String)] = [:]
    for (position, constant) in program.constants.enumerated() {
      switch constant {
      case .null, .unit, .bool, .string: break
      case .int(let value):
        guard !IntRange.contains(value) else { continue }
        findings.add(.operand, nil, "constant #\(position) is outside the int range")
      case .number(let bits):
        guard Double(bitPattern: bits).isNaN, bits != canonicalNaN else { continue }
        findings.add(.operand, nil, "constant #\(position) is a NaN that is not canonical")
      case .function(let index):
        misused[position] = program.misuse(ofConstant: index)
      }
    }
    guard !misused.isEmpty else { return }
    // A constant that instructions push is reported there, one that none does here.
    for case .constant(let index) in program.instructions.lazy.map(\.operand) {
      misused[index.position] = nil
    }
    for position in misused.keys.sorted() {
      guard let (rule, reason) = misused[position] else { continue }
      findings.add(rule, nil, "constant #\(position): \(reason)")
    }
  }

  /// Whether the functions' regions tile the instructions and `main` is one of them.
  private func checkRegions(_ findings: inout FindingList) -> Bool {
    guard program.mainIndex.position < program.functions.count else {
      findings.add(
        .operand, nil,
        "main is function #\(program.mainIndex.position), there are "
          + "\(program.functions.count)")
      return false
    }
    var next = 0
    for (position, function) in program.functions.enumerated() {
      guard function.bodyLength > 0 else {
        findings.add(.fallthrough, nil, "function #\(position) has no instructions")
        return false
      }
      guard function.entryPoint == next, function.bodyLength <= program.instructions.count - next
      else {
        findings.add(
          .target, nil,
          "function #\(position) does not own the instructions behind the one before it")
        return false
      }
      next += function.bodyLength
    }
    guard next == program.instructions.count else {
      findings.add(
        .target, nil,
        "\(program.instructions.count - next) instructions belong to no "
          + "function")
      return false
    }
    return true
  }

  private func checkMain(_ findings: inout FindingList) {
    if !program.main.captures.isEmpty {
      findings.add(.capture, nil, "main cannot have captures")
    }
    if program.main.parameters.contains(where: \.isReference) {
      findings.add(.reference, nil, "main cannot have ref parameters")
    }
  }
}

extension SlotKind {
  /// Whether a binding of the kind starts as 0, 0.0, false or "".
  fileprivate var hasDefault: Bool {
    switch base {
    case .int, .number, .bool, .string: true
    case .array, .intArray, .floatArray, .boolArray, .object, .map, .range, .function, .schema:
      false
    }
  }
}

/// The checks of structs and foreign signatures.
struct SchemaCheck {
  let program: Program

  func run(findings: inout FindingList) {
    for (position, schema) in program.schemas.enumerated() {
      guard let layout = schema.layout else { continue }
      checkLayout(layout, of: schema, position, &findings)
    }
    checkNesting(&findings)
    for (position, function) in program.foreignFunctions.enumerated() {
      if let reason = refusal(of: function) {
        findings.add(.foreign, nil, "foreign function #\(position) \(reason)")
      }
    }
  }

  private func checkLayout(
    _ layout: [ForeignType], of schema: Schema, _ position: Int, _ findings: inout FindingList
  ) {
    guard layout.count == schema.fields.count else {
      findings.add(
        .schema, nil,
        "struct #\(position) has \(schema.fields.count) fields and \(layout.count) types")
      return
    }
    if layout.isEmpty {
      findings.add(.schema, nil, "struct #\(position) has no field, which C does not allow")
    }
    for (field, type) in zip(schema.fields, layout) {
      guard let kind = fieldKind(of: type) else {
        findings.add(
          .schema, nil,
          "field \(abbreviated(field.name)) of struct #\(position) has a type no field may have")
        continue
      }
      guard field.kind != kind else { continue }
      findings.add(
        .schema, nil,
        "field \(abbreviated(field.name)) of struct #\(position) declares a kind that is not its "
          + "type's")
    }
  }

  /// The slot kind of a struct's field of a type; nil if no field may have it.
  private func fieldKind(of type: ForeignType) -> SlotKind? {
    if case .structure(let index) = type, !isStruct(index) { return nil }
    return type.fieldKind
  }

  private func isStruct(_ index: SchemaIndex) -> Bool {
    index.position < program.schemas.count && program.schemas[index.position].layout != nil
  }

  /// Reports structs that contain themselves, and those with too many fields once the structs in
  /// them are spread out.
  ///
  /// - Complexity: O(fields).
  private func checkNesting(_ findings: inout FindingList) {
    var sizes = [Int?](repeating: nil, count: program.schemas.count)
    var isOpen = [Bool](repeating: false, count: program.schemas.count)
    for root in program.schemas.indices where sizes[root] == nil {
      var path: [(schema: Int, field: Int, size: Int)] = [(root, 0, 0)]
      isOpen[root] = true
      while let (schema, field, size) = path.last {
        let layout = program.schemas[schema].layout ?? []
        guard field < layout.count else {
          path.removeLast()
          isOpen[schema] = false
          sizes[schema] = size
          if size > VerifierLimits.frameSlots {
            findings.add(
              .limit, nil,
              "struct #\(schema) has more than "
                + "\(VerifierLimits.frameSlots) fields with those of the structs in it")
          }
          continue
        }
        guard case .structure(let index) = layout[field], isStruct(index) else {
          path[path.count - 1] = (schema, field + 1, size + 1)
          continue
        }
        if let inner = sizes[index.position] {
          let total = min(size + inner, VerifierLimits.frameSlots + 1)
          path[path.count - 1] = (schema, field + 1, total)
        } else if isOpen[index.position] {
          findings.add(.schema, nil, "struct #\(index.position) contains itself")
          path[path.count - 1] = (schema, field + 1, size)
        } else {
          isOpen[index.position] = true
          path.append((index.position, 0, 0))
        }
      }
    }
  }

  /// Why a foreign declaration cannot be called.
  private func refusal(of function: ForeignFunction) -> String? {
    if function.parameters.count > ProgramLimits.foreignParameters {
      return "has \(function.parameters.count) parameters, the limit is "
        + "\(ProgramLimits.foreignParameters)"
    }
    for type in function.parameters {
      if let reason = refusal(of: type) { return reason }
    }
    if case .callback = function.result { return "gives a callback" }
    return refusal(of: function.result)
  }

  private func refusal(of type: ForeignType) -> String? {
    switch type {
    case .i8, .i16, .i32, .i64, .u8, .u16, .u32, .u64, .f32, .f64, .bool, .pointer, .cString:
      nil
    case .structure(let index):
      isStruct(index) ? nil : "names schema #\(index.position), which is no struct"
    case .callback(let parameters, let result):
      (parameters + [result]).allSatisfy(\.isCallbackType)
        ? nil : "has a callback of types that are not scalars or pointers"
    }
  }
}

import Bytecode

/// Records of declared schemas.
extension Machine {
  mutating func newRecord(of schema: SchemaIndex) throws(Stop) {
    let count = code.schemas[schema.position].fieldNames.count
    let fields = Array(operands.suffix(count))
    let record = try makeRecord(of: schema, fields)
    operands.removeLast(count)
    operands.append(record)
  }

  /// Makes a record of values that its fields may refuse.
  private mutating func makeRecord(
    of schema: SchemaIndex, _ fields: [Value]
  ) throws(Stop) -> Value {
    for (field, admission) in zip(fields, code.schemas[schema.position].admissions)
    where !admits(field, admission) {
      throw .trapped(.typeError)
    }
    chargeFixed(Size.slots(fields.count))
    return heap.make(record: schema, fields)
  }

  /// Each field from the top operand if that has it, else from the one below, else null.
  mutating func mergeRecords(of schema: SchemaIndex) throws(Stop) {
    let (left, right) = (operand(2), operand(1))
    for source in [left, right] where source.kind != .object && source.kind != .record {
      throw .trapped(.typeError)
    }
    let fields = code.schemas[schema.position].fieldNames.map { name in
      member(name, of: right) ?? member(name, of: left) ?? .null
    }
    replaceOperands(2, by: try makeRecord(of: schema, fields))
  }

  /// What an object or record has under a name, nil if it has no such key or field.
  private func member(_ name: [UInt8], of value: Value) -> Value? {
    guard let key = shapes.names.number(of: name) else { return nil }
    if case .record(let place) = value {
      let record = heap.records[place]
      return code.schemas[record.schema.position].positions[key].map { record.fields[$0] }
    }
    guard case .object(let place) = value else { return nil }
    let object = heap.objects[place]
    return object.position(of: key).map { object.values[$0] }
  }

  /// The position, in the record's own schema, of a field that another schema may declare.
  private func position(
    of field: Int, of schema: SchemaIndex, inRecordAt place: Int
  ) -> Int? {
    let own = heap.records[place].schema
    if own == schema { return field }
    let name = code.schemas[schema.position].fieldNames[field]
    return shapes.names.number(of: name).flatMap { code.schemas[own.position].positions[$0] }
  }

  mutating func getField(_ schema: SchemaIndex, _ field: Int) throws(Stop) {
    guard case .record(let place) = operand(1) else { throw .trapped(.typeError) }
    let position = position(of: field, of: schema, inRecordAt: place)
    replaceOperands(1, by: position.map { heap.records[place].fields[$0] } ?? .null)
  }

  mutating func setField(_ schema: SchemaIndex, _ field: Int) throws(Stop) {
    guard case .record(let place) = operand(2) else { throw .trapped(.typeError) }
    guard let position = position(of: field, of: schema, inRecordAt: place) else {
      throw .trapped(.unknownMember)
    }
    try store(operand(1), inField: position, ofRecordAt: place)
    operands.removeLast()
  }

  mutating func store(
    _ value: Value, inField position: Int, ofRecordAt place: Int
  ) throws(Stop) {
    let schema = heap.records[place].schema
    guard admits(value, code.schemas[schema.position].admissions[position]) else {
      throw .trapped(.typeError)
    }
    heap.records[place].fields[position] = value
  }
}

import Bytecode

/// Readable forms of values, events and endings for reports of a difference; bits are shown, so
/// that two different values never look alike.
enum Description {
  static func of(_ value: ObservedValue) -> String {
    switch value {
    case .null: "null"
    case .unit: "unit"
    case .bool(let value): value ? "true" : "false"
    case .int(let value): "int \(value)"
    case .number(let bits):
      "number \(Double(bitPattern: bits)) (0x\(String(bits, radix: 16)))"
    case .string(let literal): "string \(literal.quoted)"
    case .function(let index): "function \(index.position)"
    case .identity(let kind, let number): "\(kind.name) #\(number)"
    }
  }

  static func of(_ values: [ObservedValue]) -> String {
    "(" + values.map { of($0) }.joined(separator: ", ") + ")"
  }

  static func of(_ event: Event, in program: Program) -> String {
    switch event {
    case .print(let values, let text):
      "print\(of(values)) writing \(String(decoding: text, as: UTF8.self).debugDescription)"
    case .storeBinding(let binding, let value):
      "store of \(of(value)) into binding \(program.bindings[binding.position].name)"
    case .createShape(let parent, let key, let number):
      "creation of shape \(number), shape \(parent) with \(key.quoted)"
    case .becomeDictionary(let value): "\(of(value)) became a dictionary"
    case .callForeign(let function, let arguments):
      "foreign call of \(program.foreignFunctions[function.position].name)\(of(arguments))"
    case .returnForeign(let function, let result):
      "return of \(of(result)) from foreign \(program.foreignFunctions[function.position].name)"
    case .callBack(let function): "callback of \(program[function].name)"
    }
  }

  static func of(_ cell: ObservedCell) -> String { "#\(cell.number): \(of(cell.content))" }

  static func of(_ content: ObservedCell.Content) -> String {
    func pairs(_ keys: [String], _ values: [ObservedValue]) -> String {
      zip(keys, values).map { "\($0): \(of($1))" }.joined(separator: ", ")
    }
    switch content {
    case .array(let values): return "array \(of(values))"
    case .intArray(let values): return "IntArray \(values)"
    case .floatArray(let bits): return "FloatArray \(of(bits.map { .number(bitPattern: $0) }))"
    case .boolArray(let values): return "BoolArray \(values)"
    case .object(let shape, let keys, let values):
      return "object of shape \(shape) {\(pairs(keys.map(\.quoted), values))}"
    case .dictionary(let keys, let values):
      return "dictionary {\(pairs(keys.map(\.quoted), values))}"
    case .record(let schema, let values): return "record of schema \(schema.position) \(of(values))"
    case .map(let keys, let values): return "map {\(pairs(keys.map { of($0) }, values))}"
    case .range(let start, let end, let isInclusive):
      return "range \(start)\(isInclusive ? "..=" : "..")\(end)"
    case .some(let value): return "some(\(of(value)))"
    case .ok(let value): return "ok(\(of(value)))"
    case .err(let value): return "err(\(of(value)))"
    case .closure(let function, let captures):
      return "closure of function \(function.position) \(of(captures))"
    case .cell(let value): return "cell \(of(value))"
    }
  }

  static func of(_ ending: Ending, in program: Program) -> String {
    switch ending {
    case .returned(let value): "returned \(of(value))"
    case .trapped(let kind, let payload, let raise):
      "trapped \(kind.name)\(payload.map { " " + of($0) } ?? "") \(of(raise, in: program))"
    case .exited(let kind, let raise): "exited \(kind.name) \(of(raise, in: program))"
    }
  }

  static func of(_ outcome: Outcome, in program: Program) -> String {
    "\(of(outcome.ending, in: program)), fuel \(outcome.fuel), \(outcome.events.count) events"
  }

  private static func of(_ raise: Raise, in program: Program) -> String {
    "at \(program.description(of: raise.site)) depth \(raise.depth) "
      + "handlers \(raise.handlerDepth)"
  }

  static func of(_ instant: Instant, in program: Program) -> String {
    "\(of(instant.site, in: program)) clock \(instant.clock) depth \(instant.depth)"
  }

  static func of(_ slot: ObservedSlot) -> String {
    switch slot {
    case .value(let value): of(value)
    case .dead: "dead"
    }
  }

  /// The form `FUNCTION+OFFSET`; a wrong engine may name a function that does not exist.
  static func of(_ site: Site, in program: Program) -> String {
    site.function.position < program.functions.count
      ? program.description(of: site) : "function \(site.function.position)+\(site.offset)"
  }

  static func of(_ record: Guard) -> String {
    "\(record.kind.name) guard of operand \(record.operand): \(of(record.predicate))"
  }

  static func of(_ predicate: Guard.Predicate) -> String {
    switch predicate {
    case .kinds(let kinds): "is " + kinds.kinds.map(\.name).joined(separator: " or ")
    case .fitsInt: "result is an int"
    case .shape(let keys): "has the keys {\(keys.map(\.quoted).joined(separator: ", "))}"
    case .schema(let schema): "is a record of schema \(schema.position)"
    case .array(let kind): "is an \(kind.name)"
    case .inBounds: "is an index of the array"
    case .callee(let function): "is function \(function.position)"
    case .truth(let truth): truth ? "is truthy" : "is not truthy"
    case .isNotNegative(let local): "local \(local.position) is an int from 0 on"
    case .isAtMost(let local, let bound): "local \(local.position) is an int up to \(bound)"
    case .spans(let array, let kind, let extent):
      "local \(array.position) is an \(kind.name) of at least \(of(extent)) elements"
    }
  }

  private static func of(_ extent: Guard.Extent) -> String {
    switch extent {
    case .constant(let count): "\(count)"
    case .local(let local): "local \(local.position)"
    case .including(let local): "local \(local.position) + 1"
    }
  }

  static func of(_ safepoint: Safepoint, in program: Program) -> String {
    of(Site(safepoint.function, offset: safepoint.offset), in: program)
  }
}

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
    "at \(program.description(of: raise.site)) depth \(raise.depth)"
  }
}

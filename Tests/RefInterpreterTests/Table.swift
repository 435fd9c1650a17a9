import Bytecode
import Testing

@testable import RefInterpreter

/// Rows of operands and results are written with literals: `3` is an int, `3.0` a number.
extension Value: ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
  ExpressibleByBooleanLiteral
{
  public init(integerLiteral value: Int64) { self = .int(value) }
  public init(floatLiteral value: Double) { self = .number(value) }
  public init(booleanLiteral value: Bool) { self = .bool(value) }

  static let nan = Value.number(.nan)
  static let infinity = Value.number(.infinity)
  static let negativeInfinity = Value.number(-.infinity)
  static let minimum = Value.int(-140_737_488_355_328)
  static let maximum = Value.int(140_737_488_355_327)

  /// What a scalar shows.
  var observed: ObservedValue {
    var machine = Machine.empty
    return machine.observe(self)
  }
}

extension Machine {
  /// A machine about to run a program that does nothing.
  static var empty: Machine {
    do {
      var shapes = Shapes()
      let program = try Verifier.verify(Assembler.assemble("main() {\n    Return\n}\n"))
      return Machine(
        code: Code(program, names: &shapes.names), request: RunRequest(entry: FunctionIndex(0)),
        shapes: shapes, executionCounts: [0])
    } catch {
      preconditionFailure("the program is right: \(error)")
    }
  }
}

/// A result or a trap, comparable by kind and bits.
enum Result: Equatable {
  case value(ObservedValue)
  case trap(TrapKind)

  init(_ compute: () throws(TrapKind) -> Value) {
    do { self = .value(try compute().observed) } catch { self = .trap(error) }
  }
}

struct Row: CustomTestStringConvertible {
  let operands: [Value]
  let expected: Result

  var testDescription: String { "\(operands.map(\.observed)) gives \(expected)" }
}

func row(_ operands: Value..., is value: Value) -> Row {
  Row(operands: operands, expected: .value(value.observed))
}

func row(_ operands: Value..., traps kind: TrapKind) -> Row {
  Row(operands: operands, expected: .trap(kind))
}

/// Expects each row of a table of operations of two operands.
func expect(
  _ operation: Arithmetic.Binary, _ rows: [Row], location: SourceLocation = #_sourceLocation
) {
  for row in rows {
    let actual = Result { () throws(TrapKind) in try operation(row.operands[0], row.operands[1]) }
    #expect(actual == row.expected, "\(row.testDescription)", sourceLocation: location)
  }
}

/// Expects each row of a table of operations of one operand.
func expect(
  _ operation: (Value) throws(TrapKind) -> Value, _ rows: [Row],
  location: SourceLocation = #_sourceLocation
) {
  for row in rows {
    let actual = Result { () throws(TrapKind) in try operation(row.operands[0]) }
    #expect(actual == row.expected, "\(row.testDescription)", sourceLocation: location)
  }
}

/// What is neither an int nor a number traps TypeError in either place, also beside a zero divisor.
let wrongKinds: [Row] = [
  row(.null, 1, traps: .typeError), row(1, .null, traps: .typeError),
  row(.unit, 1.0, traps: .typeError), row(1.0, .unit, traps: .typeError),
  row(true, 1, traps: .typeError), row(1, false, traps: .typeError),
  row(.null, 0, traps: .typeError), row(.null, 0.0, traps: .typeError),
  row(0, .null, traps: .typeError),
]

/// What `toInt` refuses.
let wrongInts: [Row] =
  wrongKinds + [
    row(0.5, 1, traps: .typeError), row(1, -0.5, traps: .typeError),
    row(.nan, 1, traps: .typeError), row(1, .nan, traps: .typeError),
    row(.infinity, 1, traps: .typeError), row(1, .negativeInfinity, traps: .typeError),
    row(0x1p63, 1, traps: .typeError), row(1, -0x1p63, traps: .typeError),
    row(0.5, 0, traps: .typeError),
  ]

import Bytecode

/// One way to use an instruction or builtin that does not trap.
struct Production {
  enum Form {
    case opcode(Opcode)
    case builtin(Builtin)
  }

  var form: Form
  var arguments: [Want]
  /// The kinds of the result.
  var result: KindSet

  init(_ form: Form, _ arguments: [Want], _ result: KindSet) {
    self.form = form
    self.arguments = arguments
    self.result = result
  }

  var fact: ValueFact { .unknown(result) }

  /// The name by which `CallMethod` on the first argument does the same; nil if none does.
  var methodName: Literal? {
    guard case .builtin(let builtin) = form, let receiver = arguments.first,
      builtin.methodReceivers.isSuperset(of: receiver.kinds)
    else { return nil }
    return Literal(builtin.facts.name)
  }

  /// All of them; those that need more than kinds of arguments are generated elsewhere.
  static let all: [Production] =
    Builtin.allCases.flatMap(\.productions) + Opcode.allCases.flatMap(\.productions)

  /// Those whose result serves, once null has been replaced where it may be.
  static func serving(_ want: Want) -> [Production] {
    if let known = table[want] { return known }
    return select(want)
  }

  private static let table: [Want: [Production]] = {
    let wants: [Want] = [
      .int, .integral, .number, .numeric, .bool, .any, .string, .array, .intArray, .floatArray,
      .boolArray, .anyArray, .object, .map, .range, .iterable, .some, .ok, .err, .key,
    ]
    return Dictionary(uniqueKeysWithValues: wants.map { ($0, select($0)) })
  }()

  private static func select(_ want: Want) -> [Production] {
    all.filter { want.accepts($0.fact) || want.accepts($0.fact.withoutNull) }
  }
}

extension Builtin {
  /// The ways to call the builtin; callback builtins need a function that fits, and have none here.
  var productions: [Production] {
    func rows(_ rows: ([Want], KindSet)...) -> [Production] {
      rows.map { Production(.builtin(self), $0.0, $0.1) }
    }
    func perArray(
      _ more: [Want] = [], _ result: (Want) -> KindSet
    ) -> [Production] {
      [Want.array, .intArray, .floatArray, .boolArray].map {
        Production(.builtin(self), [$0] + more, result($0))
      }
    }
    switch self {
    case .makeSome: return rows(([.any], .some))
    case .makeOk: return rows(([.any], .ok))
    case .makeErr: return rows(([.any], .err))
    case .makeMap: return rows(([], .map))
    case .abs, .sign, .floor, .ceil, .round: return rows(([.numeric], .numeric))
    case .min, .max:
      return rows(
        ([.int, .int, .int], .int), ([.number, .numeric], .number), ([.numeric], .numeric),
        ([.intArray], [.int, .null]), ([.floatArray], [.number, .null]))
    case .clamp:
      return rows(([.int, .int, .int], .int), ([.numeric, .numeric, .number], .numeric))
    case .gcd, .lcm: return rows(([.int, .int], .numeric))
    case .sqrt, .ln, .exp, .log10, .sin, .cos, .tan, .asin, .acos, .atan:
      return rows(([.numeric], .number))
    case .hypot: return rows(([.numeric, .numeric], .number))
    case .pow: return rows(([.numeric, .numeric], .numeric))
    case .isNan, .isFinite: return rows(([.numeric], .bool))
    case .print: return rows(([.any], .unit), ([.any, .any], .unit))
    case .toString, .typeOf: return rows(([.any], .string))
    case .toNumber: return rows(([.string], .number), ([.numeric], .number), ([.bool], .number))
    case .toBool, .isNumber, .isInt, .isString, .isBool, .isArray, .isObject, .isNull, .isFunction:
      return rows(([.any], .bool))
    case .len:
      return rows(([.string], .int), ([.object], .int), ([.map], .int), ([.range], .int))
        + perArray { _ in .int }
    case .push:
      return rows(
        ([.array, .any], .array), ([.intArray, .int], .intArray),
        ([.floatArray, .numeric], .floatArray), ([.boolArray, .bool], .boolArray))
    case .pop, .first, .last: return perArray { $0.elementOrNull }
    case .slice:
      return rows(([.string, .bound, .bound], .string)) + perArray([.bound, .bound]) { $0.kinds }
    case .reverse: return perArray { $0.kinds }
    case .includes: return rows(([.intArray, .int], .bool)) + perArray([.any]) { _ in .bool }
    case .indexOf: return rows(([.intArray, .int], .int)) + perArray([.any]) { _ in .int }
    case .join: return perArray([.string]) { _ in .string }
    case .zip: return perArray([.anyArray]) { _ in .array }
    case .range: return rows(([.small], .intArray), ([.small, .small], .intArray))
    case .filled: return rows(([.small, .any], .arrays))
    case .map, .filter, .reduce, .forEach, .find, .findIndex, .some, .every: return []
    case .sum: return rows(([.intArray], .numeric), ([.floatArray], .number))
    case .mean, .std, .variance:
      return rows(([.intArray], [.number, .null]), ([.floatArray], [.number, .null]))
    case .vecAdd, .vecSub, .vecMul, .vecDiv, .vecMax, .vecMin:
      return rows(([.floatArray, .numeric], .floatArray))
    case .vecAbs, .vecSqrt: return rows(([.floatArray], .floatArray))
    case .upper, .lower, .trim: return rows(([.string], .string))
    case .split: return rows(([.string, .string], .array))
    case .contains, .startsWith, .endsWith: return rows(([.string, .string], .bool))
    case .replace: return rows(([.string, .string, .string], .string))
    case .charCode: return rows(([.text], .int))
    case .fromCharCode: return rows(([.small], .string))
    case .get: return rows(([.map, .key], .anything))
    case .set: return rows(([.map, .key, .any], .map))
    case .has, .delete: return rows(([.map, .key], .bool))
    case .keys, .values: return rows(([.map], .array))
    }
  }
}

extension Want {
  /// What reading an element of the array gives where there may be none.
  var elementOrNull: KindSet {
    switch self {
    case .intArray: [.int, .null]
    case .floatArray: [.number, .null]
    case .boolArray: [.bool, .null]
    case .int, .integral, .number, .numeric, .bool, .any, .string, .text, .array, .anyArray,
      .object, .map, .range, .iterable, .record, .some, .ok, .err, .function, .small, .bound, .key:
      .anything
    }
  }
}

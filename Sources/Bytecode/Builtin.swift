/// The builtin functions of section 7 of `Docs/bytecode.md`.
///
/// The codes are the binary form's: never renumber, append only.
public enum Builtin: UInt8, CaseIterable, Hashable, Sendable {
  case makeSome = 0
  case makeOk = 1
  case makeErr = 2
  case makeMap = 3
  case abs = 4
  case sign = 5
  case floor = 6
  case ceil = 7
  case round = 8
  case min = 9
  case max = 10
  case clamp = 11
  case gcd = 12
  case lcm = 13
  case sqrt = 14
  case ln = 15
  case exp = 16
  case log10 = 17
  case sin = 18
  case cos = 19
  case tan = 20
  case asin = 21
  case acos = 22
  case atan = 23
  case hypot = 24
  case pow = 25
  case isNan = 26
  case isFinite = 27
  case print = 28
  case toString = 29
  case toNumber = 30
  case toBool = 31
  case typeOf = 32
  case isNumber = 33
  case isInt = 34
  case isString = 35
  case isBool = 36
  case isArray = 37
  case isObject = 38
  case isNull = 39
  case isFunction = 40
  case len = 41
  case push = 42
  case pop = 43
  case first = 44
  case last = 45
  case slice = 46
  case reverse = 47
  case includes = 48
  case indexOf = 49
  case join = 50
  case zip = 51
  case range = 52
  case filled = 53
  case map = 54
  case filter = 55
  case reduce = 56
  case forEach = 57
  case find = 58
  case findIndex = 59
  case some = 60
  case every = 61
  case sum = 62
  case mean = 63
  case std = 64
  case variance = 65
  case vecAdd = 66
  case vecSub = 67
  case vecMul = 68
  case vecDiv = 69
  case vecMax = 70
  case vecMin = 71
  case vecAbs = 72
  case vecSqrt = 73
  case upper = 74
  case lower = 75
  case trim = 76
  case split = 77
  case contains = 78
  case startsWith = 79
  case endsWith = 80
  case replace = 81
  case charCode = 82
  case fromCharCode = 83
  case get = 84
  case set = 85
  case has = 86
  case delete = 87
  case keys = 88
  case values = 89
}

/// The static facts of a builtin.
public struct BuiltinFacts: Sendable {
  public enum Category: UInt8, CaseIterable, Sendable {
    case constructor, math, output, conversion, type, collection, callback, statistics, vector,
      string, map
  }

  /// The name in text form.
  public let name: String
  public let category: Category
  /// The numbers of arguments a `BuiltinCall` may pass.
  public let argumentCounts: ClosedRange<Int>

  init(_ name: String, _ category: Category, _ argumentCounts: ClosedRange<Int>) {
    self.name = name
    self.category = category
    self.argumentCounts = argumentCounts
  }
}

extension Builtin {
  /// The table row of the builtin.
  public var facts: BuiltinFacts {
    switch self {
    case .makeSome: .init("Some", .constructor, 1...1)
    case .makeOk: .init("Ok", .constructor, 1...1)
    case .makeErr: .init("Err", .constructor, 1...1)
    case .makeMap: .init("Map", .constructor, 0...0)
    case .abs: .init("abs", .math, 1...1)
    case .sign: .init("sign", .math, 1...1)
    case .floor: .init("floor", .math, 1...1)
    case .ceil: .init("ceil", .math, 1...1)
    case .round: .init("round", .math, 1...1)
    case .min: .init("min", .math, 1...255)
    case .max: .init("max", .math, 1...255)
    case .clamp: .init("clamp", .math, 3...3)
    case .gcd: .init("gcd", .math, 2...2)
    case .lcm: .init("lcm", .math, 2...2)
    case .sqrt: .init("sqrt", .math, 1...1)
    case .ln: .init("ln", .math, 1...1)
    case .exp: .init("exp", .math, 1...1)
    case .log10: .init("log10", .math, 1...1)
    case .sin: .init("sin", .math, 1...1)
    case .cos: .init("cos", .math, 1...1)
    case .tan: .init("tan", .math, 1...1)
    case .asin: .init("asin", .math, 1...1)
    case .acos: .init("acos", .math, 1...1)
    case .atan: .init("atan", .math, 1...1)
    case .hypot: .init("hypot", .math, 2...2)
    case .pow: .init("pow", .math, 2...2)
    case .isNan: .init("is_nan", .math, 1...1)
    case .isFinite: .init("is_finite", .math, 1...1)
    case .print: .init("print", .output, 0...255)
    case .toString: .init("to_string", .conversion, 1...1)
    case .toNumber: .init("to_number", .conversion, 1...1)
    case .toBool: .init("to_bool", .conversion, 1...1)
    case .typeOf: .init("type_of", .type, 1...1)
    case .isNumber: .init("is_number", .type, 1...1)
    case .isInt: .init("is_int", .type, 1...1)
    case .isString: .init("is_string", .type, 1...1)
    case .isBool: .init("is_bool", .type, 1...1)
    case .isArray: .init("is_array", .type, 1...1)
    case .isObject: .init("is_object", .type, 1...1)
    case .isNull: .init("is_null", .type, 1...1)
    case .isFunction: .init("is_function", .type, 1...1)
    case .len: .init("len", .collection, 1...1)
    case .push: .init("push", .collection, 2...2)
    case .pop: .init("pop", .collection, 1...1)
    case .first: .init("first", .collection, 1...1)
    case .last: .init("last", .collection, 1...1)
    case .slice: .init("slice", .collection, 3...3)
    case .reverse: .init("reverse", .collection, 1...1)
    case .includes: .init("includes", .collection, 2...2)
    case .indexOf: .init("index_of", .collection, 2...2)
    case .join: .init("join", .collection, 2...2)
    case .zip: .init("zip", .collection, 2...2)
    case .range: .init("range", .collection, 1...2)
    case .filled: .init("filled", .collection, 2...2)
    case .map: .init("map", .callback, 2...2)
    case .filter: .init("filter", .callback, 2...2)
    case .reduce: .init("reduce", .callback, 3...3)
    case .forEach: .init("for_each", .callback, 2...2)
    case .find: .init("find", .callback, 2...2)
    case .findIndex: .init("find_index", .callback, 2...2)
    case .some: .init("some", .callback, 2...2)
    case .every: .init("every", .callback, 2...2)
    case .sum: .init("sum", .statistics, 1...1)
    case .mean: .init("mean", .statistics, 1...1)
    case .std: .init("std", .statistics, 1...1)
    case .variance: .init("variance", .statistics, 1...1)
    case .vecAdd: .init("vec_add", .vector, 2...2)
    case .vecSub: .init("vec_sub", .vector, 2...2)
    case .vecMul: .init("vec_mul", .vector, 2...2)
    case .vecDiv: .init("vec_div", .vector, 2...2)
    case .vecMax: .init("vec_max", .vector, 2...2)
    case .vecMin: .init("vec_min", .vector, 2...2)
    case .vecAbs: .init("vec_abs", .vector, 1...1)
    case .vecSqrt: .init("vec_sqrt", .vector, 1...1)
    case .upper: .init("upper", .string, 1...1)
    case .lower: .init("lower", .string, 1...1)
    case .trim: .init("trim", .string, 1...1)
    case .split: .init("split", .string, 2...2)
    case .contains: .init("contains", .string, 2...2)
    case .startsWith: .init("starts_with", .string, 2...2)
    case .endsWith: .init("ends_with", .string, 2...2)
    case .replace: .init("replace", .string, 3...3)
    case .charCode: .init("char_code", .string, 1...2)
    case .fromCharCode: .init("from_char_code", .string, 1...1)
    case .get: .init("get", .map, 2...2)
    case .set: .init("set", .map, 3...3)
    case .has: .init("has", .map, 2...2)
    case .delete: .init("delete", .map, 2...2)
    case .keys: .init("keys", .map, 1...1)
    case .values: .init("values", .map, 1...1)
    }
  }

  /// The builtin of a name in text form, nil if there is none.
  public static func named(_ name: String) -> Builtin? { builtinsByName[name] }

  private static let builtinsByName: [String: Builtin] = Dictionary(
    uniqueKeysWithValues: allCases.map { ($0.facts.name, $0) })
}

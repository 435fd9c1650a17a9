import Bytecode

/// A builtin that calls back, between two of its turns.
///
/// It belongs to the frame whose instruction called it; the host's stack holds nothing of it.
struct Walk {
  let builtin: Builtin
  let array: ArrayPlace
  let callback: Callee
  /// How many of element and index, or accumulator, element and index, the callback takes.
  let parameterCount: Int
  /// The length of the array at the start.
  let length: Int
  /// How many operands the builtin's result replaces.
  let argumentCount: Int
  /// How many frames wait below the one the walk belongs to.
  let level: Int
  var index = 0
  /// The element of the running turn.
  var element = Value.null
  /// What the builtin gives if the walk comes to its end.
  var result: Value
}

/// `map filter reduce for_each find find_index some every`.
extension Machine {
  /// Starts a walk, whose arguments lie on top of the operand stack.
  mutating func startWalk(_ builtin: Builtin, argumentCount: Int) throws(Stop) {
    guard let array = operand(argumentCount).array else { throw .trapped(.typeError) }
    guard let callback = callee(operand(argumentCount - 1)) else { throw .trapped(.typeError) }
    let parameterCount = code.layouts[callback.function.position].parameterCount
    guard parameterCount <= (builtin == .reduce ? 3 : 2) else { throw .trapped(.arityMismatch) }
    walks.append(
      Walk(
        builtin: builtin, array: array, callback: callback, parameterCount: parameterCount,
        length: heap.count(of: array), argumentCount: argumentCount, level: callers.count,
        result: try initialResult(of: builtin, over: array)))
    try nextTurn()
  }

  private mutating func initialResult(
    of builtin: Builtin, over array: ArrayPlace
  ) throws(Stop) -> Value {
    if builtin == .map {
      try chargeTested(Size.slots(0))
      return heap.make(array: [])
    }
    if builtin == .filter {
      try chargeTested(Size.array(like: array, count: 0))
      return heap.makeArray(like: array, of: [])
    }
    if builtin == .reduce { return operand(1) }
    if builtin == .forEach { return .unit }
    if builtin == .findIndex { return .int(-1) }
    if builtin == .some || builtin == .every { return .bool(builtin == .every) }
    precondition(builtin == .find, "the builtin calls back")
    return .null
  }

  /// Calls back for the next element, or ends the walk.
  ///
  /// The array may have become shorter than it was at the start.
  private mutating func nextTurn() throws(Stop) {
    let last = walks.count - 1
    let index = walks[last].index
    guard index < walks[last].length, index < heap.count(of: walks[last].array) else {
      endWalk(with: walks[last].result)
      return
    }
    walks[last].element = heap.element(index, of: walks[last].array)
    let walk = walks[last]
    var arguments = [walk.element, .int(Int64(index))]
    if walk.builtin == .reduce { arguments.insert(walk.result, at: 0) }
    operands += arguments.prefix(walk.parameterCount)
    // A trap leaves the arguments behind: the handler that gets it cuts the stack.
    try enter(
      walk.callback, argumentCount: walk.parameterCount, below: 0, origin: .walk)
  }

  /// Takes what the callback gave; its frame is gone.
  mutating func endTurn(with result: Value) throws(Stop) {
    let last = walks.count - 1
    let walk = walks[last]
    switch walk.builtin {
    case .map:
      try append(result, toResultOf: walk)
    case .filter:
      if heap.isTruthy(result) { try append(walk.element, toResultOf: walk) }
    case .reduce: walks[last].result = result
    case .forEach: break
    case .find:
      if heap.isTruthy(result) { return endWalk(with: walk.element) }
    case .findIndex:
      if heap.isTruthy(result) { return endWalk(with: .int(Int64(walk.index))) }
    case .some:
      if heap.isTruthy(result) { return endWalk(with: .bool(true)) }
    case .every:
      if !heap.isTruthy(result) { return endWalk(with: .bool(false)) }
    case .makeSome, .makeOk, .makeErr, .makeMap, .abs, .sign, .floor, .ceil, .round, .min, .max,
      .clamp, .gcd, .lcm, .sqrt, .ln, .exp, .log10, .sin, .cos, .tan, .asin, .acos, .atan,
      .hypot, .pow, .isNan, .isFinite, .print, .toString, .toNumber, .toBool, .typeOf, .isNumber,
      .isInt, .isString, .isBool, .isArray, .isObject, .isNull, .isFunction, .len, .push, .pop,
      .first, .last, .slice, .reverse, .includes, .indexOf, .join, .zip, .range, .filled, .sum,
      .mean, .std, .variance, .vecAdd, .vecSub, .vecMul, .vecDiv, .vecMax, .vecMin, .vecAbs,
      .vecSqrt, .upper, .lower, .trim, .split, .contains, .startsWith, .endsWith, .replace,
      .charCode, .fromCharCode, .get, .set, .has, .delete, .keys, .values:
      preconditionFailure("\(walk.builtin) does not call back")
    }
    walks[last].index += 1
    try nextTurn()
  }

  private mutating func append(_ element: Value, toResultOf walk: Walk) throws(Stop) {
    guard let array = walk.result.array else { preconditionFailure("map and filter make arrays") }
    try chargeTested(Size.element(of: array))
    heap.append(element, to: array)
  }

  private mutating func endWalk(with result: Value) {
    let walk = walks.removeLast()
    replaceOperands(walk.argumentCount, by: result)
    frame.instructionPointer += 1
  }
}

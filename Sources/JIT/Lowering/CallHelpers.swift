import Bytecode
import CRuntime
import LLVM

/// Functions of a module that its calls share whose callee is known when they run, made at their
/// first use.
///
/// Each tells callees by number, or receivers by schema, of those the program can call there at all,
/// and calls them directly; everything else goes through the runtime. All give a word that is tested
/// as the runtime's are.
struct CallHelpers {
  fileprivate struct Method: Hashable {
    var name: StringIndex
    var argumentCount: Int
  }

  /// By the number of arguments.
  fileprivate var values: [Int: IRFunction] = [:]
  fileprivate var methods: [Method: IRFunction] = [:]
  fileprivate var callback: IRFunction?
}

extension ModuleScope {
  /// `(context, callee, arguments…) -> word`: what `CallValue` does.
  func callValue(_ count: Int) -> IRFunction {
    if let known = helpers.values[count] { return known }
    let helper = declareHelper("call.value.\(count)", words: count + 1)
    helpers.values[count] = helper
    let lowering = CallHelperLowering(helper, self)
    lowering.lowerCallValue(count)
    return helper
  }

  /// `(context, receiver, arguments…) -> word`: what `CallMethod` does; nil if no record has such a
  /// method.
  func callMethod(_ method: MethodName, _ count: Int) -> IRFunction? {
    let key = CallHelpers.Method(name: method.name, argumentCount: count)
    if let known = helpers.methods[key] { return known }
    let candidates = methods(method.name, count)
    guard !candidates.isEmpty else { return nil }
    let helper = declareHelper("call.method.\(method.name.position).\(count)", words: count + 1)
    helpers.methods[key] = helper
    let lowering = CallHelperLowering(helper, self)
    lowering.lowerCallMethod(method, count, candidates)
    return helper
  }

  /// `(context, callee, a, b, c) -> word`: what walks call back; nil if no value is a function that
  /// they can.
  var callback: IRFunction? {
    if let known = helpers.callback { return known }
    guard !values(0...RunState.callbackArgumentCount).isEmpty else { return nil }
    let helper = declareHelper("callback", words: 1 + RunState.callbackArgumentCount)
    helpers.callback = helper
    let lowering = CallHelperLowering(helper, self)
    lowering.lowerCallback()
    return helper
  }

  private func declareHelper(_ name: String, words: Int) -> IRFunction {
    let parameters = [types.pointer] + Array(repeating: types.i64, count: words)
    return withModule {
      $0.addFunction(
        named: name, type: .function(parameters, returning: types.i64), linkage: .internal)
    }
  }

  /// The functions that values may call with so many arguments, in ascending order; not more than
  /// are worth their code.
  fileprivate func values(_ counts: ClosedRange<Int>) -> [FunctionIndex] {
    let fitting = linkage?.values.filter {
      counts.contains(program.program[$0].parameters.count)
    }
    return Array((fitting ?? []).prefix(Tuning.calleesPerHelper))
  }

  /// The function that a method's name means on records of a schema; nil if there is none.
  func method(_ name: StringIndex, of schema: SchemaIndex) -> FunctionIndex? {
    linkage?.methods.function(name, of: schema)
  }

  private func methods(_ name: StringIndex, _ count: Int) -> [(SchemaIndex, FunctionIndex)] {
    guard let linkage else { return [] }
    let found = program.program.schemas.indices.compactMap { position in
      let schema = SchemaIndex(position)
      return linkage.methods.function(name, of: schema).map { (schema, $0) }
    }
    return Array(
      found.filter { program.program[$0.1].parameters.count == count + 1 }
        .prefix(Tuning.calleesPerHelper))
  }
}

extension Program {
  /// Functions that constants or closures are of, in ascending order.
  var functionsOfValues: [FunctionIndex] {
    var isValue = Array(repeating: false, count: functions.count)
    for case .function(let function) in constants { isValue[function.position] = true }
    for instruction in instructions where instruction.opcode == .makeClosure {
      if case .function(let function) = instruction.operand { isValue[function.position] = true }
    }
    return functions.indices.filter { isValue[$0] }.map { FunctionIndex($0) }
  }
}

/// Makes the code of one helper.
private final class CallHelperLowering {
  let scope: ModuleScope
  let types: IRTypes
  let build: InstructionBuilder
  let code: IRFunction
  /// Where the calls that the helper makes raise: the phi of what.
  private var failing: (block: IRBlock, word: IRValue)?

  init(_ code: IRFunction, _ scope: ModuleScope) {
    self.code = code
    self.scope = scope
    types = scope.types
    build = InstructionBuilder(in: scope.context)
    build.position(atEndOf: block("entry"))
  }

  private func name(_ role: StaticString) -> ValueName { ValueName(0, role) }

  private func block(_ role: StaticString) -> IRBlock {
    scope.withModule { $0.appendBlock(name(role), to: code) }
  }

  func lowerCallValue(_ count: Int) {
    let operands = (0...count).map { code.parameter(1 + $0) }
    let slow = lowerSlowPath(operands) { row in
      [types.constant32(UInt32(count)), row]
    }
    let number = calleeNumber(operands[0], otherwise: slow)
    select(number, scope.values(count...count)[...], otherwise: slow) {
      call($0, closure: operands[0], Array(operands.dropFirst()))
    }
  }

  func lowerCallMethod(
    _ method: MethodName, _ count: Int, _ candidates: [(SchemaIndex, FunctionIndex)]
  ) {
    let operands = (0...count).map { code.parameter(1 + $0) }
    let slow = lowerSlowPath(operands, .callMethod) { row in
      [
        types.constant32(UInt32(count)), types.constant(bits: method.bits), row,
        build.inttoptr(types.constant(bits: 0), name("nothing")),
      ]
    }
    let header = header(of: operands[0], otherwise: slow)
    let isRecord = build.icmp(
      .eq, build.and(header, types.constant(bits: 0xFF), name("kind")),
      types.constant(bits: UInt64(JIT_CELL_RECORD)), name("is.record"))
    let record = block("record")
    build.br(isRecord, record, slow)
    build.position(atEndOf: record)
    let schema = auxiliary(header)
    for (candidate, function) in candidates {
      let matching = block("schema")
      let next = block("next")
      let isMatch = build.icmp(
        .eq, schema, types.constant32(candidate.rawValue), name("is.match"))
      build.br(isMatch, matching, next)
      build.position(atEndOf: matching)
      call(function, closure: nil, operands, receiver: candidate)
      build.position(atEndOf: next)
    }
    build.br(slow)
  }

  /// Calls a function with as many of the three words as it has parameters.
  func lowerCallback() {
    let words = (0...RunState.callbackArgumentCount).map { code.parameter(1 + $0) }
    let current = build.block
    let slow = block("slow")
    build.position(atEndOf: slow)
    build.ret(build.call(scope.callee(.callBack), [code.parameter(0)] + words, name("word")))
    build.position(atEndOf: current)
    let number = calleeNumber(words[0], otherwise: slow)
    let candidates = scope.values(0...RunState.callbackArgumentCount)
    select(number, candidates[...], otherwise: slow) {
      let count = scope.program.program[$0].parameters.count
      call($0, closure: words[0], Array(words.dropFirst().prefix(count)))
    }
  }

  /// Calls a function and returns its word.
  private func call(
    _ function: FunctionIndex, closure: IRValue?, _ arguments: [IRValue],
    receiver: SchemaIndex? = nil
  ) {
    let lowering = FunctionLowering(
      scope.program, function, form: .function, code: code, scope: scope)
    lowering.build.position(atEndOf: build.block)
    guard let end = lowering.lowerValueCall(closure: closure, arguments, receiver: receiver)
    else { return }
    let (failing, word) = failing ?? makeFailing()
    lowering.build.addIncoming(end.word, from: end.block, to: word)
    lowering.build.position(atEndOf: end.block)
    lowering.build.br(failing)
  }

  /// Makes the block that returns the trap word of a reason, or the sentinel.
  private func makeFailing() -> (block: IRBlock, word: IRValue) {
    let current = build.block
    let failing = block("failing")
    build.position(atEndOf: failing)
    let word = build.phi(types.i64, name("raised"))
    let reason = build.and(word, types.constant(bits: 0xFF), name("reason"))
    let isPassedOn = build.icmp(
      .eq, reason, types.constant(bits: RaiseWord.passedOn), name("is.passed.on"))
    let trap = build.or(reason, types.constant(bits: TrapWord.first), name("trap.word"))
    build.ret(
      build.select(isPassedOn, types.constant(bits: Word.sentinel.bits), trap, name("word")))
    build.position(atEndOf: current)
    self.failing = (failing, word)
    return (failing, word)
  }

  /// Makes the block that leaves the operands to the runtime; code goes on where it was.
  private func lowerSlowPath(
    _ operands: [IRValue], _ entry: RuntimeEntry = .callValue,
    _ arguments: (IRValue) -> [IRValue]
  ) -> IRBlock {
    let current = build.block
    let row = build.alloca(types.i64.array(count: operands.count + 1), name("operands"))
    let slow = block("slow")
    build.position(atEndOf: slow)
    for (position, operand) in operands.enumerated() {
      build.store(operand, build.offset(row, by: 8 * position, name("operand.address")))
    }
    let word = build.call(
      scope.callee(entry), [code.parameter(0)] + arguments(row), name("word"))
    build.ret(word)
    build.position(atEndOf: current)
    return slow
  }

  /// The number of the function a value calls.
  private func calleeNumber(_ value: IRValue, otherwise: IRBlock) -> IRValue {
    let tag = build.lshr(value, types.constant(bits: 48), name("tag"))
    let isFunction = build.icmp(
      .eq, tag, types.constant(bits: Word.functionTag), name("is.function"))
    let named = build.trunc(value, to: types.i32, name("number"))
    let known = block("known")
    let other = block("other")
    let start = build.block
    build.br(isFunction, known, other)
    build.position(atEndOf: other)
    let header = header(of: value, otherwise: otherwise)
    let isClosure = build.icmp(
      .eq, build.and(header, types.constant(bits: 0xFF), name("kind")),
      types.constant(bits: UInt64(JIT_CELL_CLOSURE)), name("is.closure"))
    let enclosed = auxiliary(header)
    let end = build.block
    build.br(isClosure, known, otherwise)
    build.position(atEndOf: known)
    let number = build.phi(types.i32, name("number"))
    build.addIncoming(named, from: start, to: number)
    build.addIncoming(enclosed, from: end, to: number)
    return number
  }

  /// The header of a heap value's cell.
  private func header(of value: IRValue, otherwise: IRBlock) -> IRValue {
    let tag = build.lshr(value, types.constant(bits: 48), name("tag"))
    let isHeap = build.icmp(.eq, tag, types.constant(bits: Word.heapTag), name("is.heap"))
    let heap = block("heap")
    build.br(isHeap, heap, otherwise)
    build.position(atEndOf: heap)
    let address = build.and(value, types.constant(bits: Word.payloadMask), name("address"))
    return build.load(types.i64, build.inttoptr(address, name("cell")), name("header"))
  }

  /// The upper half of a header: a closure's function, a record's schema.
  private func auxiliary(_ header: IRValue) -> IRValue {
    build.trunc(
      build.lshr(header, types.constant(bits: 32), name("upper")), to: types.i32,
      name("auxiliary"))
  }

  /// Goes on for each candidate where the number is its; the body ends the block.
  private func select(
    _ number: IRValue, _ candidates: ArraySlice<FunctionIndex>, otherwise: IRBlock,
    _ body: (FunctionIndex) -> Void
  ) {
    guard let first = candidates.first else {
      build.br(otherwise)
      return
    }
    if candidates.count == 1 {
      let matching = block("callee")
      let isMatch = build.icmp(
        .eq, number, types.constant32(first.rawValue), name("is.match"))
      build.br(isMatch, matching, otherwise)
      build.position(atEndOf: matching)
      return body(first)
    }
    let middle = candidates.startIndex + candidates.count / 2
    let (low, high) = (block("low"), block("high"))
    let isLow = build.icmp(
      .ult, number, types.constant32(candidates[middle].rawValue), name("is.low"))
    build.br(isLow, low, high)
    build.position(atEndOf: low)
    select(number, candidates[..<middle], otherwise: otherwise, body)
    build.position(atEndOf: high)
    select(number, candidates[middle...], otherwise: otherwise, body)
  }
}

extension FunctionLowering {
  /// Calls the function with words, as a call of a value does from the kinds of its arguments on,
  /// and returns its word.
  ///
  /// - Parameter receiver: the schema that the first word is known to be a record of.
  /// - Returns: an open block in which the call raises what a word's lowest byte says; nil if none
  ///   can.
  fileprivate func lowerValueCall(
    closure: IRValue?, _ arguments: [IRValue], receiver: SchemaIndex?
  ) -> (block: IRBlock, word: IRValue)? {
    framesLeft = build.load(
      types.i64, contextField(ContextOffset.framesLeft, "frames"), name("frames.left"))
    stack = arguments.map { .boxed($0, .anything) }
    var admitted = 0
    if let receiver, case .schema(receiver)? = function.parameters[0].kind?.base { admitted = 1 }
    lowerCall(index, closure: function.captures.isEmpty ? nil : closure, admitted: admitted)
    build.ret(box(pop()))
    return exits.raising[0].map { ($0.block, $0.raise.word) }
  }
}

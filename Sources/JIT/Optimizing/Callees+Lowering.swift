import Bytecode
import CRuntime
import LLVM

/// Calls whose callee or receiver feedback suggests.
extension FunctionLowering {
  /// `CallValue` of a function that is known, or of those that were called so far; false if there is
  /// no such one.
  func lowerGuardedCallValue(_ count: Int) -> Bool {
    let place = stack.count - count - 1
    let value = stack[place]
    let word = box(value)
    func call(_ callee: FunctionIndex) {
      let hasCaptures = !program.program[callee].captures.isEmpty
      lowerCall(callee, closure: hasCaptures ? word : nil)
    }
    if let known = knownFunction(of: value) {
      guard program.program[known.function].parameters.count == count else {
        decide(.callee, .declined(.arity))
        return false
      }
      decide(.callee, .dependency(known.dependency))
      stack.remove(at: place)
      call(known.function)
      return true
    }
    guard let callees = speculation?.callees(at: offset, taking: count), let last = callees.last,
      !commits(.feedbackIgnored)
    else { return false }
    stack.remove(at: place)
    let tests = callees.dropLast().map { callee in
      { self.isFunction(word, value.kinds, callee) }
    }
    lowerArms(callees, tests, call) {
      require(isFunction(word, value.kinds, last), .callee, operand: 0, .callee(last))
    }
    return true
  }

  /// The function that a value is known to be, or to be a closure of.
  func knownFunction(of value: Value) -> KnownFunction? {
    guard case .boxed(let word, _) = value else { return nil }
    return knownFunctions[word]
  }

  /// Whether a word is a function, or a closure of it.
  func isFunction(
    _ word: IRValue, _ kinds: KindSet, _ function: FunctionIndex
  ) -> IRValue {
    let isNamed = build.icmp(
      .eq, word, types.constant(bits: Word(function: function).bits), name("is.named"))
    guard kinds.contains(.closure) else { return isNamed }
    let isClosure = isCell(word, kinds) {
      let header = self.load(self.types.i64, $0, 0, "header")
      let told = self.build.and(
        header, self.types.constant(bits: 0xFFFF_FFFF_0000_00FF), self.name("told"))
      let expected = UInt64(function.rawValue) << 32 | UInt64(JIT_CELL_CLOSURE)
      return self.build.icmp(
        .eq, told, self.types.constant(bits: expected), self.name("is.closure"))
    }
    guard kinds.contains(.function) else { return isClosure }
    return build.or(isNamed, isClosure, name("is.callee"))
  }

  /// `CallMethod` of functions on records of the schemas that were met so far; false if there are no
  /// such ones.
  func lowerGuardedMethod(_ name: StringIndex, _ count: Int) -> Bool {
    guard let schemas = speculation?.receiverSchemas(at: offset), let last = schemas.last else {
      return false
    }
    let methods = schemas.compactMap { schema in
      scope.method(name, of: schema).map { (schema: schema, callee: $0) }
    }
    guard methods.count == schemas.count,
      methods.allSatisfy({ program.program[$0.callee].parameters.count == count + 1 }),
      !commits(.feedbackIgnored)
    else { return false }
    let receiver = stack[stack.count - count - 1]
    let word = box(receiver)
    let tests = schemas.dropLast().map { schema in
      { self.isRecord(word, receiver.kinds, of: schema) }
    }
    func call(_ schema: SchemaIndex, _ callee: FunctionIndex) {
      let parameter = program.program[callee].parameters[0]
      let isAdmitted = parameter.kind?.base == .schema(schema)
      lowerCall(callee, admitted: isAdmitted ? 1 : 0)
    }
    lowerArms(methods, tests, { call($0.schema, $0.callee) }) {
      require(isRecord(word, receiver.kinds, of: last), .receiver, operand: 0, .schema(last))
    }
    return true
  }

  /// Lowers one of several calls, as tests say: each of all but the last has one, a guard makes sure
  /// that it is the last where no other is.
  ///
  /// The result of the calls is pushed where they meet.
  func lowerArms<Arm>(
    _ arms: [Arm], _ tests: [() -> IRValue], _ call: (Arm) -> Void, guardingLast: () -> Void
  ) {
    let operands = stack
    let knowledge = Knowledge(of: self)
    let (keptFuel, wasStored) = (fuel, isFuelStored)
    var results: [(value: Value, end: IRBlock)] = []
    for (position, arm) in arms.enumerated() {
      stack = operands
      (fuel, isFuelStored) = (keptFuel, wasStored)
      knowledge.restore(to: self)
      guard position < tests.count else {
        guardingLast()
        call(arm)
        let value = arms.count > 1 ? made(pop()) : pop()
        results.append((value, build.block))
        continue
      }
      let matching = hotBlock("callee")
      let other = hotBlock("callee.other")
      build.br(tests[position](), matching, other)
      build.position(atEndOf: matching)
      call(arm)
      let value = made(pop())
      results.append((value, build.block))
      build.position(atEndOf: other)
    }
    guard results.count > 1 else { return push(results[0].value) }
    knowledge.restore(to: self)
    push(joined(results))
    // Behind every call the context has it.
    reloadFuel()
  }

  /// A block where several meet, with a value of each; the builder is left in it.
  private func joined(_ results: [(value: Value, end: IRBlock)]) -> Value {
    let kinds = results.reduce(into: KindSet()) { $0.formUnion($1.value.kinds) }
    let representation = Representation(kinds)
    let join = hotBlock("called")
    let incoming = results.map { result in
      build.position(atEndOf: result.end)
      let word = machineValue(result.value, as: representation)
      build.br(join)
      return (word: word, end: build.block)
    }
    build.position(atEndOf: join)
    let phi = build.phi(representation.type(in: types), name("value"))
    for (word, end) in incoming { build.addIncoming(word, from: end, to: phi) }
    return representation.value(phi)
  }
}

/// What a lowering knows of words on the way to where it is.
struct Knowledge {
  private let words: [IRValue: IRValue]
  private let doubles: [IRValue: IRValue]
  private let stringConstants: [IRValue: ConstantIndex]
  private let knownFunctions: [IRValue: KnownFunction]
  private let virtuals: VirtualObjects
  private let knownShapes: [IRValue: [Literal]]
  private let guardedKinds: [IRValue: GuardedKinds]

  init(of lowering: FunctionLowering) {
    words = lowering.words
    doubles = lowering.doubles
    stringConstants = lowering.stringConstants
    knownFunctions = lowering.knownFunctions
    virtuals = lowering.virtuals
    knownShapes = lowering.knownShapes
    guardedKinds = lowering.guardedKinds
  }

  func restore(to lowering: FunctionLowering) {
    lowering.words = words
    lowering.doubles = doubles
    lowering.stringConstants = stringConstants
    lowering.knownFunctions = knownFunctions
    lowering.virtuals = virtuals
    lowering.knownShapes = knownShapes
    lowering.guardedKinds = guardedKinds
  }
}

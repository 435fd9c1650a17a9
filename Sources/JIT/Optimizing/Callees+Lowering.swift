import Bytecode
import CRuntime
import LLVM

/// Calls whose callee or receiver feedback suggests.
extension FunctionLowering {
  /// `CallValue` of a function that is known, or of the one that was called so far; false if there is
  /// no such one.
  func lowerGuardedCallValue(_ count: Int) -> Bool {
    let place = stack.count - count - 1
    let known = knownFunction(of: stack[place])
    guard let callee = known ?? speculation?.callee(at: offset),
      program.program[callee].parameters.count == count
    else { return false }
    let word = box(stack[place])
    if known == nil {
      require(
        isFunction(word, stack[place].kinds, callee), .callee, operand: 0, .callee(callee))
    }
    stack.remove(at: place)
    let hasCaptures = !program.program[callee].captures.isEmpty
    lowerCall(callee, closure: hasCaptures ? word : nil)
    return true
  }

  /// The function that a value is known to be, or to be a closure of.
  private func knownFunction(of value: Value) -> FunctionIndex? {
    guard case .boxed(let word, _) = value else { return nil }
    return knownFunctions[word]
  }

  /// Whether a word is a function, or a closure of it.
  private func isFunction(
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

  /// `CallMethod` of a function on records of the schema that was met so far; false if there is no
  /// such one.
  func lowerGuardedMethod(_ name: StringIndex, _ count: Int) -> Bool {
    guard let schema = speculation?.receiverSchema(at: offset),
      let callee = scope.method(name, of: schema),
      program.program[callee].parameters.count == count + 1
    else { return false }
    let receiver = stack[stack.count - count - 1]
    require(
      isRecord(box(receiver), receiver.kinds, of: schema), .receiver, operand: 0,
      .schema(schema))
    let parameter = program.program[callee].parameters[0]
    let isAdmitted = parameter.kind?.base == .schema(schema)
    lowerCall(callee, admitted: isAdmitted ? 1 : 0)
    return true
  }
}

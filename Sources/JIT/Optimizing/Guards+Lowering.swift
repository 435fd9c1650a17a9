import Bytecode
import LLVM

/// Guards on the operands and results of arithmetic and comparison.
extension FunctionLowering {
  /// Makes the two operands on top of the stack of the kinds that feedback suggests.
  ///
  /// - Returns: what was decided; nil if nothing is taken for granted here.
  @discardableResult
  func guardOperands() -> Speculation.Operands? {
    guard let operands = speculation?.operands(at: offset) else { return nil }
    guardKinds(operands.left, operand: 0, at: stack.count - 2)
    guardKinds(operands.right, operand: 1, at: stack.count - 1)
    return operands
  }

  /// Makes a result of the kinds that were decided.
  func guardResult(_ value: Value, _ kinds: KindSet) -> Value {
    if value.kinds.isSubset(of: kinds) {
      if kinds == .int { decide(.range, .proved(value.kinds)) }
      return value
    }
    precondition(kinds == .int, "only the range of ints is guarded behind an instruction")
    return narrowed(value, to: .int) { require($0, .intRange, operand: 0, .fitsInt) }
  }

  /// Makes an entry of the operand stack, and every slot that holds the same value, of some kinds
  /// that words tell by themselves.
  func guardKinds(_ kinds: KindSet, operand: Int, at position: Int) {
    let value = stack[position]
    guard !value.kinds.isSubset(of: kinds) else {
      if let need = need(of: .kind, operand: operand) {
        decide(need, knowing: value, among: kinds)
      }
      return
    }
    let kind: Schedule.GuardKind = isNullElse(value, kinds) ? .notNull : .kind
    let refined = narrowed(value, to: kinds) {
      require($0, kind, operand: operand, .kinds(kinds))
    }
    if !value.kinds.isDisjoint(with: kinds) { noteGuarded(refined, kinds) }
    stack[position] = refined
    stackBefore[position] = refined
    guard case .boxed(let word, _) = value else { return }
    replace(word, by: refined)
  }

  /// Whether an operand of an operation is null unless it is of some kinds: what declares its slot
  /// nullable and one kind needs no test of the kind.
  private func isNullElse(_ value: Value, _ kinds: KindSet) -> Bool {
    guard case .boxed(_, let known) = value, !instruction.isAccess else { return false }
    return isNullElse(known, kinds)
  }

  private func isNullElse(_ known: KindSet, _ kinds: KindSet) -> Bool {
    known.contains(.null) && !kinds.contains(.null) && known.subtracting(.null).isSubset(of: kinds)
      && !known.isDisjoint(with: kinds)
  }

  /// A value of a narrower set of kinds behind a test.
  ///
  /// - Parameter test: ends the path on which its condition does not hold.
  private func narrowed(
    _ value: Value, to kinds: KindSet, _ test: (IRValue) -> Void
  ) -> Value {
    let common = value.kinds.intersection(kinds)
    guard !common.isEmpty else {
      test(types.constant(false))
      let representation = Representation(kinds)
      return representation.value(types.poison(representation.type(in: types)))
    }
    switch value {
    case .integer(let integer, _):
      let fits = fitsInt(integer)
      if common == .int {
        test(fits)
        return .integer(integer, .int)
      }
      test(build.xor(fits, types.constant(true), name("is.number")))
      return .number(provedNumber(value), isCanonical: true)
    case .product(let low, let fits, _, _):
      if common == .int {
        test(fits)
        return .integer(low, .int)
      }
      test(build.xor(fits, types.constant(true), name("is.number")))
      return .number(provedNumber(value), isCanonical: true)
    case .boxed(let word, let known):
      if isNullElse(known, kinds) {
        test(build.icmp(.ne, word, types.constant(bits: Word.null.bits), name("is.not.null")))
        return told(word, common)
      }
      let tests = common.kinds.map { isOf($0, word) }
      test(tests.dropFirst().reduce(tests[0]) { build.or($0, $1, name("is.kind")) })
      return told(word, common)
    case .number, .bool, .virtual: preconditionFailure("a value of one kind has it or has it not")
    }
  }

  /// A word proved to be of some kinds, in the representation they give.
  private func told(_ word: IRValue, _ kinds: KindSet) -> Value {
    switch Representation(kinds) {
    case .boxed: return .boxed(word, kinds)
    case .integer:
      let integer = unboxInt(word)
      // A constant folds to an int it may not be, and a folded int is every other like it.
      if !integer.isConstant { words[integer] = word }
      return .integer(integer, .int)
    case .number:
      if let number = doubles[word] { return .number(number, isCanonical: false) }
      return .number(provedNumber(.boxed(word, kinds)), isCanonical: true)
    case .bool: return .bool(provedBool(.boxed(word, kinds)))
    }
  }

  /// Makes a word, wherever it is held, one of some kinds of cells, as a guard has found out.
  func refine(_ word: IRValue, to kinds: KindSet) {
    func refined(_ old: Value) -> Value {
      guard case .boxed(word, let known) = old else { return old }
      let common = known.intersection(kinds)
      // Of none of the kinds it is only where control never comes.
      return .boxed(word, common.isEmpty ? kinds : common)
    }
    for position in locals.indices { locals[position] = locals[position].map(refined) }
    stack = stack.map(refined)
    stackBefore = stackBefore.map(refined)
    virtuals.mapFields(refined)
  }

  /// Puts what is known of a word into every slot that holds it.
  ///
  /// A slot that cannot hold such a value stays as it is: control never comes there, but what leaves
  /// behind the guard must be of the kinds that slots declare all the same.
  private func replace(_ word: IRValue, by value: Value) {
    func replaced(_ old: Value) -> Value {
      guard case .boxed(word, let known) = old, !known.isDisjoint(with: value.kinds) else {
        return old
      }
      return value
    }
    for position in locals.indices { locals[position] = locals[position].map(replaced) }
    stack = stack.map(replaced)
    stackBefore = stackBefore.map(replaced)
    // A field may declare less than was tested for.
    virtuals.mapFields { $0.kinds.isSuperset(of: value.kinds) ? replaced($0) : $0 }
  }
}

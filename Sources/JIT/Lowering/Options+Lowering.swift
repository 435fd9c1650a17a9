import Bytecode
import LLVM

/// some, ok and err: tests and contents inline.
extension FunctionLowering {
  func lowerIsOk() { push(.bool(isCell(pop(), of: .ok))) }

  func lowerIsErr() { push(.bool(isCell(pop(), of: .err))) }

  func lowerUnwrapOk() { push(unwrapped(pop(), of: .ok)) }

  func lowerUnwrapErr() { push(unwrapped(pop(), of: .err)) }

  /// The content of a cell of a kind, or UnwrapFailed here.
  private func unwrapped(_ value: Value, of kind: KindSet) -> Value {
    guard case .boxed(let word, let kinds) = value, !kinds.isDisjoint(with: kind) else {
      trapAlways(.unwrapFailed)
      return .boxed(types.constant(bits: Word.null.bits), .null)
    }
    if !kinds.isSubset(of: kind) {
      trap(.unwrapFailed, unless: isCell(value, of: kind), "trap.unwrap")
    }
    return content(word)
  }

  private func content(_ word: IRValue) -> Value {
    .boxed(load(types.i64, cell(of: word), CellOffset.content, "content"), .anything)
  }

  func lowerUnwrapOption() {
    let value = pop()
    guard case .boxed(let word, let kinds) = value else { return push(value) }
    if kinds == .null {
      trapAlways(.unwrapFailed)
      return push(value)
    } else if kinds.contains(.null) {
      trap(.unwrapFailed, if: isOf(.null, word), "trap.unwrap")
    }
    push(opened(.boxed(word, kinds.subtracting(.null)), .some))
  }

  /// The content of a cell of some kinds, all else unchanged.
  private func opened(_ value: Value, _ kinds: KindSet) -> Value {
    guard case .boxed(let word, let possible) = value, !possible.isDisjoint(with: kinds) else {
      return value
    }
    if possible.isSubset(of: kinds) { return content(word) }
    let test = isCell(value, of: kinds)
    let from = build.block
    let join = hotBlock("option.join")
    let open = hotBlock("option.open")
    build.br(test, open, join)
    build.position(atEndOf: open)
    let inside = box(content(word))
    let end = build.block
    build.br(join)
    build.position(atEndOf: join)
    let result = build.phi(types.i64, name("opened"))
    build.addIncoming(word, from: from, to: result)
    build.addIncoming(inside, from: end, to: result)
    return .boxed(result, .anything)
  }

  /// `TryUnwrap`: whether a value is returned early, which null and err are, and what the
  /// instruction gives if not: the content of ok and some, all else unchanged.
  func unwrapped(_ value: Value) -> (isEarly: IRValue, value: Value) {
    guard case .boxed(let word, let kinds) = value else { return (types.constant(false), value) }
    var isEarly = isCell(value, of: .err)
    if kinds.contains(.null) {
      isEarly = build.or(isEarly, isOf(.null, word), name("is.early"))
    }
    // What is returned early has no content to look at: it passes unchanged.
    return (isEarly, opened(value, [.some, .ok]))
  }
}

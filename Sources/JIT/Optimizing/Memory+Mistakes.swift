import Bytecode
import LLVM

/// What mistakes are made of: values as they were earlier in the block being lowered.
struct MistakenState {
  /// The locals at the block's start.
  fileprivate var locals: [Value?] = []
  /// What was loaded since, and where.
  fileprivate var loads: [LoadedPlace: (value: Value, offset: Int)] = [:]

  /// Forgets another block.
  mutating func begin(_ locals: [Value?]) {
    self.locals = locals
    loads.removeAll(keepingCapacity: true)
  }
}

/// A binding, or a part of what a word is.
private struct LoadedPlace: Hashable {
  let operand: Operand
  let receiver: IRValue?
}

// MARK: - Loads

extension FunctionLowering {
  /// Behind a load: puts what an earlier one of the same place gave in its place, if it is the mistake
  /// to miss a call or store between them.
  func moveLoad() {
    guard scope.wants(.loadBeforeCall) || scope.wants(.loadBeforeStore),
      let place = accessedPlace
    else { return }
    guard instruction.opcode.loadsPart else {
      // Nobody misses a store that names the very same place.
      mistaken.loads[place] = nil
      return
    }
    let value = stack[stack.count - 1]
    guard value.isPlain else { return }
    guard let earlier = mistaken.loads[place] else {
      mistaken.loads[place] = (value, offset)
      return
    }
    let changes = ((earlier.offset + 1)..<offset).contains {
      mayChange(program.program.instructions[function.entryPoint + $0])
    }
    guard changes, earlier.value.kinds.isSubset(of: value.kinds),
      scope.commits(scope.wants(.loadBeforeCall) ? .loadBeforeCall : .loadBeforeStore)
    else { return }
    stack[stack.count - 1] = earlier.value
    countMistake(
      if: build.icmp(.ne, box(value), box(earlier.value), name("is.changed")))
  }

  /// What the instruction, which is lowered, has loaded or stored; nil if it is none to look at.
  private var accessedPlace: LoadedPlace? {
    let place = instruction.operand
    switch (instruction.opcode, place) {
    case (.loadModuleBinding, _), (.storeModuleBinding, _):
      return LoadedPlace(operand: place, receiver: nil)
    case (.getFieldTyped, _), (.getProp, .property(.some)): return part(stackBefore.last)
    case (.setFieldTyped, _), (.setProp, .property(.some)):
      return part(stackBefore.dropLast().last)
    case (_, _): return nil
    }
  }

  private func part(_ receiver: Value?) -> LoadedPlace? {
    guard case .boxed(let word, _)? = receiver else { return nil }
    return LoadedPlace(operand: instruction.operand, receiver: word)
  }

  /// Whether it is the mistake to miss what an instruction between two loads may do.
  private func mayChange(_ between: Instruction) -> Bool {
    if scope.wants(.loadBeforeCall) { return between.mayEnterFunction }
    return between.operand == instruction.operand && !between.opcode.loadsPart
  }
}

extension Opcode {
  /// Whether it loads what a binding or a part holds.
  fileprivate var loadsPart: Bool {
    self == .loadModuleBinding || self == .getFieldTyped || self == .getProp
  }
}

extension Value {
  /// Whether it can be used again wherever it is at hand.
  fileprivate var isPlain: Bool {
    switch self {
    case .boxed, .integer, .number, .bool: true
    case .product, .virtual: false
    }
  }

  /// What holds it; nil unless it is plain.
  fileprivate var machineValue: IRValue? {
    switch self {
    case .boxed(let value, _), .integer(let value, _), .number(let value, _), .bool(let value):
      value
    case .product, .virtual: nil
    }
  }
}

// MARK: - Headers of arrays

extension FunctionLowering {
  /// Whether it is the mistake to use what was read of arrays' headers behind the instruction.
  func keepsOldHeaders() -> Bool {
    guard !arrayHeaders.isEmpty, scope.commits(.headerKept) else { return false }
    for word in Array(arrayHeaders.keys) { arrayHeaders[word]?.isOld = true }
    return true
  }

  /// Whether what was read of an array's header has changed.
  func isOutdated(_ header: ArrayHeader, of word: IRValue) -> IRValue {
    let array = CellView(address: cell(of: word), kind: nil)
    let isLonger = build.icmp(.ne, header.length, arrayLength(array), name("is.longer"))
    let now = build.ptrtoint(arrayElements(array), to: types.i64, name("elements.now"))
    let then = build.ptrtoint(header.elements, to: types.i64, name("elements.then"))
    return build.or(isLonger, build.icmp(.ne, now, then, name("is.moved")), name("is.outdated"))
  }
}

// MARK: - Locals of handlers

extension FunctionLowering {
  /// The locals as they were at the start of the block, if a handler is to get these by mistake, and
  /// they are others.
  func oldLocals(for handler: BlockEntry) -> [Value?]? {
    guard scope.wants(.handlerLocalsOld) else { return nil }
    var old = locals
    var isOther = false
    for (slot, phi) in handler.locals.enumerated() {
      guard let phi, let before = mistaken.locals[slot], let now = locals[slot], now.isPlain,
        let value = before.machineValue, value != now.machineValue,
        before.kinds.isSubset(of: phi.kinds)
      else { continue }
      old[slot] = before
      isOther = true
    }
    return isOther && scope.commits(.handlerLocalsOld) ? old : nil
  }

  /// Whether locals differ from those there are.
  func differs(_ old: [Value?]) -> IRValue {
    zip(old, locals).reduce(types.constant(false)) { differs, pair in
      guard let before = pair.0, let now = pair.1, before.isPlain, now.isPlain,
        before.machineValue != now.machineValue
      else { return differs }
      let isOther = build.icmp(.ne, box(before), box(now), name("is.other"))
      return build.or(differs, isOther, name("is.other"))
    }
  }
}

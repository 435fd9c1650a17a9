import Bytecode
import LLVM

/// Prologues: the direct entry of compiled functions, of those elsewhere, the public entry, and the
/// entry of loops.
extension FunctionLowering {
  /// Lowers a whole function behind its direct entry.
  ///
  /// - Parameter countsCalls: whether entries are counted, and go on in better code if there is some.
  func lowerFunction(countsCalls: Bool = false) {
    beginCode()
    guardStack(stackProbe)
    if countsCalls { countCall() }
    loadBudgets()
    for (position, parameter) in function.parameters.enumerated() {
      locals[position] = parameter.representation.value(
        code.parameter(firstParameter + position))
    }
    if !function.captures.isEmpty { closure = code.parameter(1) }
    for position in function.parameters.count..<function.slotCount {
      locals[position] = .boxed(types.constant(bits: Word.null.bits), .null)
    }
    makeCells()
    lowerBody()
  }

  /// The entry block, with what must be allocated there.
  private func beginCode() {
    let start = scope.withModule { $0.appendBlock(ValueName(0, "entry"), to: code) }
    build.position(atEndOf: start)
    if let count = feedback == nil ? operandBufferSize : greatestRow {
      argumentBuffer = build.alloca(types.i64.array(count: max(count, 1)), name("arguments"))
    }
  }

  /// An address in the frame, to see how much of the stack is left.
  private var stackProbe: IRValue { build.alloca(types.i8, name("stack.probe")) }

  func loadBudgets() {
    if plan.makesCalls {
      framesLeft = build.load(
        types.i64, contextField(ContextOffset.framesLeft, "frames"), name("frames.left"))
    }
    if plan.hasBackwardJump {
      fuel = build.load(
        types.i64, contextField(ContextOffset.fuel, "fuel.field"), name("fuel.left"))
      isFuelStored = true
    }
  }

  /// The position of the first argument among the parameters of the direct entry.
  private var firstParameter: Int { function.captures.isEmpty ? 1 : 2 }

  /// Below the stack limit the call runs in tier 0, whose frames are on the heap.
  private func guardStack(_ probe: IRValue) {
    let address = build.ptrtoint(probe, to: types.i64, name("stack.address"))
    let field = contextField(ContextOffset.stackLimit, "limit.field")
    let limit = build.load(types.i64, field, name("stack.limit"))
    let isLow = build.icmp(.ult, address, limit, name("stack.low"))
    let deep = coldBlock("deep")
    let start = hotBlock("start")
    build.br(isLow, deep, start)
    build.position(atEndOf: deep)
    runInterpreted()
    build.position(atEndOf: start)
    guard testsValidity else { return }
    // Code of the module, such as what walks call back, may be on its way here when it is discarded.
    let valid = hotBlock("valid")
    build.br(isValid, valid, deep)
    build.position(atEndOf: valid)
  }

  /// Counts down to the call at which the runtime looks for better code, and goes on in that. Where
  /// this code is not the newest any more, nothing is left to count, and calls go on in what is.
  private func countCall() {
    let table = build.load(
      types.pointer, contextField(ContextOffset.countdowns, "countdowns.field"),
      name("countdowns"))
    let field = build.offset(table, by: 8 * index.position, name("countdown.field"))
    let count = build.sub(
      build.load(types.i64, field, name("countdown")), types.constant(bits: 1), name("countdown"))
    build.store(count, field)
    let looking = coldBlock("looking")
    let start = hotBlock("counted")
    build.br(
      build.icmp(.slt, count, types.constant(bits: 1), name("is.due")), looking, start)
    build.position(atEndOf: looking)
    let newest = newestEntry
    let asking = coldBlock("asking")
    let elsewhere = coldBlock("elsewhere")
    build.br(build.icmp(.eq, newest, code.address, name("is.newest")), asking, elsewhere)
    build.position(atEndOf: elsewhere)
    goOnElsewhere(at: newest)
    build.position(atEndOf: asking)
    let entry = build.call(
      scope.callee(.promote), [context, types.constant32(index.rawValue)], name("promoted"))
    let promoted = coldBlock("promoted")
    build.br(
      build.icmp(.eq, entry, types.constant(bits: 0), name("stays")), start, promoted)
    build.position(atEndOf: promoted)
    goOn(at: build.inttoptr(entry, name("entry")))
    build.position(atEndOf: start)
  }

  /// Ends the current block: the activation is that of other code of the function, and so is the
  /// frame, since a deep recursion has as many of them.
  private func goOn(at address: IRValue) {
    let arguments = (0..<code.parameterCount).map { code.parameter($0) }
    build.tailCall(at: address, like: code, arguments, name("call"))
  }

  /// The direct entry of a function whose code is not in the module: its newest version's, found in
  /// the context's table, or tier 0.
  func lowerElsewhere() {
    beginCode()
    goOnElsewhere(at: newestEntry)
    finishExits()
  }

  /// The direct entry of the function's newest version; null if tier 0 has it.
  private var newestEntry: IRValue {
    let table = build.load(
      types.pointer, contextField(ContextOffset.directTable, "table.field"), name("table"))
    return build.load(
      types.pointer, build.offset(table, by: 8 * index.position, name("entry.field")),
      name("entry"))
  }

  /// Ends the current block: the activation is the newest version's, or tier 0's.
  private func goOnElsewhere(at address: IRValue) {
    let isMissing = build.icmp(
      .eq, build.ptrtoint(address, to: types.i64, name("entry.bits")), types.constant(bits: 0),
      name("is.missing"))
    let interpreted = coldBlock("interpreted")
    let compiled = hotBlock("compiled")
    build.br(isMissing, interpreted, compiled)
    build.position(atEndOf: interpreted)
    runInterpreted()
    build.position(atEndOf: compiled)
    goOn(at: address)
  }

  /// Runs this activation in tier 0 and returns its result.
  private func runInterpreted() {
    for (position, parameter) in function.parameters.enumerated() {
      let value = parameter.representation.value(code.parameter(firstParameter + position))
      let address = contextField(ContextOffset.arguments + 8 * position, "argument.address")
      build.store(box(value), address)
    }
    if !function.captures.isEmpty {
      build.store(code.parameter(1), contextField(ContextOffset.closure, "closure.field"))
    }
    let word = build.call(
      scope.callee(.interpret), [context, types.constant32(index.rawValue)], name("interpreted"))
    let hasEnded = build.icmp(
      .eq, word, types.constant(bits: .max), name("has.ended"))
    leave(with: word, signal: build.zext(hasEnded, to: types.i32, name("signal")))
  }

  /// The public entry `(context, unused) -> word`: arguments in the context's area.
  func lowerPublicEntry(into entry: IRFunction) {
    let start = scope.withModule { $0.appendBlock(ValueName(0, "entry"), to: entry) }
    build.position(atEndOf: start)
    let context = entry.parameter(0)
    countEntry(context)
    var arguments = [context]
    if !function.captures.isEmpty {
      let field = build.offset(context, by: ContextOffset.closure, name("closure.field"))
      arguments.append(build.load(types.i64, field, name("closure")))
    }
    for (position, parameter) in function.parameters.enumerated() {
      let address = build.offset(
        context, by: ContextOffset.arguments + 8 * position, name("argument.address"))
      let word = build.load(types.i64, address, name("argument"))
      arguments.append(
        machineValue(.boxed(word, .anything), as: parameter.representation))
    }
    let result = build.call(code, arguments, name("call"))
    build.ret(build.extractvalue(result, 0, name("value")))
  }

  private func countEntry(_ context: IRValue) {
    let counter = build.offset(
      context, by: ContextOffset.compiledEntries, name("entries.field"))
    let entries = build.load(types.i64, counter, name("entries"))
    build.store(build.add(entries, types.constant(bits: 1), name("entered")), counter)
  }

  /// Puts the values of shared locals into cells. Those some `BoxLocal` names are charged; a
  /// reference alone charges nothing.
  func makeCells() {
    guard facts.cellLocals.contains(true) else { return }
    let body = program.program.body(of: index)
    for (local, isCell) in facts.cellLocals.enumerated() where isCell {
      let isBoxed = body.contains {
        $0.opcode == .boxLocal && $0.operand == .local(LocalIndex(local))
      }
      guard let value = locals[local] else { preconditionFailure("the prologue set all locals") }
      let byteCount = isBoxed ? AbstractSize.box : 0
      if let virtual = virtualCell(holding: value, charging: byteCount) {
        locals[local] = virtual
        continue
      }
      let charge = types.constant(Int64(byteCount))
      let cell = build.call(scope.callee(.makeCell), [context, box(value), charge], name("cell"))
      locals[local] = .boxed(cell, .cell)
    }
  }

  /// Those of any function of the program, which may all be inlined; at least one, for a cell.
  func greatestOperandBufferSize() -> Int {
    let program = program.program
    return program.instructions.lazy.compactMap { $0.operandsInRow(program) }.max() ?? 1
  }

  /// The words that operands in a row take at most, with one for a receiver that moves up.
  var operandBufferSize: Int? {
    var most: Int?
    for (offset, instruction) in program.program.body(of: index).enumerated()
    where facts.isReachable(offset) {
      guard let count = instruction.operandsInRow(program.program) else { continue }
      most = max(most ?? 0, count)
    }
    return most
  }
}

// MARK: - Loops

extension FunctionLowering {
  /// Lowers what can be reached from a loop header, behind an entry `(context, unused) -> {word,
  /// signal}` for a frame of tier 0: its locals, then its operands, are in the deoptimization
  /// buffer.
  ///
  /// - Parameters:
  ///   - kinds: by slot, the kinds that frames have there; empty for any.
  ///   - isReplaced: whether frames leave it for tier 0 when better code takes its place.
  func lowerLoop(entered kinds: [KindSet], isReplaced: Bool) {
    leavesLoops = isReplaced
    beginCode()
    loadBudgets()
    offset = startOffset
    let field = contextField(ContextOffset.deoptimizationBuffer, "frame.field")
    let frame = build.load(types.pointer, field, name("frame"))
    if !function.captures.isEmpty {
      closure = build.load(
        types.i64, contextField(ContextOffset.closure, "closure.field"), name("closure"))
    }
    guard let state = program.state(of: index, at: startOffset) else {
      preconditionFailure("a loop header is reachable")
    }
    let live = program.liveLocals(of: index, at: startOffset)
    for slot in locals.indices where isHeld(slot, live) {
      let entered = kinds.isEmpty ? .anything : kinds[slot]
      locals[slot] = loaded(
        frame, slot,
        representation(of: slot, inferred: state.locals[slot].intersection(entered)))
    }
    stack = state.stack.enumerated().map {
      loaded(frame, function.slotCount + $0.offset, Representation($0.element))
    }
    lowerBody()
  }

  /// A value of a frame; inference has proved that it is of its kinds.
  private func loaded(_ frame: IRValue, _ position: Int, _ representation: Representation) -> Value
  {
    let word = build.load(
      types.i64, build.offset(frame, by: 8 * position, name("slot.address")), name("slot"))
    return representation.value(machineValue(.boxed(word, .anything), as: representation))
  }

  /// The public entry of a loop.
  func lowerLoopEntry(into entry: IRFunction) {
    let start = scope.withModule { $0.appendBlock(ValueName(0, "entry"), to: entry) }
    build.position(atEndOf: start)
    countEntry(entry.parameter(0))
    let result = build.call(code, [entry.parameter(0)], name("call"))
    build.ret(build.extractvalue(result, 0, name("value")))
  }
}

extension Parameter {
  /// How the direct convention passes it.
  var representation: Representation { isReference ? .boxed(.cell) : Representation(kind) }
}

extension Instruction {
  /// How many words an instruction that hands its operands on in a row needs for them; nil if it
  /// hands them on singly.
  func operandsInRow(_ program: Program) -> Int? {
    switch operand {
    // A walk has an array, a callee and an accumulator.
    case .builtin(let builtin, let count): builtin.takesCallback ? max(count, 3) : count
    case .count(let count): opcode == .newObject ? 2 * count : count + 2
    case .method(_, let count): count + 2
    case .schema(let schema): max(program.schemas[schema.position].fields.count, 2)
    case .foreign(let foreign): program.foreignFunctions[foreign.position].parameters.count
    case .function(let function):
      opcode == .makeClosure ? program[function].captures.count : nil
    case .none, .constant, .local, .localWidth, .width, .binding, .capture, .field, .jump, .loop,
      .property:
      nil
    }
  }
}

import Bytecode
import CRuntime

/// What a call that is resolved when it runs comes to.
enum TierZeroStep {
  /// A bytecode function by its index; its arguments lie where the instruction says.
  case enter(Int)
  case finish(Word)
  /// A builtin that calls back; its arguments are the walk's first words.
  case walk
  /// A trap or exit was raised.
  case raised
}

/// A method name of a `CallMethod`, as its instruction holds it.
struct MethodName {
  let name: StringIndex
  /// The builtin of that name, nil if none is a method.
  let builtin: Builtin?

  init(_ name: StringIndex, _ builtin: Builtin?) {
    self.name = name
    self.builtin = builtin
  }

  init(bits: UInt64) {
    name = StringIndex(Int(UInt32(truncatingIfNeeded: bits)))
    let code = bits >> 32
    builtin = code == 0 ? nil : Builtin(rawValue: UInt8(truncatingIfNeeded: code - 1))
  }

  var bits: UInt64 {
    UInt64(name.rawValue) | (builtin.map { UInt64($0.rawValue) + 1 } ?? 0) << 32
  }
}

/// Receivers a method call has recorded, in the instruction behind it, which does not use its
/// immediate: four of 16 bits each, a type above a number; 0 is none.
extension UnsafeMutablePointer<TierZeroInstruction> {
  /// Whether the schema is recorded; notes it if it can.
  @inline(__always)
  fileprivate func hasMet(schema: SchemaIndex) -> Bool { hasMet(1, schema.rawValue) }

  /// Whether the kind is recorded; notes it if it can.
  @inline(__always)
  fileprivate func hasMet(_ kind: ValueKind) -> Bool { hasMet(2, UInt32(kind.rawValue)) }

  private func hasMet(_ type: UInt64, _ number: UInt32) -> Bool {
    guard number < 1 << 14 else { return false }
    let entry = type << 14 | UInt64(number)
    let shift = UInt64(number & 3) * 16
    let entries = self[1].immediate
    if entries >> shift & 0xFFFF == entry { return true }
    self[1].immediate = entries & ~(0xFFFF << shift) | entry << shift
    return false
  }
}

extension TierZeroSlowPaths {
  /// Records what a `CallValue` is about to call.
  @inline(never)
  static func recordCallee(
    _ value: Word, _ number: Int, _ position: Position, _ state: RunState
  ) {
    let site = state.site(of: position)
    let entry: CalleeEntry =
      number < 0 ? .kind(value.kind) : .function(FunctionIndex(number))
    state.program.feedback[Int(site.function)].record(entry, at: Int(site.offset))
    position.pointee.immediate = UInt64(number + 1)
  }

  /// Finds what a `CallMethod` calls and puts its arguments in place.
  ///
  /// The receiver lies below `a`. An object's function takes its place there, where a closure is
  /// looked for; a record moves up to be the first argument.
  @inline(never)
  static func method(
    _ position: Position, _ base: UnsafeMutablePointer<Word>, _ state: RunState
  ) -> TierZeroStep {
    state.noteFrame(base)
    let site = state.site(of: position)
    let method = MethodName(bits: position.pointee.immediate)
    let arguments = base + Int(position.pointee.a)
    let receiver = arguments[-1]
    do throws(Stop) {
      if receiver.isRecord { return try recordMethod(method, position, arguments, site, state) }
      if receiver.isObject { return try objectMethod(method, position, arguments, site, state) }
      return try builtinMethod(method, position, arguments, site, state)
    } catch {
      _ = raise(error, site, state)
      return .raised
    }
  }

  private static func recordMethod(
    _ method: MethodName, _ position: Position, _ arguments: UnsafeMutablePointer<Word>,
    _ site: TierZeroSite, _ state: RunState
  ) throws(Stop) -> TierZeroStep {
    let receiver = arguments[-1]
    if !position.hasMet(schema: receiver.schema) {
      record(.schema(receiver.schema), site, state)
    }
    guard let function = state.program.methods.function(method.name, of: receiver.schema) else {
      throw .unknownMember
    }
    let count = Int(position.pointee.b)
    guard state.functions[function.position].parameterCount == count + 1 else {
      throw .arityMismatch
    }
    for index in stride(from: count, through: 0, by: -1) {
      arguments[index] = arguments[index - 1]
    }
    return .enter(function.position)
  }

  private static func objectMethod(
    _ method: MethodName, _ position: Position, _ arguments: UnsafeMutablePointer<Word>,
    _ site: TierZeroSite, _ state: RunState
  ) throws(Stop) -> TierZeroStep {
    let receiver = arguments[-1]
    record(receiver.isDictionary ? .dictionary : .shape(receiver.shape), site, state)
    let key = state.program.stringWords[method.name.position]
    guard let callee = state.property(receiver, key) else { throw .unknownMember }
    recordTarget(callee, site, state)
    guard callee.isCallable else { throw .typeError }
    let function = callee.callee.position
    guard state.functions[function].parameterCount == Int(position.pointee.b) else {
      throw .arityMismatch
    }
    arguments[-1] = callee
    return .enter(function)
  }

  private static func builtinMethod(
    _ method: MethodName, _ position: Position, _ arguments: UnsafeMutablePointer<Word>,
    _ site: TierZeroSite, _ state: RunState
  ) throws(Stop) -> TierZeroStep {
    let kind = arguments[-1].kind
    guard let builtin = method.builtin, builtin.methodReceivers.contains(KindSet(kind)) else {
      record(.kind(kind), site, state)
      throw .unknownMember
    }
    if !position.hasMet(kind) { record(.builtin(kind), site, state) }
    let count = Int(position.pointee.b) + 1
    guard builtin.facts.argumentCounts.contains(count) else { throw .arityMismatch }
    if builtin.takesCallback {
      for index in stride(from: count - 1, through: 0, by: -1) {
        arguments[index] = arguments[index - 1]
      }
      return .walk
    }
    let values = UnsafeBufferPointer(start: UnsafePointer(arguments - 1), count: count)
    return .finish(try RuntimeBuiltins.call(builtin, values, state))
  }

  private static func record(_ entry: MethodEntry, _ site: TierZeroSite, _ state: RunState) {
    state.program.feedback[Int(site.function)].record(entry, at: Int(site.offset))
  }

  /// Records a callee that is no operand of its own: a method's or a builtin's.
  static func recordTarget(_ callee: Word, _ site: TierZeroSite, _ state: RunState) {
    let entry: CalleeEntry = callee.isCallable ? .function(callee.callee) : .kind(callee.kind)
    state.program.feedback[Int(site.function)].record(entry, at: Int(site.offset))
  }

  /// Calls a foreign function; its callbacks run above this frame.
  @inline(never)
  static func foreign(
    _ position: Position, _ base: UnsafeMutablePointer<Word>, _ calls: Calls, _ state: RunState
  ) -> Word {
    let site = state.site(of: position)
    let (stackTop, callsTop) = (state.stackTop, state.callsTop)
    state.stackTop = base + state.program.largestFrame
    // A pending call, and counted as one, whether it raises or a callback does.
    calls.pointee = position
    state.callsTop = calls + 1
    state.noteFrame(base)
    let index = ForeignIndex(Int(position.pointee.immediate))
    let result = state.callForeign(
      index, UnsafePointer(base + Int(position.pointee.a)), at: site.place)
    guard result != .sentinel else { return .sentinel }
    state.stackTop = stackTop
    state.callsTop = callsTop
    return checkStore(result, site, state)
  }
}

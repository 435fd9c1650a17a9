/// A trap: an error of the program that a handler may see.
///
/// The raw values are the places in section 6 of `Docs/bytecode.md` and the numbers a numeric
/// kernel reports.
public enum TrapKind: UInt8, CaseIterable, Hashable, Sendable, Error {
  case typeError = 1
  case divisionByZero, indexOutOfBounds, arityMismatch, stackOverflow, unwrapFailed
  case unknownMember, foreignError, thrown

  /// The name messages and payloads use.
  public var name: String {
    switch self {
    case .typeError: "TypeError"
    case .divisionByZero: "DivisionByZero"
    case .indexOutOfBounds: "IndexOutOfBounds"
    case .arityMismatch: "ArityMismatch"
    case .stackOverflow: "StackOverflow"
    case .unwrapFailed: "UnwrapFailed"
    case .unknownMember: "UnknownMember"
    case .foreignError: "ForeignError"
    case .thrown: "Thrown"
    }
  }
}

/// A set of trap kinds.
public struct TrapSet: OptionSet, Hashable, Sendable {
  public let rawValue: UInt16

  public init(rawValue: UInt16) { self.rawValue = rawValue }
  public init(_ kind: TrapKind) { rawValue = 1 << UInt16(kind.rawValue) }

  public static let typeError = TrapSet(.typeError)
  public static let divisionByZero = TrapSet(.divisionByZero)
  public static let indexOutOfBounds = TrapSet(.indexOutOfBounds)
  public static let arityMismatch = TrapSet(.arityMismatch)
  public static let stackOverflow = TrapSet(.stackOverflow)
  public static let unwrapFailed = TrapSet(.unwrapFailed)
  public static let unknownMember = TrapSet(.unknownMember)
  public static let foreignError = TrapSet(.foreignError)
  public static let thrown = TrapSet(.thrown)
  public static let all: TrapSet = [
    .typeError, .divisionByZero, .indexOutOfBounds, .arityMismatch, .stackOverflow,
    .unwrapFailed, .unknownMember, .foreignError, .thrown,
  ]
}

/// An end of a run that no handler sees.
public enum ExitKind: UInt8, CaseIterable, Hashable, Sendable {
  case outOfFuel, outOfMemory

  public var name: String {
    switch self {
    case .outOfFuel: "OutOfFuel"
    case .outOfMemory: "OutOfMemory"
    }
  }
}

/// A value as engines report it, free of any engine's representation.
public enum ObservedValue: Hashable, Sendable {
  case null, unit
  case bool(Bool)
  case int(Int64)
  /// The bits of a binary64, NaN canonical if the engine is right; compared as they are.
  case number(bitPattern: UInt64)
  /// A string by content; strings have no identity.
  case string(Literal)
  /// A function named as a constant; the same value everywhere.
  case function(FunctionIndex)
  /// Anything with an identity, by the order of first appearance in the run: 0 is the first.
  ///
  /// Values appear in the events of the trace, in order, and then in the walk of `Outcome.heap`.
  case identity(ValueKind, number: Int)

  /// A number; the bits are kept as they are, NaNs included.
  public static func number(_ value: Double) -> ObservedValue {
    .number(bitPattern: value.bitPattern)
  }

  /// The value of a constant.
  public init(_ constant: Constant) {
    switch constant {
    case .null: self = .null
    case .unit: self = .unit
    case .bool(let value): self = .bool(value)
    case .int(let value): self = .int(value)
    case .number(let bits): self = .number(bitPattern: bits)
    case .string(let literal): self = .string(literal)
    case .function(let index): self = .function(index)
    }
  }
}

/// A heap value reachable from what a run ended with.
///
/// Two engines agree if their lists are equal: identity, shapes and key order are part of it;
/// capacity, hash order and addresses are not.
public struct ObservedCell: Hashable, Sendable {
  public enum Content: Hashable, Sendable {
    case array([ObservedValue])
    case intArray([Int64])
    /// The bits of each number.
    case floatArray([UInt64])
    case boolArray([Bool])
    /// Keys are those of the shape, in order; the shape by its number.
    case object(shape: Int, keys: [Literal], values: [ObservedValue])
    /// An object that has outgrown shapes.
    case dictionary(keys: [Literal], values: [ObservedValue])
    case record(SchemaIndex, [ObservedValue])
    /// In insertion order.
    case map(keys: [ObservedValue], values: [ObservedValue])
    case range(start: Int64, end: Int64, isInclusive: Bool)
    case some(ObservedValue)
    case ok(ObservedValue)
    case err(ObservedValue)
    /// A `mut` capture is the `cell` it shares.
    case closure(FunctionIndex, captures: [ObservedValue])
    case cell(ObservedValue)
  }

  /// The number `ObservedValue.identity` names it by.
  public var number: Int
  public var content: Content

  public init(number: Int, content: Content) {
    self.number = number
    self.content = content
  }
}

/// Where a trap or exit was raised.
public struct Raise: Hashable, Sendable {
  public var site: Site
  /// The number of bytecode frames at the raise; `main` alone is 1.
  public var depth: Int
  /// The handlers in force at the raise, of all frames; an uncaught trap has none.
  public var handlerDepth: Int

  public init(site: Site, depth: Int, handlerDepth: Int = 0) {
    self.site = site
    self.depth = depth
    self.handlerDepth = handlerDepth
  }
}

/// How a run ended.
public enum Ending: Hashable, Sendable {
  case returned(ObservedValue)
  /// An uncaught trap; only `thrown` has a payload.
  case trapped(TrapKind, payload: ObservedValue?, at: Raise)
  case exited(ExitKind, at: Raise)
}

/// A side effect, in the order of the run.
public enum Event: Hashable, Sendable {
  /// A call of `print`: the values and the text written, newline included, as UTF-8.
  case print(values: [ObservedValue], text: [UInt8])
  /// A `StoreModuleBinding`.
  case storeBinding(BindingIndex, ObservedValue)
  /// The creation of a shape: the first time an object of `parent` got `key`.
  case createShape(parent: Int, key: Literal, number: Int)
  /// An object got its 65th key and has no shape from now on.
  case becomeDictionary(ObservedValue)
  /// A foreign function is about to run.
  case callForeign(ForeignIndex, arguments: [ObservedValue])
  /// A foreign function returned, and its result converted.
  case returnForeign(ForeignIndex, ObservedValue)
  /// A builtin or a foreign function entered a bytecode function.
  case callBack(FunctionIndex)
}

/// Everything about a run that every engine must agree on.
public struct Outcome: Hashable, Sendable {
  public var ending: Ending
  /// Fuel units consumed: the clock at the end.
  public var fuel: UInt64
  /// Bytes ever allocated, by abstract size.
  public var heapBytes: UInt64
  /// The trace; empty if the request did not ask for it.
  public var events: [Event]
  /// The heap reachable from the value returned or thrown, breadth first.
  ///
  /// The walk starts with that value and takes elements, values of keys in key order, fields,
  /// entries (key, then value) and captures from first to last. A heap value gets its number when
  /// the walk first sees it, unless the trace has numbered it; each stands here once, in the order
  /// first seen.
  public var heap: [ObservedCell]

  public init(
    ending: Ending, fuel: UInt64, heapBytes: UInt64 = 0, events: [Event] = [],
    heap: [ObservedCell] = []
  ) {
    self.ending = ending
    self.fuel = fuel
    self.heapBytes = heapBytes
    self.events = events
    self.heap = heap
  }
}

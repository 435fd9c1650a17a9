import Bytecode

/// A point at which compiled code may hand its frames to tier 0: what they are made of.
///
/// The code has stored words into the deoptimization buffer; a source says which of them, and in
/// which form, is a slot.
public struct DeoptimizationPoint: Hashable, Sendable {
  /// Why code leaves there.
  public enum Reason: Hashable, Sendable {
    /// A safepoint of hooked code: the harness asks for it.
    case forced
    /// The version was discarded while it waited for a call.
    case discarded
    case guardFailed(Schedule.GuardKind)
  }

  /// Where the value of a slot comes from; a number counts 64-bit words of the buffer.
  public enum Source: Hashable, Sendable {
    /// A boxed word.
    case word(Int)
    /// An int of the language's range, sign-extended.
    case integer(Int)
    /// The bits of a number; any NaN.
    case number(Int)
    /// 0 or 1.
    case bool(Int)
    /// A virtual object of the point.
    case virtual(Int)
    /// The bits of a word.
    case constant(UInt64)
    /// No path from here reads the slot.
    case dead
  }

  /// Where a frame goes on.
  public enum Position: Hashable, Sendable {
    /// Before the instruction at the offset, of which nothing has happened.
    case before(Int)
    /// A caller: the inputs of the call at the offset are taken, its result is to be pushed.
    case afterCall(Int)

    /// Instructions from the function's entry.
    public var offset: Int {
      switch self {
      case .before(let offset), .afterCall(let offset): offset
      }
    }
  }

  /// A frame of a bytecode function.
  public struct Frame: Hashable, Sendable {
    public var function: FunctionIndex
    public var position: Position
    /// The offsets of the `SetupTry` instructions in force in this frame, outermost first.
    public var handlers: [Int]
    /// The closure that runs; nil for a function without captures.
    public var closure: Source?
    /// Parameters, then locals; of one that is a cell, the cell.
    public var locals: [Source]
    /// The lowest first; of a caller without the inputs of its call.
    public var operands: [Source]

    public init(
      function: FunctionIndex, position: Position, handlers: [Int] = [], closure: Source? = nil,
      locals: [Source], operands: [Source]
    ) {
      self.function = function
      self.position = position
      self.handlers = handlers
      self.closure = closure
      self.locals = locals
      self.operands = operands
    }
  }

  /// A heap value that the code did not make: made when its frames are, once, and charged before,
  /// where the program made it.
  public struct VirtualObject: Hashable, Sendable {
    /// An object with a shape, a record, a closure, `some`, `ok`, `err` or a cell.
    public var kind: ValueKind
    /// The keys of an object, whose shape is there; its number differs between sessions.
    public var keys: [Literal]?
    /// The schema of a record.
    public var schema: SchemaIndex?
    /// The function of a closure.
    public var function: FunctionIndex?
    /// Values of keys, fields, captures or the content, in order; cycles are allowed.
    public var fields: [Source]

    public init(
      kind: ValueKind, keys: [Literal]? = nil, schema: SchemaIndex? = nil,
      function: FunctionIndex? = nil, fields: [Source]
    ) {
      self.kind = kind
      self.keys = keys
      self.schema = schema
      self.function = function
      self.fields = fields
    }
  }

  /// Its place among the points of its version.
  public var identifier: Int
  public var reason: Reason
  /// Outermost first; the last one goes on, the others wait for calls.
  public var frames: [Frame]
  public var virtualObjects: [VirtualObject]
  /// What fails where code leaves here; nil where no guard stands.
  public var guardRecord: Guard?

  public init(
    identifier: Int, reason: Reason, frames: [Frame], virtualObjects: [VirtualObject] = [],
    guardRecord: Guard? = nil
  ) {
    self.guardRecord = guardRecord
    self.identifier = identifier
    self.reason = reason
    self.frames = frames
    self.virtualObjects = virtualObjects
  }
}

/// A version of compiled code as the runtime finds it behind `JITVersion.host`.
protocol CompiledVersion: AnyObject {
  /// By the numbers that the code names them by; verified.
  var deoptimizationPoints: [DeoptimizationPoint] { get }
  /// The same as they were before a decorator saw them: where the code stops. Nil if there was none.
  var pointsOfCode: [DeoptimizationPoint]? { get }
  /// Whether it has been taken out of use, and frames may still run it.
  var isRetired: Bool { get }
}

extension CompiledVersion {
  var pointsOfCode: [DeoptimizationPoint]? { nil }
  var isRetired: Bool { false }
}

extension CompiledVersion {
  /// Those that the code has, in the order of their points.
  var guardRecords: [Guard] { deoptimizationPoints.compactMap(\.guardRecord) }
}

// MARK: - Text

extension DeoptimizationPoint.Source: CustomStringConvertible {
  public var description: String {
    switch self {
    case .word(let index): "word \(index)"
    case .integer(let index): "int \(index)"
    case .number(let index): "number \(index)"
    case .bool(let index): "bool \(index)"
    case .virtual(let index): "virtual \(index)"
    case .constant(let bits): "0x\(String(bits, radix: 16))"
    case .dead: "dead"
    }
  }
}

extension DeoptimizationPoint.Reason: CustomStringConvertible {
  public var description: String {
    switch self {
    case .forced: "forced"
    case .discarded: "discarded"
    case .guardFailed(let kind): kind.name
    }
  }
}

extension DeoptimizationPoint.Frame: CustomStringConvertible {
  public var description: String {
    let place =
      switch position {
      case .before(let offset): "before \(function.position)+\(offset)"
      case .afterCall(let offset): "after call \(function.position)+\(offset)"
      }
    let closure = closure.map { " closure \($0)" } ?? ""
    return "\(place) handlers \(handlers)\(closure) locals \(locals) operands \(operands)"
  }
}

extension DeoptimizationPoint: CustomStringConvertible {
  /// One line; functions by their indices.
  public var description: String {
    let objects = virtualObjects.map { "\($0.kind.name) \($0.fields)" }
    let frames = frames.map(\.description).joined(separator: "; ")
    return "point \(identifier) (\(reason)): \(frames)"
      + (objects.isEmpty ? "" : "; virtual \(objects.joined(separator: ", "))")
  }
}

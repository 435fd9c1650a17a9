/// A named slot with the kind it declares, if any: a local, binding, or field.
public struct Slot: Hashable, Sendable {
  public var name: String
  public var kind: SlotKind?

  public init(_ name: String, _ kind: SlotKind? = nil) {
    self.name = name
    self.kind = kind
  }
}

public struct Parameter: Hashable, Sendable {
  public var name: String
  public var kind: SlotKind?
  /// Whether the parameter takes a reference to a local of a live frame (`ref r`).
  public var isReference: Bool

  public init(_ name: String, _ kind: SlotKind? = nil, isReference: Bool = false) {
    self.name = name
    self.kind = kind
    self.isReference = isReference
  }
}

public struct Capture: Hashable, Sendable {
  public var name: String
  public var kind: SlotKind?
  /// Whether the capture is a shared cell that `StoreClosure` may change (`mut c`).
  public var isMutable: Bool

  public init(_ name: String, _ kind: SlotKind? = nil, isMutable: Bool = false) {
    self.name = name
    self.kind = kind
    self.isMutable = isMutable
  }
}

/// A label's name and the offset, from its function's entry, of the instruction it names.
public struct Label: Hashable, Sendable {
  public var name: String
  public var offset: Int

  public init(_ name: String, offset: Int) {
    self.name = name
    self.offset = offset
  }
}

/// One function; it owns the instructions `entryPoint ..< entryPoint + bodyLength`.
public struct Function: Hashable, Sendable {
  public var name: String
  public var parameters: [Parameter]
  /// The locals after the parameters; `LocalIndex` counts parameters first.
  public var locals: [Slot]
  public var captures: [Capture]
  /// The instruction pointer of the first instruction.
  public var entryPoint: Int
  /// The number of instructions.
  public var bodyLength: Int
  /// Names of labels in ascending order of offset, then as written.
  public var labels: [Label]
  /// The source line of each instruction, 0 where unknown; empty when none is known.
  public var lines: [Int]

  public init(
    name: String, parameters: [Parameter] = [], locals: [Slot] = [], captures: [Capture] = [],
    entryPoint: Int, bodyLength: Int, labels: [Label] = [], lines: [Int] = []
  ) {
    self.name = name
    self.parameters = parameters
    self.locals = locals
    self.captures = captures
    self.entryPoint = entryPoint
    self.bodyLength = bodyLength
    self.labels = labels
    self.lines = lines
  }

  /// The number of parameters and locals.
  public var slotCount: Int { parameters.count + locals.count }

  /// The instruction pointers of the body.
  public var range: Range<Int> { entryPoint..<entryPoint + bodyLength }

  /// The declared kind of a parameter or local, nil if it declares none.
  public func kind(of local: LocalIndex) -> SlotKind? {
    local.position < parameters.count
      ? parameters[local.position].kind : locals[local.position - parameters.count].kind
  }

  /// The name of a parameter or local.
  public func name(of local: LocalIndex) -> String {
    local.position < parameters.count
      ? parameters[local.position].name : locals[local.position - parameters.count].name
  }
}

/// A C type of a foreign signature or struct field.
public indirect enum ForeignType: Hashable, Sendable {
  case i8, i16, i32, i64, u8, u16, u32, u64, f32, f64, bool, pointer, cString
  /// A struct by value.
  case structure(SchemaIndex)
  /// A callback of scalar and pointer types.
  case callback([ForeignType], ForeignType)
}

public struct Schema: Hashable, Sendable {
  public var name: String
  public var fields: [Slot]
  /// The C types of the fields of a `struct`; nil for a plain `schema`.
  public var layout: [ForeignType]?

  public init(name: String, fields: [Slot], layout: [ForeignType]? = nil) {
    self.name = name
    self.fields = fields
    self.layout = layout
  }
}

public struct ForeignFunction: Hashable, Sendable {
  public var name: String
  public var library: Literal
  public var symbol: String
  public var parameters: [ForeignType]
  public var result: ForeignType

  public init(
    name: String, library: Literal, symbol: String, parameters: [ForeignType], result: ForeignType
  ) {
    self.name = name
    self.library = library
    self.symbol = symbol
    self.parameters = parameters
    self.result = result
  }
}

/// A program as it was read; nothing about it has been checked but its form.
///
/// The functions' regions tile `instructions` in function order without gaps.
public struct Program: Hashable, Sendable {
  public var name: String?
  public var instructions: [Instruction]
  /// Each (kind, bits) once.
  public var constants: [Constant]
  /// Property and method names, each once.
  public var strings: [Literal]
  public var bindings: [Slot]
  public var schemas: [Schema]
  public var foreignFunctions: [ForeignFunction]
  /// All functions, `main` at `mainIndex`.
  public var functions: [Function]
  public var mainIndex: FunctionIndex
  public var schedule: Schedule?

  public init(
    name: String? = nil, instructions: [Instruction] = [], constants: [Constant] = [],
    strings: [Literal] = [], bindings: [Slot] = [], schemas: [Schema] = [],
    foreignFunctions: [ForeignFunction] = [], functions: [Function] = [],
    mainIndex: FunctionIndex = FunctionIndex(0), schedule: Schedule? = nil
  ) {
    self.name = name
    self.instructions = instructions
    self.constants = constants
    self.strings = strings
    self.bindings = bindings
    self.schemas = schemas
    self.foreignFunctions = foreignFunctions
    self.functions = functions
    self.mainIndex = mainIndex
    self.schedule = schedule
  }

  public subscript(function: FunctionIndex) -> Function { functions[function.position] }

  /// The main function.
  public var main: Function { functions[mainIndex.position] }

  /// The instructions of a function, indexed by instruction pointer.
  public func body(of function: FunctionIndex) -> ArraySlice<Instruction> {
    instructions[functions[function.position].range]
  }
}

/// An instruction of a function: what messages and comparisons call a place.
public struct Site: Hashable, Comparable, Sendable {
  public var function: FunctionIndex
  /// Instructions from the function's entry.
  public var offset: Int

  public init(_ function: FunctionIndex, offset: Int) {
    self.function = function
    self.offset = offset
  }

  public static func < (left: Site, right: Site) -> Bool {
    (left.function, left.offset) < (right.function, right.offset)
  }
}

extension Program {
  /// The form `FUNCTION+OFFSET` of messages.
  public func description(of site: Site) -> String {
    "\(self[site.function].name)+\(site.offset)"
  }

  /// The source line of an instruction, nil where unknown.
  public func line(of site: Site) -> Int? {
    let lines = self[site.function].lines
    guard site.offset < lines.count, lines[site.offset] > 0 else { return nil }
    return lines[site.offset]
  }
}

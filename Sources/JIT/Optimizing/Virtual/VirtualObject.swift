import Bytecode
import LLVM

/// A heap value that code has not made: one for each time that the instruction which makes it is laid
/// out.
struct VirtualID: Hashable, Comparable {
  let number: Int

  static func < (a: VirtualID, b: VirtualID) -> Bool { a.number < b.number }
}

/// What a virtual object is made as.
enum VirtualLayout: Equatable {
  /// `some`, `ok` or `err`.
  case option(ValueKind)
  case record(SchemaIndex)
  /// An object of these keys, in order.
  case object([Literal])
  /// A closure of a function.
  case closure(FunctionIndex)
  /// The cell of a local or capture that several activations share.
  case cell

  var kind: ValueKind {
    switch self {
    case .option(let kind): kind
    case .record: .record
    case .object: .object
    case .closure: .closure
    case .cell: .cell
    }
  }

  /// What the layout is by name; nil if nothing is found by name in it.
  var receiver: ReceiverLayout? {
    switch self {
    case .option, .closure, .cell: nil
    case .record(let schema): .schema(schema)
    case .object(let keys): .shape(keys)
    }
  }
}

/// What stands for a virtual object while code is made.
struct VirtualObject {
  /// An object's changes when it gets a key more.
  var layout: VirtualLayout
  /// In the order of the layout.
  var fields: [Value]
  /// The instruction that makes it.
  let origin: CodeAccount.Origin
}

/// What has become of virtual objects on the way to an instruction.
struct VirtualObjects {
  enum Status {
    case virtual(VirtualObject)
    /// It had to be made: this is its word.
    case made(IRValue)
  }

  private var statuses: [VirtualID: Status] = [:]

  var isEmpty: Bool { statuses.isEmpty }

  /// In the order in which they were met.
  var identifiers: [VirtualID] { statuses.keys.sorted() }

  /// The words that the fields of all of them take.
  var fieldCount: Int {
    statuses.values.reduce(0) { count, status in
      guard case .virtual(let object) = status else { return count }
      return count + object.fields.count
    }
  }

  /// The values in all of them.
  var fields: [Value] { identifiers.compactMap(object).flatMap(\.fields) }

  subscript(_ identifier: VirtualID) -> Status? {
    get { statuses[identifier] }
    set { statuses[identifier] = newValue }
  }

  /// The object, if it has not been made.
  func object(_ identifier: VirtualID) -> VirtualObject? {
    guard case .virtual(let object)? = statuses[identifier] else { return nil }
    return object
  }

  /// A value as it is by now: the word of what has been made.
  func resolved(_ value: Value) -> Value {
    guard case .virtual(let identifier, let kind) = value,
      case .made(let word)? = statuses[identifier]
    else { return value }
    return .boxed(word, KindSet(kind))
  }

  /// Has fields hold the words of what has been made.
  mutating func resolveFields() {
    let made = self
    mapFields(made.resolved)
  }

  /// Has all fields hold what is known by now of their values.
  mutating func mapFields(_ change: (Value) -> Value) {
    guard !statuses.isEmpty else { return }
    statuses = statuses.mapValues { status in
      guard case .virtual(var object) = status else { return status }
      object.fields = object.fields.map(change)
      return .virtual(object)
    }
  }

  /// Those that are not made among some and all that their fields lead to.
  func reachable(from roots: some Sequence<VirtualID>) -> Set<VirtualID> {
    var found: Set<VirtualID> = []
    var pending = Array(roots)
    while let next = pending.popLast() {
      guard let object = object(next), found.insert(next).inserted else { continue }
      for case .virtual(let field, _) in object.fields { pending.append(field) }
    }
    return found
  }

  /// Those of the objects that some values, and others, lead to.
  func reached(from values: [Value?], and others: [VirtualID]) -> VirtualObjects {
    let roots = values.compactMap { $0?.identifier } + others
    let found = reachable(from: roots).union(roots)
    var result = VirtualObjects()
    for identifier in found { result[identifier] = self[identifier] }
    return result
  }
}

extension VirtualLayout {
  /// As deoptimization points tell it, without fields.
  var described: DeoptimizationPoint.VirtualObject {
    switch self {
    case .option(let kind): DeoptimizationPoint.VirtualObject(kind: kind, fields: [])
    case .record(let schema):
      DeoptimizationPoint.VirtualObject(kind: .record, schema: schema, fields: [])
    case .object(let keys):
      DeoptimizationPoint.VirtualObject(kind: .object, keys: keys, fields: [])
    case .closure(let function):
      DeoptimizationPoint.VirtualObject(kind: .closure, function: function, fields: [])
    case .cell: DeoptimizationPoint.VirtualObject(kind: .cell, fields: [])
    }
  }
}

/// What making virtual objects changes of a lowering's state: kept where it happens on one of several
/// ways only.
struct VirtualState {
  private let locals: [Value?]
  private let stack: [Value]
  private let stackBefore: [Value]
  private let virtuals: VirtualObjects

  init(of lowering: FunctionLowering) {
    locals = lowering.locals
    stack = lowering.stack
    stackBefore = lowering.stackBefore
    virtuals = lowering.virtuals
  }

  func restore(to lowering: FunctionLowering) {
    lowering.locals = locals
    lowering.stack = stack
    lowering.stackBefore = stackBefore
    lowering.virtuals = virtuals
  }
}

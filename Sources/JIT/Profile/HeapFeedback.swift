import Bytecode
import CRuntime

/// What a call met: the function it enters, or a value that is no function.
enum CalleeEntry: Hashable, Sendable {
  /// For a closure its function.
  case function(FunctionIndex)
  case kind(ValueKind)

  func text(in program: Program) -> String {
    switch self {
    case .function(let function): "@\(program[function].name)"
    case .kind(let kind): kind.name
    }
  }
}

/// The receiver and index kinds an access by a key that is no string met.
struct ElementEntry: Hashable, Sendable {
  var receiver: ValueKind
  var index: ValueKind

  var text: String { "\(receiver.name)[\(index.name)]" }
}

/// What an access by a string met.
enum PropertyEntry: Hashable, Sendable {
  /// An object's shape, and the key if the shape has it.
  case shape(UInt32, PropertyKey?)
  /// A record's schema, and the field's position if it has the field.
  case schema(SchemaIndex, Int?)
  case dictionary
  /// A receiver that has no properties of its own.
  case kind(ValueKind)

  init(_ receiver: Word, _ key: Word, _ state: RunState) {
    if receiver.isObject {
      guard !receiver.isDictionary else {
        self = .dictionary
        return
      }
      let number = state.strings.key(of: key)
      let isPresent = number.map { state.shapes.slot(receiver.shape, $0) != nil } ?? false
      self = .shape(receiver.shape, isPresent ? number : nil)
    } else if receiver.isRecord {
      let fields = state.program.verified.program.schemas[receiver.schema.position].fields
      let name = key.utf8
      self = .schema(
        receiver.schema, fields.firstIndex { $0.name.utf8.elementsEqual(name) })
    } else {
      self = .kind(receiver.kind)
    }
  }

  func text(_ source: FeedbackSource) -> String {
    switch self {
    case .shape(let shape, let key):
      "\(source.text(ofShape: shape)).\(key.map(source.name) ?? "?")"
    case .schema(let schema, let field):
      source.text(ofSchema: schema) { schema in field.map { schema.fields[$0].name } ?? "?" }
    case .dictionary: "dictionary"
    case .kind(let kind): kind.name
    }
  }
}

/// What a method call met; the method is the instruction's.
enum MethodEntry: Hashable, Sendable {
  /// A receiver on which the name is a builtin.
  case builtin(ValueKind)
  case schema(SchemaIndex)
  case shape(UInt32)
  case dictionary
  /// A receiver without methods.
  case kind(ValueKind)

  func text(_ name: String, _ source: FeedbackSource) -> String {
    switch self {
    case .builtin(let kind): "\(kind.name).\(name)"
    case .schema(let schema): source.text(ofSchema: schema) { _ in name }
    case .shape(let shape): "\(source.text(ofShape: shape)).\(name)"
    case .dictionary: "dictionary"
    case .kind(let kind): kind.name
    }
  }
}

/// What a listing needs to spell shapes, keys and functions.
struct FeedbackSource {
  let program: Program
  let shapes: ShapeGraph
  let strings: StaticStrings

  /// The keys of a shape in order.
  func keys(ofShape shape: UInt32) -> [Literal] { shapes.keys(shape).map(strings.literal) }

  /// `{a, "b c"}`
  func text(ofShape shape: UInt32) -> String {
    "{\(shapes.keys(shape).map(name).joined(separator: ", "))}"
  }

  func name(_ key: PropertyKey) -> String { FeedbackSource.name(strings.literal(key)) }

  /// A name as it is, any other text quoted.
  static func name(_ literal: Literal) -> String {
    let isName =
      literal.utf8.first.map { !(UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0) } ?? false
      && literal.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
          true
        default: false
        }
      }
    return isName ? literal.string : literal.quoted
  }

  func text(ofSchema index: SchemaIndex, _ member: (Schema) -> String) -> String {
    let schema = program.schemas[index.position]
    return "\(schema.name).\(member(schema))"
  }
}

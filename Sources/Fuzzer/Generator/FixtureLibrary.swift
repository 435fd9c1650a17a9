import Bytecode
import CFixture

/// The foreign functions every program may call, as the library `fixture` lists them itself.
public struct FixtureLibrary: Sendable {
  /// The structs of the signatures, each after those it contains.
  public let structures: [Schema]
  public let functions: [ForeignFunction]

  public static let shared = FixtureLibrary()

  private init() {
    var text = ""
    var index: UInt = 0
    while let structure = fixture_structure(index) {
      text += String(cString: structure) + "\n"
      index += 1
    }
    index = 0
    while let symbol = fixture_signature(index).symbol,
      let signature = fixture_signature(index).signature
    {
      let name = String(cString: symbol)
      text += "foreign \(name) = \"fixture\" \(name)\(String(cString: signature))\n"
      index += 1
    }
    do throws(SyntaxError) {
      let program = try Assembler.assemble(text + "main() {\n    Halt\n}\n")
      structures = program.schemas
      functions = program.foreignFunctions
    } catch {
      preconditionFailure("the fixture library's table of signatures: \(error)")
    }
  }
}

extension ForeignType {
  /// The type with other numbers of structs.
  func mapStructures(_ replacement: (SchemaIndex) -> SchemaIndex) -> ForeignType {
    switch self {
    case .structure(let index): .structure(replacement(index))
    // Callbacks take and give no structs.
    case .i8, .i16, .i32, .i64, .u8, .u16, .u32, .u64, .f32, .f64, .bool, .pointer, .cString,
      .callback:
      self
    }
  }

  /// The kinds of values of the type that come from C.
  var receivedKinds: KindSet {
    switch self {
    case .i8, .i16, .i32, .u8, .u16, .u32: .int
    case .i64, .u64: .numeric
    case .f32, .f64: .number
    case .bool: .bool
    case .pointer: [.int, .null]
    case .cString: [.string, .null]
    case .structure: .record
    case .callback: []
    }
  }
}

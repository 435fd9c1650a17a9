import Bytecode
import CFFI

/// The C types of a program for libffi, made when first asked for and owned here.
final class ForeignTypes {
  private let program: Program
  private let scalars: UnsafeMutablePointer<ffi_type>
  private var structures: [SchemaIndex: ForeignStructure] = [:]

  init(_ program: Program) {
    self.program = program
    scalars = .allocate(capacity: ForeignScalar.allCases.count)
    for scalar in ForeignScalar.allCases {
      (scalars + Int(scalar.rawValue)).initialize(
        to: ffi_type(
          size: scalar.byteCount, alignment: UInt16(scalar.byteCount), type: UInt16(scalar.code),
          elements: nil))
    }
  }

  deinit { scalars.deallocate() }

  func type(of scalar: ForeignScalar) -> UnsafeMutablePointer<ffi_type> {
    scalars + Int(scalar.rawValue)
  }

  /// The layout of a struct.
  ///
  /// Nested structs are laid out first, without recursion: nesting is unlimited.
  ///
  /// - Precondition: the program is verified, so that structs do not contain themselves.
  func structure(_ root: SchemaIndex) -> ForeignStructure {
    var pending = [root]
    while let schema = pending.last {
      let missing = inner(schema).filter { structures[$0] == nil }
      if missing.isEmpty {
        if structures[schema] == nil {
          structures[schema] = ForeignStructure(schema, contents(schema), self)
        }
        pending.removeLast()
      } else {
        pending.append(contentsOf: missing)
      }
    }
    guard let structure = structures[root] else { preconditionFailure("it was laid out above") }
    return structure
  }

  private func layout(_ schema: SchemaIndex) -> [ForeignType] {
    guard let layout = program.schemas[schema.position].layout else {
      preconditionFailure("the verifier admits structs only")
    }
    return layout
  }

  /// The structs that are fields of a struct.
  private func inner(_ schema: SchemaIndex) -> [SchemaIndex] {
    layout(schema).compactMap { type in
      if case .structure(let index) = type { index } else { nil }
    }
  }

  private func contents(_ schema: SchemaIndex) -> [ForeignStructure.Content] {
    layout(schema).map { type in
      if case .structure(let index) = type {
        guard let inner = structures[index] else { preconditionFailure("laid out before") }
        return .structure(inner)
      }
      return .scalar(type.scalar)
    }
  }
}

// MARK: - Spelling

extension ForeignTypes {
  /// The types of a function as the library `fixture` compares them: those of the text form, structs
  /// spelled out.
  func spelling(of function: ForeignFunction) -> String {
    spelling(function.parameters, function.result)
  }

  private func spelling(_ parameters: [ForeignType], _ result: ForeignType) -> String {
    "(" + parameters.map(spelling).joined(separator: ",") + ")->" + spelling(result)
  }

  private func spelling(_ type: ForeignType) -> String {
    switch type {
    case .i8, .i16, .i32, .i64, .u8, .u16, .u32, .u64, .f32, .f64, .bool, .pointer:
      type.scalar.name
    case .cString: "cstring"
    case .structure(let schema): spelling(structure(schema))
    case .callback(let parameters, let result): spelling(parameters, result)
    }
  }

  private func spelling(_ structure: ForeignStructure) -> String {
    var text = "{"
    for step in structure.steps {
      if case .leave = step {
        text += "}"
        continue
      }
      if text.last != "{" { text += "," }
      switch step {
      case .scalar(let scalar, _, _): text += scalar.name
      case .enter: text += "{"
      case .leave: break
      }
    }
    return text + "}"
  }
}

extension ForeignType {
  /// The scalar of a type that the verifier admits as a field or in a callback, where it is none
  /// but a struct.
  var scalar: ForeignScalar {
    switch self {
    case .i8: .i8
    case .i16: .i16
    case .i32: .i32
    case .i64: .i64
    case .u8: .u8
    case .u16: .u16
    case .u32: .u32
    case .u64: .u64
    case .f32: .f32
    case .f64: .f64
    case .bool: .bool
    case .pointer: .pointer
    case .cString, .structure, .callback:
      preconditionFailure("the verifier admits scalars and pointers only")
    }
  }
}

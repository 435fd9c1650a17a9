import Bytecode
import CFFI

/// The layout of C types, and their descriptions for libffi.
struct ForeignTypes {
  let schemas: [Schema]

  /// - Complexity: O(fields) of a struct, those of structs in it counted.
  func size(of type: ForeignType) -> Int { measure(type).size }

  private func measure(_ type: ForeignType) -> (size: Int, alignment: Int) {
    switch type {
    case .i8, .u8, .bool: return (1, 1)
    case .i16, .u16: return (2, 2)
    case .i32, .u32, .f32: return (4, 4)
    case .i64, .u64, .f64, .pointer, .cString, .callback: return (8, 8)
    case .structure(let schema):
      var (end, alignment) = (0, 1)
      for field in fields(of: schema) {
        let (size, fieldAlignment) = measure(field)
        end = ForeignTypes.align(end, to: fieldAlignment) + size
        alignment = max(alignment, fieldAlignment)
      }
      return (ForeignTypes.align(end, to: alignment), alignment)
    }
  }

  /// The types of a struct's fields.
  func fields(of schema: SchemaIndex) -> [ForeignType] {
    guard let layout = schemas[schema.position].layout else {
      preconditionFailure("the verifier lets signatures and structs name structs only")
    }
    return layout
  }

  /// Where each field of a struct begins.
  func offsets(of schema: SchemaIndex) -> [Int] {
    var end = 0
    return fields(of: schema).map { field in
      let (size, alignment) = measure(field)
      let offset = ForeignTypes.align(end, to: alignment)
      end = offset + size
      return offset
    }
  }

  private static func align(_ offset: Int, to alignment: Int) -> Int {
    (offset + alignment - 1) / alignment * alignment
  }

  // MARK: Text

  /// A function's types as the library `fixture` asks for them, structs written by their fields.
  func text(of parameters: [ForeignType], giving result: ForeignType) -> String {
    "(\(parameters.map(text).joined(separator: ",")))->\(text(of: result))"
  }

  private func text(of type: ForeignType) -> String {
    switch type {
    case .i8: "i8"
    case .i16: "i16"
    case .i32: "i32"
    case .i64: "i64"
    case .u8: "u8"
    case .u16: "u16"
    case .u32: "u32"
    case .u64: "u64"
    case .f32: "f32"
    case .f64: "f64"
    case .bool: "bool"
    case .pointer: "ptr"
    case .cString: "cstring"
    case .structure(let schema):
      "{\(fields(of: schema).map(text).joined(separator: ","))}"
    case .callback(let parameters, let result): text(of: parameters, giving: result)
    }
  }

  // MARK: libffi

  /// A type's description, which lives as long as the memory.
  func describe(
    _ type: ForeignType, in memory: ForeignMemory
  ) -> UnsafeMutablePointer<ffi_type> {
    var description = unsafe ffi_type()
    unsafe description.type = UInt16(code(of: type))
    if case .structure(let schema) = type {
      // libffi measures structs itself.
      var elements: [UnsafeMutablePointer<ffi_type>?] = unsafe []
      for field in fields(of: schema) { unsafe elements.append(describe(field, in: memory)) }
      unsafe elements.append(nil)
      unsafe description.elements = memory.makeBlock(of: elements)
    } else {
      let (size, alignment) = measure(type)
      unsafe description.size = size
      unsafe description.alignment = UInt16(alignment)
    }
    return unsafe memory.makeBlock(of: [description])
  }

  private func code(of type: ForeignType) -> Int32 {
    switch type {
    case .i8: FFI_TYPE_SINT8
    case .i16: FFI_TYPE_SINT16
    case .i32: FFI_TYPE_SINT32
    case .i64: FFI_TYPE_SINT64
    case .u8, .bool: FFI_TYPE_UINT8
    case .u16: FFI_TYPE_UINT16
    case .u32: FFI_TYPE_UINT32
    case .u64: FFI_TYPE_UINT64
    case .f32: FFI_TYPE_FLOAT
    case .f64: FFI_TYPE_DOUBLE
    case .pointer, .cString, .callback: FFI_TYPE_POINTER
    case .structure: FFI_TYPE_STRUCT
    }
  }

  /// Describes a signature; nil if libffi does not take it.
  func describe(
    _ parameters: [ForeignType], _ result: ForeignType, in memory: ForeignMemory
  ) -> UnsafeMutablePointer<ffi_cif>? {
    var types: [UnsafeMutablePointer<ffi_type>?] = unsafe []
    for parameter in parameters { unsafe types.append(describe(parameter, in: memory)) }
    let interface = unsafe memory.makeBlock(of: [ffi_cif()])
    let status = unsafe ffi_prep_cif(
      interface, FFI_DEFAULT_ABI, UInt32(parameters.count), describe(result, in: memory),
      memory.makeBlock(of: types))
    return unsafe status == FFI_OK ? interface : nil
  }
}

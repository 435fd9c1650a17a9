import Bytecode
import CFFI

/// How one argument or result goes to and from C.
enum ForeignPassing {
  case scalar(ForeignScalar)
  case text
  case structure(ForeignStructure)
  case callback(CallbackSignature)

  init(_ type: ForeignType, _ types: ForeignTypes) {
    switch type {
    case .i8, .i16, .i32, .i64, .u8, .u16, .u32, .u64, .f32, .f64, .bool, .pointer:
      self = .scalar(type.scalar)
    case .cString: self = .text
    case .structure(let schema): self = .structure(types.structure(schema))
    case .callback(let parameters, let result):
      self = .callback(CallbackSignature(parameters.map(\.scalar), result.scalar, types))
    }
  }

  /// Bytes of the call's frame it takes.
  fileprivate var byteCount: Int {
    switch self {
    case .scalar, .text: 8
    case .structure(let structure): (structure.byteCount + 15) & ~15
    case .callback: MemoryLayout<CallbackRecord>.stride
    }
  }

  fileprivate func type(_ types: ForeignTypes) -> UnsafeMutablePointer<ffi_type> {
    switch self {
    case .scalar(let scalar): types.type(of: scalar)
    case .text, .callback: types.type(of: .pointer)
    case .structure(let structure): structure.type
    }
  }
}

/// An interface of libffi with the types it points to.
final class CallInterface {
  let pointer: UnsafeMutablePointer<ffi_cif>
  private let parameters: UnsafeMutablePointer<UnsafeMutablePointer<ffi_type>?>

  init(_ types: [UnsafeMutablePointer<ffi_type>], _ result: UnsafeMutablePointer<ffi_type>) {
    pointer = .allocate(capacity: 1)
    pointer.initialize(to: ffi_cif())
    parameters = .allocate(capacity: max(types.count, 1))
    for (index, type) in types.enumerated() { (parameters + index).initialize(to: type) }
    let status = ffi_prep_cif(pointer, FFI_DEFAULT_ABI, UInt32(types.count), result, parameters)
    precondition(status == FFI_OK, "every verified signature has types libffi knows")
  }

  deinit {
    pointer.deallocate()
    parameters.deallocate()
  }
}

/// The signature of a callback.
final class CallbackSignature {
  let parameters: [ForeignScalar]
  let result: ForeignScalar
  let interface: CallInterface

  init(_ parameters: [ForeignScalar], _ result: ForeignScalar, _ types: ForeignTypes) {
    self.parameters = parameters
    self.result = result
    interface = CallInterface(parameters.map(types.type), types.type(of: result))
  }
}

/// A foreign function made ready for libffi.
///
/// The frame of a call holds, in this order: the pointers to the arguments that libffi takes, the
/// arguments themselves, and room for the result.
final class ForeignSignature {
  let parameters: [(passing: ForeignPassing, offset: Int)]
  let result: ForeignPassing
  let resultOffset: Int
  let frameBytes: Int
  let interface: CallInterface

  init(_ function: ForeignFunction, _ types: ForeignTypes) {
    var offset = (8 * function.parameters.count + 15) & ~15
    var parameters: [(passing: ForeignPassing, offset: Int)] = []
    for type in function.parameters {
      let passing = ForeignPassing(type, types)
      parameters.append((passing, offset))
      offset += passing.byteCount
    }
    self.parameters = parameters
    result = ForeignPassing(function.result, types)
    resultOffset = (offset + 15) & ~15
    // A result in registers is written as two of them.
    frameBytes = resultOffset + max(16, result.byteCount)
    interface = CallInterface(parameters.map { $0.passing.type(types) }, result.type(types))
  }

  /// Calls a function through libffi with the arguments of a frame, which gets the result.
  func call(_ address: UnsafeMutableRawPointer, _ frame: UnsafeMutableRawPointer) {
    ffi_call(
      interface.pointer, unsafeBitCast(address, to: (@convention(c) () -> Void).self),
      frame + resultOffset, frame.assumingMemoryBound(to: UnsafeMutableRawPointer?.self))
  }

  /// Bytes of the native stack that libffi and the C function's arguments take.
  var stackBytes: Int { 2 * frameBytes }
}

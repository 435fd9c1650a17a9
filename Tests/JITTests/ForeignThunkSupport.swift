import Bytecode
import CRuntime
import Testing

@testable import JIT

/// Everything of a program's foreign functions that a test calls past the conversions.
struct ForeignMachine {
  let program: Program
  let types: ForeignTypes
  let thunks: ForeignThunks
  private let state: RunState

  /// - Parameter declarations: structs and foreign functions.
  init(_ declarations: String) throws {
    let verified = try verified(declarations + "\n\nmain() {\n    Return\n}\n")
    program = verified.program
    types = ForeignTypes(program)
    let all = program.foreignFunctions.indices.map { ForeignIndex($0) }
    thunks = try ForeignThunks.compile(all, of: program, options: CompileOptions())
    state = RunState(program: TierZeroProgram(verified))
  }

  func signature(of position: Int) -> ForeignSignature {
    ForeignSignature(program.foreignFunctions[position], types)
  }

  /// Calls a function at an address by the types of a declaration.
  func call(
    _ position: Int, at address: UnsafeMutableRawPointer, _ frame: RawFrame, byThunk: Bool
  ) throws {
    let control = jit_float_control()
    defer { jit_set_float_control(control) }
    if byThunk {
      let thunk = try #require(thunks[ForeignIndex(position)])
      thunk(state.context, address, frame.memory)
    } else {
      frame.signature.call(address, frame.memory)
    }
  }
}

/// The frame of a foreign call, with bits of a test's choosing in it.
final class RawFrame {
  let signature: ForeignSignature
  let memory: UnsafeMutableRawPointer

  /// A frame whose arguments are drawn from a seed; padding is zero.
  ///
  /// - Precondition: the signature has no text and no callback.
  init(_ signature: ForeignSignature, seed: UInt64) {
    self.signature = signature
    memory = .allocate(byteCount: signature.frameBytes, alignment: 16)
    memory.initializeMemory(as: UInt8.self, repeating: 0, count: signature.frameBytes)
    var random = SeededGenerator(seed: seed)
    for (position, parameter) in signature.parameters.enumerated() {
      let argument = memory + parameter.offset
      memory.storeBytes(of: argument, toByteOffset: 8 * position, as: UnsafeMutableRawPointer.self)
      for place in parameter.passing.scalars { place.fill(argument, &random) }
    }
  }

  deinit { memory.deallocate() }

  /// The result's bits, one entry for each scalar of it; a narrow integer with what it is extended
  /// by, unless it is a field.
  var result: [UInt64] {
    let memory = memory + signature.resultOffset
    if case .scalar = signature.result { return [memory.load(as: UInt64.self)] }
    return signature.result.scalars.map { $0.bits(memory) }
  }

  /// The bytes behind the result; nothing may write there.
  var bytesBehindResult: [UInt8] {
    guard case .structure(let structure) = signature.result else { return [] }
    let start = signature.resultOffset + structure.byteCount
    return (start..<signature.frameBytes).map { memory.load(fromByteOffset: $0, as: UInt8.self) }
  }
}

/// A scalar at an offset of an argument or result.
struct ScalarPlace {
  let scalar: ForeignScalar
  let offset: Int

  fileprivate func fill(_ memory: UnsafeMutableRawPointer, _ random: inout SeededGenerator) {
    let edges: [UInt64] = [0, .max, 1 << 63, ~(1 << 63), 1, 0x8000_0000, 0x8000, 0x80]
    var bits = random.next()
    if random.next() % 4 == 0 { bits = edges[Int(bits % UInt64(edges.count))] }
    if scalar == .bool { bits &= 1 }
    write(bits, to: memory)
  }

  func write(_ bits: UInt64, to memory: UnsafeMutableRawPointer) {
    for byte in 0..<scalar.byteCount {
      let value = UInt8(truncatingIfNeeded: bits >> (8 * UInt64(byte)))
      memory.storeBytes(of: value, toByteOffset: offset + byte, as: UInt8.self)
    }
  }

  func bits(_ memory: UnsafeRawPointer) -> UInt64 {
    (0..<scalar.byteCount).reversed().reduce(0) {
      $0 << 8 | UInt64(memory.load(fromByteOffset: offset + $1, as: UInt8.self))
    }
  }
}

extension ForeignPassing {
  /// What it consists of.
  var scalars: [ScalarPlace] {
    switch self {
    case .scalar(let scalar): return [ScalarPlace(scalar: scalar, offset: 0)]
    case .text, .callback: return [ScalarPlace(scalar: .pointer, offset: 0)]
    case .structure(let structure):
      return structure.steps.compactMap { step in
        guard case .scalar(let scalar, _, let offset) = step else { return nil }
        return ScalarPlace(scalar: scalar, offset: offset)
      }
    }
  }

  /// Whether any bits will do for it.
  var isPlain: Bool {
    switch self {
    case .scalar, .structure: true
    case .text, .callback: false
    }
  }
}

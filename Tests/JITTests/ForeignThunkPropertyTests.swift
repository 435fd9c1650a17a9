import Bytecode
import CFFI
import Testing

@testable import JIT

#if arch(x86_64)

  @Suite struct `Foreign thunks of random signatures` {
    /// The callee is a closure of libffi, which takes its arguments apart by its own idea of the C
    /// ABI.
    @Test(arguments: 0..<12)
    func `pass what libffi takes, and take what it gives`(seed: UInt64) throws {
      var source = RandomSignatures(seed: seed)
      let machine = try ForeignMachine(source.declarations(structs: 24, functions: 60))
      for position in machine.program.foreignFunctions.indices {
        let callee = try ForeignCallee(machine.signature(of: position))
        for round in 0..<6 as Range<UInt64> {
          let frame = RawFrame(machine.signature(of: position), seed: seed << 32 | round)
          try machine.call(position, at: callee.address, frame, byThunk: true)
          let function = machine.program.foreignFunctions[position]
          let types = machine.types.spelling(of: function)
          #expect(callee.arguments == frame.arguments, "\(types)")
          #expect(frame.result == callee.result, "\(types)")
          #expect(frame.bytesBehindResult.allSatisfy { $0 == 0 }, "\(types)")
        }
      }
    }
  }

#endif

extension RawFrame {
  /// The bits of the arguments, one entry for each scalar of each.
  fileprivate var arguments: [[UInt64]] {
    signature.parameters.map { parameter in
      parameter.passing.scalars.map { $0.bits(memory + parameter.offset) }
    }
  }
}

/// A function of a signature as machine code: notes its arguments and gives a result of its own.
private final class ForeignCallee {
  let address: UnsafeMutableRawPointer
  private let signature: ForeignSignature
  private let closure: UnsafeMutableRawPointer
  private var random = SeededGenerator(seed: 99)
  /// What the last call passed and was given.
  private(set) var arguments: [[UInt64]] = []
  private(set) var result: [UInt64] = []

  init(_ signature: ForeignSignature) throws {
    self.signature = signature
    var code: UnsafeMutableRawPointer?
    closure = try #require(ffi_closure_alloc(MemoryLayout<ffi_closure>.size, &code))
    address = try #require(code)
    let status = ffi_prep_closure_loc(
      closure.assumingMemoryBound(to: ffi_closure.self), signature.interface.pointer,
      { _, result, arguments, callee in
        guard let result, let arguments, let callee else {
          preconditionFailure("libffi passes what it was given")
        }
        Unmanaged<ForeignCallee>.fromOpaque(callee).takeUnretainedValue().enter(arguments, result)
      }, Unmanaged.passUnretained(self).toOpaque(), address)
    #expect(status == FFI_OK)
  }

  deinit { ffi_closure_free(closure) }

  private func enter(
    _ passed: UnsafeMutablePointer<UnsafeMutableRawPointer?>, _ memory: UnsafeMutableRawPointer
  ) {
    arguments = signature.parameters.enumerated().map { position, parameter in
      guard let argument = passed[position] else {
        preconditionFailure("libffi has a place for each argument")
      }
      return parameter.passing.scalars.map { $0.bits(argument) }
    }
    result = []
    for place in signature.result.scalars {
      let bits = random.next() & (place.scalar == .bool ? 1 : .max)
      let isWidened = if case .scalar = signature.result { true } else { false }
      let extended = place.scalar.extended(bits)
      if isWidened {
        memory.storeBytes(of: extended, as: UInt64.self)
        result.append(extended)
      } else {
        place.write(bits, to: memory)
        result.append(place.bits(memory))
      }
    }
  }
}

extension ForeignScalar {
  /// Its bits out of a word's, as libffi has them in a word.
  fileprivate func extended(_ bits: UInt64) -> UInt64 {
    switch self {
    case .i8: UInt64(bitPattern: Int64(Int8(truncatingIfNeeded: bits)))
    case .i16: UInt64(bitPattern: Int64(Int16(truncatingIfNeeded: bits)))
    case .i32: UInt64(bitPattern: Int64(Int32(truncatingIfNeeded: bits)))
    case .u8, .bool: bits & 0xFF
    case .u16: bits & 0xFFFF
    case .u32, .f32: bits & 0xFFFF_FFFF
    case .i64, .u64, .f64, .pointer: bits
    }
  }
}

/// Declarations of structs and foreign functions of all types but text and callbacks.
private struct RandomSignatures {
  private var random: SeededGenerator

  init(seed: UInt64) { random = SeededGenerator(seed: seed) }

  private mutating func below(_ limit: Int) -> Int { Int.random(in: 0..<limit, using: &random) }

  private mutating func scalar() -> String {
    // Half of them floating, which the fewest of the names are.
    if below(2) == 0 { return below(2) == 0 ? "f32" : "f64" }
    return ForeignScalar.allCases[below(ForeignScalar.allCases.count)].name
  }

  mutating func declarations(structs: Int, functions: Int) -> String {
    var lines: [String] = []
    for number in 0..<structs {
      // Small ones, for they are those with classes.
      let fields = (0..<1 + below(below(4) == 0 ? 6 : 3)).map { field in
        let isNested = number > 0 && below(5) == 0
        return "f\(field): \(isNested ? "S\(below(number))" : scalar())"
      }
      lines.append("struct S\(number) { \(fields.joined(separator: ", ")) }")
    }
    for number in 0..<functions {
      let parameters = (0..<below(14)).map { _ in below(2) == 0 ? "S\(below(structs))" : scalar() }
      let result = below(2) == 0 ? "S\(below(structs))" : scalar()
      lines.append(
        "foreign g\(number) = \"fixture\" g\(number)(\(parameters.joined(separator: ", "))) -> "
          + result)
    }
    return lines.joined(separator: "\n")
  }
}

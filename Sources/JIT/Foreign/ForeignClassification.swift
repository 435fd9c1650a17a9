/// How the System V C ABI of x86-64 passes eight bytes of a struct that travels in registers.
///
/// - Source: System V Application Binary Interface, AMD64 Architecture Processor Supplement,
///   3.2.3 "Parameter Passing".
enum Eightbyte: UInt8, Hashable {
  /// Class INTEGER: a general register.
  case integer
  /// Class SSE, by what of a vector register is used: a double, a float, or two floats.
  case double, float, floatPair

  var isInteger: Bool {
    switch self {
    case .integer: true
    case .double, .float, .floatPair: false
    }
  }
}

extension ForeignStructure {
  /// The classes of its eightbytes; nil for class MEMORY.
  ///
  /// No field is unaligned, so that only the size makes it MEMORY; an eightbyte is INTEGER if
  /// anything in it is.
  ///
  /// - Complexity: constant: what is larger than two eightbytes is not walked.
  var eightbytes: [Eightbyte]? {
    guard byteCount <= 16 else { return nil }
    var classes = [Eightbyte?](repeating: nil, count: (byteCount + 7) / 8)
    for case .scalar(let scalar, _, let offset) in steps {
      let position = offset / 8
      switch (scalar, classes[position]) {
      case (.f32, nil): classes[position] = .float
      case (.f32, .float): classes[position] = .floatPair
      case (.f64, nil): classes[position] = .double
      case (.f32, _), (.f64, _): break
      case (.i8, _), (.i16, _), (.i32, _), (.i64, _), (.u8, _), (.u16, _), (.u32, _), (.u64, _),
        (.bool, _), (.pointer, _):
        classes[position] = .integer
      }
    }
    return classes.map { eightbyte in
      guard let eightbyte else { preconditionFailure("no eightbyte is all padding") }
      return eightbyte
    }
  }
}

/// Where the C ABI has the arguments and the result of a signature, and where a call's frame has
/// them: all that a thunk depends on.
struct ForeignConvention: Hashable {
  /// What becomes one argument of the machine's call.
  enum Argument: Hashable {
    /// A scalar, in the next register of its class or on the stack.
    case scalar(ForeignScalar, offset: Int)
    /// Eight bytes of a struct, in the next register of their class.
    case eightbyte(Eightbyte, offset: Int)
    /// A struct copied to the stack: one of class MEMORY, or one the registers left do not hold
    /// whole.
    case stack(byteCount: Int, offset: Int)
  }

  enum Result: Hashable {
    case scalar(ForeignScalar)
    /// A struct in the next result register of each eightbyte's class.
    case registers([Eightbyte], byteCount: Int)
    /// A struct the callee writes where the caller tells it to, by a first argument of its own.
    case memory(byteCount: Int)
  }

  let arguments: [Argument]
  let result: Result
  let resultOffset: Int

  private static let integerRegisters = 6
  private static let vectorRegisters = 8

  init(_ signature: ForeignSignature) {
    var registers = Registers(
      integer: Self.integerRegisters, vector: Self.vectorRegisters)
    result = Result(signature.result)
    if case .memory = result { _ = registers.take([.integer]) }
    resultOffset = signature.resultOffset
    arguments = signature.parameters.flatMap { parameter in
      Self.arguments(parameter.passing, parameter.offset, &registers)
    }
  }

  private static func arguments(
    _ passing: ForeignPassing, _ offset: Int, _ registers: inout Registers
  ) -> [Argument] {
    switch passing {
    case .scalar(let scalar):
      _ = registers.take([scalar.eightbyte])
      return [.scalar(scalar, offset: offset)]
    case .text, .callback:
      _ = registers.take([.integer])
      return [.scalar(.pointer, offset: offset)]
    case .structure(let structure):
      guard let classes = structure.eightbytes, registers.take(classes) else {
        return [.stack(byteCount: structure.byteCount, offset: offset)]
      }
      return classes.enumerated().map { .eightbyte($0.element, offset: offset + 8 * $0.offset) }
    }
  }
}

extension ForeignConvention.Result {
  fileprivate init(_ passing: ForeignPassing) {
    switch passing {
    case .scalar(let scalar): self = .scalar(scalar)
    case .text: self = .scalar(.pointer)
    case .structure(let structure):
      self =
        if let classes = structure.eightbytes {
          .registers(classes, byteCount: structure.byteCount)
        } else { .memory(byteCount: structure.byteCount) }
    case .callback: preconditionFailure("the verifier admits no callback as a result")
    }
  }
}

extension ForeignScalar {
  fileprivate var eightbyte: Eightbyte {
    switch self {
    case .i8, .i16, .i32, .i64, .u8, .u16, .u32, .u64, .bool, .pointer: .integer
    case .f32: .float
    case .f64: .double
    }
  }
}

/// The argument registers that are left.
private struct Registers {
  var integer: Int
  var vector: Int

  /// Takes a register for each eightbyte, or none if there are not enough for all of them.
  mutating func take(_ classes: [Eightbyte]) -> Bool {
    let integers = classes.count { $0.isInteger }
    guard integers <= integer, classes.count - integers <= vector else { return false }
    integer -= integers
    vector -= classes.count - integers
    return true
  }
}

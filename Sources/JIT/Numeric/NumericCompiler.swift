import Bytecode
import LLVM

/// Machine code `(stack*, constants*, count) -> double` of one straight-line function.
public final class NumericKernel: Sendable {
  private typealias Code =
    @convention(c) (
      UnsafeMutablePointer<Double>, UnsafePointer<Double>, Int64
    ) -> Double

  public let function: FunctionIndex
  /// How many doubles of the stack are locals on entry.
  public let localCount: Int
  /// The program's constants as numbers, by index: ints widened, bools 1 and 0, the rest 0.
  public let constants: [Double]
  /// The address of the code.
  public let entry: UInt
  // Keeps the code in memory.
  private let module: NumericModule

  /// Sizes and digest of the module the kernel is in.
  var codeSummary: ObjectSummary { module.generated.summary }

  init(_ function: FunctionIndex, entry: UInt, module: NumericModule) {
    self.function = function
    self.entry = entry
    self.module = module
    localCount = module.program.program[function].parameters.count
    constants = module.constants
  }

  /// Calls the kernel on a stack of locals.
  ///
  /// - Parameter locals: `localCount` numbers; they are not written back.
  /// - Returns: the value returned, ints widened, bools 1 and 0; NaN with a trap.
  /// - Precondition: as many locals as the kernel takes.
  public func callAsFunction(_ locals: [Double]) -> (value: Double, trap: TrapKind?) {
    precondition(locals.count == localCount, "one number for each local on entry")
    var stack = locals + [0]
    let value = stack.withUnsafeMutableBufferPointer { stack in
      constants.withUnsafeBufferPointer { constants in
        call(stack, constants)
      }
    }
    return (value, TrapKind(rawValue: UInt8(stack[localCount])))
  }

  private func call(
    _ stack: UnsafeMutableBufferPointer<Double>, _ constants: UnsafeBufferPointer<Double>
  ) -> Double {
    guard let address = UnsafeRawPointer(bitPattern: entry), let stack = stack.baseAddress else {
      preconditionFailure("code has an address, and the stack room for the trap")
    }
    let code = unsafeBitCast(address, to: Code.self)
    guard let constants = constants.baseAddress else {
      return code(stack, stack, Int64(localCount))
    }
    return code(stack, constants, Int64(localCount))
  }
}

/// The kernels of one program in one module.
final class NumericModule: Sendable {
  let program: VerifiedProgram
  let constants: [Double]
  let generated: GeneratedCode

  init(_ program: VerifiedProgram, _ generated: consuming GeneratedCode) {
    self.program = program
    self.generated = generated
    constants = program.program.constants.map { constant in
      switch constant {
      case .int(let value): Double(value)
      case .number(let bits): Double(bitPattern: bits)
      case .bool(let value): value ? 1 : 0
      case .null, .unit, .string, .function: 0
      }
    }
  }

  /// The kernel whose code is at a position of the module's table.
  func kernel(_ function: FunctionIndex, at position: Int) -> NumericKernel {
    NumericKernel(function, entry: generated.entries[position], module: self)
  }
}

/// The compiler of numeric kernels; it shares the lowering of the baseline tier.
public enum NumericCompiler {
  /// Why a function is no kernel, nil if it is one.
  public static func refusal(
    of function: FunctionIndex, in program: VerifiedProgram
  ) -> NumericRefusal? {
    let count = program.program[function].parameters.count
    return NumericPreflight(program: program, index: function, count: count).refusal
  }

  /// Compiles a function whose parameters enter as doubles.
  ///
  /// - Throws: the first instruction or slot a kernel does not take.
  public static func compile(
    _ function: FunctionIndex, in program: VerifiedProgram
  ) throws(NumericRefusal) -> NumericKernel {
    if let refusal = refusal(of: function, in: program) { throw refusal }
    do {
      return try compile([function], in: program)[0]
    } catch { throw .broken("\(error)") }
  }

  /// Compiles functions that are kernels in one module.
  static func compile(
    _ functions: [FunctionIndex], in program: VerifiedProgram,
    _ options: CompileOptions = CompileOptions()
  ) throws(LLVMFailure) -> [NumericKernel] {
    let generated = try CodeGenerator.shared().generate(options, tier: .numeric) { scope in
      functions.map { lower($0, in: program, into: scope) }
    }
    let module = NumericModule(program, generated)
    return functions.enumerated().map { module.kernel($0.element, at: $0.offset) }
  }

  private static func lower(
    _ function: FunctionIndex, in program: VerifiedProgram, into scope: ModuleScope
  ) -> IRFunction {
    let types = scope.types
    let code = scope.withModule {
      $0.addFunction(
        named: "kernel.\(function.position)",
        type: .function([types.pointer, types.pointer, types.i64], returning: types.double),
        linkage: .internal)
    }
    FunctionLowering(program, function, form: .kernel, code: code, scope: scope)
      .lowerKernel()
    return code
  }
}

import Bytecode
import LLVM

/// A test of an object's shape that compiled code relies on; the numeric core has no objects.
public struct ShapeGuard: Hashable, Sendable {}

/// What became of one function of a compiled program.
public struct CompiledFunction: Sendable {
  public let function: FunctionIndex
  /// The address of the public entry, nil if the compile published main's only.
  public let entry: UInt?
  public let tier: Schedule.Tier
  public let deoptimizationPoints: [DeoptimizationPoint]
  public let shapeGuards: [ShapeGuard]
  /// Bytes of machine code of the direct entry.
  public let codeSize: Int
}

/// A program compiled as one module; its code lives as long as it does.
public final class CompiledProgram: Sendable {
  public let program: VerifiedProgram
  /// The compiled functions in function order.
  public let functions: [CompiledFunction]
  /// The functions that stay interpreted, with the reason, in function order.
  public let declines: [Decline]
  private let generated: GeneratedCode

  /// Bytes of machine code of the module.
  public var codeSize: Int { generated.summary.codeSize }
  /// A digest of machine code and constants, equal for equal programs in every process.
  public var codeDigest: UInt64 { generated.summary.digest }
  /// How long lowering, code generation and loading took.
  public var compileTime: Duration { generated.time }
  /// The module's intermediate code, if the compile kept listings.
  public var intermediateCode: String? { generated.listing?.module }
  /// The module's machine code in assembler form, if the compile kept listings.
  public var machineCode: String? {
    generated.listing?.machine.map(\.text).joined()
  }
  /// The module's functions instruction by instruction, if the compile kept listings.
  var listing: CodeListing? { generated.listing }

  init(
    program: VerifiedProgram, compiled: [FunctionIndex], published: [FunctionIndex],
    declines: [Decline], generated: consuming GeneratedCode
  ) {
    self.program = program
    self.declines = declines
    let sizes = generated.summary.functionSizes
    let entries = Dictionary(uniqueKeysWithValues: zip(published, generated.entries))
    functions = compiled.map { function in
      CompiledFunction(
        function: function, entry: entries[function], tier: .baseline,
        deoptimizationPoints: [], shapeGuards: [],
        codeSize: sizes[directName(program.program[function], function)] ?? 0)
    }
    self.generated = generated
  }

  /// The compiled function of an index, nil if it was declined.
  public subscript(function: FunctionIndex) -> CompiledFunction? {
    functions.first { $0.function == function }
  }
}

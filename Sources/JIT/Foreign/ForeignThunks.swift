import Bytecode
import CRuntime
import LLVM

/// The foreign calls of a program's compiled code: one function of machine code, a *thunk*, for each
/// way its foreign functions are called.
///
/// On a machine other than x86-64 there are none, and every tier calls through libffi. The code lives
/// as long as this does.
final class ForeignThunks: Sendable {
  /// Calls a foreign function: takes the arguments from a call's frame and writes the result there.
  ///
  /// The context is for what is planted in the code; a thunk does not use it.
  typealias Thunk =
    @convention(c) (
      _ context: UnsafeMutablePointer<JITContext>, _ function: UnsafeMutableRawPointer,
      _ frame: UnsafeMutableRawPointer
    ) -> Void

  /// By foreign function, nil where no thunk was asked for.
  private let thunks: [Thunk?]
  /// Bytes of machine code.
  let codeSize: Int
  /// A digest of the machine code, 0 if there is none.
  let codeDigest: UInt64
  /// How long lowering, code generation and loading took.
  let compileTime: Duration
  /// The module as text, if the compile kept listings.
  let listing: CodeListing?
  private let code: LoadedCode?

  private init(_ thunks: [Thunk?]) {
    self.thunks = thunks
    codeSize = 0
    codeDigest = 0
    compileTime = .zero
    listing = nil
    code = nil
  }

  private init(_ thunks: [Thunk?], _ generated: consuming GeneratedCode) {
    self.thunks = thunks
    codeSize = generated.summary.codeSize
    codeDigest = generated.summary.digest
    compileTime = generated.time
    listing = generated.listing
    code = consume generated.code
  }

  /// The thunk that calls a function, nil if there is none.
  subscript(index: ForeignIndex) -> Thunk? { thunks[index.position] }
}

extension ForeignThunks {
  /// Compiles the thunks of all calls that a verified program can reach.
  ///
  /// - Throws: `.broken` if code generation fails.
  static func compile(
    _ program: VerifiedProgram, options: CompileOptions
  ) throws(EngineFailure) -> ForeignThunks {
    try compile(callees(in: program), of: program.program, options: options)
  }

  /// Compiles the thunks of some of a program's foreign functions, each convention once.
  ///
  /// - Throws: `.broken` if code generation fails.
  static func compile(
    _ functions: [ForeignIndex], of program: Program, options: CompileOptions
  ) throws(EngineFailure) -> ForeignThunks {
    var thunks = [Thunk?](repeating: nil, count: program.foreignFunctions.count)
    #if arch(x86_64)
      guard !functions.isEmpty else { return ForeignThunks(thunks) }
      let types = ForeignTypes(program)
      var conventions: [ForeignConvention] = []
      var numbers: [ForeignConvention: Int] = [:]
      var numberOfFunction: [Int] = []
      for index in functions {
        let convention = ForeignConvention(
          ForeignSignature(program.foreignFunctions[index.position], types))
        let number = numbers[convention] ?? conventions.count
        if number == conventions.count { conventions.append(convention) }
        numbers[convention] = number
        numberOfFunction.append(number)
      }
      let generated: GeneratedCode
      do {
        generated = try CodeGenerator.shared().generate(options, tier: .baseline) { scope in
          conventions.enumerated().map { number, convention in
            ForeignThunkLowering(convention, scope).lower(number)
          }
        }
      } catch { throw .broken("\(error)") }
      for (index, number) in zip(functions, numberOfFunction) {
        thunks[index.position] = thunk(at: generated.entries[number])
      }
      return ForeignThunks(thunks, generated)
    #else
      return ForeignThunks(thunks)
    #endif
  }

  private static func thunk(at address: UInt) -> Thunk {
    guard let pointer = UnsafeRawPointer(bitPattern: address) else {
      preconditionFailure("generated code has an address")
    }
    return unsafeBitCast(pointer, to: Thunk.self)
  }

  /// The foreign functions of the reachable calls, each once.
  private static func callees(in program: VerifiedProgram) -> [ForeignIndex] {
    var isCalled = [Bool](repeating: false, count: program.program.foreignFunctions.count)
    for position in program.program.functions.indices {
      let function = FunctionIndex(position)
      for (offset, instruction) in program.program.body(of: function).enumerated() {
        guard case .foreign(let index) = instruction.operand, program[function].isReachable(offset)
        else { continue }
        isCalled[index.position] = true
      }
    }
    return isCalled.indices.filter { isCalled[$0] }.map { ForeignIndex($0) }
  }
}

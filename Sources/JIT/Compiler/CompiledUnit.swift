import Bytecode
import CRuntime
import LLVM

/// A test of an object's shape that compiled code relies on; the baseline tier has none.
public struct ShapeGuard: Hashable, Sendable {
  /// The shape's keys in order.
  public let shape: [Literal]
  /// The key that is accessed.
  public let property: Literal
  /// The position of the key among the shape's; nil if it has none such.
  public let slot: Int?
  /// The instruction that accesses it.
  public let site: Site
  /// Its number among the guards of the compiled function.
  public let ordinal: Int

  /// The tests of shapes among the guards of a function.
  static func all(of points: some Sequence<DeoptimizationPoint>, in program: Program) -> [Self] {
    points.lazy.compactMap(\.guardRecord).enumerated().compactMap { ordinal, record in
      guard case .shape(let keys) = record.predicate, let name = program.memberName(at: record.site)
      else { return nil }
      return Self(
        shape: keys, property: name, slot: keys.firstIndex(of: name), site: record.site,
        ordinal: ordinal)
    }
  }
}

/// What became of one function of a compile.
public struct CompiledFunction: Sendable {
  public let function: FunctionIndex
  /// The address of the public entry, nil if the compile published main's only.
  public let entry: UInt?
  /// The address of the direct entry, nil likewise.
  let directEntry: UInt?
  public let tier: Schedule.Tier
  public let deoptimizationPoints: [DeoptimizationPoint]
  public let shapeGuards: [ShapeGuard]
  /// Bytes of machine code of the direct entry.
  public let codeSize: Int
}

/// Code that enters a function at a loop header.
public struct CompiledLoop: Sendable {
  public let function: FunctionIndex
  /// The offset of the header.
  public let header: Int
  /// The address of the public entry, for a frame in the context's deoptimization buffer.
  public let entry: UInt
  public let deoptimizationPoints: [DeoptimizationPoint]
}

/// Functions and loops of a program compiled as one module: a version of code, alive as long as this
/// is.
public final class CompiledUnit: CompiledVersion, @unchecked Sendable {
  // `install` writes to the module's memory, once, by the thread whose runs use the code.
  public let program: VerifiedProgram
  /// The compiled functions in function order.
  public let functions: [CompiledFunction]
  public let loops: [CompiledLoop]
  /// The functions asked for that stay interpreted, with the reason, in function order.
  public let declines: [Decline]
  /// The points of all functions and loops by number.
  public let deoptimizationPoints: [DeoptimizationPoint]
  let pointsOfCode: [DeoptimizationPoint]?
  /// What the code rests on without testing it.
  let dependencies: [CodeDependency]
  /// Instructions that make objects only where something needs them.
  let virtualCount: Int
  /// What each function and loop with guards says of them.
  let accounts: [CodeAccount]
  /// Whether better code is to take its place.
  let isReplaced: Bool
  /// Whether it has been taken out of use, and frames may still run it.
  var isRetired = false
  private let generated: GeneratedCode

  /// Bytes of machine code of the module.
  public var codeSize: Int { generated.summary.codeSize }
  /// Addresses that hold all of the module's machine code, and perhaps other code beside it: the
  /// entries lie in the one section that there is.
  let codeRange: Range<UInt>
  /// A digest of machine code and constants, equal for equal programs in every process.
  public var codeDigest: UInt64 { generated.summary.digest }
  /// Loops that LLVM vectorized; 0 if the code was taken from a cache.
  public var vectorizedLoops: Int { generated.vectorizedLoops }
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

  /// - Parameter points: by number, those of each function and loop in a row.
  init(
    program: VerifiedProgram, _ layout: UnitLayout, accounts: [CodeAccount], declines: [Decline],
    generated: consuming GeneratedCode
  ) {
    self.program = program
    self.declines = declines
    deoptimizationPoints = layout.points
    pointsOfCode = layout.pointsOfCode
    dependencies = layout.dependencies
    self.accounts = accounts
    virtualCount = layout.virtualCount
    isReplaced = layout.replacement != .never
    let sizes = generated.summary.functionSizes
    var entries: [FunctionIndex: (UInt, UInt)] = [:]
    for (position, function) in layout.published.enumerated() {
      entries[function] = (generated.entries[2 * position], generated.entries[2 * position + 1])
    }
    functions = layout.functions.map { function in
      CompiledFunction(
        function: function.index, entry: entries[function.index]?.0,
        directEntry: entries[function.index]?.1, tier: layout.tier,
        deoptimizationPoints: Array(layout.points[function.points]),
        shapeGuards: ShapeGuard.all(of: layout.points[function.points], in: program.program),
        codeSize: sizes[directName(program.program[function.index], function.index)] ?? 0)
    }
    let firstLoop = 2 * layout.published.count
    loops = layout.loops.enumerated().map { position, loop in
      CompiledLoop(
        function: loop.index, header: loop.header, entry: generated.entries[firstLoop + position],
        deoptimizationPoints: Array(layout.points[loop.points]))
    }
    if let first = generated.entries.min(), let last = generated.entries.max() {
      let size = UInt(generated.summary.codeSize)
      codeRange = first - size..<last + size
    } else {
      codeRange = 0..<0
    }
    self.generated = generated
  }

  /// The compiled function of an index, nil if it was declined.
  public subscript(function: FunctionIndex) -> CompiledFunction? {
    functions.first { $0.function == function }
  }

  /// The module's `JITVersion`, nil if its code has no use for one.
  private(set) var version: UnsafeMutablePointer<JITVersion>?

  /// One byte a point, alive as long as the code, and the number of the version; of hooked code.
  private(set) var hooks: (armed: UnsafePointer<UInt8>, number: UInt64)?

  /// Makes safepoints of hooked code stop where runs of a session ask for it; before it is installed.
  func registerHooks(with control: SafepointControl) { hooks = control.register(self) }

  /// Has frames of the code leave it where they would next rely on a fact, or, if better code is to
  /// take its place, at the next loop header; from any thread.
  ///
  /// A loop without an instruction that could break a fact has no version to test: none of its frames
  /// is on the stack when one breaks, and none is entered afterwards.
  func invalidate() {
    if let version { jit_invalidate(version) }
  }

  /// Whether all that the code rests on holds in a session.
  func hasFacts(in state: RunState) -> Bool { dependencies.allSatisfy(state.holds) }

  /// Whether a session has all the code refers to: a shape may be missing.
  func isInstallable(in state: RunState) -> Bool {
    generated.cells.allSatisfy { cell in
      switch cell {
      case .constant(.shape(let keys)): state.shape(of: keys) != nil
      case .constant(.constant), .constant(.string), .version, .propertySite: true
      }
    }
  }

  /// Fills in the words that differ between sessions; before any of the code runs.
  ///
  /// - Precondition: it is installable in the session, and has its facts there.
  func install(into state: RunState) {
    for (cell, address) in zip(generated.cells, generated.cellAddresses) {
      guard let memory = UnsafeMutableRawPointer(bitPattern: address) else {
        preconditionFailure("a loaded module's cells have addresses")
      }
      switch cell {
      case .constant(let key):
        memory.storeBytes(of: bits(key, state), as: UInt64.self)
      case .version:
        let version = memory.assumingMemoryBound(to: JITVersion.self)
        version.pointee.armed = hooks?.armed
        version.pointee.number = hooks?.number ?? 0
        version.pointee.valid = 1
        version.pointee.host = Unmanaged.passUnretained(self).toOpaque()
        self.version = version
      case .propertySite:
        memory.assumingMemoryBound(to: JITPropertySite.self).pointee = JITPropertySite()
      }
    }
  }

  private func bits(_ key: ConstantKey, _ state: RunState) -> UInt64 {
    switch key {
    case .constant(let index):
      guard case .string(let literal) = program.program.constants[index.position] else {
        preconditionFailure("only strings differ between sessions")
      }
      return state.strings.word(literal).bits
    case .string(let index): return state.program.stringWords[index.position].bits
    case .shape(let keys):
      guard let shape = state.shape(of: keys) else {
        preconditionFailure("the session has the shapes of what it installs")
      }
      return CellHeader.word(.object, small: 0, auxiliary: shape)
    }
  }
}

/// Whether other code is to take the place of what is made.
enum Replacement: Hashable, Sendable {
  case never
  /// Functions count their calls and ask for better code, which calls of themselves go on in; frames
  /// in loops leave when it is there.
  case whenReady
  /// Loops are as before. Each call of a function comes to the runtime, which runs it where a schedule
  /// says.
  case scheduled
}

/// What a module holds, in the order of its table.
struct UnitLayout {
  var tier = Schedule.Tier.baseline
  var replacement = Replacement.never
  /// The functions with the numbers of their points.
  var functions: [(index: FunctionIndex, points: Range<Int>)] = []
  var loops: [(index: FunctionIndex, header: Int, points: Range<Int>)] = []
  /// The functions with entries in the table: a public and a direct one each.
  var published: [FunctionIndex] = []
  var points: [DeoptimizationPoint] = []
  var dependencies: [CodeDependency] = []
  /// The points as the code has them, if a decorator saw them; nil otherwise.
  var pointsOfCode: [DeoptimizationPoint]?
  /// Instructions that make objects only where something needs them.
  var virtualCount = 0
  /// Of each function and loop with guards, with the numbers of its points.
  var accounts: [(built: AccountBuilder, dependencies: [CodeDependency], points: Range<Int>)] = []
}

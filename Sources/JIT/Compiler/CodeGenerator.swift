import Bytecode
import CRuntime
import LLVM
import Synchronization

/// Changes a module between lowering and code generation; how faults are planted.
public protocol ModuleDecorator: Sendable {
  /// Changes the module; values carry the names of their bytecode offsets and roles.
  func decorate(_ module: borrowing ModuleBuilder)

  /// Changes the points of a unit after they were verified, so that code and what is known of it
  /// come apart.
  func decorate(points: inout [DeoptimizationPoint], of program: VerifiedProgram)

  /// The mistake that the optimizing tier is to make; nil if none.
  var mistake: CompilerMistake? { get }

  /// Whether the optimizing tier is to make a mistake; asked wherever it could.
  func commits(_ mistake: CompilerMistake) -> Bool
}

/// What is wanted of a compile beside the code.
public struct CompileOptions: Sendable {
  /// Whether the results keep their intermediate code and machine code as text.
  public var keepsListings: Bool
  /// Changes each module before code generation; nil costs nothing.
  public var decorator: (any ModuleDecorator)?
  /// Whether functions other than main get a public entry although nothing but main's is called
  /// from outside the module; without, a program compiles in three quarters of the time.
  public var publishesEveryFunction: Bool
  /// Whether compile time counts for more than the code's speed, as it does in a campaign.
  public var isForCampaign: Bool
  /// Whether safepoints can be forced; only the harness has use for that.
  public var isHooked: Bool
  /// Where machine code is looked for and kept; compiles with listings, and those that profilers or
  /// debuggers hear of, do without.
  public var cache: CodeCache?

  public init(
    keepsListings: Bool = false, decorator: (any ModuleDecorator)? = nil,
    publishesEveryFunction: Bool = true, isForCampaign: Bool = false, isHooked: Bool = false,
    cache: CodeCache? = nil
  ) {
    self.cache = cache
    self.isHooked = isHooked
    self.isForCampaign = isForCampaign
    self.keepsListings = keepsListings
    self.decorator = decorator
    self.publishesEveryFunction = publishesEveryFunction
  }
}

/// Machine code of one module and what is known of it.
struct GeneratedCode: ~Copyable, Sendable {
  let code: LoadedCode
  /// Addresses of the functions in the module's table, in its order.
  let entries: [UInt]
  /// What the loader fills in, with its addresses.
  let cells: [ModuleCell]
  let cellAddresses: [UInt]
  let summary: ObjectSummary
  /// Loops that LLVM vectorized; 0 if the code was taken from a cache.
  let vectorizedLoops: Int
  let time: Duration
  /// The text of the module and of its machine code, if they were asked for.
  let listing: CodeListing?
}

/// A module as text.
struct CodeListing: Hashable, Sendable {
  /// The whole module, as code generation starts from it.
  var module: String
  /// The functions as lowered.
  var lowered: [IntermediateFunction]
  /// What the tier's passes made of them; nil where none ran.
  var optimized: [IntermediateFunction]?
  var machine: [MachineFunction]
}

/// An object file, and its listing if one was asked for.
private struct EmittedObject: ~Copyable {
  let object: ObjectCode
  var vectorizedLoops = 0
  let listing: CodeListing?
}

/// How much is done for the speed of a module's code.
private struct CodeEffort {
  /// The target machine, whose level is in `Tuning`.
  enum Generation {
    case baseline, optimizing, campaign
  }

  /// Nil where LLVM does not optimize the module.
  let passes: TargetMachine.Optimization?
  let generation: Generation

  /// - Parameter hasSteadyTests: whether the module has loops with a test that comes out the same in
  ///   all rounds.
  init(_ options: CompileOptions, _ tier: EngineName, hasSteadyTests: Bool) {
    guard tier == .optimizing else {
      passes = nil
      generation = options.isForCampaign ? .campaign : .baseline
      return
    }
    // Production has no hooks: code with them is the harness's, which makes a lot of it.
    let isBrief = options.isForCampaign || options.isHooked
    passes = isBrief ? .quick : hasSteadyTests ? .versions : .standard
    generation = isBrief ? .campaign : .optimizing
  }
}

/// The process's one code generator: target machine, contexts and session, reused by every compile.
final class CodeGenerator: @unchecked Sendable {
  // Everything below the lock is used by the thread that holds it only.
  private let lock = Mutex(())
  private let machine: TargetMachine
  private let optimizingMachine: TargetMachine
  private let campaignMachine: TargetMachine
  private var plainContext = CodeContext(keepsNames: false)
  private var namingContext = CodeContext(keepsNames: true)
  private var describingContext = CodeContext(keepsNames: true, keepsLines: true)
  private var moduleCount: UInt64 = 0
  private var modulesInContexts = 0
  private let session: CodeSession
  /// Whether the process runs under the address sanitizer, and generated code with it.
  private let isSanitized: Bool
  private var perfMap: PerfMap?
  private var tellsDebuggers = false

  private init() throws(LLVMFailure) {
    session = try CodeSession()
    try session.define(RuntimeEntries.symbols)
    isSanitized = jit_has_address_sanitizer() != 0
    if isSanitized { try session.seesProcess() }
    machine = try TargetMachine(level: Tuning.baselineLevel)
    optimizingMachine = try TargetMachine(level: Tuning.optimizingLevel)
    campaignMachine = try TargetMachine(level: Tuning.campaignLevel)
  }

  private static let made = Result<CodeGenerator, LLVMFailure> { () throws(LLVMFailure) in
    try CodeGenerator()
  }

  /// The generator, made at its first use.
  ///
  /// - Throws: If LLVM cannot generate code for this machine.
  static func shared() throws(LLVMFailure) -> CodeGenerator { try made.get() }

  /// Makes the generator and a first module, which takes several times as long as a later one of
  /// its size. What fails here fails in the first compile again, which says so.
  static func warmUp() {
    guard let generator = try? shared() else { return }
    _ = try? generator.generate(CompileOptions(), tier: .baseline) { scope in
      let function = scope.withModule {
        $0.addFunction(
          named: "f", type: .function([scope.types.i64], returning: scope.types.i64),
          linkage: .internal)
      }
      let build = InstructionBuilder(in: scope.context)
      build.position(
        atEndOf: scope.withModule { $0.appendBlock(ValueName(0, "entry"), to: function) })
      build.ret(function.parameter(0))
      return [function]
    }
  }

  /// Makes a module, generates its code and loads it.
  ///
  /// - Parameters:
  ///   - tier: the tier the code is of, for profilers.
  ///   - lower: fills the module and gives the functions whose addresses are wanted.
  func generate(
    _ options: CompileOptions, tier: EngineName, _ linkage: ModuleLinkage? = nil,
    _ lower: (ModuleScope) -> [IRFunction]
  ) throws(LLVMFailure) -> GeneratedCode {
    try lock.withLock { _ throws(LLVMFailure) in
      try generateLocked(options, tier, linkage, lower)
    }
  }

  private func generateLocked(
    _ options: CompileOptions, _ tier: EngineName, _ linkage: ModuleLinkage?,
    _ lower: (ModuleScope) -> [IRFunction]
  ) throws(LLVMFailure) -> GeneratedCode {
    let start = ContinuousClock.now
    let scope = ModuleScope(
      named: "program", in: context(for: options), machine: machine, linkage: linkage)
    let functions = lower(scope)
    let module = scope.take()
    options.decorator?.decorate(module)
    let entries = module.addTable(of: functions, scope.cellAddresses)
    try module.verify()
    let names = perfMap == nil ? [] : functions.map(\.name)
    let effort = CodeEffort(options, tier, hasSteadyTests: scope.hasSteadyTests)
    let emitted = try object(of: module, entries, options, effort)
    let summary = emitted.object.summary
    let symbols = perfMap == nil ? [] : emitted.object.symbols
    // The one external symbol is numbered last: objects of the same program are the same.
    moduleCount += 1
    let table = Self.tableName(moduleCount)
    let code = try session.load(
      emitted.object.renaming(Self.tableName(0), to: table), symbol: table)
    let addresses = code.address.assumingMemoryBound(to: UInt.self)
    let entryAddresses = functions.indices.map { addresses[$0] }
    if let perfMap {
      let known = Array(zip(names, entryAddresses))
      try perfMap.append(LoadedSymbol.all(of: symbols, at: known, tier: tier))
    }
    return GeneratedCode(
      code: code, entries: entryAddresses, cells: scope.cells,
      cellAddresses: scope.cells.indices.map { addresses[functions.count + $0] }, summary: summary,
      vectorizedLoops: emitted.vectorizedLoops, time: ContinuousClock.now - start,
      listing: emitted.listing)
  }

  /// Takes a verified module's object from the cache, or optimizes the module and generates it.
  private func object(
    of module: consuming ModuleBuilder, _ entries: IRValue, _ options: CompileOptions,
    _ effort: CodeEffort
  ) throws(LLVMFailure) -> EmittedObject {
    let isAsEver = !options.keepsListings && perfMap == nil && !tellsDebuggers
    let cache = isAsEver ? options.cache : nil
    let entry = cache?.entry(of: module.bitcode, identity(of: effort))
    if let cache, !cache.recompiles, let kept = entry?.object {
      return EmittedObject(object: ObjectCode(bytes: kept), listing: nil)
    }
    let lowered = options.keepsListings ? module.listing : []
    if let passes = effort.passes { try optimizingMachine.optimize(module, passes) }
    let vectorizedLoops = effort.passes?.vectorizes == true ? module.vectorizedLoopCount : 0
    if isSanitized { try AddressSanitizer.instrument(module, for: machine) }
    let text = options.keepsListings ? module.text : nil
    module.rename(entries, to: Self.tableName(0))
    let optimized = options.keepsListings && effort.passes != nil ? module.listing : nil
    let object =
      switch effort.generation {
      case .baseline: try machine.emit(module)
      case .optimizing: try optimizingMachine.emit(module)
      case .campaign: try campaignMachine.emit(module)
      }
    if let cache, let entry { try cache.settle(entry, with: object.content) }
    var listing: CodeListing?
    if let text {
      listing = CodeListing(
        module: text, lowered: lowered, optimized: optimized, machine: try object.disassembly())
    }
    return EmittedObject(object: object, vectorizedLoops: vectorizedLoops, listing: listing)
  }

  /// The name of a module's table: the one external symbol, of the same length for every number.
  private static func tableName(_ number: UInt64) -> String {
    let digits = String(number, radix: 16)
    return "entries." + String(repeating: "0", count: 16 - digits.utf8.count) + digits
  }

  /// What else than a module decides on its code.
  private func identity(of effort: CodeEffort) -> String {
    let machine =
      switch effort.generation {
      case .baseline: machine.identity
      case .optimizing: optimizingMachine.identity
      case .campaign: campaignMachine.identity
      }
    let passes = effort.passes?.pipeline ?? "no passes"
    return [machine, passes, isSanitized ? "address sanitizer" : "plain"].joined(separator: "\n")
  }

  /// A context for one more module; contexts are replaced before they hold too much.
  private func context(for options: CompileOptions) -> CodeContext {
    if modulesInContexts == Tuning.modulesPerContext {
      plainContext = CodeContext(keepsNames: false)
      namingContext = CodeContext(keepsNames: true)
      describingContext = CodeContext(keepsNames: true, keepsLines: true)
      session.clearDeadSymbols()
      modulesInContexts = 0
    }
    modulesInContexts += 1
    if options.keepsListings || perfMap != nil || tellsDebuggers { return describingContext }
    return options.decorator != nil ? namingContext : plainContext
  }
}

extension CodeGenerator {
  /// Writes the symbols of all code loaded from now on.
  func observe(by map: PerfMap) { lock.withLock { _ in perfMap = map } }

  /// Registers all code loaded from now on with debuggers.
  func registerWithDebuggers() throws(LLVMFailure) {
    try lock.withLock { _ throws(LLVMFailure) in
      guard !tellsDebuggers else { return }
      try session.registerWithDebuggers()
      tellsDebuggers = true
    }
  }
}

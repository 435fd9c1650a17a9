import Bytecode
import CRuntime
import LLVM

/// The module being made and what is declared in it.
final class ModuleScope {
  let types: IRTypes
  let context: CodeContext
  private var module: ModuleBuilder?
  private var runtime: [RuntimeEntry: IRFunction] = [:]
  private var heapRuntime: [HeapEntry: IRFunction] = [:]
  private var intrinsics: [Intrinsic: IRFunction] = [:]
  private var overflowMultiply: IRFunction?
  /// The program whose functions call each other; nil for kernels.
  let linkage: ModuleLinkage?
  private var direct: [FunctionIndex: IRFunction] = [:]
  /// Functions of the module that its calls look for elsewhere.
  private var lookedUp: [FunctionIndex] = []
  var helpers = CallHelpers()
  /// Changes what the compiler decides; nil unless a fault is planted.
  var decorator: (any ModuleDecorator)?
  /// Whether it has loops with a test that comes out the same in all rounds.
  var hasSteadyTests = false
  private var constants: [ConstantKey: IRValue] = [:]
  private var versionGlobal: IRValue?
  /// What the loader fills in, in the order of the module's table.
  private(set) var cells: [ModuleCell] = []
  private(set) var cellAddresses: [IRValue] = []

  init(
    named name: String, in context: CodeContext, machine: borrowing TargetMachine,
    linkage: ModuleLinkage? = nil
  ) {
    let module = ModuleBuilder(named: name, in: context)
    machine.adopt(module)
    types = context.types
    self.context = context
    self.linkage = linkage
    self.module = consume module
  }

  /// Hands the finished module over; nothing may be added afterwards.
  func take() -> ModuleBuilder {
    guard let module = module.take() else { preconditionFailure("the module was taken before") }
    return module
  }

  func withModule<Result>(_ body: (borrowing ModuleBuilder) -> Result) -> Result {
    guard module != nil else { preconditionFailure("the module was taken before") }
    return body(module!)
  }

  /// A function of the runtime, declared at its first use.
  func callee(_ entry: RuntimeEntry) -> IRFunction {
    if let known = runtime[entry] { return known }
    let function = withModule {
      $0.addFunction(
        named: entry.symbol, type: entry.type(types), linkage: .external, isCold: entry.isCold)
    }
    withModule { $0.limit(function, to: entry.memory) }
    runtime[entry] = function
    return function
  }

  /// A function of the runtime for heap values, declared at its first use.
  func callee(_ entry: HeapEntry) -> IRFunction {
    if let known = heapRuntime[entry] { return known }
    let function = withModule {
      $0.addFunction(named: entry.symbol, type: entry.type(types), linkage: .external)
    }
    withModule { $0.limit(function, to: entry.memory) }
    heapRuntime[entry] = function
    return function
  }

  /// A function that is an instruction or a few, declared at its first use.
  func intrinsic(_ intrinsic: Intrinsic) -> IRFunction {
    if let known = intrinsics[intrinsic] { return known }
    let function = withModule {
      $0.addFunction(named: intrinsic.symbol, type: intrinsic.type(types), linkage: .external)
    }
    intrinsics[intrinsic] = function
    return function
  }

  /// Makes the cache of a named access; empty until the runtime fills it.
  func addPropertySite() -> IRValue {
    addCell(.propertySite, byteCount: MemoryLayout<JITPropertySite>.size)
  }

  /// `llvm.smul.with.overflow.i64`
  var multiplyWithOverflow: IRFunction {
    if let known = overflowMultiply { return known }
    let result = IRType.structure([types.i64, types.i1], in: context)
    let function = withModule {
      $0.addFunction(
        named: "llvm.smul.with.overflow.i64",
        type: .function([types.i64, types.i64], returning: result), linkage: .external)
    }
    overflowMultiply = function
    return function
  }

  /// Declares a function with the direct convention its declared slot kinds give.
  func declareDirect(
    _ function: Function, _ index: FunctionIndex, named name: String? = nil
  ) -> IRFunction {
    let representations = function.parameters.map(\.representation)
    let closure = function.captures.isEmpty ? [] : [types.i64]
    let parameters = [types.pointer] + closure + representations.map { $0.type(in: types) }
    return withModule { module in
      let declared = module.addFunction(
        named: name ?? directName(function, index),
        type: .function(parameters, returning: types.result), linkage: .internal)
      ownContext(of: declared, in: module)
      for (position, representation) in representations.enumerated()
      where representation == .bool {
        module.zeroExtend(parameter: position + 1 + closure.count, of: declared)
      }
      return declared
    }
  }
}

// MARK: - The program

extension ModuleScope {
  var program: VerifiedProgram {
    guard let linkage else { preconditionFailure("kernels call no functions of the program") }
    return linkage.program
  }

  var testsHeapLimit: Bool { linkage?.testsHeapLimit ?? false }

  func isShared(_ binding: BindingIndex) -> Bool {
    linkage?.sharedBindings[binding.position] ?? false
  }

  /// The direct entry of a function: the one in this module or, made at its first use, one that
  /// finds the newest version elsewhere.
  func direct(_ index: FunctionIndex) -> IRFunction {
    if let known = direct[index] { return known }
    let name = lookedUp.contains(index) ? "newest.\(index.position)" : nil
    let code = declareDirect(program.program[index], index, named: name)
    direct[index] = code
    FunctionLowering(program, index, form: .function, code: code, scope: self).lowerElsewhere()
    return code
  }

  /// Declares the direct entry of a function that this module is to hold.
  ///
  /// - Parameter isLookedUp: whether calls of the module go where the runtime has the function run.
  func declare(_ index: FunctionIndex, isLookedUp: Bool = false) -> IRFunction {
    let code = declareDirect(program.program[index], index)
    if isLookedUp { lookedUp.append(index) } else { direct[index] = code }
    return code
  }

  /// Declares code that begins at a loop header, `(context) -> {word, signal}`.
  func declareLoop(_ name: String) -> IRFunction {
    withModule { module in
      let declared = module.addFunction(
        named: name, type: .function([types.pointer], returning: types.result),
        linkage: .internal)
      ownContext(of: declared, in: module)
      return declared
    }
  }

  /// No cell and no table that code reaches by a word lies in the context, and whatever changes it
  /// while the code runs has it from the code.
  private func ownContext(of function: IRFunction, in module: borrowing ModuleBuilder) {
    module.own(parameter: 0, of: function, byteCount: MemoryLayout<JITContext>.size)
  }

  /// Declares a public entry `(context, unused) -> word`.
  func declarePublic(_ name: String) -> IRFunction {
    withModule {
      $0.addFunction(
        named: name,
        type: .function([types.pointer, types.pointer], returning: types.i64),
        linkage: .internal)
    }
  }

  /// The address of a word that the loader fills in.
  func constantAddress(_ key: ConstantKey) -> IRValue {
    if let known = constants[key] { return known }
    let global = addCell(.constant(key), byteCount: 8)
    constants[key] = global
    return global
  }

  /// The address of the module's `JITVersion`.
  var version: IRValue {
    if let known = versionGlobal { return known }
    let global = addCell(.version, byteCount: MemoryLayout<JITVersion>.size)
    versionGlobal = global
    return global
  }

  private func addCell(_ cell: ModuleCell, byteCount: Int) -> IRValue {
    let global = withModule {
      $0.addVariable(named: "cell.\(cells.count)", words: byteCount / 8)
    }
    cells.append(cell)
    cellAddresses.append(global)
    return global
  }
}

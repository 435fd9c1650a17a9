import Bytecode
import LLVM

/// A loop of a function, to be entered in mid-function.
public struct LoopReference: Hashable, Sendable {
  public let function: FunctionIndex
  /// The offset of the header.
  public let header: Int
  /// The `SetupTry`s of the handlers a frame has at the header, outermost first.
  let handlers: [Int]
  /// By slot, the kinds of what the locals of a frame hold that enters; empty for any.
  var kinds: [KindSet] = []
}

extension VerifiedProgram {
  /// The loops of a function that frames can enter in compiled code, and why the others cannot be.
  func enterableLoops(of function: FunctionIndex) -> (loops: [LoopReference], declines: [Decline]) {
    let headers = self[function].loopHeaders
    guard !headers.isEmpty else { return ([], []) }
    if let decline = UnitCompiler.decline(of: function, in: self) { return ([], [decline]) }
    let plan = BlockPlan(self, function)
    var loops: [LoopReference] = []
    var declines: [Decline] = []
    for header in headers {
      let chains = plan.blocks.filter { $0.offsets.lowerBound == header }.map(\.chain)
      if let chain = chains.first, chains.count == 1 {
        loops.append(
          LoopReference(
            function: function, header: header, handlers: plan.chains.setups(of: chain)))
      } else {
        declines.append(
          Decline(function: function, reason: .ambiguousHandlers(loop: header)))
      }
    }
    return (loops, declines)
  }
}

/// Compiles functions and loops of a program in one module: with guards on what feedback suggests for the
/// optimizing tier, without any and quickly for the baseline tier.
public struct UnitCompiler: Sendable {
  public var options: CompileOptions

  public init(options: CompileOptions = CompileOptions()) { self.options = options }

  /// Why the tier does not take a function, nil if it does: known before anything is compiled.
  public static func decline(
    of function: FunctionIndex, in program: VerifiedProgram
  ) -> Decline? {
    if let schedule = program.program.schedule, schedule.keepsInterpreted(function) {
      return Decline(function: function, reason: .scheduled)
    }
    if let opcode = PreflightReport(of: function, in: program).opcodes.first {
      return Decline(function: function, reason: .interpreterOnlyOpcode(opcode))
    }
    // Without handlers no block is laid out twice.
    if program.program.body(of: function).contains(where: { $0.opcode == .setupTry }),
      BlockPlan(program, function).isOverBudget
    {
      return Decline(function: function, reason: .blockBudget)
    }
    return nil
  }

  /// Compiles main and every function the baseline tier takes in one module, with direct calls between
  /// them; calls of the others go to the interpreter.
  ///
  /// Emits metrics and a trace on standard error if the environment asks for them.
  /// - Throws: `.broken` if code generation fails.
  public func compileProgram(
    _ program: VerifiedProgram
  ) throws(EngineFailure) -> CompiledUnit {
    CompileReports.emitIfAsked(of: program.program)
    return try compile(
      functions: program.program.functions.indices.map { FunctionIndex($0) }, in: program)
  }

  /// Compiles a function by itself; calls of others find their newest versions.
  ///
  /// - Throws: `.broken` if code generation fails. A function that is declined is in the result's
  ///   list.
  public func compileBaseline(
    _ function: FunctionIndex, in program: VerifiedProgram
  ) throws(EngineFailure) -> CompiledUnit {
    try compile(functions: [function], in: program)
  }

  /// Compiles functions and loops in one module.
  ///
  /// - Parameters:
  ///   - feedback: by function, what guards may rest on; nil for code without guards.
  ///   - replacement: whether other code is to take its place, and who sees to that.
  /// - Throws: `.broken` if code generation fails.
  func compile(
    functions: [FunctionIndex], loops: [LoopReference] = [], in program: VerifiedProgram,
    speculatingOn feedback: [FunctionFeedback]? = nil, replacement: Replacement = .never
  ) throws(EngineFailure) -> CompiledUnit {
    let asked = functions + loops.map(\.function).filter { !functions.contains($0) }
    let declines = asked.compactMap { Self.decline(of: $0, in: program) }
    let declined = Set(declines.map(\.function))
    let compiled = functions.filter { !declined.contains($0) }
    let entered = loops.filter { !declined.contains($0.function) }
    var layout = UnitLayout()
    layout.tier = feedback == nil ? .baseline : .optimizing
    layout.replacement = replacement
    // Compiled code is entered by public entries wherever a function calls that is not in the module.
    let publishesAll =
      options.publishesEveryFunction || !declines.isEmpty || !loops.isEmpty
      || functions.count < program.program.functions.count
    layout.published =
      publishesAll
      ? compiled : compiled.filter(program.program.functionsEnteredFromOutside.contains)
    do {
      let generated = try CodeGenerator.shared().generate(
        options, tier: feedback == nil ? .baseline : .optimizing, ModuleLinkage(program)
      ) { scope in
        lower(compiled, entered, program, feedback, &layout, into: scope)
      }
      if !layout.points.isEmpty {
        try DeoptimizationVerifier.verify(
          layout.points, in: program, bufferWords: Tuning.deoptimizationWords)
        if let decorator = options.decorator {
          layout.pointsOfCode = layout.points
          decorator.decorate(points: &layout.points, of: program)
        }
      }
      let accounts = layout.accounts.compactMap { [points = layout.points] account in
        feedback?.account(
          of: account.built, points[account.points].compactMap(\.guardRecord),
          account.dependencies)
      }
      return CompiledUnit(
        program: program, layout, accounts: accounts, declines: declines, generated: generated)
    } catch let failure as EngineFailure {
      throw failure
    } catch { throw .broken("\(error)") }
  }

  /// Fills a module and gives the entries of its table in order.
  private func lower(
    _ functions: [FunctionIndex], _ loops: [LoopReference], _ program: VerifiedProgram,
    _ feedback: [FunctionFeedback]?, _ layout: inout UnitLayout, into scope: ModuleScope
  ) -> [IRFunction] {
    scope.decorator = options.decorator
    let direct = functions.map { scope.declare($0, isLookedUp: layout.replacement == .scheduled) }
    var entries: [IRFunction] = []
    for (index, code) in zip(functions, direct) {
      let lowering = FunctionLowering(
        program, index, form: .function, code: code, scope: scope, isHooked: options.isHooked,
        firstPoint: layout.points.count, feedback: feedback)
      lowering.lowerFunction(countsCalls: layout.replacement == .whenReady)
      layout.functions.append((index, note(lowering, &layout)))
      guard layout.published.contains(index) else { continue }
      let entry = scope.declarePublic("entry.\(index.position)")
      lowering.lowerPublicEntry(into: entry)
      entries += [entry, code]
    }
    for loop in loops {
      let name = "loop.\(loop.function.position).\(loop.header)"
      let code = scope.declareLoop(name)
      let lowering = FunctionLowering(
        program, loop.function, form: .function, code: code, scope: scope,
        isHooked: options.isHooked, firstPoint: layout.points.count,
        from: (loop.header, loop.handlers), feedback: feedback, arguments: loop.kinds)
      lowering.lowerLoop(entered: loop.kinds, isReplaced: layout.replacement != .never)
      layout.loops.append((loop.function, loop.header, note(lowering, &layout)))
      let entry = scope.declarePublic("entry.\(name)")
      lowering.lowerLoopEntry(into: entry)
      entries.append(entry)
    }
    return entries
  }

  /// Adds the points of a function or loop to those of the module, and what it rests on.
  private func note(_ lowering: FunctionLowering, _ layout: inout UnitLayout) -> Range<Int> {
    let first = layout.points.count
    layout.points += lowering.points
    layout.virtualCount += lowering.virtualCount
    layout.dependencies += lowering.dependencies.filter { !layout.dependencies.contains($0) }
    if let account = lowering.account {
      layout.accounts.append((account, lowering.dependencies, first..<layout.points.count))
    }
    return first..<layout.points.count
  }
}

extension Program {
  /// Main, and functions that calls may enter whose callee is a value or a method.
  fileprivate var functionsEnteredFromOutside: Set<FunctionIndex> {
    var entered: Set<FunctionIndex> = [mainIndex]
    for constant in constants {
      if case .function(let function) = constant { entered.insert(function) }
    }
    for instruction in instructions where instruction.opcode == .makeClosure {
      if case .function(let function) = instruction.operand { entered.insert(function) }
    }
    // A method's function is found by its name.
    for (index, function) in functions.enumerated() where function.name.contains(".") {
      entered.insert(FunctionIndex(index))
    }
    return entered
  }
}

extension Schedule {
  /// Whether its `tier` lines of a function name the interpreter only.
  func keepsInterpreted(_ function: FunctionIndex) -> Bool {
    var isNamed = false
    for case .tier(function, let tier, after: _) in directives {
      guard tier == .interpreter else { return false }
      isNamed = true
    }
    return isNamed
  }
}

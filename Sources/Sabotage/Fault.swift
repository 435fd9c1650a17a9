import Bytecode
import JIT

/// A defect that can be planted in what the compilers make, to see whether the harness finds it.
public enum Fault: Hashable, Sendable {
  case numeric(NumericFault)
  case code(CodeFault)
  case point(PointFault)
  case `guard`(GuardFault)
  case optimized(OptimizedFault)
  case chain(ChainFault)
  case walk(WalkFault)
  case record(RecordFault)
  case virtual(VirtualFault)
  case compiler(CompilerMistake)

  /// What kind of defect it is.
  public enum Class: String, CaseIterable, Hashable, Sendable {
    case arithmetic, comparison, check, boxing, accounting, site, event, call
    case frame, resume, handler, entry, heap, root, foreign
    case `guard`, layout, bounds, transition, inlining, chain, walk, record, decision
    case virtual, discard, range, memory
  }

  /// What it takes to meet a fault.
  public enum Workload: String, CaseIterable, Hashable, Sendable {
    /// Programs of the numeric core, compiled before the start.
    case core
    /// Programs of the whole language, compiled before the start.
    case whole
    /// Those, with loops that are entered in compiled code.
    case loops
    /// Those, optimized by feedback that is true or made up.
    case optimized
  }

  /// All faults in a fixed order.
  public static var all: [Fault] {
    NumericFault.allCases.map(numeric) + CodeFault.allCases.map(code)
      + PointFault.allCases.map(point) + GuardFault.allCases.map(Fault.guard)
      + OptimizedFault.allCases.map(optimized) + ChainFault.allCases.map(chain)
      + WalkFault.allCases.map(walk) + RecordFault.allCases.map(record)
      + VirtualFault.allCases.map(virtual)
      + CompilerMistake.allCases.map(compiler)
  }

  /// The fault of a name that reports use, nil if there is none.
  public init?(named name: String) {
    guard let fault = Fault.all.first(where: { $0.name == name }) else { return nil }
    self = fault
  }

  public var name: String {
    switch self {
    case .numeric(let fault): fault.rawValue
    case .code(let fault): fault.rawValue
    case .point(let fault): fault.rawValue
    case .guard(let fault): fault.name
    case .optimized(let fault): fault.rawValue
    case .chain(let fault): fault.rawValue
    case .walk(let fault): fault.rawValue
    case .record(let fault): fault.rawValue
    case .virtual(let fault): fault.rawValue
    case .compiler(let mistake): mistake.rawValue
    }
  }

  public var faultClass: Class {
    switch self {
    case .numeric(let fault): fault.faultClass
    case .code(let fault): fault.faultClass
    case .point(let fault): fault.faultClass
    case .guard: .guard
    case .optimized(let fault): fault.faultClass
    case .chain(let fault): fault.faultClass
    case .walk: .walk
    case .record: .record
    case .virtual(let fault): fault.faultClass
    case .compiler(let mistake): mistake.faultClass
    }
  }

  public var workload: Workload {
    switch self {
    case .numeric: .core
    case .code(let fault): fault.workload
    case .point: .whole
    case .guard, .optimized, .chain, .walk, .record, .virtual, .compiler: .optimized
    }
  }

  /// The engine whose code has the fault wherever it can be planted.
  ///
  /// Its sessions' statistics count `canary reached`, executions of faulty code and exits at points
  /// that were looked at, and `canary triggered`, those in which the fault made a difference.
  ///
  /// - Parameter places: counts the places that the fault is planted in.
  public func engine(counting places: PlantedPlaces = PlantedPlaces()) -> any Engine {
    workload.engine(options(counting: places))
  }

  /// What a compiler is told that is to plant the fault.
  public func options(counting places: PlantedPlaces) -> CompileOptions {
    CompileOptions(decorator: FaultDecorator(fault: self, places: places))
  }
}

extension Fault.Workload {
  /// The engine that faults of the workload are planted in, without any.
  public var engine: any Engine { engine(CompileOptions()) }

  fileprivate func engine(_ options: CompileOptions) -> any Engine {
    switch self {
    case .core, .whole: BaselineEngine(options: options)
    case .loops: StackReplacementEngine(options: options)
    case .optimized: OptimizingEngine(options: options)
    }
  }
}

/// The statistics in which an engine with a fault reports its canaries.
public enum Canary {
  public static let reached = "canary reached"
  public static let triggered = "canary triggered"
}

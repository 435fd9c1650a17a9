import Bytecode
import JIT
import LLVM

/// Plants one fault in every module between lowering and code generation, or in every unit's points
/// once they are verified.
struct FaultDecorator: ModuleDecorator {
  let fault: Fault
  let places: PlantedPlaces

  func decorate(_ module: borrowing ModuleBuilder) {
    let planter = Planter(in: module.context, counting: places)
    switch fault {
    case .numeric(let fault): fault.plant(among: module.namedInstructions, planter)
    case .code(let fault): fault.plant(among: module.namedInstructions, planter)
    case .guard(let fault): fault.plant(among: module.namedBranches, planter)
    case .optimized(let fault):
      fault.plant(among: module.namedInstructions, module.namedBranches, planter)
    case .virtual(let fault): fault.plant(among: module.namedInstructions, planter)
    case .walk(let fault): fault.plant(among: module.namedInstructions, planter)
    case .point, .chain, .record, .compiler: break
    }
  }

  var mistake: CompilerMistake? {
    if case .compiler(let mistake) = fault { mistake } else { nil }
  }

  func commits(_ mistake: CompilerMistake) -> Bool {
    guard mistake == self.mistake else { return false }
    places.add()
    return true
  }

  func decorate(points: inout [DeoptimizationPoint], of program: VerifiedProgram) {
    switch fault {
    case .numeric, .code, .guard, .optimized, .walk, .compiler: break
    case .point(let fault): change(&points) { fault.changed($0, of: program) }
    case .chain(.framesOfNeighbour): ChainFault.exchange(&points, counting: places)
    case .chain(.pointNumberCut): ChainFault.cutNumbers(of: &points, counting: places)
    case .chain(let fault): change(&points) { fault.changed($0, of: program) }
    case .record(let fault): change(&points) { fault.changed($0, of: program.program) }
    case .virtual(let fault): change(&points) { fault.changed($0, of: program.program) }
    }
  }

  private func change(
    _ points: inout [DeoptimizationPoint],
    _ changed: (DeoptimizationPoint) -> DeoptimizationPoint
  ) {
    for position in points.indices {
      let changed = changed(points[position])
      guard changed != points[position] else { continue }
      points[position] = changed
      places.add()
    }
  }
}

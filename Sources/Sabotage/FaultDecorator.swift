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
    case .point: break
    }
  }

  func decorate(points: inout [DeoptimizationPoint], of program: VerifiedProgram) {
    switch fault {
    case .numeric, .code: break
    case .point(let fault):
      for position in points.indices {
        let changed = fault.changed(points[position], of: program)
        guard changed != points[position] else { continue }
        points[position] = changed
        places.add()
      }
    }
  }
}

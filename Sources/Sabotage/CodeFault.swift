import Bytecode
import JIT
import LLVM

/// A defect of the code of the whole language: of calls, handlers, loop entries, heap values and
/// foreign calls.
///
/// The raw values are the names reports use.
public enum CodeFault: String, CaseIterable, Hashable, Sendable {
  case calleeResultDropped = "callee-result-dropped"
  case framesLeftNotRestored = "frames-left-not-restored"
  case payloadLost = "payload-lost"
  case handlersNotCounted = "handlers-not-counted"
  case loopLocalMissing = "loop-local-missing"
  case loopFuelLost = "loop-fuel-lost"
  case cellForContent = "cell-for-content"
  case cacheNotCompared = "cache-not-compared"
  case boundsOffByOne = "bounds-off-by-one"
  case schemaTestLost = "schema-test-lost"
  case rootNotKept = "root-not-kept"
  case structArgumentClass = "struct-argument-class"
  case narrowReturnNotExtended = "narrow-return-not-extended"

  var faultClass: Fault.Class {
    switch self {
    case .calleeResultDropped: .call
    case .framesLeftNotRestored: .accounting
    case .payloadLost, .handlersNotCounted: .handler
    case .loopLocalMissing, .loopFuelLost: .entry
    case .cellForContent, .cacheNotCompared, .boundsOffByOne, .schemaTestLost: .heap
    case .rootNotKept: .root
    case .structArgumentClass, .narrowReturnNotExtended: .foreign
    }
  }

  var workload: Fault.Workload {
    switch self {
    case .loopLocalMissing, .loopFuelLost: .loops
    case .calleeResultDropped, .framesLeftNotRestored, .payloadLost, .handlersNotCounted,
      .cellForContent, .cacheNotCompared, .boundsOffByOne, .schemaTestLost, .rootNotKept,
      .structArgumentClass, .narrowReturnNotExtended:
      .whole
    }
  }
}

// MARK: - Planting

extension CodeFault {
  /// Plants the fault wherever a module has a place for it; of loop entries once a loop.
  func plant(among instructions: [NamedInstruction], _ planter: borrowing Planter) {
    let roles = InstructionRoles(instructions)
    var lastLoop: IRFunction?
    for instruction in instructions where hits(instruction, roles) {
      switch self {
      case .loopLocalMissing, .loopFuelLost:
        guard instruction.function != lastLoop else { continue }
        lastLoop = instruction.function
        planter.plant(at: instruction) { planter in faulty(instruction, planter) }
      case .framesLeftNotRestored:
        let stores = instruction.value.users.filter(\.isStore)
        planter.plant(at: stores, of: instruction) { planter in faulty(instruction, planter) }
      case .rootNotKept:
        // The test for a trap word comes at once, before anything is collected, and so does its raise.
        let users = instruction.value.users.filter {
          !["is.trap", "trap.word"].contains(roles.role(of: $0))
        }
        if !users.contains(where: \.isPhi) { planter.hide(instruction, from: users) }
      case .structArgumentClass:
        for call in instruction.value.users.filter(\.isCall) {
          planter.passAsNumber(instruction, to: call)
        }
      case .calleeResultDropped, .payloadLost, .handlersNotCounted, .cellForContent,
        .cacheNotCompared, .boundsOffByOne, .schemaTestLost, .narrowReturnNotExtended:
        planter.plant(at: instruction) { planter in faulty(instruction, planter) }
      }
    }
  }

  /// Whether the fault belongs at an instruction.
  private func hits(_ instruction: NamedInstruction, _ roles: InstructionRoles) -> Bool {
    let (role, value) = (instruction.role, instruction.value)
    let isOfLoop = instruction.function.name.hasPrefix("loop.")
    switch self {
    case .calleeResultDropped: return role == "finished"
    case .framesLeftNotRestored: return role == "frames.left"
    case .payloadLost: return role == "payload" && value.isCall
    case .handlersNotCounted: return role == "handlers" && !value.isLoad
    case .loopLocalMissing:
      // Of a number: where an address is wanted, null is a crash.
      guard isOfLoop, role == "slot", value.isLoad else { return false }
      return value.users.allSatisfy { ["high", "number", "bool"].contains(roles.role(of: $0)) }
    case .loopFuelLost: return isOfLoop && role == "fuel.left"
    case .cellForContent: return role == "content" && value.isLoad
    case .cacheNotCompared: return role == "is.cached" && roles.has("property", beside: instruction)
    case .boundsOffByOne: return role == "is.inside" && roles.has("element", beside: instruction)
    case .schemaTestLost: return role == "is.schema" && roles.has("field", beside: instruction)
    case .rootNotKept: return role == "heap.word"
    case .structArgumentClass: return role == "foreign.integer"
    case .narrowReturnNotExtended: return role == "foreign.extended"
    }
  }

  /// The faulty value in place of an instruction's; built where it is used.
  private func faulty(_ instruction: NamedInstruction, _ planter: borrowing Planter) -> IRValue {
    let good = instruction.value
    let name = ValueName(instruction.offset, "fault")
    let types = planter.types
    let zero = types.constant(0 as Int64)
    switch self {
    case .calleeResultDropped, .payloadLost:
      let hasEnded = planter.build.icmp(.eq, good, types.constant(bits: .max), name)
      return planter.build.select(hasEnded, good, types.constant(bits: BoxedWord.null), name)
    case .loopLocalMissing: return types.constant(bits: BoxedWord.null)
    case .loopFuelLost, .framesLeftNotRestored:
      let isMore = planter.build.icmp(.ne, good, zero, name)
      let less = planter.build.sub(good, types.constant(1 as Int64), name)
      return planter.build.select(isMore, less, good, name)
    case .handlersNotCounted: return good.operand(0)
    case .cellForContent:
      // From the address back to the word of the cell.
      return (0..<5).reduce(good) { value, _ in value.operand(0) }
    case .cacheNotCompared: return planter.build.icmp(.ne, good.operand(1), zero, name)
    case .boundsOffByOne:
      let (index, length) = (good.operand(0), good.operand(1))
      let isFirstOutside = planter.build.icmp(.eq, index, length, name)
      // An empty array has no elements to read beyond.
      let hasElements = planter.build.icmp(.ne, length, zero, name)
      return planter.build.or(
        good, planter.build.and(isFirstOutside, hasElements, name), name)
    case .schemaTestLost: return types.constant(true)
    case .narrowReturnNotExtended:
      let narrow = planter.build.zext(good.operand(0), to: types.i64, name)
      return planter.build.or(narrow, types.constant(bits: 0x5A5A << 32), name)
    case .rootNotKept, .structArgumentClass:
      preconditionFailure("a fault of uses, not of values")
    }
  }
}

import Bytecode
import JIT
import LLVM

/// A defect of objects that code does not make: of what it charges for them, and of what frames that
/// leave say of them.
///
/// The raw values are the names reports use.
public enum VirtualFault: String, CaseIterable, Hashable, Sendable {
  case chargedTwice = "virtual-charged-twice"
  case notCharged = "virtual-not-charged"
  case fieldsSwapped = "virtual-fields-swapped"
  case madeTwice = "virtual-made-twice"
  case layoutWrong = "virtual-layout-wrong"

  var faultClass: Fault.Class {
    switch self {
    case .chargedTwice, .notCharged: .accounting
    case .fieldsSwapped, .madeTwice, .layoutWrong: .virtual
    }
  }

  /// Plants the fault wherever a module has a place for it.
  func plant(among instructions: [NamedInstruction], _ planter: borrowing Planter) {
    for instruction in instructions where instruction.role == "virtual.charged" {
      let value = instruction.value
      switch self {
      case .chargedTwice:
        planter.plant(at: instruction) { planter in
          planter.build.add(value, value.operand(1), ValueName(instruction.offset, "fault"))
        }
      case .notCharged: planter.plant(at: instruction) { _ in value.operand(0) }
      case .fieldsSwapped, .madeTwice, .layoutWrong: break
      }
    }
  }

  /// A point with the fault; the point itself if there is no place for it.
  func changed(_ point: DeoptimizationPoint, of program: Program) -> DeoptimizationPoint {
    var point = point
    switch self {
    case .chargedTwice, .notCharged: break
    case .fieldsSwapped: point.swapFields()
    case .madeTwice: point.separateSlots()
    case .layoutWrong: point.mistakeLayout(in: program)
    }
    return point
  }
}

extension DeoptimizationPoint {
  /// Two fields of one object are exchanged.
  fileprivate mutating func swapFields() {
    for (number, object) in virtualObjects.enumerated() where object.fields.count > 1 {
      for position in 1..<object.fields.count
      where object.fields[position].hasForm(of: object.fields[position - 1]) {
        virtualObjects[number].fields.swapAt(position, position - 1)
        return
      }
    }
  }

  /// Of two slots that hold one object, the second gets one of its own.
  fileprivate mutating func separateSlots() {
    var isHeld = Array(repeating: false, count: virtualObjects.count)
    /// Whether a slot got an object of its own.
    func separate(_ source: inout Source) -> Bool {
      guard case .virtual(let object) = source else { return false }
      if !isHeld[object] {
        isHeld[object] = true
        return false
      }
      virtualObjects.append(virtualObjects[object])
      source = .virtual(virtualObjects.count - 1)
      return true
    }
    for number in frames.indices {
      var frame = frames[number]
      var isSeparate = false
      for slot in frame.locals.indices where !isSeparate {
        isSeparate = separate(&frame.locals[slot])
      }
      for slot in frame.operands.indices where !isSeparate {
        isSeparate = separate(&frame.operands[slot])
      }
      frames[number] = frame
      if isSeparate { return }
    }
  }

  /// An object is made as another of as many fields.
  fileprivate mutating func mistakeLayout(in program: Program) {
    for (number, object) in virtualObjects.enumerated() {
      if let other = object.kind.otherOption {
        virtualObjects[number].kind = other
        return
      }
      guard let schema = object.schema else { continue }
      let other = program.schemas.indices.first {
        $0 != schema.position && program.schemas[$0].fields.count == object.fields.count
      }
      guard let other else { continue }
      virtualObjects[number].schema = SchemaIndex(other)
      return
    }
  }
}

extension ValueKind {
  fileprivate var otherOption: ValueKind? {
    switch self {
    case .some: .ok
    case .ok: .err
    case .err: .some
    case .null, .unit, .bool, .int, .number, .string, .array, .intArray, .floatArray, .boolArray,
      .object, .record, .map, .range, .function, .closure, .reference, .cell:
      nil
    }
  }
}

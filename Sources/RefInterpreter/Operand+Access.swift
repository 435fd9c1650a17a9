import Bytecode

/// The verifier has checked that an instruction's operand is of the kind its table row names.
extension Instruction {
  var constant: ConstantIndex {
    guard case .constant(let index) = operand else { preconditionFailure("no constant operand") }
    return index
  }

  var local: LocalIndex {
    guard case .local(let index) = operand else { preconditionFailure("no local operand") }
    return index
  }

  var localAndWidth: (local: LocalIndex, width: NumericWidth) {
    guard case .localWidth(let index, let width) = operand else {
      preconditionFailure("no local and width operand")
    }
    return (index, width)
  }

  var width: NumericWidth {
    guard case .width(let width) = operand else { preconditionFailure("no width operand") }
    return width
  }

  var binding: BindingIndex {
    guard case .binding(let index) = operand else { preconditionFailure("no binding operand") }
    return index
  }

  var function: FunctionIndex {
    guard case .function(let index) = operand else { preconditionFailure("no function operand") }
    return index
  }

  var builtin: (builtin: Builtin, argumentCount: Int) {
    guard case .builtin(let builtin, let count) = operand else {
      preconditionFailure("no builtin operand")
    }
    return (builtin, count)
  }

  var capture: CaptureIndex {
    guard case .capture(let index) = operand else { preconditionFailure("no capture operand") }
    return index
  }

  var foreign: ForeignIndex {
    guard case .foreign(let index) = operand else { preconditionFailure("no foreign operand") }
    return index
  }

  var schema: SchemaIndex {
    guard case .schema(let index) = operand else { preconditionFailure("no schema operand") }
    return index
  }

  var field: (schema: SchemaIndex, position: Int) {
    guard case .field(let schema, let position) = operand else {
      preconditionFailure("no field operand")
    }
    return (schema, position)
  }

  var count: Int {
    guard case .count(let count) = operand else { preconditionFailure("no count operand") }
    return count
  }

  var method: (name: StringIndex, argumentCount: Int) {
    guard case .method(let name, let count) = operand else {
      preconditionFailure("no method operand")
    }
    return (name, count)
  }

  /// Nil if the key is on the operand stack.
  var property: StringIndex? {
    guard case .property(let name) = operand else { preconditionFailure("no property operand") }
    return name
  }
}

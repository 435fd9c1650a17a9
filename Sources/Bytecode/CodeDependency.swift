/// A fact that code rests on without testing it: what breaks it discards the code.
public enum CodeDependency: Hashable, Sendable {
  /// A binding holds what it held when the code was made.
  case binding(BindingIndex, BindingFact)
  /// No object with these keys has ever got one more: each that has them keeps its shape.
  case noChildShape([Literal])
}

/// What code may take for granted of a binding until another word is stored there.
public enum BindingFact: Hashable, Sendable {
  case null
  case unit
  case bool(Bool)
  case int(Int64)
  case number(bitPattern: UInt64)
  case function(FunctionIndex)
  /// Some closure of a function, found in the binding.
  case closure(FunctionIndex)
  /// Some heap value of a kind, found in the binding.
  case cell(ValueKind)

  /// The kind of the value.
  public var kinds: KindSet {
    switch self {
    case .null: .null
    case .unit: .unit
    case .bool: .bool
    case .int: .int
    case .number: .number
    case .function: .function
    case .closure: .closure
    case .cell(let kind): KindSet(kind)
    }
  }
}

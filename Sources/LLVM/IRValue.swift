internal import CLLVM

/// A value of the intermediate language; the property of its module or context.
public struct IRValue: Hashable {
  let raw: LLVMValueRef

  /// Whether it is a constant, known when code is made.
  public var isConstant: Bool { LLVMIsConstant(raw) != 0 }
}

/// A basic block; the property of its function.
public struct IRBlock: Hashable {
  let raw: LLVMBasicBlockRef
}

/// A function of a module.
public struct IRFunction: Hashable {
  let raw: LLVMValueRef
  /// Its function type.
  public let type: IRType

  /// The name of its symbol.
  public var name: String {
    var length = 0
    return LLVMGetValueName2(raw, &length).map { String(cString: $0) } ?? ""
  }

  /// Where its code is.
  public var address: IRValue { IRValue(raw: raw) }

  /// The number of parameters.
  public var parameterCount: Int { Int(LLVMCountParams(raw)) }

  /// A parameter by position.
  public func parameter(_ position: Int) -> IRValue {
    IRValue(raw: LLVMGetParam(raw, UInt32(position)))
  }
}

/// The name of a value: the bytecode offset it comes from and its role there.
///
/// `v.0017.add` names a value, `bb.0017.add` a block. Names are rendered only in a context that
/// keeps them.
public struct ValueName {
  public let offset: Int
  public let role: StaticString

  public init(_ offset: Int, _ role: StaticString) {
    self.offset = offset
    self.role = role
  }

  /// The text with a prefix, such as `v.0017.add`.
  public func text(prefix: StaticString) -> String {
    let digits = String(offset)
    let padding = String(repeating: "0", count: max(0, 4 - digits.count))
    return "\(prefix).\(padding)\(digits).\(role)"
  }
}

/// Calls the body with the name as a C string, empty where names are not kept.
@inline(__always)
func withName<Result>(
  _ name: ValueName, prefix: StaticString = "v", keeping: Bool,
  _ body: (UnsafePointer<CChar>) -> Result
) -> Result {
  guard keeping else { return body(emptyName) }
  return name.text(prefix: prefix).withCString(body)
}

/// A C string of no characters.
@inline(__always)
var emptyName: UnsafePointer<CChar> {
  let empty: StaticString = ""
  return UnsafeRawPointer(empty.utf8Start).assumingMemoryBound(to: CChar.self)
}

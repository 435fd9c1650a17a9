internal import CLLVM

/// An LLVM context: the owner of types and constants, alive while any module made in it is.
///
/// A context keeps what its modules interned for good, so it serves a limited number of modules
/// and is then replaced.
public final class CodeContext {
  let raw: LLVMContextRef
  /// Whether values keep their names; names cost time and serve listings and inspection only.
  public let keepsNames: Bool
  /// Whether functions and instructions say which line they come from, for listings, profilers and
  /// debuggers.
  public let keepsLines: Bool
  public let types: IRTypes
  let noUnwind: LLVMAttributeRef
  let cold: LLVMAttributeRef
  let zeroExtend: LLVMAttributeRef
  let noBuiltin: LLVMAttributeRef

  public init(keepsNames: Bool, keepsLines: Bool = false) {
    let context: LLVMContextRef = LLVMContextCreate()
    raw = context
    self.keepsNames = keepsNames
    self.keepsLines = keepsLines
    LLVMContextSetDiscardValueNames(raw, keepsNames ? 0 : 1)
    types = IRTypes(context: raw)
    func attribute(_ name: String) -> LLVMAttributeRef {
      let kind = LLVMGetEnumAttributeKindForName(name, name.utf8.count)
      precondition(kind != 0, "LLVM knows no attribute \(name)")
      return LLVMCreateEnumAttribute(context, kind, 0)
    }
    noUnwind = attribute("nounwind")
    cold = attribute("cold")
    zeroExtend = attribute("zeroext")
    noBuiltin = attribute("nobuiltin")
  }

  deinit { LLVMContextDispose(raw) }
}

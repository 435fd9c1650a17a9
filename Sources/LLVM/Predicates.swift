internal import CLLVM

/// The predicates of `icmp`; <https://llvm.org/docs/LangRef.html#icmp-instruction>.
public enum IntegerPredicate: CaseIterable, Hashable, Sendable {
  case eq, ne, ugt, uge, ult, ule, sgt, sge, slt, sle

  var raw: LLVMIntPredicate {
    switch self {
    case .eq: LLVMIntEQ
    case .ne: LLVMIntNE
    case .ugt: LLVMIntUGT
    case .uge: LLVMIntUGE
    case .ult: LLVMIntULT
    case .ule: LLVMIntULE
    case .sgt: LLVMIntSGT
    case .sge: LLVMIntSGE
    case .slt: LLVMIntSLT
    case .sle: LLVMIntSLE
    }
  }
}

/// The predicates of `fcmp`; <https://llvm.org/docs/LangRef.html#fcmp-instruction>.
///
/// Ordered ones are false, unordered ones true, if an operand is NaN.
public enum FloatPredicate: CaseIterable, Hashable, Sendable {
  case oeq, ogt, oge, olt, ole, one, ord, ueq, ugt, uge, ult, ule, une, uno

  var raw: LLVMRealPredicate {
    switch self {
    case .oeq: LLVMRealOEQ
    case .ogt: LLVMRealOGT
    case .oge: LLVMRealOGE
    case .olt: LLVMRealOLT
    case .ole: LLVMRealOLE
    case .one: LLVMRealONE
    case .ord: LLVMRealORD
    case .ueq: LLVMRealUEQ
    case .ugt: LLVMRealUGT
    case .uge: LLVMRealUGE
    case .ult: LLVMRealULT
    case .ule: LLVMRealULE
    case .une: LLVMRealUNE
    case .uno: LLVMRealUNO
    }
  }
}

internal import CLLVM

/// A type of the intermediate language; the property of its context.
public struct IRType: Hashable {
  let raw: LLVMTypeRef

  /// The function type with these parameters and result.
  public static func function(_ parameters: [IRType], returning result: IRType) -> IRType {
    var raw: [LLVMTypeRef?] = parameters.map(\.raw)
    return IRType(raw: LLVMFunctionType(result.raw, &raw, UInt32(raw.count), 0))
  }

  /// The structure type of these members.
  public static func structure(_ members: [IRType], in context: CodeContext) -> IRType {
    var raw: [LLVMTypeRef?] = members.map(\.raw)
    return IRType(raw: LLVMStructTypeInContext(context.raw, &raw, UInt32(raw.count), 0))
  }

  /// The integer type of this many bits.
  public static func integer(bits: Int, in context: CodeContext) -> IRType {
    IRType(raw: LLVMIntTypeInContext(context.raw, UInt32(bits)))
  }

  /// The vector type with this many elements.
  public func vector(count: Int) -> IRType { IRType(raw: LLVMVectorType(raw, UInt32(count))) }

  /// The array type with this many elements.
  public func array(count: Int) -> IRType { IRType(raw: LLVMArrayType2(raw, UInt64(count))) }
}

/// The types generated code uses, made once per context.
public struct IRTypes {
  public let i1, i8, i16, i32, i64, float, double, pointer, void: IRType
  /// `{i64, i32}`: what a direct call returns in two registers.
  public let result: IRType

  init(context: LLVMContextRef) {
    i1 = IRType(raw: LLVMInt1TypeInContext(context))
    i8 = IRType(raw: LLVMInt8TypeInContext(context))
    i16 = IRType(raw: LLVMInt16TypeInContext(context))
    i32 = IRType(raw: LLVMInt32TypeInContext(context))
    i64 = IRType(raw: LLVMInt64TypeInContext(context))
    float = IRType(raw: LLVMFloatTypeInContext(context))
    double = IRType(raw: LLVMDoubleTypeInContext(context))
    pointer = IRType(raw: LLVMPointerTypeInContext(context, 0))
    void = IRType(raw: LLVMVoidTypeInContext(context))
    var members: [LLVMTypeRef?] = [i64.raw, i32.raw]
    result = IRType(raw: LLVMStructTypeInContext(context, &members, 2, 0))
  }
}

/// Constants of the intermediate language.
extension IRTypes {
  public func constant(_ value: Int64) -> IRValue {
    IRValue(raw: LLVMConstInt(i64.raw, UInt64(bitPattern: value), 1))
  }

  public func constant(bits: UInt64) -> IRValue { IRValue(raw: LLVMConstInt(i64.raw, bits, 0)) }

  public func constant32(_ value: UInt32) -> IRValue {
    IRValue(raw: LLVMConstInt(i32.raw, UInt64(value), 0))
  }

  public func constant(_ value: Bool) -> IRValue {
    IRValue(raw: LLVMConstInt(i1.raw, value ? 1 : 0, 0))
  }

  public func constant(_ value: Double) -> IRValue {
    let bits = LLVMConstInt(i64.raw, value.bitPattern, 0)
    return IRValue(raw: LLVMConstBitCast(bits, double.raw))
  }

  public func poison(_ type: IRType) -> IRValue { IRValue(raw: LLVMGetPoison(type.raw)) }
}

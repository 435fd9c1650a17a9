internal import CLLVM

/// An argument of a call by the C calling convention.
public struct CallArgument {
  let value: IRValue
  let passing: Passing

  enum Passing {
    case direct, signExtended, zeroExtended
    case copied(IRType, alignment: Int)
    case structureResult(IRType, alignment: Int)
  }

  /// A value as it is.
  public static func direct(_ value: IRValue) -> CallArgument {
    CallArgument(value: value, passing: .direct)
  }

  /// A narrow integer the caller sign-extends.
  public static func signExtended(_ value: IRValue) -> CallArgument {
    CallArgument(value: value, passing: .signExtended)
  }

  /// A narrow integer the caller zero-extends.
  public static func zeroExtended(_ value: IRValue) -> CallArgument {
    CallArgument(value: value, passing: .zeroExtended)
  }

  /// `byval`: the memory at an address, copied to the stack as a value of a type.
  ///
  /// - Parameter alignment: of the copy, in bytes; a power of two.
  public static func copied(
    _ address: IRValue, as type: IRType, alignment: Int
  ) -> CallArgument {
    CallArgument(value: address, passing: .copied(type, alignment: alignment))
  }

  /// `sret`: where the callee writes its result, of a type.
  ///
  /// - Parameter alignment: of the memory, in bytes; a power of two.
  public static func structureResult(
    _ address: IRValue, as type: IRType, alignment: Int
  ) -> CallArgument {
    CallArgument(value: address, passing: .structureResult(type, alignment: alignment))
  }
}

extension CallArgument {
  /// The attributes that say how it is passed.
  fileprivate var attributes: [LLVMAttributeRef] {
    let context: LLVMContextRef = LLVMGetTypeContext(LLVMTypeOf(value.raw))
    switch passing {
    case .direct: return []
    case .signExtended: return [attribute("signext", in: context)]
    case .zeroExtended: return [attribute("zeroext", in: context)]
    case .copied(let type, let alignment):
      return [
        LLVMCreateTypeAttribute(context, attributeKind("byval"), type.raw),
        attribute("align", UInt64(alignment), in: context),
      ]
    case .structureResult(let type, let alignment):
      return [
        LLVMCreateTypeAttribute(context, attributeKind("sret"), type.raw),
        attribute("align", UInt64(alignment), in: context),
      ]
    }
  }
}

private func attribute(
  _ name: String, _ number: UInt64 = 0, in context: LLVMContextRef
) -> LLVMAttributeRef {
  LLVMCreateEnumAttribute(context, attributeKind(name), number)
}

private func attributeKind(_ name: String) -> UInt32 {
  let kind = LLVMGetEnumAttributeKindForName(name, name.utf8.count)
  precondition(kind != 0, "LLVM knows no attribute \(name)")
  return kind
}

extension InstructionBuilder {
  /// Calls a function that does not unwind by its address; the result of one that returns nothing
  /// must not be used.
  @discardableResult
  public func call(
    at address: IRValue, _ arguments: [CallArgument], returning result: IRType, _ name: ValueName
  ) -> IRValue {
    let type = IRType.function(arguments.map(\.value.type), returning: result)
    let call = call(IRFunction(raw: address.raw, type: type), arguments.map(\.value), name)
    let onFunction = LLVMAttributeIndex(bitPattern: Int32(LLVMAttributeFunctionIndex))
    LLVMAddCallSiteAttribute(
      call.raw, onFunction, attribute("nounwind", in: LLVMGetTypeContext(type.raw)))
    for (position, argument) in arguments.enumerated() {
      for attribute in argument.attributes {
        LLVMAddCallSiteAttribute(call.raw, LLVMAttributeIndex(position + 1), attribute)
      }
    }
    return call
  }
}

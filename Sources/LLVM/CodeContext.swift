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
  let noAlias: LLVMAttributeRef
  private let memory: UInt32
  private let regionKind: UInt32
  private var regionTags: [MemoryRegion: LLVMValueRef] = [:]

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
    noAlias = attribute("noalias")
    memory = LLVMGetEnumAttributeKindForName("memory", 6)
    precondition(memory != 0, "LLVM knows no attribute memory")
    regionKind = LLVMGetMDKindIDInContext(context, "tbaa", 4)
  }

  /// Says that a load or store touches memory of a region only.
  func mark(_ access: LLVMValueRef, as region: MemoryRegion) {
    let tag = regionTags[region] ?? makeTag(region)
    regionTags[region] = tag
    LLVMSetMetadata(access, regionKind, tag)
  }

  /// The access tag of a region: a scalar type below the root that all regions share.
  private func makeTag(_ region: MemoryRegion) -> LLVMValueRef? {
    func string(_ text: String) -> LLVMMetadataRef? {
      LLVMMDStringInContext2(raw, text, text.utf8.count)
    }
    func node(_ operands: [LLVMMetadataRef?]) -> LLVMMetadataRef? {
      var operands = operands
      return LLVMMDNodeInContext2(raw, &operands, operands.count)
    }
    let start = LLVMValueAsMetadata(LLVMConstInt(types.i64.raw, 0, 0))
    let type = node([string(region.rawValue), node([string("heap")]), start])
    return LLVMMetadataAsValue(raw, node([type, type, start]))
  }

  /// Says what memory a function touches.
  func attribute(of effects: MemoryEffects) -> LLVMAttributeRef {
    LLVMCreateEnumAttribute(raw, memory, effects.bits)
  }

  /// Says that at least so many bytes can be read from a pointer.
  func dereferenceable(_ byteCount: Int) -> LLVMAttributeRef {
    let name = "dereferenceable"
    let kind = LLVMGetEnumAttributeKindForName(name, name.utf8.count)
    return LLVMCreateEnumAttribute(raw, kind, UInt64(byteCount))
  }

  deinit { LLVMContextDispose(raw) }
}

/// Memory that accesses of another region never touch; accesses of none may touch any.
public enum MemoryRegion: String, Hashable, Sendable {
  /// What an array's cell says of its storage.
  case arrayHeader = "array header"
  /// The elements of arrays.
  case elements
}

/// What memory that generated code can see a function may touch.
public enum MemoryEffects: Hashable, Sendable {
  /// Any.
  case all
  /// Only what lies behind its pointers, beside memory that generated code never touches.
  case arguments
  /// It may read any, and writes none.
  case reads
  /// It reads and writes only memory that generated code never touches.
  case hidden

  /// LLVM's encoding: two bits each for memory behind arguments, hidden memory, errno, all other.
  fileprivate var bits: UInt64 {
    switch self {
    case .all: 0b11_11_11_11
    case .arguments: 0b00_11_11_11
    case .reads: 0b01_11_11_01
    case .hidden: 0b00_11_11_00
    }
  }
}

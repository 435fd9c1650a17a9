internal import CLLVM

/// Relocatable machine code of one module: an object file in memory.
public struct ObjectCode: ~Copyable {
  private let raw: LLVMMemoryBufferRef

  init(raw: LLVMMemoryBufferRef) { self.raw = raw }

  deinit { LLVMDisposeMemoryBuffer(raw) }

  /// Hands the buffer to an owner of the C API.
  consuming func release() -> LLVMMemoryBufferRef {
    let buffer = raw
    discard self
    return buffer
  }

  /// What the sections hold, without names of symbols.
  public var summary: ObjectSummary {
    ObjectSummary(
      elf: UnsafeRawBufferPointer(
        start: LLVMGetBufferStart(raw), count: LLVMGetBufferSize(raw)))
  }

  /// The machine code in the assembler's text form, function by function.
  ///
  /// - Throws: If the object cannot be read back or the machine has no disassembler.
  public borrowing func disassembly() throws(LLVMFailure) -> String {
    var message: UnsafeMutablePointer<CChar>?
    guard let binary = LLVMCreateBinary(raw, nil, &message) else {
      throw LLVMFailure(operation: "read object code", message: takeMessage(message))
    }
    defer { LLVMDisposeBinary(binary) }
    return try ObjectListing(binary: binary).text()
  }
}

/// Sizes and a digest of the sections of an object file.
public struct ObjectSummary: Hashable, Sendable {
  /// Bytes of executable sections.
  public private(set) var codeSize = 0
  /// FNV-1a over all sections but string and symbol tables: names, and where they stand among
  /// other names, do not count.
  public private(set) var digest: UInt64 = 0xCBF2_9CE4_8422_2325

  /// Bytes of each function symbol by name.
  public private(set) var functionSizes: [String: Int] = [:]

  private static let typeSymbolTable: UInt32 = 2
  private static let typeStringTable: UInt32 = 3
  private static let typeNoBits: UInt32 = 8
  private static let flagExecutable: UInt64 = 4

  /// Reads a 64-bit little-endian ELF file that LLVM has just written.
  init(elf bytes: UnsafeRawBufferPointer) {
    let headerOffset = Int(bytes.loadUnaligned(fromByteOffset: 0x28, as: UInt64.self))
    let entrySize = Int(bytes.loadUnaligned(fromByteOffset: 0x3A, as: UInt16.self))
    let count = Int(bytes.loadUnaligned(fromByteOffset: 0x3C, as: UInt16.self))
    for section in 0..<count {
      let header = headerOffset + section * entrySize
      let type = bytes.loadUnaligned(fromByteOffset: header + 4, as: UInt32.self)
      let flags = bytes.loadUnaligned(fromByteOffset: header + 8, as: UInt64.self)
      let offset = Int(bytes.loadUnaligned(fromByteOffset: header + 0x18, as: UInt64.self))
      let size = Int(bytes.loadUnaligned(fromByteOffset: header + 0x20, as: UInt64.self))
      if type == Self.typeSymbolTable {
        let link = Int(bytes.loadUnaligned(fromByteOffset: header + 0x28, as: UInt32.self))
        let names = headerOffset + link * entrySize
        readSymbols(
          bytes, in: offset..<offset + size,
          names: Int(bytes.loadUnaligned(fromByteOffset: names + 0x18, as: UInt64.self)))
        continue
      }
      if type == Self.typeStringTable || type == Self.typeNoBits { continue }
      if flags & Self.flagExecutable != 0 { codeSize += size }
      for position in offset..<offset + size {
        digest = (digest ^ UInt64(bytes[position])) &* 0x0000_0100_0000_01B3
      }
    }
  }

  /// Notes the sizes of functions; a symbol is 24 bytes with its type in the low bits of byte 4.
  private mutating func readSymbols(
    _ bytes: UnsafeRawBufferPointer, in range: Range<Int>, names: Int
  ) {
    for symbol in stride(from: range.lowerBound, to: range.upperBound, by: 24)
    where bytes[symbol + 4] & 0xF == 2 {
      var end = names + Int(bytes.loadUnaligned(fromByteOffset: symbol, as: UInt32.self))
      let start = end
      while bytes[end] != 0 { end += 1 }
      let size = bytes.loadUnaligned(fromByteOffset: symbol + 16, as: UInt64.self)
      functionSizes[String(decoding: bytes[start..<end], as: UTF8.self)] = Int(size)
    }
  }
}

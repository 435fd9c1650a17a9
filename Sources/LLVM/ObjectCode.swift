internal import CLLVM

/// Relocatable machine code of one module: an object file in memory.
public struct ObjectCode: ~Copyable {
  private let raw: LLVMMemoryBufferRef

  init(raw: LLVMMemoryBufferRef) { self.raw = raw }

  /// Makes an object of the bytes of one that was emitted before, by the same version of LLVM.
  public init(bytes: [UInt8]) {
    raw = bytes.withUnsafeBytes { buffer in
      LLVMCreateMemoryBufferWithMemoryRangeCopy(
        buffer.baseAddress?.assumingMemoryBound(to: CChar.self), buffer.count, "object")
    }
  }

  deinit { LLVMDisposeMemoryBuffer(raw) }

  /// Hands the buffer to an owner of the C API.
  consuming func release() -> LLVMMemoryBufferRef {
    let buffer = raw
    discard self
    return buffer
  }

  /// What the sections hold, without names of symbols.
  public var summary: ObjectSummary {
    ObjectSummary(elf: bytes)
  }

  /// The object file.
  public var content: [UInt8] { Array(bytes) }

  /// The same object with another name for one of its symbols.
  ///
  /// - Precondition: both names take the same number of bytes, and the object has a symbol of the
  ///   old one.
  public func renaming(_ symbol: String, to name: String) -> ObjectCode {
    precondition(symbol.utf8.count == name.utf8.count, "names of a length")
    var content = content
    let places = ELFImage(bytes).nameOffsets(of: symbol)
    precondition(!places.isEmpty, "the object has the symbol")
    for place in places {
      content.replaceSubrange(place..<place + name.utf8.count, with: name.utf8)
    }
    return ObjectCode(bytes: content)
  }

  private var bytes: UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: LLVMGetBufferStart(raw), count: LLVMGetBufferSize(raw))
  }

  /// The functions with the lines their code comes from, in order of the symbol table.
  public var symbols: [CodeSymbol] {
    let image = ELFImage(bytes)
    let lines = LineTable(image)
    return image.symbols.filter { $0.isFunction && $0.section != 0 }.map { symbol in
      CodeSymbol(
        name: symbol.name, section: symbol.section, offset: symbol.value, size: symbol.size,
        runs: lines.runs(in: symbol.section, symbol.value..<symbol.value + symbol.size))
    }
  }

  /// The machine code in the assembler's text form, function by function.
  ///
  /// - Throws: If the object cannot be read back or the machine has no disassembler.
  public borrowing func disassembly() throws(LLVMFailure) -> [MachineFunction] {
    var message: UnsafeMutablePointer<CChar>?
    guard let binary = LLVMCreateBinary(raw, nil, &message) else {
      throw LLVMFailure(operation: "read object code", message: takeMessage(message))
    }
    defer { LLVMDisposeBinary(binary) }
    return try ObjectListing(binary: binary).functions(symbols)
  }
}

/// Sizes and a digest of the sections of an object file.
public struct ObjectSummary: Hashable, Sendable {
  /// Bytes of executable sections.
  public private(set) var codeSize = 0
  /// FNV-1a over what is loaded and its relocations: names defined here, where names stand among
  /// others, and tables of lines do not count.
  public private(set) var digest: UInt64 = 0xCBF2_9CE4_8422_2325

  /// Bytes of each function symbol by name.
  public private(set) var functionSizes: [String: Int] = [:]

  /// Reads a 64-bit little-endian ELF file that LLVM has just written.
  init(elf bytes: UnsafeRawBufferPointer) {
    let image = ELFImage(bytes)
    let symbols = image.symbols
    for section in image.sections {
      switch section.type {
      case ELFImage.typeSymbolTable, ELFImage.typeStringTable, ELFImage.typeNoBits: continue
      case ELFImage.typeRelocations:
        guard image.sections[section.info].flags & ELFImage.flagAllocated != 0 else { continue }
        for relocation in image.relocations(in: section) { add(relocation, symbols) }
      default:
        // Line tables and the like are not loaded: they change nothing.
        guard section.flags & ELFImage.flagAllocated != 0 else { continue }
        if section.flags & ELFImage.flagExecutable != 0 { codeSize += section.content.count }
        for position in section.content { add(bytes[position]) }
      }
    }
    for symbol in symbols where symbol.isFunction { functionSizes[symbol.name] = symbol.size }
  }

  /// Adds a relocation to the digest; where its symbol stands among others depends on what the
  /// object holds beside code.
  private mutating func add(_ relocation: ELFRelocation, _ symbols: [ELFImage.Symbol]) {
    let symbol = symbols[relocation.symbol]
    for word in [relocation.offset, Int(relocation.type), relocation.addend, symbol.value] {
      withUnsafeBytes(of: word) { for byte in $0 { add(byte) } }
    }
    if symbol.section == 0 { for byte in symbol.name.utf8 { add(byte) } }
  }

  private mutating func add(_ byte: UInt8) {
    digest = (digest ^ UInt64(byte)) &* 0x0000_0100_0000_01B3
  }
}

/// A function of an object file.
public struct CodeSymbol: Hashable, Sendable {
  public let name: String
  /// The position of its section in the file.
  public let section: Int
  /// Bytes from the start of the section.
  public let offset: Int
  /// Bytes of its code.
  public let size: Int
  /// Where which line's code is; one run of no line in an object without lines.
  public let runs: [CodeRun]

  /// The line of the instruction at an offset in the function, nil if it comes from none.
  public func line(at offset: Int) -> Int? { runs.last { $0.offset <= offset }?.line }
}

internal import CLLVM

/// Lists the machine code of an object file.
struct ObjectListing: ~Copyable {
  private let binary: LLVMBinaryRef
  private let disassembler: LLVMDisasmContextRef

  init(binary: LLVMBinaryRef) throws(LLVMFailure) {
    LLVMBackEnd.initialize()
    let triple = LLVMGetDefaultTargetTriple()
    let processor = LLVMGetHostCPUName()
    let features = LLVMGetHostCPUFeatures()
    defer {
      LLVMDisposeMessage(triple)
      LLVMDisposeMessage(processor)
      LLVMDisposeMessage(features)
    }
    guard
      let context = LLVMCreateDisasmCPUFeatures(triple, processor, features, nil, 0, nil, nil)
    else {
      throw LLVMFailure(operation: "disassemble", message: "no disassembler for this machine")
    }
    self.binary = binary
    disassembler = context
  }

  deinit { LLVMDisasmDispose(disassembler) }

  /// Every function symbol of a text section followed by its instructions.
  consuming func text() -> String {
    var lines: [String] = []
    let section = LLVMObjectFileCopySectionIterator(binary)
    defer { LLVMDisposeSectionIterator(section) }
    let symbol = LLVMObjectFileCopySymbolIterator(binary)
    defer { LLVMDisposeSymbolIterator(symbol) }
    while LLVMObjectFileIsSymbolIteratorAtEnd(binary, symbol) == 0 {
      defer { LLVMMoveToNextSymbol(symbol) }
      let size = Int(LLVMGetSymbolSize(symbol))
      guard size > 0 else { continue }
      LLVMMoveToContainingSection(section, symbol)
      guard LLVMObjectFileIsSectionIteratorAtEnd(binary, section) == 0,
        LLVMGetSectionName(section).map({ String(cString: $0).hasPrefix(".text") }) ?? false,
        let contents = LLVMGetSectionContents(section)
      else { continue }
      lines.append((LLVMGetSymbolName(symbol).map { String(cString: $0) } ?? "") + ":")
      let start = Int(LLVMGetSymbolAddress(symbol) - LLVMGetSectionAddress(section))
      append(UnsafeRawPointer(contents) + start, count: size, to: &lines)
    }
    return lines.map { $0 + "\n" }.joined()
  }

  private func append(_ bytes: UnsafeRawPointer, count: Int, to lines: inout [String]) {
    let code = UnsafeMutablePointer(mutating: bytes.assumingMemoryBound(to: UInt8.self))
    var position = 0
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { buffer in
      while position < count {
        let length = LLVMDisasmInstruction(
          disassembler, code + position, UInt64(count - position), UInt64(position),
          buffer.baseAddress, buffer.count)
        guard length > 0, let text = buffer.baseAddress else {
          lines.append("  \(position)\t(not an instruction)")
          return
        }
        lines.append("  \(position)" + String(cString: text))
        position += length
      }
    }
  }
}

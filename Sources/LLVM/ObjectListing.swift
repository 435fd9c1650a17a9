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

  /// The instructions of every function symbol of a text section.
  ///
  /// - Parameter symbols: the functions of the same object, for their lines.
  consuming func functions(_ symbols: [CodeSymbol]) -> [MachineFunction] {
    var functions: [MachineFunction] = []
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
      let name = LLVMGetSymbolName(symbol).map { String(cString: $0) } ?? ""
      let start = Int(LLVMGetSymbolAddress(symbol) - LLVMGetSectionAddress(section))
      let code = UnsafeRawPointer(contents) + start
      let lines = symbols.first { $0.name == name }
      functions.append(
        MachineFunction(
          name: name,
          instructions: instructions(of: code, count: size).map { offset, text in
            MachineInstruction(offset: offset, line: lines?.line(at: offset), text: text)
          }))
    }
    return functions
  }

  private func instructions(of bytes: UnsafeRawPointer, count: Int) -> [(Int, String)] {
    var instructions: [(Int, String)] = []
    let code = UnsafeMutablePointer(mutating: bytes.assumingMemoryBound(to: UInt8.self))
    var position = 0
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { buffer in
      while position < count {
        let length = LLVMDisasmInstruction(
          disassembler, code + position, UInt64(count - position), UInt64(position),
          buffer.baseAddress, buffer.count)
        guard length > 0, let text = buffer.baseAddress else {
          instructions.append((position, "\t(not an instruction)"))
          return
        }
        instructions.append((position, String(cString: text)))
        position += length
      }
    }
    return instructions
  }
}

/// The machine code of one function as text.
public struct MachineFunction: Hashable, Sendable {
  public let name: String
  public let instructions: [MachineInstruction]

  /// The symbol, then a line an instruction with its offset in the function.
  public var text: String {
    ([name + ":"] + instructions.map { "  \($0.offset)\($0.text)" }).map { $0 + "\n" }.joined()
  }
}

/// One machine instruction.
public struct MachineInstruction: Hashable, Sendable {
  /// Bytes from the start of the function.
  public let offset: Int
  /// The line it comes from, from 1; nil if it comes from none, or the object has no lines.
  public let line: Int?
  /// The assembler's form behind a tabulator.
  public let text: String
}

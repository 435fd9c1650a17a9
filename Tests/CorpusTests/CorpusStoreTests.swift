import Bytecode
import Corpus
import Foundation
import Testing

@Suite struct `Corpus store` {
  private let program: Program
  private let store: CorpusStore

  init() throws {
    program = try Assembler.assemble("main() {\n    PushConst 1\n    Halt\n}\n")
    store = CorpusStore(directory: NSTemporaryDirectory() + "corpus-" + UUID().uuidString)
  }

  @Test func `names a file by the SHA-256 of its bytes`() {
    #expect(
      CorpusStore.name(for: Array("abc".utf8))
        == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad.sbc")
  }

  @Test func `gives back what was added, and adds it once`() throws {
    defer { try? FileManager.default.removeItem(atPath: store.directory) }
    #expect(try store.names().isEmpty)
    let first = try store.add(program)
    let second = try store.add(program)
    #expect(first.isNew && !second.isNew && first.name == second.name)
    #expect(try store.names() == [first.name])
    #expect(try store.program(named: first.name) == program)
  }

  @Test func `refuses a file whose bytes have changed`() throws {
    defer { try? FileManager.default.removeItem(atPath: store.directory) }
    let name = try store.add(program).name
    let path = store.directory + "/" + name
    try Data([1, 2, 3]).write(to: URL(fileURLWithPath: path))
    #expect(throws: CorpusFailure.self) { try store.program(named: name) }
  }
}

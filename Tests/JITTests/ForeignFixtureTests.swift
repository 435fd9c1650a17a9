import Bytecode
import CFixture
import TestSupport
import Testing

@testable import JIT

/// The tables of the library `fixture`.
enum Fixture {
  static let functions: [(symbol: String, signature: String)] = {
    var functions: [(symbol: String, signature: String)] = []
    while true {
      let entry = fixture_signature(UInt(functions.count))
      guard let symbol = entry.symbol, let signature = entry.signature else { return functions }
      functions.append((String(cString: symbol), String(cString: signature)))
    }
  }()

  static let structures: [String] = {
    var structures: [String] = []
    while let text = fixture_structure(UInt(structures.count)) {
      structures.append(String(cString: text))
    }
    return structures
  }()

  /// Declarations of everything.
  static var bareDeclarations: String {
    let foreign = functions.map { "foreign \($0.symbol) = \"fixture\" \($0.symbol)\($0.signature)" }
    return (structures + foreign).joined(separator: "\n")
  }

  /// A program that declares everything and does nothing.
  static var declarations: String { bareDeclarations + "\n\nmain() {\n    Return\n}\n" }
}

@Suite struct `The fixture library` {
  @Test func `has a table of valid declarations in the canonical form`() throws {
    let program = try Assembler.assemble(Fixture.declarations)
    _ = try Verifier.verify(program)
    #expect(program.foreignFunctions.count == Fixture.functions.count)
    #expect(Printer.print(program) == Fixture.declarations)
  }

  @Test func `names every function once`() {
    #expect(Set(Fixture.functions.map(\.symbol)).count == Fixture.functions.count)
    #expect(fixture_lookup("absent", "()->i32") == nil)
    #expect(fixture_lookup("", "()->i32") == nil)
  }

  @Test func `finds a function by its own types only`() throws {
    let program = try Assembler.assemble(Fixture.declarations)
    let types = ForeignTypes(program)
    let spellings = program.foreignFunctions.map(types.spelling)
    for (function, own) in zip(program.foreignFunctions, spellings) {
      for spelling in Set(spellings) {
        #expect(
          (fixture_lookup(function.symbol, spelling) != nil) == (spelling == own),
          "\(function.symbol) as \(spelling)")
      }
      for length in 0..<own.utf8.count {
        #expect(fixture_lookup(function.symbol, String(own.prefix(length))) == nil)
      }
    }
  }

  @Test func `covers every type as argument and result`() throws {
    let program = try Assembler.assemble(Fixture.declarations)
    let parameters = Set(program.foreignFunctions.flatMap(\.parameters))
    let results = Set(program.foreignFunctions.map(\.result))
    let signatures = Set(program.foreignFunctions.map { $0.parameters + [$0.result] })
    let structures = program.schemas.indices.map { ForeignType.structure(SchemaIndex($0)) }
    let scalars: [ForeignType] = [
      .i8, .i16, .i32, .i64, .u8, .u16, .u32, .u64, .f32, .f64, .bool, .pointer,
    ]
    #expect(parameters.isSuperset(of: scalars + [.cString] + structures))
    #expect(results.isSuperset(of: scalars + [.cString] + structures))
    for type in scalars { #expect(parameters.contains(.callback([type], type))) }
    #expect(signatures.count > 100)
  }

  @Test func `is called whole by the program files`() throws {
    var called: Set<String> = []
    for path in Repository.files(under: "Tests/Filetests/foreign", withExtension: "sasm") {
      let program = try Assembler.assemble(try Repository.text(of: path))
      for instruction in program.instructions {
        guard case .foreign(let index) = instruction.operand else { continue }
        called.insert(program.foreignFunctions[index.position].symbol)
      }
    }
    #expect(Fixture.functions.map(\.symbol).filter { !called.contains($0) } == [])
  }

  /// `BLESS=1 swift test` rewrites the page.
  @Test func `is listed in Docs/foreign.md`() throws {
    let text = try Repository.text(of: "Docs/foreign.md")
    let functions =
      ["| function | signature |", "|---|---|"]
      + Fixture.functions.map { "| `\($0.symbol)` | `\($0.signature)` |" }
    let page = try replacing("functions", in: text, with: functions)
    let updated = try replacing(
      "structs", in: page, with: ["```"] + Fixture.structures + ["```"])
    if Repository.isBlessing {
      try Repository.write(updated, to: "Docs/foreign.md")
    } else {
      #expect(updated == text, "the tables are stale; BLESS=1 swift test rewrites them")
    }
  }

  private func replacing(
    _ section: String, in text: String, with lines: [String]
  ) throws -> String {
    let start = try #require(text.range(of: "<!-- \(section): generated -->\n"))
    let end = try #require(text.range(of: "<!-- \(section): end -->"))
    return text.replacingCharacters(
      in: start.upperBound..<end.lowerBound, with: lines.joined(separator: "\n") + "\n")
  }
}

import TestSupport
import Testing

@Suite struct `Docs/reference-defects.md` {
  private static let folder = "Tests/Filetests/defects"

  private func page() throws -> String { try Repository.text(of: "Docs/reference-defects.md") }

  /// The files the page names between back quotes; those without a folder are programs of its own.
  private func namedFiles() throws -> [String] {
    try page().matches(of: /`([A-Za-z0-9_.\/-]+\.(?:sasm|swift))`/).map { match in
      match.output.1.contains("/") ? String(match.output.1) : "\(Self.folder)/\(match.output.1)"
    }
  }

  @Test func `names files that exist`() throws {
    let names = try namedFiles()
    #expect(!names.isEmpty)
    for name in names {
      #expect(throws: Never.self, "\(name)") { try Repository.text(of: name) }
    }
  }

  @Test func `names every program of its folder`() throws {
    let programs = Repository.files(under: Self.folder, withExtension: "sasm")
    #expect(!programs.isEmpty)
    #expect(Set(programs).subtracting(try namedFiles()).sorted() == [])
  }

  @Test func `has a program or a reason for every defect`() throws {
    let rows = try page().split(separator: "\n").filter { $0.contains(/^\| [JVB][0-9]+ \|/) }
    #expect(!rows.isEmpty)
    for row in rows {
      #expect(row.contains(".sasm`") || row.contains("| Not expressible: "), "\(row)")
    }
  }
}

import Bytecode
import Foundation
import Testing

@Suite struct `Docs/bytecode.md` {
  /// `BLESS=1 swift test` rewrites the page.
  @Test func `holds the tables of the code`() throws {
    let page = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "Docs/bytecode.md")
    let text = try String(contentsOf: page, encoding: .utf8)
    let updated = try #require(DocumentationTables.update(text), "a marker is missing")
    if ProcessInfo.processInfo.environment["BLESS"] == "1" {
      try updated.write(to: page, atomically: true, encoding: .utf8)
    } else {
      #expect(updated == text, "the tables are stale; BLESS=1 swift test rewrites them")
    }
  }
}

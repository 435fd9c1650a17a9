import CRuntime
import Foundation
import Synchronization
import Testing

@Suite struct `A thread that starts elsewhere` {
  private static let seen = Mutex<String?>(nil)

  /// The processors that the calling thread may run on, as the system tells them.
  private static func allowedProcessors() -> String {
    let status = (try? String(contentsOfFile: "/proc/thread-self/status", encoding: .utf8)) ?? ""
    let line = status.split(separator: "\n").first { $0.hasPrefix("Cpus_allowed:") }
    return line.map(String.init) ?? "unknown"
  }

  @Test func `may run wherever its creator may`() {
    let error = jit_thread_start { _ in
      let allowed = `A thread that starts elsewhere`.allowedProcessors()
      `A thread that starts elsewhere`.seen.withLock { $0 = allowed }
    }
    #expect(error == 0)
    for _ in 0..<10_000 where Self.seen.withLock({ $0 == nil }) { usleep(1_000) }
    let seen = Self.seen.withLock { $0 }
    #expect(seen == Self.allowedProcessors() && seen != "unknown")
  }
}

import Dispatch
import Foundation
import Synchronization

/// Whether an interrupt or termination signal asked a long command to stop cleanly.
///
/// A second signal ends the process at once, and without `exit`: that would take down libraries that
/// other threads are at work in.
final class Interruption {
  private let requested: Flag
  private let sources: [any DispatchSourceSignal]

  private final class Flag: Sendable {
    let value = Atomic(false)
  }

  init() {
    let flag = Flag()
    requested = flag
    sources = [SIGINT, SIGTERM].map { number in
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler {
        if flag.value.exchange(true, ordering: .relaxed) { _exit(128 + number) }
      }
      source.resume()
      return source
    }
  }

  var isRequested: Bool { requested.value.load(ordering: .relaxed) }
}

import Bytecode

/// Code with hooks that sessions of one program made, for those that come to compile the same again;
/// they run one after another, on one thread.
final class CompileCache: @unchecked Sendable {
  // Jobs that carry it run on the thread of their session: executors with threads get none.

  private struct Entry {
    let subject: CompileSubject
    let feedback: [FunctionFeedback]?
    let unit: CompiledUnit
  }

  private var entries: [Entry] = []

  /// Entries kept; the oldest goes first.
  private static let limit = 256

  /// The code of a job, if what it is made of is the same. Code that its session has retired is
  /// left alone: frames that may still run it are to leave it, not to find it valid again.
  ///
  /// - Complexity: O(entries × instructions of the program).
  func unit(of job: CompileJob) -> CompiledUnit? {
    entries.first {
      !$0.unit.isRetired && $0.subject == job.subject && $0.feedback == job.feedback
    }?.unit
  }

  func keep(_ unit: CompiledUnit, of job: CompileJob) {
    if entries.count == Self.limit { entries.removeFirst() }
    entries.append(Entry(subject: job.subject, feedback: job.feedback, unit: unit))
  }
}

import Bytecode
import CRuntime
import Glibc
import Synchronization

/// Compiles on the process's compile thread.
final class BackgroundExecutor: CompileExecutor {
  private let mailbox = CompileMailbox()
  private let finishesJobs: Bool

  /// - Parameter finishesJobs: whether the end of a run waits for what was asked for, so that the
  ///   next one has it; otherwise jobs that have not begun are given up, and the one at work comes
  ///   when it comes.
  init(finishesJobs: Bool = false) {
    self.finishesJobs = finishesJobs
    Self.begin()
  }

  /// Starts the compile thread, if it does not run.
  static func begin() { BackgroundWorker.shared.begin() }

  deinit { _ = BackgroundWorker.shared.cancelJobs(for: mailbox) }

  var isDeterministic: Bool { false }
  var mayHaveResults: Bool { mailbox.isFilled.load(ordering: .relaxed) }

  func submit(_ job: CompileJob, readyAt clock: UInt64) -> Bool {
    BackgroundWorker.shared.submit(job, for: mailbox)
  }

  func takeResults(clock: UInt64) -> [CompileResult] {
    BackgroundWorker.shared.takeResults(of: mailbox)
  }

  func endRun() -> [CompileJob] {
    if finishesJobs { drain() }
    return BackgroundWorker.shared.cancelJobs(for: mailbox)
  }

  /// Waits until everything asked for has been compiled.
  func drain() { BackgroundWorker.shared.drain(mailbox) }
}

/// Where a session finds what was compiled for it.
private final class CompileMailbox: Sendable {
  /// A hint that spares polls the lock.
  let isFilled = Atomic<Bool>(false)
  /// Guarded by the worker's lock.
  nonisolated(unsafe) var results: [CompileResult] = []
  /// What those jobs have read. The session goes on writing into the same buffers as soon as nobody
  /// shares them: it lets go of them last, with the lock between the thread's reads and its writes.
  nonisolated(unsafe) var snapshots: [[FunctionFeedback]] = []
  /// Jobs in the queue or at work; guarded by the worker's lock.
  nonisolated(unsafe) var openJobs = 0
}

/// The process's one thread that compiles while programs run.
private final class BackgroundWorker: @unchecked Sendable {
  // Everything that changes is guarded by the lock.
  static let shared = BackgroundWorker()

  private let lock: UnsafeMutablePointer<pthread_mutex_t>
  /// The queue has become longer.
  private let filled: UnsafeMutablePointer<pthread_cond_t>
  /// A job has ended.
  private let ended: UnsafeMutablePointer<pthread_cond_t>
  private var queue: [(job: CompileJob, mailbox: CompileMailbox)] = []
  private var isStarted = false
  private var isAtWork = false

  private init() {
    lock = .allocate(capacity: 1)
    filled = .allocate(capacity: 1)
    ended = .allocate(capacity: 1)
    pthread_mutex_init(lock, nil)
    pthread_cond_init(filled, nil)
    pthread_cond_init(ended, nil)
  }

  private func withLock<Result>(_ body: () -> Result) -> Result {
    pthread_mutex_lock(lock)
    defer { pthread_mutex_unlock(lock) }
    return body()
  }

  /// Starts the thread, which makes the code generator before there is anything to compile: LLVM
  /// takes longer to begin with than for the first loop of a program.
  func begin() {
    withLock { if !isStarted { isStarted = start() } }
  }

  /// - Returns: false if the queue is full or the host has no thread to give.
  func submit(_ job: CompileJob, for mailbox: CompileMailbox) -> Bool {
    withLock {
      guard queue.count < Tuning.compileQueueLimit else { return false }
      if !isStarted { isStarted = start() }
      guard isStarted else { return false }
      queue.append((job, mailbox))
      mailbox.openJobs += 1
      pthread_cond_signal(filled)
      return true
    }
  }

  private func start() -> Bool {
    let error = jit_thread_start { _ in BackgroundWorker.shared.serve() }
    // LLVM must not be taken down by a process that exits while it compiles.
    on_exit({ status, _ in BackgroundWorker.shared.leave(status) }, nil)
    return error == 0
  }

  /// Ends a process that is about to exit where a compile is at work; nobody waits for that.
  private func leave(_ status: Int32) {
    // Held for good: no compile is to begin any more.
    pthread_mutex_lock(lock)
    guard isAtWork else { return }
    fflush(nil)
    _exit(status)
  }

  private func serve() {
    warmUp()
    while true {
      pthread_mutex_lock(lock)
      while queue.isEmpty { pthread_cond_wait(filled, lock) }
      let (job, mailbox) = queue.remove(at: nextPosition)
      isAtWork = true
      pthread_mutex_unlock(lock)
      let result = job.run()
      withLock {
        isAtWork = false
        mailbox.results.append(result)
        if let feedback = job.feedback { mailbox.snapshots.append(feedback) }
        mailbox.isFilled.store(true, ordering: .relaxed)
        // Its frames go on in tier 0 from the next loop header, where they arrive at the new code.
        job.replaced?.invalidate()
        mailbox.openJobs -= 1
        pthread_cond_broadcast(ended)
      }
    }
  }

  /// Does what the first compile of a process would be late for.
  private func warmUp() {
    withLock { isAtWork = true }
    CodeGenerator.warmUp()
    withLock { isAtWork = false }
  }

  /// The oldest job of those that are over soonest: what waits for baseline code is in tier 0.
  private var nextPosition: Int { queue.firstIndex { $0.job.feedback == nil } ?? 0 }

  func takeResults(of mailbox: CompileMailbox) -> [CompileResult] {
    withLock {
      let results = mailbox.results
      mailbox.results = []
      mailbox.snapshots = []
      mailbox.isFilled.store(false, ordering: .relaxed)
      return results
    }
  }

  /// Takes the jobs of a session from the queue, but for the one at work.
  ///
  /// - Returns: those that nothing was done for.
  func cancelJobs(for mailbox: CompileMailbox) -> [CompileJob] {
    withLock {
      let given = queue.filter { $0.mailbox === mailbox }.map(\.job)
      queue.removeAll { $0.mailbox === mailbox }
      mailbox.openJobs -= given.count
      return given
    }
  }

  func drain(_ mailbox: CompileMailbox) {
    withLock { while mailbox.openJobs > 0 { pthread_cond_wait(ended, lock) } }
  }
}

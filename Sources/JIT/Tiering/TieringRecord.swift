import Bytecode

/// What the tiering of a session has decided, in order.
struct TieringRecord {
  enum Decision {
    case compile, declined, discard, interpret, outdated, blacklist, drop
  }

  private(set) var compiles: UInt64 = 0
  private(set) var installs: UInt64 = 0
  private(set) var discards: UInt64 = 0
  /// Activations that left tier 0 at a loop header.
  private(set) var stackReplacements: UInt64 = 0
  private(set) var queueDrops: UInt64 = 0
  private(set) var outdatedResults: UInt64 = 0
  private(set) var blacklisted: UInt64 = 0
  private(set) var codeBytes: UInt64 = 0
  private(set) var compileTime = Duration.zero
  /// Instructions in all code installed that make objects only where something needs them.
  private(set) var virtualObjects: UInt64 = 0
  /// Loops that LLVM vectorized, in all code made.
  private(set) var vectorizedLoops: UInt64 = 0

  /// Guards that failed of themselves, by kind.
  private(set) var failures: [Schedule.GuardKind: UInt64] = [:]
  /// Versions of code that were discarded because something broke that they rested on.
  private(set) var invalidations: UInt64 = 0
  /// Frame chains that left such code.
  private(set) var discardedExits: UInt64 = 0
  /// The greatest number of frames that one of them left.
  private(set) var greatestFrameCount: UInt64 = 0

  private var firstDecisions: [String] = []
  private var count: UInt64 = 0
  /// FNV-1a of all decisions.
  private var digest: UInt64 = 0xCBF2_9CE4_8422_2325

  /// Decisions told one by one; of the others the digest is enough.
  private static let listedCount = 64

  mutating func note(_ decision: Decision, _ subject: CompileSubject, clock: UInt64) {
    switch decision {
    case .compile: compiles += 1
    case .discard: discards += 1
    case .outdated: outdatedResults += 1
    case .blacklist: blacklisted += 1
    case .drop: queueDrops += 1
    case .declined, .interpret: break
    }
    append("\(decision) \(Self.text(subject)) at \(clock)")
  }

  /// - Parameter isNew: whether the unit was made for this.
  mutating func note(
    installed unit: CompiledUnit, isNew: Bool, _ subject: CompileSubject, clock: UInt64
  ) {
    installs += 1
    virtualObjects += UInt64(unit.virtualCount)
    if isNew {
      codeBytes += UInt64(unit.codeSize)
      vectorizedLoops += UInt64(unit.vectorizedLoops)
      compileTime += unit.compileTime
    }
    let digest = String(unit.codeDigest, radix: 16)
    append("install \(Self.text(subject)) \(digest) at \(clock)")
  }

  mutating func noteStackReplacement(_ arrival: LoopArrival) {
    stackReplacements += 1
    let (function, offset) = (arrival.header.function.position, arrival.header.offset)
    let iteration = arrival.iteration.map { "\($0)" } ?? "unknown"
    append("enter \(function)+\(offset) iteration \(iteration)")
  }

  mutating func noteRestart(isHooked: Bool) { append(isHooked ? "restart hooked" : "restart") }

  mutating func note(failed record: Guard, frameCount: Int) {
    failures[record.kind, default: 0] += 1
    greatestFrameCount = max(greatestFrameCount, UInt64(frameCount))
    append("\(record.kind.name) fails \(record.site.function.position)+\(record.site.offset)")
  }

  mutating func note(broken dependency: CodeDependency, _ subject: CompileSubject, clock: UInt64) {
    invalidations += 1
    append("\(dependency) breaks \(Self.text(subject)) at \(clock)")
  }

  mutating func note(discardedExit site: Site, frameCount: Int) {
    discardedExits += 1
    greatestFrameCount = max(greatestFrameCount, UInt64(frameCount))
    append("leaves discarded code at \(site.function.position)+\(site.offset)")
  }

  private static func text(_ subject: CompileSubject) -> String {
    switch subject {
    case .function(let function): "\(function.position)"
    case .loop(let loop): "\(loop.function.position)+\(loop.header)"
    }
  }

  private mutating func append(_ text: String) {
    count += 1
    for byte in text.utf8 { digest = (digest ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
    if firstDecisions.count < Self.listedCount { firstDecisions.append(text) }
  }

  /// All decisions as text; equal for equal decisions.
  var fingerprint: String {
    "\(count) decisions \(String(digest, radix: 16)): \(firstDecisions.joined(separator: "; "))"
  }
}

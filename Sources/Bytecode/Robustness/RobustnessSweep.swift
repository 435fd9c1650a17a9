/// Feeds the readers and the verifier inputs that are mostly no programs.
///
/// Half the inputs are random: bytes, printable text, words of the language, bytes behind a valid
/// magic. The other half are programs with one byte replaced, removed or added. Whatever is
/// accepted must also obey the laws of the two forms.
public struct RobustnessSweep {
  /// What a sweep saw.
  public struct Report: Sendable {
    public var randomInputs = 0
    public var corruptedInputs = 0
    /// Inputs refused as text and as binary programs, and by the verifier.
    public var refusedTexts = 0
    public var refusedBinaries = 0
    public var refusedPrograms = 0
    public var verifiedPrograms = 0
    /// The longest time one input took, and the input.
    public var slowest = Duration.zero
    public var slowestInput: [UInt8] = []
    /// What went against a rule, with the input; empty if all is well. At most 20 are kept.
    public var failures: [(reason: String, input: [UInt8])] = []
  }

  private var random: SeededGenerator
  private let texts: [[UInt8]]
  private let binaries: [[UInt8]]
  private let clock: ContinuousClock
  private var report = Report()

  /// Sweeps over `count` random inputs and `count` corruptions of the samples.
  ///
  /// The same samples, count and seed give the same inputs.
  /// - Precondition: there is a sample.
  public static func run(
    samples: [Program], count: Int, seed: UInt64, clock: ContinuousClock
  ) -> Report {
    precondition(!samples.isEmpty, "corruption needs a sample")
    var sweep = RobustnessSweep(
      random: SeededGenerator(seed: seed), texts: samples.map(Printer.bytes),
      binaries: samples.map(BinaryCodec.encode), clock: clock)
    for ordinal in 0..<count {
      sweep.feed(sweep.makeRandomInput(ordinal))
      sweep.report.randomInputs += 1
      sweep.feed(sweep.makeCorruptedInput())
      sweep.report.corruptedInputs += 1
    }
    return sweep.report
  }

  private init(
    random: SeededGenerator, texts: [[UInt8]], binaries: [[UInt8]], clock: ContinuousClock
  ) {
    self.random = random
    self.texts = texts
    self.binaries = binaries
    self.clock = clock
  }
}

// MARK: - Inputs

extension RobustnessSweep {
  private mutating func below(_ limit: Int) -> Int { Int.random(in: 0..<limit, using: &random) }

  private mutating func makeRandomInput(_ ordinal: Int) -> [UInt8] {
    let length = below(256)
    switch ordinal % 4 {
    case 0: return randomBytes(length, in: 0...255)
    case 1: return randomBytes(length, in: 9...126)
    case 2:
      let start = BinaryCodec.magic + [UInt8(BinaryCodec.version)]
      return start + randomBytes(length, in: 0...(ordinal % 8 < 4 ? 15 : 255))
    default: return randomWords(length / 4)
    }
  }

  private mutating func randomBytes(_ count: Int, in range: ClosedRange<UInt8>) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count)
    for _ in 0..<count { bytes.append(UInt8.random(in: range, using: &random)) }
    return bytes
  }

  private static let punctuation = [
    "\n", "\n", "\n", "{", "}", "(", ")", "[", "]", ":", ",", ".", "..", "=", "->", "-", "?", "@",
    "#", "/", "*", "1", "-7", "3.5", "\"s\"", "\"\\n\"", "x", "f", "main(", "; c",
  ]

  /// Words and punctuation of the language in no order, behind a beginning that is in order.
  private mutating func randomWords(_ count: Int) -> [UInt8] {
    let starts = ["", "main(x) {\n", "main() {\nReturn\n}\nschedule {\n", "schema S { "]
    var text = starts[below(starts.count)]
    for _ in 0..<count {
      switch below(4) {
      case 0: text += Opcode.allCases[below(Opcode.allCases.count)].facts.name
      case 1: text += Word.allCases[below(Word.allCases.count)].rawValue
      default: text += Self.punctuation[below(Self.punctuation.count)]
      }
      text += " "
    }
    return Array(text.utf8)
  }

  private mutating func makeCorruptedInput() -> [UInt8] {
    let samples = below(2) == 0 ? texts : binaries
    var bytes = samples[below(samples.count)]
    let position = below(bytes.count)
    switch below(4) {
    case 0: bytes.remove(at: position)
    case 1: bytes.insert(UInt8(below(256)), at: position)
    default: bytes[position] ^= UInt8(1 + below(255))
    }
    return bytes
  }
}

// MARK: - Checks

extension RobustnessSweep {
  private mutating func feed(_ input: [UInt8]) {
    let start = clock.now
    feedAsText(input)
    feedAsBinary(input)
    let time = clock.now - start
    if time > report.slowest {
      report.slowest = time
      report.slowestInput = input
    }
    if time > .seconds(1) { fail("took \(time)", input) }
  }

  private mutating func feedAsText(_ input: [UInt8]) {
    do {
      let program = try Assembler.assemble(input)
      verify(program, input)
      let printed = Printer.bytes(of: program)
      if try Assembler.assemble(printed) != program { fail("prints as another program", input) }
      if try decodeAgain(program) != program { fail("encodes as another program", input) }
    } catch let error as SyntaxError {
      report.refusedTexts += 1
      let lines = input.count { $0 == UInt8(ascii: "\n") } + 1
      let isPlaced = 1...lines ~= error.line && 1...(input.count + 1) ~= error.column
      if !isPlaced || error.reason.isEmpty { fail("refused without a place: \(error)", input) }
    } catch {
      fail("encodes as bytes that are refused: \(error)", input)
    }
  }

  private func decodeAgain(_ program: Program) throws(FormatError) -> Program {
    try BinaryCodec.decode(BinaryCodec.encode(program))
  }

  private mutating func feedAsBinary(_ input: [UInt8]) {
    do {
      let program = try BinaryCodec.decode(input)
      verify(program, input)
      if BinaryCodec.encode(program) != input { fail("encodes as other bytes", input) }
      if try Assembler.assemble(Printer.bytes(of: program)) != program {
        fail("prints as another program", input)
      }
    } catch let error as FormatError {
      report.refusedBinaries += 1
      if !(0...input.count ~= error.offset) || error.reason.isEmpty {
        fail("refused without a place: \(error)", input)
      }
    } catch {
      fail("prints as text that is refused: \(error)", input)
    }
  }

  private mutating func verify(_ program: Program, _ input: [UInt8]) {
    do {
      _ = try Verifier.verify(program)
      report.verifiedPrograms += 1
    } catch {
      report.refusedPrograms += 1
      if error.findings.isEmpty || error.findings.contains(where: { $0.reason.isEmpty }) {
        fail("refused by the verifier without a reason", input)
      }
    }
  }

  private mutating func fail(_ reason: String, _ input: [UInt8]) {
    if report.failures.count < 20 { report.failures.append((reason, input)) }
  }
}

import Bytecode

/// What the bytes of a fuzz input stand for.
public enum FuzzInput {
  /// The program of any byte string: the one it holds, if it holds one that verifies and is
  /// within the language, else the one the generator makes of the bytes.
  public static func program(
    of bytes: [UInt8], language: GeneratedLanguage = .mixed
  ) -> VerifiedProgram {
    if let program = held(in: bytes),
      language != .core || NumericCore.firstUnsupported(in: program) == nil
    {
      return program
    }
    return generated(from: bytes, language)
  }

  /// The program bytes hold as binary or text; nil if they hold none that verifies.
  static func held(in bytes: [UInt8]) -> VerifiedProgram? {
    guard Program.isBinary(bytes) || looksLikeText(bytes) else { return nil }
    do throws(ProgramFileError) {
      let program = limitingRuns(of: try Program.read(bytes))
      do throws(VerificationFailure) {
        return try Verifier.verify(program)
      } catch {
        return nil
      }
    } catch {
      return nil
    }
  }

  /// Fuel units of a run in a campaign, at most: hundreds of inputs a second are worth more than
  /// the late turns of a loop.
  private static let fuelLimit: UInt64 = 2_000

  /// Argument tuples run in a campaign, at most; each is a run on every engine.
  private static let tupleLimit = 4

  /// The limits go into the schedule, so that a finding replays as it was found.
  private static func limitingRuns(of program: Program) -> Program {
    var program = program
    var schedule = program.schedule ?? Schedule()
    schedule.fuel = min(schedule.fuel ?? fuelLimit, fuelLimit)
    schedule.arguments = Array(schedule.arguments.prefix(tupleLimit))
    program.schedule = schedule
    return program
  }

  /// Instructions, about, of programs made of few and of many bytes: mutation makes them larger,
  /// and a campaign full of large programs is slow.
  private static let smallestGenerated = 12
  private static let largestGenerated = 48

  private static func generated(
    from bytes: [UInt8], _ language: GeneratedLanguage
  ) -> VerifiedProgram {
    let size = min(largestGenerated, smallestGenerated + bytes.count)
    let program = ProgramGenerator.program(
      from: bytes, options: GeneratorOptions(size: size, language: language))
    do throws(VerificationFailure) {
      return try Verifier.verify(program)
    } catch {
      preconditionFailure("the generator made a program that does not verify: \(error.findings)")
    }
  }

  /// Random bytes are not worth the assembler's time.
  private static func looksLikeText(_ bytes: [UInt8]) -> Bool {
    bytes.count >= 8 && bytes.prefix(64).allSatisfy { (0x20...0x7E).contains($0) || $0 == 0x0A }
  }

  /// The FNV-1a hash of the bytes, which chooses rotating legs.
  ///
  /// - Source: Fowler, Noll, Vo.
  static func hash(of bytes: [UInt8]) -> UInt64 {
    bytes.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
  }
}

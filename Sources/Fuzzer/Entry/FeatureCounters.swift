import Bytecode
import CFuzzer

/// Tells libFuzzer which opcode pairs an input exercised in which tier.
///
/// A pair is two instructions that follow each other in the code, both executed according to the
/// judge, in a tier that was entered; for compiled tiers that is what was compiled and run there.
/// The end kinds of runs are features too, and so are what a check did with compiled code, what the
/// optimizing tier did in it, and what became of guards.
enum FeatureCounters {
  static func mark(_ program: Program, _ report: CheckReport) {
    guard report.executionCounts.count == program.instructions.count else { return }
    let tiers = report.tiers.filter { $0.use == .entered }.map(\.tier)
    for function in program.functions {
      var previous: Opcode?
      for pointer in function.range {
        guard report.executionCounts[pointer] > 0 else {
          previous = nil
          continue
        }
        let opcode = program.instructions[pointer].opcode
        if let previous {
          for tier in tiers { mark(previous, opcode, tier) }
        }
        previous = opcode
      }
    }
    for outcome in report.outcomes { mark(outcome.ending) }
    for feature in report.code.features { mark(feature) }
    mark(report.code.guards, in: program)
  }

  private static func mark(_ feature: CodeFeature) {
    // Pairs of opcodes take the bits below families.
    func pack(_ family: UInt32, _ one: UInt32, _ other: UInt32) -> UInt32 {
      family << 24 | one << 8 | other
    }
    let code: UInt32 =
      switch feature {
      case .exit(let opcode, let tier): pack(1, UInt32(opcode.rawValue), number(of: tier))
      case .exitDepth(let bucket, let tier): pack(2, UInt32(bucket + 1), number(of: tier))
      case .replacement(let opcode, let bucket):
        pack(3, UInt32(opcode.rawValue), UInt32(bucket + 1))
      case .decline(let reason, let tier): pack(4, UInt32(reason.rawValue), number(of: tier))
      case .optimization(let event): pack(7, event.number, 0)
      case .optimizations(let event, let other): 1 << 31 | event.number << 15 | other.number
      }
    mark(hashOf: code)
  }

  /// Kinds of guards with what became of them, and reasons to leave with the opcodes, and with the calls
  /// that the code was inlined through.
  private static func mark(_ guards: GuardFigures, in program: Program) {
    for (outcome, records) in [guards.passed, guards.failed, guards.forced].enumerated() {
      for record in records {
        let kind = UInt32(record.kind.rawValue)
        mark(hashOf: 5 << 24 | kind << 8 | UInt32(outcome))
        guard outcome > 0, let opcode = program.opcode(at: record.site) else { continue }
        let reason = outcome == 1 ? kind + 1 : 0
        mark(hashOf: 6 << 24 | reason << 8 | UInt32(opcode.rawValue))
        mark(hashOf: 8 << 24 | reason << 8 | UInt32(record.chain.count))
      }
    }
  }

  /// Multiplying by an odd constant spreads features over the counters.
  private static func mark(hashOf feature: UInt32) {
    tierproof_mark((feature &* 0x9E37_79B1) >> 17)
  }

  private static func number(of tier: EngineName) -> UInt32 {
    switch tier {
    case .reference: 0
    case .interpreter: 1
    case .baseline: 2
    case .numeric: 3
    case .selective: 4
    case .osr: 5
    case .auto: 6
    case .optimizing: 7
    }
  }

  private static func mark(_ previous: Opcode, _ opcode: Opcode, _ tier: EngineName) {
    let code: EngineName =
      switch tier {
      case .reference, .interpreter, .baseline, .optimizing, .numeric: tier
      // The same code as the baseline's, entered elsewhere.
      case .selective, .osr, .auto: .baseline
      }
    mark(
      hashOf: UInt32(previous.rawValue) << 11 | UInt32(opcode.rawValue) << 3 | number(of: code))
  }

  private static func mark(_ ending: Ending) {
    let number: UInt32 =
      switch ending {
      case .returned(.null): 0
      case .returned(.unit): 1
      case .returned(.bool): 2
      case .returned(.int): 3
      case .returned(.number): 4
      case .returned(.string): 5
      case .returned(.function): 6
      case .returned(.identity(let kind, _)): 32 + UInt32(kind.rawValue)
      case .trapped(let kind, _, _): 8 + UInt32(kind.rawValue)
      case .exited(let kind, _): 24 + UInt32(kind.rawValue)
      }
    tierproof_mark(UInt32(TIERPROOF_COUNTER_COUNT) - 1 - number)
  }
}

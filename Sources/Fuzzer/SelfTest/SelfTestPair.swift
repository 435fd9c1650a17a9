import Bytecode

/// An alteration an oracle must see, and in which field.
struct SelfTestPair: Sendable {
  let name: String
  let oracle: Oracle
  let field: DifferenceField
  let program: SelfTestProgram
  let alteration: @Sendable () -> AlteredEngine.Alteration

  init(
    _ name: String, _ oracle: Oracle, _ field: DifferenceField,
    _ program: SelfTestProgram = .returning,
    _ alteration: @escaping @Sendable () -> AlteredEngine.Alteration
  ) {
    self.name = name
    self.oracle = oracle
    self.field = field
    self.program = program
    self.alteration = alteration
  }

  static let all: [SelfTestPair] =
    results + heaps + traces + heapTraces + exits + counts + frames + resumptions + guards
    + determinism
    + verifiers

  private static func ending(_ ending: Ending) -> AlteredEngine.Alteration {
    .outcome { outcome in
      var altered = outcome
      altered.ending = ending
      return altered
    }
  }

  private static let results = [
    SelfTestPair("−0.0 for 0.0", .result, .value) { ending(.returned(.number(-0.0))) },
    SelfTestPair("one bit of a number", .result, .value) {
      ending(.returned(.number(bitPattern: 1)))
    },
    SelfTestPair("the int 0 for the number 0.0", .result, .valueKind) {
      ending(.returned(.int(0)))
    },
    SelfTestPair("null for a number", .result, .valueKind) { ending(.returned(.null)) },
  ]

  static func events(
    _ change: @escaping @Sendable (inout [Event]) -> Void
  ) -> AlteredEngine.Alteration {
    .outcome { outcome in
      var altered = outcome
      change(&altered.events)
      return altered
    }
  }

  private static let traces = [
    SelfTestPair("an event lost", .trace, .eventCount) { events { $0.removeLast() } },
    SelfTestPair("an event twice", .trace, .eventCount) { events { $0.append($0[0]) } },
    SelfTestPair("two events exchanged", .trace, .eventKind) { events { $0.swapAt(0, 1) } },
    SelfTestPair("another text for the same values", .trace, .printedText) {
      events { events in
        if case .print(let values, let text) = events[1] {
          events[1] = .print(values: values, text: [0x20] + text)
        }
      }
    },
    SelfTestPair("another value for the same text", .trace, .printedValues) {
      events { events in
        if case .print(_, let text) = events[1] { events[1] = .print(values: [], text: text) }
      }
    },
    SelfTestPair("another value stored", .trace, .storedValue) {
      events { $0[0] = .storeBinding(BindingIndex(0), .int(-1)) }
    },
  ]

  private static func raise(
    _ change: @escaping @Sendable (inout Raise) -> Void
  ) -> AlteredEngine.Alteration {
    .outcome { outcome in
      var altered = outcome
      switch outcome.ending {
      case .trapped(let kind, let payload, var raise):
        change(&raise)
        altered.ending = .trapped(kind, payload: payload, at: raise)
      case .exited(let kind, var raise):
        change(&raise)
        altered.ending = .exited(kind, at: raise)
      case .returned: break
      }
      return altered
    }
  }

  private static let exits = [
    SelfTestPair("a site one on", .exit, .site, .trapping) { raise { $0.site.offset += 1 } },
    SelfTestPair("a site in another function", .exit, .site, .trapping) {
      raise { $0.site.function = FunctionIndex(1) }
    },
    SelfTestPair("a depth one less", .exit, .depth, .trapping) { raise { $0.depth -= 1 } },
    SelfTestPair("a handler lost", .exit, .handlerDepth, .exhausted) {
      raise { $0.handlerDepth -= 1 }
    },
    SelfTestPair("an exit's site one less", .exit, .site, .exhausted) {
      raise { $0.site.offset -= 1 }
    },
    SelfTestPair("another trap", .exit, .trapKind, .trapping) {
      .outcome { outcome in
        guard case .trapped(_, let payload, let raise) = outcome.ending else { return outcome }
        var altered = outcome
        altered.ending = .trapped(.divisionByZero, payload: payload, at: raise)
        return altered
      }
    },
    SelfTestPair("a value for a trap", .exit, .ending, .trapping) { ending(.returned(.int(1))) },
    SelfTestPair("a payload", .exit, .payload, .trapping) {
      .outcome { outcome in
        guard case .trapped(let kind, _, let raise) = outcome.ending else { return outcome }
        var altered = outcome
        altered.ending = .trapped(kind, payload: .null, at: raise)
        return altered
      }
    },
  ]

  private static let counts = [
    SelfTestPair("fuel one more", .exit, .fuel) {
      .outcome { outcome in
        var altered = outcome
        altered.fuel += 1
        return altered
      }
    },
    SelfTestPair("bytes charged", .exit, .heapBytes) {
      .outcome { outcome in
        var altered = outcome
        altered.heapBytes += 16
        return altered
      }
    },
  ]

  private static let determinism = [
    SelfTestPair("another fingerprint the second time", .determinism, .fingerprint) {
      .laterFingerprint(SessionCount())
    },
    SelfTestPair("another outcome the second time", .determinism, .outcome) {
      .laterOutcome(
        { outcome in
          var altered = outcome
          altered.fuel += 1
          return altered
        }, SessionCount())
    },
  ]

  private static let verifiers = [
    SelfTestPair("an engine that breaks", .verifier, .engineFailure) {
      .failure(.broken("planted"))
    },
    SelfTestPair("a guard that has code discarded again and again", .guards, .deoptimizationStorm) {
      .failure(
        .storm(
          Guard(
            kind: .intRange, site: Site(FunctionIndex(0), offset: 0), operand: 0,
            predicate: .fitsInt),
          discards: 5))
    },
    SelfTestPair("a tier that was not entered", .verifier, .tierUse) {
      .tierUse(.inapplicable)
    },
    SelfTestPair("a decline without a reason", .verifier, .tierUse) { .tierUse(.declined([])) },
  ]
}

import Engines
import Foundation
import Fuzzer
import Sabotage

/// The campaign as a plain libFuzzer binary; without the sanitizer it replays the files named.
///
/// `TIERPROOF_FINDINGS` names the directory of findings, `findings` by default; with
/// `TIERPROOF_CONTINUE` set, a divergence that is written down there already ends nothing.
/// `TIERPROOF_FAULT` plants a fault of `tierproof sabotage` in one engine, to rehearse what becomes of a
/// finding. `TIERPROOF_LANGUAGE` says what generated programs hold: `core`, `mixed` or
/// `whole`.
let environment = ProcessInfo.processInfo.environment
let arguments = CommandLine.arguments

func report(_ line: String) { FileHandle.standardError.write(Data((line + "\n").utf8)) }

var engines = Engines.campaign
var production = Engines.judged
if let name = environment["TIERPROOF_FAULT"] {
  guard let fault = Fault(named: name) else {
    report(
      "TIERPROOF_FAULT=\(name): no such fault; \(Fault.all.map(\.name).joined(separator: ", "))")
    exit(64)
  }
  let faulty = fault.engine()
  report("fault \(fault.name) is planted in \(faulty.name.rawValue)")
  engines = engines.map { $0.name == faulty.name ? faulty : $0 }
  production = []
}

var language = GeneratedLanguage.mixed
if let name = environment["TIERPROOF_LANGUAGE"] {
  guard let named = GeneratedLanguage(rawValue: name) else {
    report("TIERPROOF_LANGUAGE=\(name): no such part of the language")
    exit(64)
  }
  language = named
}

FuzzTarget.configure(
  judge: Engines.judge, engines: engines, production: production,
  findingsDirectory: environment["TIERPROOF_FINDINGS"] ?? "findings",
  continuesPastKnown: environment["TIERPROOF_CONTINUE"] != nil, language: language)

func replay(_ paths: [String]) -> Int32 {
  report("tierproof-fuzz was built without -sanitize=fuzzer: it replays \(paths.count) files")
  var status: Int32 = 0
  for path in paths {
    guard let contents = FileManager.default.contents(atPath: path) else {
      report("\(path): unreadable")
      return 65
    }
    switch FuzzTarget.run(Array(contents)) {
    case .agreed: report("\(path): agree")
    case .inconclusive: report("\(path): inconclusive")
    case .known: report("\(path): diverge, known")
    case .diverged(let explanation, _):
      report("\(path): diverge \(explanation)")
      status = 2
    }
  }
  return status
}

if FuzzTarget.hasDriver {
  atexit { report("summary: \(FuzzTarget.summary)") }
  exit(FuzzTarget.runDriver(arguments: arguments))
}
exit(replay(arguments.dropFirst().filter { !$0.hasPrefix("-") }))

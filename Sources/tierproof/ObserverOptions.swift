import ArgumentParser
import Bytecode
import JIT

/// `--perf-map` and `--gdb`: who is told of the code that is loaded.
struct ObserverOptions: ParsableArguments {
  @Flag(help: "Write /tmp/perf-PID.map with function, bytecode offset and tier of all code.")
  var perfMap = false

  @Flag(help: "Register all code with gdb: symbols f.INDEX.NAME, lines bytecode offset + 1.")
  var gdb = false

  /// Tells them of all code loaded from now on.
  func start() throws(EngineFailure) {
    if perfMap { try CodeObservers.writePerfMap() }
    if gdb { try CodeObservers.registerWithDebuggers() }
  }
}

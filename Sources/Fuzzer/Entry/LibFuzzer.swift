import CFuzzer
import Foundation

// libFuzzer's entry points. They live in this library, which every executable of the package
// links, because with `-sanitize=fuzzer` every one of them is linked with libFuzzer and needs them.

@_cdecl("LLVMFuzzerTestOneInput")
func testOneInput(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt { runInput(data, size) }

/// Runs one input; a divergence ends the process after its finding is on disk, so that libFuzzer
/// keeps the input as an artifact.
func runInput(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
  let bytes = Array(UnsafeBufferPointer(start: data, count: size))
  switch FuzzTarget.run(bytes) {
  case .agreed, .inconclusive, .known: return 0
  case .diverged(let explanation, let path):
    FileHandle.standardError.write(Data(report(explanation, path).utf8))
    fatalDivergence()
  }
}

private func report(_ explanation: String, _ path: String?) -> String {
  var text = "\ndivergence: \(explanation)\n"
  if let path { text += "finding: \(path)\nreplay: tierproof check \(path)\n" }
  return text
}

/// Ends the process the way libFuzzer takes for a crash of the target.
private func fatalDivergence() -> Never {
  abort()
}

/// Gives the signals of Swift's backtracer back to the system before libFuzzer takes them.
@_cdecl("LLVMFuzzerInitialize")
func initializeFuzzer(
  _ argumentCount: UnsafeMutablePointer<CInt>?,
  _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>?
) -> CInt {
  tierproof_reset_crash_handlers()
  return 0
}

/// Mutates the program an input stands for; the input stays as it is where nothing fits.
@_cdecl("LLVMFuzzerCustomMutator")
func mutateInput(
  _ data: UnsafeMutablePointer<UInt8>?, _ size: Int, _ limit: Int, _ seed: UInt32
) -> Int {
  let bytes = Array(UnsafeBufferPointer(start: data, count: size))
  guard let data, let child = FuzzTarget.mutate(bytes, limit: limit, seed: seed) else {
    return size
  }
  data.update(from: child, count: child.count)
  return child.count
}

/// Calls a function of one input's program from another's.
@_cdecl("LLVMFuzzerCustomCrossOver")
func crossInputs(
  _ one: UnsafePointer<UInt8>?, _ oneSize: Int, _ other: UnsafePointer<UInt8>?, _ otherSize: Int,
  _ output: UnsafeMutablePointer<UInt8>?, _ limit: Int, _ seed: UInt32
) -> Int {
  let first = Array(UnsafeBufferPointer(start: one, count: oneSize))
  let second = Array(UnsafeBufferPointer(start: other, count: otherSize))
  guard let output, let child = FuzzTarget.cross(first, second, limit: limit, seed: seed) else {
    return 0
  }
  output.update(from: child, count: child.count)
  return child.count
}

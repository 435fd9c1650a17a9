import Bytecode
import LLVM

/// Arrays whose elements optimized loops address.
///
/// LLVM may keep nothing of an array round a loop but an address beside its elements, at which the
/// collector would find no cell.
extension FunctionLowering {
  /// Has the words of all arrays in frames' hands at hand behind a call that may collect.
  func keepArrays() {
    guard speculation != nil else { return }
    var words: [IRValue] = []
    collectArrays(in: stackBefore, program.liveLocals(of: index, at: offset), &words)
    var waiting = caller
    while let frame = waiting {
      let live = program.liveLocalsAwaiting(callAt: frame.offset, of: frame.index)
      frame.collectArrays(in: frame.stack, live, &words)
      waiting = frame.caller
    }
    for word in words { build.use(word) }
  }

  /// The same behind a call of the runtime, if what was read of arrays' headers is used past it.
  func keepReadArrays() {
    if !arrayHeaders.isEmpty, keepsArrayHeaders { keepArrays() }
  }

  /// Adds the words that may be arrays' of operands and live locals, each once.
  private func collectArrays(in stack: [Value], _ live: LocalSet, _ words: inout [IRValue]) {
    let held = locals.indices.lazy.filter { live.contains(LocalIndex($0)) }.map { self.locals[$0] }
    for case .boxed(let word, let kinds)? in Array(held) + stack + virtuals.fields
    where !kinds.intersection(.arrays).isEmpty && !word.isConstant && !words.contains(word) {
      words.append(word)
    }
    for word in walkedArrays where !words.contains(word) { words.append(word) }
  }
}

import Bytecode
import CRuntime

/// Code that nothing enters any more, kept until no frame uses it.
final class RetiredCode {
  private var units: [CompiledUnit] = []
  /// Polls to let pass before the next scan: a deep stack is not to be scanned at each.
  private var patience: UInt64 = 0
  private var waited: UInt64 = 0
  /// Units freed so far.
  private(set) var freedCount: UInt64 = 0

  var isEmpty: Bool { units.isEmpty }

  func add(_ unit: CompiledUnit) {
    unit.isRetired = true
    units.append(unit)
    patience = 0
  }

  /// Frees what no word of the native stack could be a return address into; called from below all
  /// frames of the run.
  func free(below top: UInt) {
    guard waited >= patience else {
      waited += 1
      return
    }
    let low = units.map(\.codeRange.lowerBound).min() ?? 0
    let high = units.map(\.codeRange.upperBound).max() ?? 0
    var search = Search(ranges: units.map(\.codeRange))
    withUnsafeMutablePointer(to: &search) { search in
      jit_visit_native_stack(
        top, low, high,
        { search, address in
          search?.assumingMemoryBound(to: Search.self).pointee.note(address)
        }, search)
    }
    let count = units.count
    let kept = search.kept(units)
    for unit in units { unit.isRetired = false }
    for unit in kept { unit.isRetired = true }
    units = kept
    freedCount += UInt64(count - units.count)
    waited = 0
    patience = count == units.count ? min(2 * patience + 1, Tuning.greatestScanPatience) : 0
  }

  /// Frees everything; no frame of the run is left.
  func freeAll() {
    freedCount += UInt64(units.count)
    for unit in units { unit.isRetired = false }
    units = []
    patience = 0
  }

  /// Which of some ranges hold an address that was seen.
  private struct Search {
    let ranges: [Range<UInt>]
    var isUsed: [Bool]

    init(ranges: [Range<UInt>]) {
      self.ranges = ranges
      isUsed = Array(repeating: false, count: ranges.count)
    }

    mutating func note(_ address: UInt) {
      // The bounds themselves may lie on the stack; no return address is the lower one.
      for (index, range) in ranges.enumerated()
      where address > range.lowerBound && address < range.upperBound {
        isUsed[index] = true
      }
    }

    func kept(_ units: [CompiledUnit]) -> [CompiledUnit] {
      zip(units, isUsed).filter(\.1).map(\.0)
    }
  }
}

import Glibc

/// A range of address space whose pages come into being when first touched.
struct Reservation: ~Copyable {
  let base: UnsafeMutableRawPointer
  /// A multiple of the page size.
  let byteCount: Int

  /// Reserves address space; nil if the system refuses.
  init?(byteCount: Int) {
    let rounded = (byteCount + 4095) & ~4095
    let flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE
    guard let base = mmap(nil, rounded, PROT_READ | PROT_WRITE, flags, -1, 0), base != MAP_FAILED
    else { return nil }
    self.base = base
    self.byteCount = rounded
  }

  /// Asks for pages of 2 MiB where the system has them: fewer faults for large ranges.
  borrowing func preferLargePages() {
    // Advice: a system that does not take it serves small pages as before.
    _ = madvise(base, byteCount, MADV_HUGEPAGE)
  }

  deinit { munmap(base, byteCount) }

  /// Gives the pages of a range back to the system; they read as zero.
  ///
  /// - Precondition: the range is made of whole pages of the reservation.
  borrowing func release(_ start: UnsafeMutableRawPointer, byteCount: Int) {
    let result = madvise(start, byteCount, MADV_DONTNEED)
    precondition(result == 0, "the range is a mapping of ours")
  }

  /// Gives the pages beyond the first `byteCount` bytes back to the system; they read as zero.
  borrowing func release(beyond kept: Int) {
    let start = (kept + 4095) & ~4095
    guard start < byteCount else { return }
    let result = madvise(base + start, byteCount - start, MADV_DONTNEED)
    precondition(result == 0, "the range is a mapping of ours")
  }
}

import CFFI

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Memory that C sees during one foreign call: arguments, results, type descriptors, closures.
///
/// It hands out blocks that live as long as itself; whoever fills or reads a block keeps inside it.
@safe final class ForeignMemory {
  private var blocks: [UnsafeMutableRawPointer] = unsafe []
  private var closures: [UnsafeMutableRawPointer] = unsafe []

  /// A block of zero bytes, aligned for every C type.
  func makeBlock(byteCount: Int) -> UnsafeMutableRawPointer {
    let block = UnsafeMutableRawPointer.allocate(byteCount: max(byteCount, 1), alignment: 16)
    unsafe block.initializeMemory(as: UInt8.self, repeating: 0, count: max(byteCount, 1))
    unsafe blocks.append(block)
    return unsafe block
  }

  /// A block of values.
  func makeBlock<Element: BitwiseCopyable>(of elements: [Element]) -> UnsafeMutablePointer<Element>
  {
    let stride = MemoryLayout<Element>.stride
    let block = unsafe makeBlock(byteCount: stride * elements.count)
    let typed = unsafe block.bindMemory(to: Element.self, capacity: elements.count)
    for (position, element) in elements.enumerated() { unsafe typed[position] = element }
    return unsafe typed
  }

  /// Memory C may jump into, once a function was prepared in it; nil if the host has none.
  func makeClosure() -> (closure: UnsafeMutablePointer<ffi_closure>, code: UnsafeMutableRawPointer)?
  {
    var code: UnsafeMutableRawPointer?
    guard
      let closure = unsafe ffi_closure_alloc(MemoryLayout<ffi_closure>.size, &code),
      let code = unsafe code
    else { return nil }
    unsafe closures.append(closure)
    return unsafe (closure.assumingMemoryBound(to: ffi_closure.self), code)
  }

  deinit {
    while let block = unsafe blocks.popLast() { unsafe block.deallocate() }
    while let closure = unsafe closures.popLast() { unsafe ffi_closure_free(closure) }
  }
}

/// The modes of the floating-point unit, which C may change and bytecode must not see changed.
@safe struct FloatingPointModes {
  private var environment = fenv_t()

  /// Those in force.
  init() { unsafe fegetenv(&environment) }

  func restore() {
    var environment = environment
    unsafe fesetenv(&environment)
  }
}

import Bytecode
import CFFI
import CFixture

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// What foreign calls need of a run.
@safe struct ForeignState {
  let types: ForeignTypes
  /// How many frames wait below the innermost callback of a foreign function; 0 without one.
  var baseLevel = 0
  /// Foreign calls under way, each but the first below a callback.
  var nesting = 0

  private let allowedLibraries: [[UInt8]]
  private let diagnostics: (@Sendable (String) -> Void)?
  /// Nil where there is no such function.
  private var addresses: [ForeignIndex: UnsafeMutableRawPointer?] = unsafe [:]

  static let greatestNesting = 1_000

  init(_ request: RunRequest, _ schemas: [Schema]) {
    types = ForeignTypes(schemas: schemas)
    allowedLibraries = request.allowedLibraries.map { Array($0.utf8) }
    diagnostics = request.diagnostics
  }

  /// The address of a foreign function; nil, once with a diagnostic, if there is none.
  mutating func address(
    of index: ForeignIndex, _ function: ForeignFunction
  ) -> UnsafeMutableRawPointer? {
    if let known = unsafe addresses[index] { return unsafe known }
    let address = unsafe find(function)
    unsafe addresses[index] = .some(address)
    return unsafe address
  }

  private func find(_ function: ForeignFunction) -> UnsafeMutableRawPointer? {
    let library = function.library.utf8
    if library == Array("fixture".utf8) {
      let signature = types.text(of: function.parameters, giving: function.result)
      let address = unsafe fixture_lookup(function.symbol, signature)
      if unsafe address == nil { diagnostics?("library fixture has no symbol \(function.symbol)") }
      return unsafe address
    }
    let name = function.library.string
    guard allowedLibraries.contains(library), !library.contains(0) else {
      diagnostics?("library \(name) is not allowed")
      return nil
    }
    guard let handle = unsafe dlopen(name, RTLD_NOW | RTLD_LOCAL) else {
      diagnostics?("library \(name) cannot be loaded")
      return nil
    }
    let address = unsafe dlsym(handle, function.symbol)
    if unsafe address == nil { diagnostics?("library \(name) has no symbol \(function.symbol)") }
    return unsafe address
  }
}

/// Calls of C functions through libffi: section 8 of `Docs/bytecode.md`.
extension Machine {
  mutating func callForeign(_ index: ForeignIndex) throws(Stop) {
    let function = code.foreignFunctions[index.position]
    guard let address = unsafe foreign.address(of: index, function) else {
      throw .trapped(.foreignError)
    }
    guard foreign.nesting < ForeignState.greatestNesting else { throw .trapped(.stackOverflow) }
    let memory = ForeignMemory()
    guard
      let interface = unsafe foreign.types.describe(
        function.parameters, function.result, in: memory)
    else { throw .trapped(.foreignError) }
    let call = ForeignCall(memory: memory, types: foreign.types, modes: FloatingPointModes())
    let count = function.parameters.count
    var arguments: [UnsafeMutableRawPointer?] = unsafe []
    for (position, type) in function.parameters.enumerated() {
      let argument = unsafe memory.makeBlock(byteCount: foreign.types.size(of: type))
      unsafe try write(operand(count - position), as: type, to: argument, call)
      unsafe arguments.append(argument)
    }
    if recordsEvents {
      events.append(.callForeign(index, arguments: observe(Array(operands.suffix(count)))))
    }
    // libffi widens integers that are narrower than a register.
    let result = unsafe memory.makeBlock(byteCount: max(8, foreign.types.size(of: function.result)))
    unsafe invoke(call, interface, address, result, memory.makeBlock(of: arguments))
    if let end = call.end { throw .passedOn(end) }
    let value = unsafe try read(function.result, from: UnsafeRawPointer(result))
    if recordsEvents { events.append(.returnForeign(index, observe(value))) }
    operands.removeLast(count)
    operands.append(value)
    frame.instructionPointer += 1
  }

  private mutating func invoke(
    _ call: ForeignCall, _ interface: UnsafeMutablePointer<ffi_cif>,
    _ address: UnsafeMutableRawPointer, _ result: UnsafeMutableRawPointer,
    _ arguments: UnsafeMutablePointer<UnsafeMutableRawPointer?>
  ) {
    let function = unsafe unsafeBitCast(address, to: (@convention(c) () -> Void).self)
    foreign.nesting += 1
    // Callbacks reach the machine through the call while nothing else does.
    unsafe withUnsafeMutablePointer(to: &self) { machine in
      unsafe call.machine = machine
      unsafe ffi_call(interface, function, result, arguments)
      unsafe call.machine = nil
    }
    foreign.nesting -= 1
    call.modes.restore()
  }
}

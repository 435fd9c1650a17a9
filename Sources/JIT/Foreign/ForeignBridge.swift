import Bytecode
import CFixture
import Glibc

/// What a session knows of its foreign functions, and a run of its libraries.
final class ForeignBridge {
  /// Foreign calls that may be under way at once, each but the first below a callback.
  static let nestingLimit = 1_000

  /// Whether any function takes a callback, so that calls of C and of bytecode may nest.
  let takesCallbacks: Bool
  /// Foreign calls under way.
  var nesting = 0
  /// How compiled code calls; an engine that has some sets it.
  var thunks: ForeignThunks?

  private let program: Program
  private let types: ForeignTypes
  private var signatures: [ForeignSignature?]
  /// By foreign function, nil where not looked up.
  private var addresses: [Lookup?]
  /// The addresses this run has got, for the next call.
  private var resolved: [UnsafeMutableRawPointer?]
  private var libraries: [Literal: UnsafeMutableRawPointer] = [:]

  private var allowedLibraries: Set<Literal> = []
  private var diagnostics: (@Sendable (String) -> Void)?
  /// Functions this run has said something about.
  private var reported: Set<ForeignIndex> = []
  private var fixtureIsFresh = false

  private static let fixture = Literal("fixture")

  enum Lookup {
    case found(UnsafeMutableRawPointer)
    /// Why there is none, as a sentence.
    case missing(String)
  }

  init(_ program: Program) {
    self.program = program
    types = ForeignTypes(program)
    takesCallbacks = program.foreignFunctions.contains { function in
      function.parameters.contains { if case .callback = $0 { true } else { false } }
    }
    signatures = Array(repeating: nil, count: program.foreignFunctions.count)
    addresses = Array(repeating: nil, count: program.foreignFunctions.count)
    resolved = Array(repeating: nil, count: program.foreignFunctions.count)
  }

  deinit {
    for library in libraries.values { dlclose(library) }
  }

  func beginRun(_ request: RunRequest) {
    nesting = 0
    allowedLibraries = Set(request.allowedLibraries.map { Literal($0) })
    diagnostics = request.diagnostics
    reported = []
    fixtureIsFresh = false
    for position in resolved.indices { resolved[position] = nil }
  }

  func endRun() { diagnostics = nil }

  /// The signature of a function, made when it is first called.
  func signature(of index: ForeignIndex) -> ForeignSignature {
    if let signature = signatures[index.position] { return signature }
    let signature = ForeignSignature(program.foreignFunctions[index.position], types)
    signatures[index.position] = signature
    return signature
  }
}

// MARK: - Libraries and symbols

extension ForeignBridge {
  /// The address of a function; if there is none, or none is allowed, the run's diagnostics say why,
  /// once for each function.
  func address(of index: ForeignIndex) -> UnsafeMutableRawPointer? {
    if let address = resolved[index.position] { return address }
    let reason: String
    let function = program.foreignFunctions[index.position]
    if isAllowed(function.library) {
      switch lookup(index, function) {
      case .found(let address):
        resolved[index.position] = address
        return address
      case .missing(let sentence): reason = sentence
      }
    } else {
      reason = "the library \"\(function.library.string)\" is not allowed"
    }
    if reported.insert(index).inserted {
      diagnostics?("foreign function \(function.name): \(reason)")
    }
    return nil
  }

  private func isAllowed(_ library: Literal) -> Bool {
    library == ForeignBridge.fixture || allowedLibraries.contains(library)
  }

  private func lookup(_ index: ForeignIndex, _ function: ForeignFunction) -> Lookup {
    if function.library == ForeignBridge.fixture, !fixtureIsFresh {
      // Here and not when the run begins, which may be on another thread.
      fixture_reset()
      fixtureIsFresh = true
    }
    if let known = addresses[index.position] { return known }
    let found = function.library == ForeignBridge.fixture ? inFixture(function) : inFile(function)
    addresses[index.position] = found
    return found
  }

  private func inFixture(_ function: ForeignFunction) -> Lookup {
    let types = types.spelling(of: function)
    if let address = fixture_lookup(function.symbol, types) { return .found(address) }
    return .missing("the library \"fixture\" has no \(function.symbol)\(types)")
  }

  private func inFile(_ function: ForeignFunction) -> Lookup {
    let path = function.library.string
    if libraries[function.library] == nil {
      guard !function.library.utf8.contains(0), let opened = dlopen(path, RTLD_NOW | RTLD_LOCAL)
      else { return .missing(lastError() ?? "the library \"\(path)\" cannot be opened") }
      libraries[function.library] = opened
    }
    if let address = dlsym(libraries[function.library], function.symbol) { return .found(address) }
    return .missing("the library \"\(path)\" has no symbol \(function.symbol)")
  }

  private func lastError() -> String? { dlerror().map { String(cString: $0) } }
}

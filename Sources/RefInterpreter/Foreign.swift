import Bytecode

/// What foreign calls need of a run.
struct ForeignState {
  /// How many frames wait below the innermost callback of a foreign function; 0 without one.
  var baseLevel = 0

  init(_ request: RunRequest) {}
}

extension Machine {
  mutating func callForeign(_ function: ForeignIndex) throws(Stop) {
    preconditionFailure("programs that call foreign functions are refused when preparing")
  }
}

/// What the verifier admits beyond the limits of both written forms (`ProgramLimits`).
public enum VerifierLimits {
  public static let parameters = 255
  /// Parameters, locals, captures and operand stack together.
  public static let frameSlots = 1_024
  /// Bytecode frames a schedule may allow.
  public static let depth = 1_000_000
  /// Kind sets that inference may keep for one program: the slots of every block start, summed.
  ///
  /// Keeps the analyses of a hostile program below 64 MiB.
  public static let inferredSlots = 4_194_304
  /// Slot visits inference and handler analysis may make for one program.
  ///
  /// Ordinary programs need a few for each slot of each block; a hostile one could ask for
  /// minutes.
  public static let analysisSteps = 1 << 27
}

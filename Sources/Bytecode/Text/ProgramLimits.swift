/// How large a program may be in either form; larger ones are refused while they are read.
public enum ProgramLimits {
  public static let instructions = 65_536
  public static let constants = 65_536
  public static let strings = 65_536
  public static let functions = 4_096
  public static let bindings = 65_536
  public static let schemas = 4_096
  public static let foreignFunctions = 4_096
  /// Parameters, locals and captures of one function; the verifier adds the operand stack.
  public static let slots = 1_024
  public static let fields = 1_024
  public static let foreignParameters = 255
  /// Labels of all functions together.
  public static let labels = 65_536
  /// The greatest count an operand may name.
  public static let count = 65_535
  /// The greatest line number, offset or ordinal.
  public static let ordinal = 2_147_483_647
  public static let argumentTuples = 65_536
  /// Values of one argument tuple, keys of one shape.
  public static let tupleValues = 255
  public static let directives = 65_536
  public static let chainLinks = 255
  public static let feedbackEntries = 4
  /// Bytes of a program's text.
  public static let textBytes = 16_777_216
}

import Bytecode
import JIT
import RefInterpreter

/// The judge and every judged configuration.
public enum Engines {
  public static let judge: any Engine = ReferenceEngine()

  /// In the order a run is tried on them, the simplest first.
  public static let judged: [any Engine] = [InterpreterEngine(), BaselineEngine()]

  public static let all: [any Engine] = [judge] + judged
}

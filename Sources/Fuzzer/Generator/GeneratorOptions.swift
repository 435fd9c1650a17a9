import Bytecode

/// The part of the language that generated programs keep to.
public enum GeneratedLanguage: String, CaseIterable, Sendable {
  /// The numeric core, which compiled tiers take.
  case core
  /// Two programs of five within the core, the others of the whole language.
  case mixed
  case whole

  /// Of a thousand programs, so many keep to the numeric core.
  var corePerThousand: Int {
    switch self {
    case .core: 1000
    case .mixed: 400
    case .whole: 0
    }
  }
}

/// What a generated program may be like.
public struct GeneratorOptions: Sendable {
  /// Instructions of a whole program, about; nil draws from a distribution with median 50.
  public var size: Int?
  /// Fuel units a run without risk costs at most; loops and calls are generated within it.
  public var costLimit: Int
  /// Of a thousand programs, so many hold something that may trap or run out of fuel.
  public var riskyPerThousand: Int
  public var language: GeneratedLanguage

  public init(
    size: Int? = nil, costLimit: Int = 400, riskyPerThousand: Int = 120,
    language: GeneratedLanguage = .mixed
  ) {
    self.size = size
    self.costLimit = costLimit
    self.riskyPerThousand = riskyPerThousand
    self.language = language
  }
}

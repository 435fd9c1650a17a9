import Bytecode

/// What a generated program may be like.
public struct GeneratorOptions: Sendable {
  /// Instructions of a whole program, about; nil draws from a distribution with median 50.
  public var size: Int?
  /// Fuel units a run without risk costs at most; loops and calls are generated within it.
  public var costLimit: Int
  /// Of a thousand programs, so many hold something that may trap or run out of fuel.
  public var riskyPerThousand: Int
  /// Of a thousand programs, so many keep to the numeric core; the others may hold anything.
  public var corePerThousand: Int

  public init(
    size: Int? = nil, costLimit: Int = 400, riskyPerThousand: Int = 120,
    corePerThousand: Int = 1000
  ) {
    self.size = size
    self.costLimit = costLimit
    self.riskyPerThousand = riskyPerThousand
    self.corePerThousand = corePerThousand
  }
}

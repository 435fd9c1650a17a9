import Synchronization

/// How many places a fault was planted in, over all compiles it was told of.
public final class PlantedPlaces: Sendable {
  private let places = Atomic(0)

  public init() {}

  public var count: Int { places.load(ordering: .relaxed) }

  func add() { places.add(1, ordering: .relaxed) }
}

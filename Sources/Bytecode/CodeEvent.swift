/// What became of a version of code in a run, so that it can be told which facts it had to rest on.
public enum CodeEvent: Hashable, Sendable {
  /// A moment of a run.
  public struct Moment: Hashable, Sendable {
    /// How many events the trace had.
    public var eventCount: Int
    /// Fuel units consumed.
    public var clock: UInt64

    public init(eventCount: Int, clock: UInt64) {
      self.eventCount = eventCount
      self.clock = clock
    }
  }

  /// Why a version was let go of.
  public enum Cause: Hashable, Sendable {
    /// Another value is about to be stored in a binding.
    case store(BindingIndex)
    /// A run begins, with another value in a binding than the last one ended with.
    case reset(BindingIndex)
    /// The first object with these keys is about to get one more.
    case firstChild([Literal])
    /// A line of the schedule says that a fact is broken.
    case line(Schedule.Fact)
    /// Guards that failed, a policy, or another fate of all code.
    case other
  }

  /// Code came into use. Versions have numbers from 0 in their session.
  case installed(version: Int, dependencies: [CodeDependency], at: Moment)
  case discarded(version: Int, Cause, at: Moment)
  /// A line of the schedule breaks a fact, whether code rests on it or not.
  case broken(Schedule.Fact, at: Moment)
}

/// Every knob of the judged engines; none changes a result.
enum Tuning {
  /// Bytes of each stack that stay resident between runs.
  static let keptStackBytes = 1 << 20
  /// Events whose memory the next run may reuse.
  static let keptEvents = 4_096
}

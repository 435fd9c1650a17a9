import ArgumentParser

/// The exit statuses of the command line.
enum ExitStatus: Int32 {
  case success = 0
  /// `run`: an uncaught trap or an exit.
  case programEnded = 1
  /// A divergence, a tier that was not entered, or a fault that was not detected.
  case divergence = 2
  case usage = 64
  /// Input refused: malformed, not verified, unreadable or not supported.
  case refused = 65
  /// Something a command needs at run time is missing.
  case missing = 69
  /// An internal error or, in `run`, the host's memory.
  case failure = 70

  var code: ExitCode { ExitCode(rawValue) }
}

/// A command that could not do what it was asked to: one sentence and the place it is about.
struct CommandFailure: Error {
  var status: ExitStatus
  var file: String?
  /// From 1.
  var line: Int?
  /// From 1.
  var column: Int?
  /// Of binary input, in bytes from 0.
  var offset: Int?
  /// The rule or error kind and the reason.
  var message: String

  init(
    _ status: ExitStatus, file: String? = nil, line: Int? = nil, column: Int? = nil,
    offset: Int? = nil, _ message: String
  ) {
    self.status = status
    self.file = file
    self.line = line
    self.column = column
    self.offset = offset
    self.message = message
  }

  /// The form `FILE:LINE:COLUMN: message`, leaving out what is unknown.
  var sentence: String {
    var place: [String] = []
    if let file { place.append(file) }
    if let line { place.append("\(line)") }
    if let column { place.append("\(column)") }
    var head = place.joined(separator: ":")
    if let offset { head += (head.isEmpty ? "" : ": ") + "offset \(offset)" }
    return head.isEmpty ? message : "\(head): \(message)"
  }
}

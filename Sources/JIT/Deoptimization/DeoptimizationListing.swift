import Bytecode

/// Deoptimization points as text, with the names of the program.
public struct DeoptimizationListing {
  private let program: Program

  public init(of program: Program) { self.program = program }

  /// A line for the point, then its frames, outermost first, each with a line a slot, and its virtual
  /// objects.
  public func lines(of point: DeoptimizationPoint) -> [String] {
    var lines = ["\(point.identifier)  \(place(of: point))  \(point.reason)"]
    for frame in point.frames { lines += self.lines(of: frame) }
    for (number, object) in point.virtualObjects.enumerated() {
      lines.append("     virtual \(number): \(description(of: object))")
    }
    return lines
  }

  /// Where the innermost frame goes on.
  private func place(of point: DeoptimizationPoint) -> String {
    guard let frame = point.frames.last else { return "without frames" }
    return place(frame)
  }

  private func place(_ frame: DeoptimizationPoint.Frame) -> String {
    "\(program[frame.function].name)+\(frame.position.offset)"
  }

  private func lines(of frame: DeoptimizationPoint.Frame) -> [String] {
    let position =
      switch frame.position {
      case .before: "before"
      case .afterCall: "awaiting the result of"
      }
    let handlers = frame.handlers.map { "+\($0)" }.joined(separator: " ")
    let function = program[frame.function]
    var lines = [
      "     frame \(position) \(place(frame)), handler depth \(frame.handlers.count)"
        + (handlers.isEmpty ? "" : " (\(handlers))")
    ]
    if let closure = frame.closure { lines.append("       closure: \(closure)") }
    for (position, source) in frame.locals.enumerated() {
      lines.append("       \(function.name(of: LocalIndex(position))): \(source)")
    }
    for (position, source) in frame.operands.enumerated() {
      lines.append("       operand \(position): \(source)")
    }
    return lines
  }

  private func description(of object: DeoptimizationPoint.VirtualObject) -> String {
    let type = [
      object.keys.map { "keys \($0.map(\.string))" }, object.schema.map { "schema \($0.position)" },
      object.function.map { program[$0].name },
    ].compactMap { $0 }
    let fields = object.fields.map(\.description).joined(separator: ", ")
    return ([object.kind.name] + type).joined(separator: " ") + " {\(fields)}"
  }
}

import Bytecode

/// A container whose printing has begun.
private struct OpenContainer {
  enum Entries {
    case elements(ArrayPlace)
    case content(Int)
    case object(Int)
    case record(Int)
    case map(Int)
  }

  let entries: Entries
  let count: Int
  let closing: String
  var next = 0
}

/// The printed form of values: section 7 of `Docs/bytecode.md`.
extension Machine {
  /// Containers that may be open at once; a further one is not looked into.
  private static let greatestLevel = 32
  /// Elements, fields, entries and contents that are printed.
  private static let greatestEntryCount = 10_000

  /// What `print` writes of the operands on top: their printed forms joined by one space, and a
  /// newline.
  func printedLine(argumentCount: Int) throws(Stop) -> [UInt8] {
    var text: [UInt8] = []
    for place in operands.count - argumentCount..<operands.count {
      if place > operands.count - argumentCount { text.append(UInt8(ascii: " ")) }
      try print(operands[place], to: &text, isCharged: false)
    }
    text.append(UInt8(ascii: "\n"))
    return text
  }

  /// Appends the printed form of a value, as UTF-8; a string is raw at the top.
  ///
  /// Values nest as deep as a program makes them: what is open is kept in a list.
  ///
  /// - Parameter isCharged: whether the text becomes a string: what cannot fit is not made whole.
  func print(
    _ value: Value, to text: inout [UInt8], isCharged: Bool = true
  ) throws(Stop) {
    if case .string(let place) = value {
      text += heap.strings[place].utf8
      return
    }
    var open: [OpenContainer] = []
    var count = 0
    begin(value, &open, to: &text)
    while let container = open.last {
      if isCharged { try testRoom(for: Size.string(text.count)) }
      if UInt64(text.count) > Heap.greatestSize { throw .hostMemoryExhausted }
      guard container.next < container.count else {
        text += container.closing.utf8
        open.removeLast()
        continue
      }
      if container.next > 0 { text += ", ".utf8 }
      guard count < Machine.greatestEntryCount else {
        text += ("…" + container.closing).utf8
        open.removeLast()
        continue
      }
      count += 1
      open[open.count - 1].next += 1
      let entry = beginEntry(container.next, of: container.entries, to: &text)
      begin(entry, &open, to: &text)
    }
  }

  /// Appends what stands before an entry's value, which it gives.
  private func beginEntry(
    _ position: Int, of entries: OpenContainer.Entries, to text: inout [UInt8]
  ) -> Value {
    switch entries {
    case .elements(let array): return heap.element(position, of: array)
    case .content(let place): return heap.contents[place]
    case .object(let place):
      Printing.appendKey(shapes.names.texts[heap.objects[place].keys[position]], to: &text)
      text += ": ".utf8
      return heap.objects[place].values[position]
    case .record(let place):
      let record = heap.records[place]
      text += code.schemas[record.schema.position].fieldNames[position] + Array(": ".utf8)
      return record.fields[position]
    case .map(let place):
      appendPlain(heap.maps[place].keys[position], to: &text)
      text += ": ".utf8
      return heap.maps[place].values[position]
    }
  }

  /// Appends a value, or the opening of a container that is then open.
  private func begin(
    _ value: Value, _ open: inout [OpenContainer], to text: inout [UInt8]
  ) {
    guard let (opening, container) = container(value) else {
      appendPlain(value, to: &text)
      return
    }
    if open.count == Machine.greatestLevel {
      text += "…".utf8
    } else {
      text += opening
      open.append(container)
    }
  }

  private func container(_ value: Value) -> (opening: [UInt8], container: OpenContainer)? {
    switch value {
    case .array(let place): return elements(.plain(place), "[")
    case .intArray(let place): return elements(.ints(place), "IntArray [")
    case .floatArray(let place): return elements(.numbers(place), "FloatArray [")
    case .boolArray(let place): return elements(.bools(place), "BoolArray [")
    case .object(let place):
      let count = heap.objects[place].keys.count
      return (
        Array("{".utf8), OpenContainer(entries: .object(place), count: count, closing: "}")
      )
    case .record(let place):
      let record = heap.records[place]
      let name = code.schemas[record.schema.position].name
      let count = record.fields.count
      return (
        name + Array(" {".utf8),
        OpenContainer(entries: .record(place), count: count, closing: "}")
      )
    case .map(let place):
      let count = heap.maps[place].keys.count
      return (
        Array("Map {".utf8), OpenContainer(entries: .map(place), count: count, closing: "}")
      )
    case .some(let place): return content(place, "Some(")
    case .ok(let place): return content(place, "Ok(")
    case .err(let place): return content(place, "Err(")
    case .null, .unit, .bool, .int, .number, .string, .range, .function, .closure, .reference,
      .cell:
      return nil
    }
  }

  private func elements(
    _ array: ArrayPlace, _ opening: String
  ) -> (opening: [UInt8], container: OpenContainer) {
    let count = heap.count(of: array)
    return (
      Array(opening.utf8), OpenContainer(entries: .elements(array), count: count, closing: "]")
    )
  }

  private func content(
    _ place: Int, _ opening: String
  ) -> (opening: [UInt8], container: OpenContainer) {
    (Array(opening.utf8), OpenContainer(entries: .content(place), count: 1, closing: ")"))
  }

  /// Appends a value that is no container; a string is quoted.
  private func appendPlain(_ value: Value, to text: inout [UInt8]) {
    switch value {
    case .null: text += "null".utf8
    case .unit: text += "unit".utf8
    case .bool(let value): text += (value ? "true" : "false").utf8
    case .int(let value): text += String(value).utf8
    case .number(let value): Printing.append(value, to: &text)
    case .string(let place): Printing.appendQuoted(heap.strings[place].utf8, to: &text)
    case .range(let place):
      let range = heap.ranges[place]
      text += "\(range.start)\(range.isInclusive ? "..=" : "..")\(range.end)".utf8
    case .function(let function):
      text += Array("function ".utf8) + code.functionNames[function.position]
    case .closure(let place):
      let function = heap.closures[place].function
      text += Array("closure ".utf8) + code.functionNames[function.position]
    case .array, .intArray, .floatArray, .boolArray, .object, .record, .map, .some, .ok, .err:
      preconditionFailure("containers are opened")
    case .reference, .cell: preconditionFailure("the verifier keeps these from being printed")
    }
  }
}

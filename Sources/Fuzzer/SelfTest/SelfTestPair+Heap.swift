import Bytecode

/// The pairs over heap values and the events only they have.
extension SelfTestPair {
  /// Changes each heap value for which the closure gives another content.
  private static func cells(
    _ change: @escaping @Sendable (ObservedCell.Content) -> ObservedCell.Content?
  ) -> AlteredEngine.Alteration {
    .outcome { outcome in
      var altered = outcome
      for index in altered.heap.indices {
        altered.heap[index].content =
          change(altered.heap[index].content) ?? altered.heap[index].content
      }
      return altered
    }
  }

  static let heaps = [
    SelfTestPair("a heap value lost", .result, .heapSize, .holding) {
      .outcome { outcome in
        var altered = outcome
        altered.heap.removeLast()
        return altered
      }
    },
    SelfTestPair("a copy for a shared value", .result, .cellIdentity, .holding) {
      cells { content in
        guard case .object(let shape, let keys, var values) = content,
          case .identity(let kind, let number) = values[1]
        else { return nil }
        values[1] = .identity(kind, number: number + 1)
        return .object(shape: shape, keys: keys, values: values)
      }
    },
    SelfTestPair("another shape", .result, .cellShape, .holding) {
      cells { content in
        guard case .object(let shape, let keys, let values) = content else { return nil }
        return .object(shape: shape + 1, keys: keys, values: values)
      }
    },
    SelfTestPair("keys in another order", .result, .cellKeys, .holding) {
      cells { content in
        guard case .dictionary(let keys, let values) = content else { return nil }
        return .dictionary(keys: keys.reversed(), values: values)
      }
    },
    SelfTestPair("a packed array for a plain one", .result, .cellKind, .holding) {
      cells { content in
        guard case .intArray(let elements) = content else { return nil }
        return .array(elements.map { .int($0) })
      }
    },
    SelfTestPair("an element lost", .result, .cellLength, .holding) {
      cells { content in
        guard case .intArray = content else { return nil }
        return .intArray([])
      }
    },
    SelfTestPair("a record of another schema", .result, .cellOwner, .holding) {
      cells { content in
        guard case .record(_, let values) = content else { return nil }
        return .record(SchemaIndex(1), values)
      }
    },
    SelfTestPair("another value in a shared cell", .result, .cellValue, .holding) {
      cells { content in
        guard case .cell = content else { return nil }
        return .cell(.null)
      }
    },
  ]

  /// Changes each event for which the closure gives another.
  private static func changedEvents(
    _ change: @escaping @Sendable (Event) -> Event?
  ) -> AlteredEngine.Alteration {
    events { events in
      for index in events.indices { events[index] = change(events[index]) ?? events[index] }
    }
  }

  static let heapTraces = [
    SelfTestPair("a shape numbered otherwise", .trace, .createdShape, .holding) {
      changedEvents { event in
        guard case .createShape(let parent, let key, let number) = event else { return nil }
        return .createShape(parent: parent, key: key, number: number + 1)
      }
    },
    SelfTestPair("another object becoming a dictionary", .trace, .dictionary, .holding) {
      changedEvents { event in
        guard case .becomeDictionary(.identity(let kind, let number)) = event else { return nil }
        return .becomeDictionary(.identity(kind, number: number + 1))
      }
    },
    SelfTestPair("an argument of a foreign call", .trace, .foreignArguments, .holding) {
      changedEvents { event in
        guard case .callForeign(let function, _) = event else { return nil }
        return .callForeign(function, arguments: [.int(3)])
      }
    },
    SelfTestPair("the result of a foreign call", .trace, .foreignResult, .holding) {
      changedEvents { event in
        guard case .returnForeign(let function, _) = event else { return nil }
        return .returnForeign(function, .int(8))
      }
    },
    SelfTestPair("another foreign function", .trace, .foreignFunction, .holding) {
      changedEvents { event in
        guard case .callForeign(_, let arguments) = event else { return nil }
        return .callForeign(ForeignIndex(1), arguments: arguments)
      }
    },
    SelfTestPair("another callback", .trace, .callback, .holding) {
      changedEvents { event in
        guard case .callBack = event else { return nil }
        return .callBack(FunctionIndex(1))
      }
    },
  ]
}

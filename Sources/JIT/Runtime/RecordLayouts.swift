import Bytecode

/// What stores into records of each schema check: the fields by property key, and their masks.
final class RecordLayouts {
  struct Layout: BitwiseCopyable {
    var fieldCount: Int
    var keys: UnsafeMutablePointer<PropertyKey>
    var masks: UnsafeMutablePointer<KindMask>
  }

  private let layouts: UnsafeMutablePointer<Layout>
  private let count: Int

  init(_ program: Program, _ strings: StaticStrings) {
    count = program.schemas.count
    layouts = .allocate(capacity: max(count, 1))
    for (index, schema) in program.schemas.enumerated() {
      let capacity = max(schema.fields.count, 1)
      let layout = Layout(
        fieldCount: schema.fields.count, keys: .allocate(capacity: capacity),
        masks: .allocate(capacity: capacity))
      for (position, field) in schema.fields.enumerated() {
        (layout.keys + position).initialize(to: strings.intern(Literal(field.name)))
        (layout.masks + position).initialize(to: KindMask(field.kind))
      }
      (layouts + index).initialize(to: layout)
    }
  }

  deinit {
    for index in 0..<count {
      layouts[index].keys.deallocate()
      layouts[index].masks.deallocate()
    }
    layouts.deallocate()
  }

  @inline(__always)
  subscript(schema: SchemaIndex) -> Layout { layouts[Int(schema.rawValue)] }
}

extension RecordLayouts.Layout {
  /// The position of a field, nil if the schema has none of the name. Complexity: O(fields).
  func position(of key: PropertyKey) -> Int? {
    for position in 0..<fieldCount where keys[position] == key { return position }
    return nil
  }
}

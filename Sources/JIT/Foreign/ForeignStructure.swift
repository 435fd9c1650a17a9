import Bytecode
import CFFI

/// A step through a struct and the records that stand for it, in the order of the fields.
enum StructureStep {
  /// A scalar of the current record, by its field and its offset from the outermost struct.
  case scalar(ForeignScalar, field: Int, offset: Int)
  /// The struct in a field becomes the current one.
  case enter(SchemaIndex, fieldCount: Int, field: Int)
  /// Back to the struct around it.
  case leave
}

/// A struct as C and libffi see it.
///
/// Sizes and offsets are those of the C ABI: each field at the next multiple of its alignment, the
/// whole a multiple of the largest.
final class ForeignStructure {
  let schema: SchemaIndex
  let fieldCount: Int
  let byteCount: Int
  let alignment: Int
  /// For libffi; `elements` are the types of the fields.
  let type: UnsafeMutablePointer<ffi_type>
  /// Bytes of the abstract heap of a record of it, nested ones included.
  let heapBytes: Int
  private let elements: UnsafeMutablePointer<UnsafeMutablePointer<ffi_type>?>
  private let fields: [Field]

  enum Content {
    case scalar(ForeignScalar)
    case structure(ForeignStructure)
  }

  private struct Field {
    let content: Content
    let offset: Int
  }

  /// - Precondition: there is a field; the verifier sees to it.
  init(_ schema: SchemaIndex, _ contents: [Content], _ types: ForeignTypes) {
    self.schema = schema
    fieldCount = contents.count
    elements = .allocate(capacity: contents.count + 1)
    var fields: [Field] = []
    var (end, alignment) = (0, 1)
    var heapBytes = AbstractSize.record(fieldCount: contents.count)
    for (index, content) in contents.enumerated() {
      let (size, step): (Int, Int)
      switch content {
      case .scalar(let scalar):
        (size, step) = (scalar.byteCount, scalar.byteCount)
        (elements + index).initialize(to: types.type(of: scalar))
      case .structure(let inner):
        (size, step) = (inner.byteCount, inner.alignment)
        heapBytes += inner.heapBytes
        (elements + index).initialize(to: inner.type)
      }
      let offset = (end + step - 1) / step * step
      fields.append(Field(content: content, offset: offset))
      end = offset + size
      alignment = max(alignment, step)
    }
    (elements + contents.count).initialize(to: nil)
    byteCount = (end + alignment - 1) / alignment * alignment
    self.alignment = alignment
    self.fields = fields
    self.heapBytes = heapBytes
    type = .allocate(capacity: 1)
    type.initialize(
      to: ffi_type(
        size: byteCount, alignment: UInt16(alignment), type: UInt16(FFI_TYPE_STRUCT),
        elements: elements))
  }

  deinit {
    type.deallocate()
    elements.deallocate()
  }

  /// The walk through the struct; made once, of a stack of its own, since nesting is unlimited.
  private(set) lazy var steps: [StructureStep] = {
    var steps: [StructureStep] = []
    var open: [(structure: ForeignStructure, next: Int, base: Int)] = [(self, 0, 0)]
    while let (structure, next, base) = open.last {
      guard next < structure.fields.count else {
        open.removeLast()
        if !open.isEmpty { steps.append(.leave) }
        continue
      }
      open[open.count - 1].next = next + 1
      let field = structure.fields[next]
      switch field.content {
      case .scalar(let scalar):
        steps.append(.scalar(scalar, field: next, offset: base + field.offset))
      case .structure(let inner):
        steps.append(.enter(inner.schema, fieldCount: inner.fieldCount, field: next))
        open.append((inner, 0, base + field.offset))
      }
    }
    return steps
  }()
}

// MARK: - Records

extension ForeignStructure {
  /// Writes a record as the struct; padding stays as it is.
  func store(_ record: Word, to memory: UnsafeMutableRawPointer) throws(Stop) {
    guard record.isRecord, record.schema == schema else { throw .typeError }
    var current = record
    // All of them are reachable from the outermost.
    var outer: [Word] = []
    for step in steps {
      switch step {
      case .scalar(let scalar, let field, let offset):
        try scalar.store(current.fields[field], to: memory + offset)
      case .enter(let schema, _, let field):
        let inner = current.fields[field]
        guard inner.isRecord, inner.schema == schema else { throw .typeError }
        outer.append(current)
        current = inner
      case .leave: current = outer.removeLast()
      }
    }
  }

  /// Checks that every field of a struct C made has a value.
  func check(_ memory: UnsafeRawPointer) throws(Stop) {
    for case .scalar(let scalar, _, let offset) in steps {
      _ = try scalar.loadField(from: memory + offset)
    }
  }

  /// A record of a struct C made and `check` has passed.
  func makeRecord(_ memory: UnsafeRawPointer, _ heap: Heap) throws(Stop) -> Word {
    let record = heap.makeRecord(schema, fieldCount: fieldCount)
    var current = record
    var outer: [Word] = []
    for step in steps {
      switch step {
      case .scalar(let scalar, let field, let offset):
        current.fields[field] = try scalar.loadField(from: memory + offset)
      case .enter(let schema, let fieldCount, let field):
        let inner = heap.makeRecord(schema, fieldCount: fieldCount)
        current.fields[field] = inner
        outer.append(current)
        current = inner
      case .leave: current = outer.removeLast()
      }
    }
    return record
  }
}

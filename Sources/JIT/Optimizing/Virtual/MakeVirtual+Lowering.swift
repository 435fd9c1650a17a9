import Bytecode
import CRuntime
import LLVM

/// Virtual objects that have to be made after all.
///
/// They were charged where the program makes them; whatever needs a word makes them there, once, with
/// all that their fields lead to.
extension FunctionLowering {
  /// A value that is no virtual object: it is made if it was one.
  func made(_ value: Value) -> Value {
    guard case .virtual(let identifier, let kind) = value else { return value }
    return .boxed(make(identifier), KindSet(kind))
  }

  /// Makes a virtual object, unless that has been done, and puts its word wherever it is held.
  @discardableResult
  func make(_ identifier: VirtualID) -> IRValue {
    var making = Making()
    let word = make(identifier, &making)
    for patch in making.patches {
      guard case .made(let holder)? = virtuals[patch.holder],
        case .made(let field)? = virtuals[patch.field]
      else { preconditionFailure("what is made together is made by now") }
      build.store(
        field,
        build.offset(
          cell(of: holder), by: patch.start + 8 * patch.position, name("field.address")))
    }
    guard !making.begun.isEmpty else { return word }
    keepArrays()
    // What goes there has objects that are not made.
    exits.traps.removeAll(keepingCapacity: true)
    virtuals.resolveFields()
    locals = locals.map { $0.map(virtuals.resolved) }
    stack = stack.map(virtuals.resolved)
    stackBefore = stackBefore.map(virtuals.resolved)
    return word
  }

  /// Objects that are made together.
  private struct Making {
    var begun: Set<VirtualID> = []
    /// Fields of what was made before what they hold, in a circle.
    var patches: [(holder: VirtualID, start: Int, position: Int, field: VirtualID)] = []
  }

  private func make(_ identifier: VirtualID, _ making: inout Making) -> IRValue {
    let object: VirtualObject
    switch virtuals[identifier] {
    case .made(let word)?: return word
    case .virtual(let known)?: object = known
    case nil: preconditionFailure("what is held is known")
    }
    making.begun.insert(identifier)
    var fields: [Value] = []
    for (position, field) in object.fields.enumerated() {
      guard case .virtual(let inner, let kind) = virtuals.resolved(field) else {
        fields.append(virtuals.resolved(field))
        continue
      }
      if making.begun.contains(inner) {
        making.patches.append((identifier, object.layout.fieldsOffset, position, inner))
        fields.append(.boxed(types.constant(bits: Word.null.bits), .null))
      } else {
        fields.append(.boxed(make(inner, &making), KindSet(kind)))
      }
    }
    let values = fields.map { Value.boxed(box(virtuals.resolved($0)), .anything) }
    let word = allocate(object.layout, values)
    virtuals[identifier] = .made(word)
    return word
  }

  /// A cell with these fields. Most of what is made after all are objects, and as often as anything
  /// is allocated: they are made where the heap has the next one of their size.
  private func allocate(_ layout: VirtualLayout, _ fields: [Value]) -> IRValue {
    guard case .object(let keys) = layout,
      fields.count <= Int(JIT_SHAPE_KEYS),
      let sizeClass = SizeClass.position(of: CellOffset.slots + 8 * fields.count)
    else { return makeByRuntime(layout, fields) }
    let full = coldBlock("cells.end")
    let cell = nextCell(sizeClass, else: full)
    let room = Heap.slotCount(inObjectOf: SizeClass.bytes[sizeClass])
    let header = build.or(
      constantWord(.shape(keys)),
      types.constant(bits: UInt64(room) << UInt64(8 * CellOffset.slotCount)), name("header"))
    build.store(header, cell)
    build.store(types.constant(bits: 0), build.offset(cell, by: CellOffset.overflow, name("part")))
    for slot in 0..<room {
      let word = slot < fields.count ? box(fields[slot]) : types.constant(bits: Word.null.bits)
      build.store(word, build.offset(cell, by: CellOffset.slots + 8 * slot, name("part")))
    }
    let tag = types.constant(bits: Word.heapTag << 48)
    let word = build.or(build.ptrtoint(cell, to: types.i64, name("address")), tag, name("made"))
    return box(
      rejoin(.boxed(word, .object), .object, slow: full) {
        .boxed(self.makeByRuntime(layout, fields), .object)
      })
  }

  /// The next free cell of a size class, which is taken; goes on elsewhere if the heap has to look
  /// for more.
  private func nextCell(_ sizeClass: Int, else full: IRBlock) -> IRValue {
    let bumps = load(types.pointer, context, ContextOffset.bumps, "bumps")
    let bump = build.offset(bumps, by: sizeClass * MemoryLayout<JITBump>.stride, name("bump"))
    let next = load(types.i64, bump, CellOffset.bumpNext, "bump.next")
    let size = types.constant(bits: UInt64(SizeClass.bytes[sizeClass]))
    let end = build.add(next, size, name("cell.end"))
    let limit = load(types.i64, bump, CellOffset.bumpEnd, "bump.end")
    leave(for: full, unless: build.icmp(.ule, end, limit, name("has.cell")), "cell.next")
    if !commits(.cellTakenTwice) {
      build.store(end, build.offset(bump, by: CellOffset.bumpNext, name("part")))
    }
    return build.inttoptr(next, name("cell"))
  }

  private func makeByRuntime(_ layout: VirtualLayout, _ fields: [Value]) -> IRValue {
    build.call(
      scope.callee(.makeVirtual),
      [
        context, types.constant32(UInt32(layout.kind.rawValue)), number(of: layout),
        storeRow(fields), types.constant32(UInt32(fields.count)),
      ], name("made"))
  }

  /// The number beside the kind that a cell is made with.
  private func number(of layout: VirtualLayout) -> IRValue {
    switch layout {
    case .option, .cell: types.constant32(0)
    case .closure(let function): types.constant32(function.rawValue)
    case .record(let schema): types.constant32(schema.rawValue)
    case .object(let keys):
      build.trunc(
        build.lshr(
          constantWord(.shape(keys)), types.constant(bits: 32), name("shape.high")),
        to: types.i32, name("shape"))
    }
  }
}

extension VirtualLayout {
  /// Where its cell has the first field.
  fileprivate var fieldsOffset: Int {
    switch self {
    case .option, .cell: CellOffset.content
    case .record, .closure: CellOffset.fields
    case .object: CellOffset.slots
    }
  }
}

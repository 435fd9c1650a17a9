import Bytecode
import LLVM

/// What comes together at a join of one of its edges.
struct MergedEdge {
  var slots: [Value?]
  var virtuals: VirtualObjects
}

/// Which objects stay virtual where ways meet: those that are the same ones, and virtual, on all.
struct VirtualMerge {
  private let edges: [MergedEdge]
  /// Those that frames further out hold.
  private let inherited: [VirtualID]
  /// By slot, the virtual objects that are held behind the join.
  private(set) var keptSlots: [Int: Value] = [:]
  private var kept: Set<VirtualID> = []

  /// - Parameter isAlone: whether there are no other edges.
  init(_ edges: [MergedEdge], inherited: [VirtualID], isAlone: Bool) {
    self.edges = edges
    self.inherited = inherited
    guard isAlone, let first = edges.first else { return }
    kept = Set(
      first.virtuals.identifiers.filter { first.virtuals.object($0) != nil }.filter { identifier in
        edges.allSatisfy {
          $0.virtuals.object(identifier).map(\.layout) == first.virtuals.object(identifier)?.layout
        }
      })
    repeat {
      keptSlots = commonSlots(first)
    } while removeMade()
  }

  /// The slots that hold the same object on all edges.
  private func commonSlots(_ first: MergedEdge) -> [Int: Value] {
    var common: [Int: Value] = [:]
    for (slot, value) in first.slots.enumerated() {
      guard case .virtual(let identifier, _)? = value, kept.contains(identifier),
        edges.allSatisfy({ $0.slots[slot]?.identifier == identifier })
      else { continue }
      common[slot] = value
    }
    return common
  }

  /// Removes the objects that have to be made on an edge.
  ///
  /// - Returns: whether there were any.
  private mutating func removeMade() -> Bool {
    let made = edges.reduce(into: Set<VirtualID>()) { $0.formUnion(needed($1)) }
    let count = kept.count
    kept.subtract(made)
    return kept.count != count
  }

  /// The objects that have to be made on an edge, and all that they lead to.
  private func needed(_ edge: MergedEdge) -> Set<VirtualID> {
    var roots = inherited.filter { !kept.contains($0) }
    for (slot, value) in edge.slots.enumerated() where keptSlots[slot] == nil {
      if let identifier = value?.identifier { roots.append(identifier) }
    }
    for identifier in kept.sorted() {
      guard let object = edge.virtuals.object(identifier) else { continue }
      for (position, field) in object.fields.enumerated() {
        guard let inner = edge.virtuals.resolved(field).identifier,
          !isKept(inner, at: position, of: identifier)
        else { continue }
        roots.append(inner)
      }
    }
    return edge.virtuals.reachable(from: roots)
  }

  /// Whether a field holds the same virtual object on all edges.
  private func isKept(_ inner: VirtualID, at position: Int, of identifier: VirtualID) -> Bool {
    kept.contains(inner)
      && edges.allSatisfy { edge in
        guard let field = edge.virtuals.object(identifier)?.fields[position] else { return false }
        return edge.virtuals.resolved(field).identifier == inner
      }
  }

  /// Makes what does not stay virtual on an edge, in its block; the lowering has its state.
  func makeOthers(on edge: Int, in lowering: FunctionLowering) {
    for identifier in needed(edges[edge]).sorted() { lowering.make(identifier) }
  }

  /// The objects behind the join.
  ///
  /// - Parameters:
  ///   - ends: of each edge, the block it ends in, which is open, and the objects there.
  ///   - block: the block of the join, to which phis can be added.
  func merged(
    in lowering: FunctionLowering, _ ends: [(block: IRBlock, virtuals: VirtualObjects)],
    at block: IRBlock
  ) -> VirtualObjects {
    var merged = VirtualObjects()
    let roots = keptSlots.values.compactMap(\.identifier) + inherited
    let live = edges.first?.virtuals.reachable(from: roots) ?? []
    for identifier in kept.intersection(live).sorted() {
      guard var object = edges.first?.virtuals.object(identifier) else { continue }
      for position in object.fields.indices {
        if let inner = edges.first?.virtuals.resolved(object.fields[position]).identifier,
          isKept(inner, at: position, of: identifier)
        {
          continue
        }
        let values = ends.map { end -> (block: IRBlock, value: Value) in
          guard let field = end.virtuals.object(identifier)?.fields[position] else {
            preconditionFailure("what is kept is virtual on all edges")
          }
          return (end.block, end.virtuals.resolved(field))
        }
        object.fields[position] = lowering.joined(values, at: block)
      }
      merged[identifier] = .virtual(object)
    }
    for identifier in inherited where !kept.contains(identifier) {
      let words = ends.compactMap { end -> (block: IRBlock, value: Value)? in
        guard case .made(let word)? = end.virtuals[identifier] else { return nil }
        return (end.block, .boxed(word, .anything))
      }
      guard words.count == ends.count, !words.isEmpty else {
        preconditionFailure("what frames further out hold is made on all edges")
      }
      guard case .boxed(let word, _) = lowering.joined(words, at: block) else { continue }
      merged[identifier] = .made(word)
    }
    return merged
  }
}

extension Value {
  /// The virtual object that it is.
  var identifier: VirtualID? {
    if case .virtual(let identifier, _) = self { identifier } else { nil }
  }

  /// Whether both are the same machine value in the same form.
  fileprivate func isSame(as other: Value) -> Bool {
    switch (self, other) {
    case (.boxed(let a, let x), .boxed(let b, let y)): a == b && x == y
    case (.integer(let a, let x), .integer(let b, let y)): a == b && x == y
    case (.number(let a, let x), .number(let b, let y)): a == b && x == y
    case (.bool(let a), .bool(let b)): a == b
    case (.boxed, _), (.integer, _), (.number, _), (.bool, _), (.product, _), (.virtual, _): false
    }
  }
}

extension FunctionLowering {
  /// The value of several edges behind a join: a phi at its start, unless all have the same.
  func joined(_ values: [(block: IRBlock, value: Value)], at join: IRBlock) -> Value {
    guard let first = values.first?.value else { preconditionFailure("a join has edges") }
    if values.allSatisfy({ $0.value.isSame(as: first) }) { return first }
    let kinds = values.reduce(into: KindSet()) { $0.formUnion($1.value.kinds) }
    let representation = Representation(kinds)
    let incoming = values.map { block, value in
      build.position(atEndOf: block)
      return (block: block, value: machineValue(value, as: representation))
    }
    build.position(atEndOf: join)
    let phi = build.phi(representation.type(in: types), name("virtual.field"))
    for (block, value) in incoming { build.addIncoming(value, from: block, to: phi) }
    return representation.value(phi)
  }
}

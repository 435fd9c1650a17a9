import Bytecode

/// The identity of an instruction while a function is being edited; jumps name tags, not distances.
public struct Tag: Hashable, Sendable {
  let rawValue: Int
}

/// The operand of an instruction under edit: jumps by tag, constants and names by value, the rest as
/// decoded.
public enum EditableOperand: Hashable, Sendable {
  case plain(Operand)
  case constant(Constant)
  /// The property an instruction names; one that takes its key from the stack is plain.
  case property(Literal)
  case method(Literal, argumentCount: Int)
  case jump(Tag)
  case loop(end: Tag, continueAt: Tag?)
}

/// An instruction that keeps its meaning when others are inserted or deleted around it.
public struct EditableInstruction: Hashable, Sendable {
  public var tag: Tag
  public var opcode: Opcode
  public var operand: EditableOperand

  /// The tags the operand names.
  var targets: [Tag] {
    switch operand {
    case .plain, .constant, .property, .method: []
    case .jump(let tag): [tag]
    case .loop(let end, let continueAt): [end] + (continueAt.map { [$0] } ?? [])
    }
  }

  /// Replaces every target for which the closure gives another.
  mutating func retarget(_ replacement: (Tag) -> Tag) {
    switch operand {
    case .plain, .constant, .property, .method: break
    case .jump(let tag): operand = .jump(replacement(tag))
    case .loop(let end, let continueAt):
      operand = .loop(end: replacement(end), continueAt: continueAt.map(replacement))
    }
  }
}

/// A function whose body is a list of tagged instructions.
public struct EditableFunction: Sendable {
  public var name: String
  public var parameters: [Parameter]
  public var locals: [Slot]
  public var captures: [Capture]
  public var code: [EditableInstruction]

  public var slotCount: Int { parameters.count + locals.count }

  /// The declared kind of a parameter or local, nil if it declares none.
  func kind(of local: LocalIndex) -> SlotKind? {
    local.position < parameters.count
      ? parameters[local.position].kind : locals[local.position - parameters.count].kind
  }

  /// Removes a range of instructions; jumps to them go to the instruction behind the range.
  ///
  /// Does nothing if the range reaches the end, where there is no instruction behind it.
  mutating func remove(_ range: Range<Int>) {
    guard range.upperBound < code.count, !range.isEmpty else { return }
    let removed = Set(code[range].map(\.tag))
    let next = code[range.upperBound].tag
    code.removeSubrange(range)
    for index in code.indices {
      code[index].retarget { removed.contains($0) ? next : $0 }
    }
  }

  /// Inserts instructions before a position; jumps to that position go to the first of them if
  /// `catchingJumps`, else past them.
  mutating func insert(
    _ instructions: [EditableInstruction], at position: Int, catchingJumps: Bool
  ) {
    guard let first = instructions.first else { return }
    if catchingJumps, position < code.count {
      let old = code[position].tag
      let inserted = Set(instructions.map(\.tag))
      for index in code.indices {
        code[index].retarget { $0 == old && !inserted.contains($0) ? first.tag : $0 }
      }
    }
    code.insert(contentsOf: instructions, at: position)
  }
}

import Bytecode
import LLVM

/// Facts that code rests on without testing them.
extension FunctionLowering {
  /// The value of a binding of which something is taken for granted.
  func value(of binding: BindingIndex, _ fact: BindingFact) -> Value {
    let dependency = rest(on: .binding(binding, fact))
    switch fact {
    case .null: return .boxed(types.constant(bits: Word.null.bits), .null)
    case .unit: return .boxed(types.constant(bits: Word.unit.bits), .unit)
    case .bool(let value): return .bool(types.constant(value))
    case .int(let value): return .integer(types.constant(value), value...value)
    case .number(let bits):
      return .number(types.constant(Double(bitPattern: bits)), isCanonical: true)
    case .function(let function):
      let word = types.constant(bits: Word(function: function).bits)
      knownFunctions[word] = KnownFunction(function: function, dependency: dependency)
      return .boxed(word, .function)
    case .closure(let function):
      let word = build.load(types.i64, bindingAddress(binding), name("binding"))
      knownFunctions[word] = KnownFunction(function: function, dependency: dependency)
      return .boxed(word, .closure)
    case .cell(let kind):
      return .boxed(
        build.load(types.i64, bindingAddress(binding), name("binding")), KindSet(kind))
    }
  }
}

extension FunctionLowering {
  /// Takes note of the shape of an object that a guard has found out, if objects keep it.
  func noteShape(_ keys: [Literal], of word: IRValue) {
    guard testsValidity, feedback?[index.position].childless.contains(keys) == true else { return }
    knownShapes[word] = keys
  }

  /// The place of the fact that an object has kept its shape among those that the code rests on from
  /// here on; nil if it is not known to have it.
  func hasKept(_ keys: [Literal], _ word: IRValue) -> Int? {
    guard knownShapes[word] == keys else { return nil }
    return rest(on: .noChildShape(keys))
  }

  /// Whether anything is known, here or where this code goes back to, of shapes that objects keep.
  var knowsShapes: Bool { !knownShapes.isEmpty || caller?.knowsShapes == true }
}

extension FunctionFeedback {
  /// Whether code may come to rest on a fact.
  fileprivate var hasFacts: Bool { !bindings.isEmpty || !childless.isEmpty }
}

extension [FunctionFeedback] {
  /// Whether code of a function, or of those inlined into it, may come to rest on a fact.
  ///
  /// - Complexity: O(instructions of what it calls).
  func mayRestOnFacts(from function: FunctionIndex, in program: Program) -> Bool {
    guard contains(where: \.hasFacts) else { return false }
    var known: Set<FunctionIndex> = [function]
    var pending = [(function: function, depth: 0)]
    while let (function, depth) = pending.popLast() {
      if self[function.position].hasFacts { return true }
      guard depth < Tuning.inlineDepth else { continue }
      for callee in possibleCallees(of: function, in: program)
      where known.insert(callee).inserted {
        pending.insert((callee, depth + 1), at: 0)
      }
    }
    return false
  }

  /// The functions that a function calls, as far as its code and feedback tell.
  private func possibleCallees(
    of function: FunctionIndex, in program: Program
  ) -> [FunctionIndex] {
    var callees: [FunctionIndex] = []
    for instruction in program.body(of: function) {
      if instruction.opcode == .call, case .function(let callee) = instruction.operand {
        callees.append(callee)
      }
    }
    for case .function(let callee) in self[function.position].callees.compactMap({ $0 }).flatMap(
      \.entries)
    {
      callees.append(callee)
    }
    // A method on records is found by its name.
    if self[function.position].methods.contains(where: { $0 != nil }) {
      callees += program.functions.indices.map { FunctionIndex($0) }.filter {
        program[$0].name.contains(".")
      }
    }
    return callees
  }
}

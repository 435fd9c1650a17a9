import LLVM

/// The functions of the runtime for heap values that generated code calls.
///
/// Each takes the context first, unless it needs none, and returns a word or a trap word; one
/// without a result returns unit. `Sources/JIT/Runtime/CompiledEntries+….swift` define them.
enum HeapEntry: CaseIterable, Hashable {
  /// `(context, receiver, key)`
  case get
  /// `(context, receiver, key, value)`
  case set
  /// `(context, receiver, key, cache)`: as `get`, and fills the cache.
  case getNamed
  /// `(context, receiver, key, value, cache)`: as `set`, and fills the cache.
  case setNamed
  /// `(context, receiver, schema, field)`
  case getField
  /// `(context, receiver, value, schema, field)`
  case setField
  /// `(context, words, count)`: keys and values in turn.
  case newObject
  /// `(context, words, count, cache)`: as `newObject`, and fills the cache.
  case newFirstObject
  /// `(context, values, count, header)`: an object like the first one.
  case newShapedObject
  /// `(context, fields, schema)`
  case newRecord
  /// `(context, kind, number, fields, count)`: what was charged before.
  case makeVirtual
  /// `(context, left, right)`
  case mergeObject
  /// `(context, left, right, schema)`
  case mergeRecord
  /// `(context, words, count)`
  case newArray, newTypedArray
  /// `(context, value)`
  case length
  /// `(context, array, value)`
  case push
  /// `(array)`
  case pop
  /// `(context, receiver, start, end)`
  case slice
  /// `(context, start, end, flag)`
  case makeRange
  /// `(context, iterated, index)`
  case iterNext, iterDone
  /// `(context, left, right)`: `Add` of two strings.
  case concatenate
  /// `(context, builtin, count, arguments)`
  case builtin
  /// Functions of C on doubles.
  case ln, exp, log10, sin, cos, tan, asin, acos, atan, hypot

  var symbol: String {
    switch self {
    case .get: "tierproof_get"
    case .set: "tierproof_set"
    case .getNamed: "tierproof_get_named"
    case .setNamed: "tierproof_set_named"
    case .getField: "tierproof_get_field"
    case .setField: "tierproof_set_field"
    case .newObject: "tierproof_new_object"
    case .newFirstObject: "tierproof_new_first_object"
    case .newShapedObject: "tierproof_new_shaped_object"
    case .newRecord: "tierproof_new_record"
    case .makeVirtual: "tierproof_make_virtual"
    case .mergeObject: "tierproof_merge_object"
    case .mergeRecord: "tierproof_merge_record"
    case .newArray: "tierproof_new_array"
    case .newTypedArray: "tierproof_new_typed_array"
    case .length: "tierproof_length"
    case .push: "tierproof_push"
    case .pop: "tierproof_pop"
    case .slice: "tierproof_slice"
    case .makeRange: "tierproof_make_range"
    case .iterNext: "tierproof_iter_next"
    case .iterDone: "tierproof_iter_done"
    case .concatenate: "tierproof_concatenate"
    case .builtin: "tierproof_builtin"
    case .ln: "jit_math_log"
    case .exp: "jit_math_exp"
    case .log10: "jit_math_log10"
    case .sin: "jit_math_sin"
    case .cos: "jit_math_cos"
    case .tan: "jit_math_tan"
    case .asin: "jit_math_asin"
    case .acos: "jit_math_acos"
    case .atan: "jit_math_atan"
    case .hypot: "jit_math_hypot"
    }
  }

  /// Whether it may make a shape that was not there.
  var mayMakeShape: Bool {
    switch self {
    case .set, .setNamed, .newObject, .newFirstObject, .mergeObject, .builtin: true
    case .get, .getNamed, .getField, .setField, .newShapedObject, .newRecord, .makeVirtual,
      .mergeRecord, .newArray, .newTypedArray, .length, .push, .pop, .slice, .makeRange, .iterNext,
      .iterDone,
      .concatenate, .ln, .exp, .log10, .sin, .cos, .tan, .asin, .acos, .atan, .hypot:
      false
    }
  }

  /// What it touches of the memory that compiled code reads and writes.
  var memory: MemoryEffects {
    switch self {
    // Compute, and set nothing but errno.
    case .ln, .exp, .log10, .sin, .cos, .tan, .asin, .acos, .atan, .hypot: .hidden
    case .get, .set, .getNamed, .setNamed, .getField, .setField, .newObject, .newFirstObject,
      .newShapedObject, .newRecord, .makeVirtual, .mergeObject, .mergeRecord, .newArray,
      .newTypedArray, .length,
      .push, .pop, .slice, .makeRange, .iterNext, .iterDone, .concatenate, .builtin:
      .all
    }
  }

  func type(_ types: IRTypes) -> IRType {
    let (word, number, context) = (types.i64, types.double, types.pointer)
    return switch self {
    case .pop: .function([word], returning: word)
    case .length: .function([context, word], returning: word)
    case .get, .mergeObject, .push, .iterNext, .iterDone, .concatenate:
      .function([context, word, word], returning: word)
    case .set, .slice, .makeRange: .function([context, word, word, word], returning: word)
    case .getNamed: .function([context, word, word, types.pointer], returning: word)
    case .setNamed: .function([context, word, word, word, types.pointer], returning: word)
    case .getField: .function([context, word, types.i32, types.i32], returning: word)
    case .setField: .function([context, word, word, types.i32, types.i32], returning: word)
    case .mergeRecord: .function([context, word, word, types.i32], returning: word)
    case .newObject, .newRecord, .newArray, .newTypedArray:
      .function([context, types.pointer, types.i32], returning: word)
    case .makeVirtual:
      .function([context, types.i32, types.i32, types.pointer, types.i32], returning: word)
    case .newFirstObject:
      .function([context, types.pointer, types.i32, types.pointer], returning: word)
    case .newShapedObject: .function([context, types.pointer, types.i32, word], returning: word)
    case .builtin: .function([context, types.i32, types.i32, types.pointer], returning: word)
    case .ln, .exp, .log10, .sin, .cos, .tan, .asin, .acos, .atan:
      .function([number], returning: number)
    case .hypot: .function([number, number], returning: number)
    }
  }
}

extension Opcode {
  /// The table row of the opcode.
  ///
  /// The row decides assembling, printing, coding, verifying, generating and the documentation;
  /// what an instruction *does* is written once in each engine.
  public var facts: OpcodeFacts {
    switch self {
    case .pushConst:
      .init(
        "PushConst", .constant, .stack, .fixed(0), .constant, [],
        "pushes a constant")
    case .pushNull:
      .init(
        "PushNull", .none, .stack, .fixed(0), .kinds(.null), [],
        "pushes null")
    case .pop:
      .init(
        "Pop", .none, .stack, .fixed(1), .none, [],
        "drops the top")
    case .dup:
      .init(
        "Dup", .none, .stack, .fixed(1), .duplicate, [],
        "pushes the top again")
    case .swap:
      .init(
        "Swap", .none, .stack, .fixed(2), .swap, [],
        "exchanges the two topmost values")
    case .loadLocal:
      .init(
        "LoadLocal", .local, .locals, .fixed(0), .local, [],
        "pushes a parameter or local")
    case .loadLocalTrusted:
      .init(
        "LoadLocalTrusted", .local, .locals, .fixed(0), .local, [],
        "LoadLocal of a local verified to be assigned and no cell")
    case .storeLocal:
      .init(
        "StoreLocal", .local, .locals, .fixed(1), .none, .typeError,
        "stores into a parameter or local")
    case .storeLocalTyped:
      .init(
        "StoreLocalTyped", .localWidth, .locals, .fixed(1), .none, .typeError,
        "CastWidth, then StoreLocal")
    case .loadModuleBinding:
      .init(
        "LoadModuleBinding", .binding, .locals, .fixed(0), .binding, [],
        "pushes a module binding")
    case .storeModuleBinding:
      .init(
        "StoreModuleBinding", .binding, .locals, .fixed(1), .none, .typeError,
        "stores into a module binding")
    case .boxLocal:
      .init(
        "BoxLocal", .local, .cells, .fixed(0), .kinds(.cell), [],
        "pushes the shared cell of a local")
    case .boxModuleBinding:
      .init(
        "BoxModuleBinding", .binding, .cells, .fixed(0), .kinds(.cell), [],
        "pushes the shared cell of a binding")
    case .makeClosure:
      .init(
        "MakeClosure", .function, .cells, .captures, .kinds(.closure), .typeError,
        "makes a closure of its captures, pushed in declaration order")
    case .loadClosure:
      .init(
        "LoadClosure", .capture, .cells, .fixed(0), .capture, [],
        "pushes a capture")
    case .storeClosure:
      .init(
        "StoreClosure", .capture, .cells, .fixed(1), .none, .typeError,
        "stores into a mut capture")
    case .makeRef:
      .init(
        "MakeRef", .local, .references, .fixed(0), .kinds(.reference), [],
        "pushes a reference to a local")
    case .derefLoad:
      .init(
        "DerefLoad", .local, .references, .fixed(0), .anything, [],
        "pushes what a reference parameter refers to")
    case .derefStore:
      .init(
        "DerefStore", .local, .references, .fixed(1), .none, .typeError,
        "stores through a reference parameter")
    case .setIndexRef:
      .init(
        "SetIndexRef", .local, .references, .fixed(2), .none,
        [.typeError, .indexOutOfBounds, .unknownMember],
        "index value: stores into the array or object a reference target holds")
    case .addInt:
      .init(
        "AddInt", .none, .arithmetic, .fixed(2), .kinds(.numeric), .typeError,
        "toInt both; exact sum, an int if it fits, else the nearest number")
    case .subInt:
      .init(
        "SubInt", .none, .arithmetic, .fixed(2), .kinds(.numeric), .typeError,
        "toInt both; exact difference, an int if it fits, else the nearest number")
    case .mulInt:
      .init(
        "MulInt", .none, .arithmetic, .fixed(2), .kinds(.numeric), .typeError,
        "toInt both; exact product, an int if it fits, else the nearest number")
    case .divInt:
      .init(
        "DivInt", .none, .arithmetic, .fixed(2), .kinds(.numeric), [.typeError, .divisionByZero],
        "toInt both; exact quotient truncated toward zero")
    case .modInt:
      .init(
        "ModInt", .none, .arithmetic, .fixed(2), .kinds(.numeric), [.typeError, .divisionByZero],
        "toInt both; exact remainder with the sign of the dividend")
    case .powInt:
      .init(
        "PowInt", .none, .arithmetic, .fixed(2), .kinds(.numeric), .typeError,
        "toInt both; exact power if it is an int, else C pow")
    case .addNumber:
      .init(
        "AddNumber", .none, .arithmetic, .fixed(2), .kinds(.number), .typeError,
        "toNumber both; IEEE sum")
    case .subNumber:
      .init(
        "SubNumber", .none, .arithmetic, .fixed(2), .kinds(.number), .typeError,
        "toNumber both; IEEE difference")
    case .mulNumber:
      .init(
        "MulNumber", .none, .arithmetic, .fixed(2), .kinds(.number), .typeError,
        "toNumber both; IEEE product")
    case .divNumber:
      .init(
        "DivNumber", .none, .arithmetic, .fixed(2), .kinds(.number), [.typeError, .divisionByZero],
        "toNumber both; IEEE quotient, a divisor of ±0 traps")
    case .modNumber:
      .init(
        "ModNumber", .none, .arithmetic, .fixed(2), .kinds(.number), [.typeError, .divisionByZero],
        "toNumber both; C fmod, a divisor of ±0 traps")
    case .powNumber:
      .init(
        "PowNumber", .none, .arithmetic, .fixed(2), .kinds(.number), .typeError,
        "toNumber both; C pow")
    case .add:
      .init(
        "Add", .none, .arithmetic, .fixed(2), .kinds([.int, .number, .string]), .typeError,
        "AddInt of two ints, AddNumber if a number is involved, concatenation if a string is")
    case .sub:
      .init(
        "Sub", .none, .arithmetic, .fixed(2), .kinds(.numeric), .typeError,
        "SubInt of two ints, SubNumber if a number is involved")
    case .mul:
      .init(
        "Mul", .none, .arithmetic, .fixed(2), .kinds(.numeric), .typeError,
        "MulInt of two ints, MulNumber if a number is involved")
    case .div:
      .init(
        "Div", .none, .arithmetic, .fixed(2), .kinds(.numeric), [.typeError, .divisionByZero],
        "DivInt of two ints, DivNumber if a number is involved")
    case .mod:
      .init(
        "Mod", .none, .arithmetic, .fixed(2), .kinds(.numeric), [.typeError, .divisionByZero],
        "ModInt of two ints, ModNumber if a number is involved")
    case .pow:
      .init(
        "Pow", .none, .arithmetic, .fixed(2), .kinds(.numeric), .typeError,
        "PowInt of two ints, PowNumber if a number is involved")
    case .neg:
      .init(
        "Neg", .none, .arithmetic, .fixed(1), .kinds(.numeric), .typeError,
        "exact negation of an int, sign flip of a number")
    case .bitAnd:
      .init(
        "BitAnd", .none, .arithmetic, .fixed(2), .kinds(.int), .typeError,
        "bitwise and of ints")
    case .bitOr:
      .init(
        "BitOr", .none, .arithmetic, .fixed(2), .kinds(.int), .typeError,
        "bitwise or of ints")
    case .bitXor:
      .init(
        "BitXor", .none, .arithmetic, .fixed(2), .kinds(.int), .typeError,
        "bitwise exclusive or of ints")
    case .bitNot:
      .init(
        "BitNot", .none, .arithmetic, .fixed(1), .kinds(.int), .typeError,
        "bitwise complement of an int")
    case .bitShl:
      .init(
        "BitShl", .none, .arithmetic, .fixed(2), .kinds(.numeric), .typeError,
        "64-bit shift left by count & 63, an int if it fits, else the nearest number")
    case .bitShr:
      .init(
        "BitShr", .none, .arithmetic, .fixed(2), .kinds(.int), .typeError,
        "arithmetic shift right by count & 63")
    case .addTyped:
      .init(
        "AddTyped", .width, .arithmetic, .fixed(2), .typedArithmetic, .typeError,
        "sum of operands wrapped to a width, wrapped again")
    case .subTyped:
      .init(
        "SubTyped", .width, .arithmetic, .fixed(2), .typedArithmetic, .typeError,
        "difference of operands wrapped to a width, wrapped again")
    case .mulTyped:
      .init(
        "MulTyped", .width, .arithmetic, .fixed(2), .typedArithmetic, .typeError,
        "product of operands wrapped to a width, wrapped again")
    case .divTyped:
      .init(
        "DivTyped", .width, .arithmetic, .fixed(2), .typedArithmetic,
        [.typeError, .divisionByZero],
        "quotient of operands wrapped to a width, wrapped again")
    case .modTyped:
      .init(
        "ModTyped", .width, .arithmetic, .fixed(2), .typedArithmetic,
        [.typeError, .divisionByZero],
        "remainder of operands wrapped to a width, wrapped again")
    case .cmpTyped:
      .init(
        "CmpTyped", .width, .comparison, .fixed(2), .typedComparison, .typeError,
        "−1, 0 or 1 of operands wrapped to a width; null if unordered")
    case .castWidth:
      .init(
        "CastWidth", .width, .arithmetic, .fixed(1), .typedArithmetic, .typeError,
        "an int or number truncated, saturated and wrapped to a width")
    case .intToNumber:
      .init(
        "IntToNumber", .none, .arithmetic, .fixed(1), .kinds(.number), .typeError,
        "toNumber")
    case .numberToInt:
      .init(
        "NumberToInt", .none, .arithmetic, .fixed(1), .kinds(.int), .typeError,
        "truncated toward zero, NaN as 0, saturated to the int range")
    case .addIntTrusted:
      .init(
        "AddIntTrusted", .none, .arithmetic, .fixed(2), .kinds(.numeric), [],
        "AddInt of two proved ints")
    case .subIntTrusted:
      .init(
        "SubIntTrusted", .none, .arithmetic, .fixed(2), .kinds(.numeric), [],
        "SubInt of two proved ints")
    case .mulIntTrusted:
      .init(
        "MulIntTrusted", .none, .arithmetic, .fixed(2), .kinds(.numeric), [],
        "MulInt of two proved ints")
    case .divIntTrusted:
      .init(
        "DivIntTrusted", .none, .arithmetic, .fixed(2), .kinds(.numeric), .divisionByZero,
        "DivInt of two proved ints")
    case .addNumberTrusted:
      .init(
        "AddNumberTrusted", .none, .arithmetic, .fixed(2), .kinds(.number), [],
        "AddNumber of two proved numbers")
    case .subNumberTrusted:
      .init(
        "SubNumberTrusted", .none, .arithmetic, .fixed(2), .kinds(.number), [],
        "SubNumber of two proved numbers")
    case .mulNumberTrusted:
      .init(
        "MulNumberTrusted", .none, .arithmetic, .fixed(2), .kinds(.number), [],
        "MulNumber of two proved numbers")
    case .divNumberTrusted:
      .init(
        "DivNumberTrusted", .none, .arithmetic, .fixed(2), .kinds(.number), .divisionByZero,
        "DivNumber of two proved numbers")
    case .gtInt:
      .init(
        "GtInt", .none, .comparison, .fixed(2), .kinds(.bool), .typeError,
        "toInt both; greater")
    case .ltInt:
      .init(
        "LtInt", .none, .comparison, .fixed(2), .kinds(.bool), .typeError,
        "toInt both; less")
    case .gteInt:
      .init(
        "GteInt", .none, .comparison, .fixed(2), .kinds(.bool), .typeError,
        "toInt both; greater or equal")
    case .lteInt:
      .init(
        "LteInt", .none, .comparison, .fixed(2), .kinds(.bool), .typeError,
        "toInt both; less or equal")
    case .eqInt:
      .init(
        "EqInt", .none, .comparison, .fixed(2), .kinds(.bool), .typeError,
        "toInt both; equal")
    case .neqInt:
      .init(
        "NeqInt", .none, .comparison, .fixed(2), .kinds(.bool), .typeError,
        "toInt both; not equal")
    case .gtNumber:
      .init(
        "GtNumber", .none, .comparison, .fixed(2), .kinds(.bool), .typeError,
        "toNumber both; greater")
    case .ltNumber:
      .init(
        "LtNumber", .none, .comparison, .fixed(2), .kinds(.bool), .typeError,
        "toNumber both; less")
    case .gteNumber:
      .init(
        "GteNumber", .none, .comparison, .fixed(2), .kinds(.bool), .typeError,
        "toNumber both; greater or equal")
    case .lteNumber:
      .init(
        "LteNumber", .none, .comparison, .fixed(2), .kinds(.bool), .typeError,
        "toNumber both; less or equal")
    case .eqNumber:
      .init(
        "EqNumber", .none, .comparison, .fixed(2), .kinds(.bool), .typeError,
        "toNumber both; equal")
    case .neqNumber:
      .init(
        "NeqNumber", .none, .comparison, .fixed(2), .kinds(.bool), .typeError,
        "toNumber both; not equal")
    case .gt:
      .init(
        "Gt", .none, .comparison, .fixed(2), .kinds(.bool), .typeError,
        "greater; numeric across int and number, strings by bytes")
    case .lt:
      .init(
        "Lt", .none, .comparison, .fixed(2), .kinds(.bool), .typeError,
        "less; numeric across int and number, strings by bytes")
    case .gte:
      .init(
        "Gte", .none, .comparison, .fixed(2), .kinds(.bool), .typeError,
        "greater or equal; numeric across int and number, strings by bytes")
    case .lte:
      .init(
        "Lte", .none, .comparison, .fixed(2), .kinds(.bool), .typeError,
        "less or equal; numeric across int and number, strings by bytes")
    case .eq:
      .init(
        "Eq", .none, .comparison, .fixed(2), .kinds(.bool), [],
        "equal; never traps, different kinds are unequal")
    case .neq:
      .init(
        "Neq", .none, .comparison, .fixed(2), .kinds(.bool), [],
        "not equal; never traps, different kinds are unequal")
    case .gtIntTrusted:
      .init(
        "GtIntTrusted", .none, .comparison, .fixed(2), .kinds(.bool), [],
        "GtInt of two proved ints")
    case .ltIntTrusted:
      .init(
        "LtIntTrusted", .none, .comparison, .fixed(2), .kinds(.bool), [],
        "LtInt of two proved ints")
    case .gteIntTrusted:
      .init(
        "GteIntTrusted", .none, .comparison, .fixed(2), .kinds(.bool), [],
        "GteInt of two proved ints")
    case .lteIntTrusted:
      .init(
        "LteIntTrusted", .none, .comparison, .fixed(2), .kinds(.bool), [],
        "LteInt of two proved ints")
    case .gtNumberTrusted:
      .init(
        "GtNumberTrusted", .none, .comparison, .fixed(2), .kinds(.bool), [],
        "GtNumber of two proved numbers")
    case .ltNumberTrusted:
      .init(
        "LtNumberTrusted", .none, .comparison, .fixed(2), .kinds(.bool), [],
        "LtNumber of two proved numbers")
    case .gteNumberTrusted:
      .init(
        "GteNumberTrusted", .none, .comparison, .fixed(2), .kinds(.bool), [],
        "GteNumber of two proved numbers")
    case .lteNumberTrusted:
      .init(
        "LteNumberTrusted", .none, .comparison, .fixed(2), .kinds(.bool), [],
        "LteNumber of two proved numbers")
    case .and:
      .init(
        "And", .none, .logic, .fixed(2), .kinds(.bool), [],
        "truthiness of both")
    case .or:
      .init(
        "Or", .none, .logic, .fixed(2), .kinds(.bool), [],
        "truthiness of either")
    case .not:
      .init(
        "Not", .none, .logic, .fixed(1), .kinds(.bool), [],
        "false if truthy")
    case .nullCoalesce:
      .init(
        "NullCoalesce", .none, .logic, .fixed(2), .nullCoalesce, [],
        "the left operand unless it is null")
    case .jump:
      .init(
        "Jump", .jump, .control, .fixed(0), .none, [],
        "goes to the target")
    case .jumpIfFalse:
      .init(
        "JumpIfFalse", .jump, .control, .fixed(1), .none, [],
        "goes to the target unless truthy")
    case .jumpIfTrue:
      .init(
        "JumpIfTrue", .jump, .control, .fixed(1), .none, [],
        "goes to the target if truthy")
    case .jumpIfFalseTrusted:
      .init(
        "JumpIfFalseTrusted", .jump, .control, .fixed(1), .none, [],
        "JumpIfFalse of a proved bool")
    case .loopStart:
      .init(
        "LoopStart", .loop, .control, .fixed(0), .none, [],
        "opens a loop; does nothing when run")
    case .loopEnd:
      .init(
        "LoopEnd", .none, .control, .fixed(0), .none, [],
        "closes a loop; does nothing when run")
    case .break:
      .init(
        "Break", .none, .control, .fixed(0), .none, [],
        "goes behind the LoopEnd of the innermost enclosing loop")
    case .continue:
      .init(
        "Continue", .none, .control, .fixed(0), .none, [],
        "goes to the continue target of the innermost enclosing loop")
    case .nop:
      .init(
        "Nop", .none, .control, .fixed(0), .none, [],
        "does nothing")
    case .debug:
      .init(
        "Debug", .none, .control, .fixed(0), .none, [],
        "does nothing; compiled tiers decline its function")
    case .call:
      .init(
        "Call", .function, .calls, .parameters, .anything, [.typeError, .stackOverflow],
        "calls a function with its declared parameters")
    case .callForeign:
      .init(
        "CallForeign", .foreign, .calls, .foreignParameters, .anything, .all,
        "calls a foreign function")
    case .callValue:
      .init(
        "CallValue", .count, .calls, .count(plus: 1), .anything,
        [.typeError, .arityMismatch, .stackOverflow],
        "calls the function or closure below its arguments")
    case .callMethod:
      .init(
        "CallMethod", .method, .calls, .count(plus: 1), .anything, .all,
        "calls a method of the receiver below its arguments")
    case .builtinCall:
      .init(
        "BuiltinCall", .builtin, .calls, .count(plus: 0), .anything, .all,
        "calls a builtin")
    case .return:
      .init(
        "Return", .none, .control, .fixed(0), .none, [],
        "leaves the function with unit")
    case .returnValue:
      .init(
        "ReturnValue", .none, .control, .fixed(1), .none, [],
        "leaves the function with the top")
    case .halt:
      .init(
        "Halt", .none, .control, .fixed(0), .none, [],
        "ends the program with the top, or unit on an empty stack")
    case .newArray:
      .init(
        "NewArray", .count, .arrays, .count(plus: 0), .kinds(.array), [],
        "makes an array of n values")
    case .newTypedArray:
      .init(
        "NewTypedArray", .count, .arrays, .count(plus: 0), .kinds(.arrays), [],
        "makes the packed array that fits n values, else an array")
    case .newObject:
      .init(
        "NewObject", .count, .objects, .pairs, .kinds(.object), .typeError,
        "makes an object of n keys and values")
    case .newTypedObject:
      .init(
        "NewTypedObject", .schema, .objects, .fields, .kinds(.record), .typeError,
        "makes a record of its field values in schema order")
    case .mergeObject:
      .init(
        "MergeObject", .none, .objects, .fixed(2), .kinds(.object), .typeError,
        "new object with the keys of both, values of the right winning")
    case .typedMergeObject:
      .init(
        "TypedMergeObject", .schema, .objects, .fixed(2), .kinds(.record), .typeError,
        "new record, each field from the right, else the left, else null")
    case .getProp:
      .init(
        "GetProp", .property, .objects, .property(below: 1), .anything,
        [.typeError, .indexOutOfBounds, .unknownMember],
        "reads a property or element")
    case .setProp:
      .init(
        "SetProp", .property, .objects, .property(below: 2), .receiver,
        [.typeError, .indexOutOfBounds, .unknownMember],
        "stores a property or element; gives the receiver")
    case .getFieldTyped:
      .init(
        "GetFieldTyped", .field, .objects, .fixed(1), .anything, .typeError,
        "reads a field of a record")
    case .setFieldTyped:
      .init(
        "SetFieldTyped", .field, .objects, .fixed(2), .receiver, [.typeError, .unknownMember],
        "stores a field of a record; gives the record")
    case .length:
      .init(
        "Length", .none, .arrays, .fixed(1), .kinds(.int), .typeError,
        "length of a string, array, object, map or range")
    case .arrayPush:
      .init(
        "ArrayPush", .none, .arrays, .fixed(2), .receiver, .typeError,
        "appends a value; gives the array")
    case .arrayPushLocal:
      .init(
        "ArrayPushLocal", .local, .arrays, .fixed(1), .none, .typeError,
        "appends to the array a local holds")
    case .arrayPop:
      .init(
        "ArrayPop", .none, .arrays, .fixed(1), .anything, .typeError,
        "removes and gives the last element, null if empty")
    case .setLocalIndex:
      .init(
        "SetLocalIndex", .local, .arrays, .fixed(2), .none,
        [.typeError, .indexOutOfBounds, .unknownMember],
        "index value: stores into the array or object a local holds")
    case .setModuleBindingIndex:
      .init(
        "SetModuleBindingIndex", .binding, .arrays, .fixed(2), .none,
        [.typeError, .indexOutOfBounds, .unknownMember],
        "index value: stores into the array or object a binding holds")
    case .sliceAccess:
      .init(
        "SliceAccess", .none, .arrays, .fixed(3), .anything, .typeError,
        "a start end: the slice of an array or string")
    case .makeRange:
      .init(
        "MakeRange", .none, .arrays, .fixed(3), .kinds(.range), .typeError,
        "start end inclusive: a range of ints")
    case .iterNext:
      .init(
        "IterNext", .none, .arrays, .fixed(2), .anything, .typeError,
        "it index: the element at an index, null past the end")
    case .iterDone:
      .init(
        "IterDone", .none, .arrays, .fixed(2), .kinds(.bool), .typeError,
        "it index: whether the index is past the end")
    case .setupTry:
      .init(
        "SetupTry", .jump, .exceptions, .fixed(0), .none, [],
        "pushes a handler at the target")
    case .popHandler:
      .init(
        "PopHandler", .none, .exceptions, .fixed(0), .none, [],
        "drops the top handler")
    case .throw:
      .init(
        "Throw", .none, .exceptions, .fixed(1), .none, .thrown,
        "raises Thrown with the top as payload")
    case .isOk:
      .init(
        "IsOk", .none, .exceptions, .fixed(1), .kinds(.bool), [],
        "whether the value is ok(x)")
    case .isErr:
      .init(
        "IsErr", .none, .exceptions, .fixed(1), .kinds(.bool), [],
        "whether the value is err(x)")
    case .unwrapOk:
      .init(
        "UnwrapOk", .none, .exceptions, .fixed(1), .anything, .unwrapFailed,
        "x of ok(x)")
    case .unwrapErr:
      .init(
        "UnwrapErr", .none, .exceptions, .fixed(1), .anything, .unwrapFailed,
        "x of err(x)")
    case .unwrapOption:
      .init(
        "UnwrapOption", .none, .exceptions, .fixed(1), .anything, .unwrapFailed,
        "x of some(x); null traps; other values unchanged")
    case .tryUnwrap:
      .init(
        "TryUnwrap", .none, .exceptions, .fixed(1), .anything, [],
        "x of ok(x) or some(x); err and null return from the function")
    }
  }
}

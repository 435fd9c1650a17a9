import LLVM

/// Makes the code of one thunk `(context, function, frame)`.
///
/// Values are named by the number of the argument they belong to, those of the result by the number
/// behind the last.
struct ForeignThunkLowering: ~Copyable {
  private let convention: ForeignConvention
  private let scope: ModuleScope
  private let build: InstructionBuilder

  private var types: IRTypes { scope.types }

  init(_ convention: ForeignConvention, _ scope: ModuleScope) {
    self.convention = convention
    self.scope = scope
    build = InstructionBuilder(in: scope.context)
  }

  /// Adds the thunk of a number to the module.
  borrowing func lower(_ number: Int) -> IRFunction {
    let pointer = types.pointer
    let type = IRType.function([pointer, pointer, pointer], returning: types.void)
    let (thunk, start) = scope.withModule { module in
      let thunk = module.addFunction(named: "foreign.\(number)", type: type, linkage: .internal)
      return (thunk, module.appendBlock(ValueName(0, "entry"), to: thunk))
    }
    build.position(atEndOf: start)
    let frame = thunk.parameter(2)
    var arguments: [CallArgument] = []
    if case .memory(let byteCount) = convention.result {
      arguments.append(
        .structureResult(
          address(convention.resultOffset, frame, resultName("foreign.result.address")),
          as: words(byteCount), alignment: 8))
    }
    for (position, argument) in convention.arguments.enumerated() {
      arguments.append(lower(argument, position, frame))
    }
    let result = build.call(
      at: thunk.parameter(1), arguments, returning: resultType, resultName("foreign.result"))
    storeResult(result, frame)
    build.ret()
    return thunk
  }

  private borrowing func resultName(_ role: StaticString) -> ValueName {
    ValueName(convention.arguments.count, role)
  }

  private borrowing func address(
    _ offset: Int, _ frame: IRValue, _ name: ValueName
  ) -> IRValue {
    build.offset(frame, by: offset, name)
  }

  /// A struct in memory, with the rest of its last word: the frame has that too, as zeros.
  private borrowing func words(_ byteCount: Int) -> IRType {
    types.i64.array(count: (byteCount + 7) / 8)
  }
}

// MARK: - Arguments

extension ForeignThunkLowering {
  private borrowing func lower(
    _ argument: ForeignConvention.Argument, _ position: Int, _ frame: IRValue
  ) -> CallArgument {
    switch argument {
    case .scalar(let scalar, let offset):
      let name = ValueName(position, "foreign.scalar")
      let value = load(type(of: scalar), offset, position, name, frame)
      switch scalar {
      case .i8, .i16, .i32: return .signExtended(value)
      case .u8, .u16, .u32, .bool: return .zeroExtended(value)
      case .i64, .u64, .f32, .f64, .pointer: return .direct(value)
      }
    case .eightbyte(let eightbyte, let offset):
      // An integer one whole, whatever is padding in it: that is zero in the frame.
      let name: ValueName =
        eightbyte.isInteger
        ? ValueName(position, "foreign.integer") : ValueName(position, "foreign.vector")
      return .direct(load(type(of: eightbyte, byteCount: 8), offset, position, name, frame))
    case .stack(let byteCount, let offset):
      return .copied(
        address(offset, frame, ValueName(position, "foreign.stack")), as: words(byteCount),
        alignment: 8)
    }
  }

  private borrowing func load(
    _ type: IRType, _ offset: Int, _ position: Int, _ name: ValueName, _ frame: IRValue
  ) -> IRValue {
    build.load(type, address(offset, frame, ValueName(position, "foreign.address")), name)
  }

  private borrowing func type(of scalar: ForeignScalar) -> IRType {
    switch scalar {
    case .i8, .u8, .bool: types.i8
    case .i16, .u16: types.i16
    case .i32, .u32: types.i32
    case .i64, .u64: types.i64
    case .f32: types.float
    case .f64: types.double
    case .pointer: types.pointer
    }
  }

  /// - Parameter byteCount: how many of the eight bytes are the struct's.
  private borrowing func type(of eightbyte: Eightbyte, byteCount: Int) -> IRType {
    switch eightbyte {
    case .integer: .integer(bits: 8 * byteCount, in: scope.context)
    case .double: types.double
    case .float: types.float
    case .floatPair: types.float.vector(count: 2)
    }
  }
}

// MARK: - The result

extension ForeignThunkLowering {
  private var resultType: IRType {
    switch convention.result {
    case .scalar(let scalar): return type(of: scalar)
    case .registers(let classes, let byteCount):
      let members = classes.enumerated().map { position, eightbyte in
        type(of: eightbyte, byteCount: min(8, byteCount - 8 * position))
      }
      return members.count == 1 ? members[0] : .structure(members, in: scope.context)
    case .memory: return types.void
    }
  }

  private borrowing func storeResult(_ result: IRValue, _ frame: IRValue) {
    let offset = convention.resultOffset
    switch convention.result {
    case .scalar(let scalar):
      build.store(
        widened(result, scalar), address(offset, frame, resultName("foreign.result.address")))
    case .registers(let classes, _):
      for position in classes.indices {
        let member =
          classes.count == 1
          ? result : build.extractvalue(result, position, resultName("foreign.member"))
        build.store(
          member, address(offset + 8 * position, frame, resultName("foreign.result.address")))
      }
    case .memory: break
    }
  }

  /// An integer as a whole word, as libffi has it.
  ///
  /// Nothing is said of what is above a narrow result where it comes from: compilers differ in what
  /// they leave there.
  private borrowing func widened(_ result: IRValue, _ scalar: ForeignScalar) -> IRValue {
    switch scalar {
    case .i8, .i16, .i32:
      build.sext(result, to: types.i64, resultName("foreign.extended"))
    case .u8, .u16, .u32, .bool:
      build.zext(result, to: types.i64, resultName("foreign.extended"))
    case .i64, .u64, .f32, .f64, .pointer: result
    }
  }
}

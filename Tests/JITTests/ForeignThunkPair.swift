import Bytecode
import CRuntime
import Testing

@testable import JIT

/// A run in which a test makes the same foreign calls through libffi and as compiled code does.
struct ForeignPair {
  let run: ForeignRun
  private let types: ForeignTypes

  init() throws {
    run = try ForeignRun(ForeignPair.callbacks)
    let program = run.program.program
    types = ForeignTypes(program)
    let all = program.foreignFunctions.indices.map { ForeignIndex($0) }
    run.state.foreign.thunks = try ForeignThunks.compile(
      all, of: program, options: CompileOptions())
  }

  /// Functions for every callback type: by the number of their parameters, one that gives its last
  /// argument, one that gives zero and one that gives true.
  private static let callbacks: String = {
    let arities = (0...21).map { count in
      let parameters = (0..<count).map { "p\($0)" }.joined(separator: ", ")
      let last = count == 0 ? "PushConst 41" : "LoadLocal p\(count - 1)"
      return """

        func last\(count)(\(parameters)) {
            \(last)
            ReturnValue
        }

        func zero\(count)(\(parameters)) {
            PushConst 0
            ReturnValue
        }

        func true\(count)(\(parameters)) {
            PushConst true
            ReturnValue
        }

        """
    }
    return arities.joined() + """

      func nest(n) {
          LoadLocal n
          JumpIfFalse bottom
          PushConst @nest
          LoadLocal n
          PushConst 1
          Sub
          CallForeign call_i32
          ReturnValue
      bottom:
          PushConst 1
          PushConst 0
          DivInt
          ReturnValue
      }

      """
  }()

  func begin() throws {
    try run.state.begin(RunRequest(entry: run.site.function, recordsEvents: true))
    run.state.context.pointee.native_stack_top = UInt64(jit_stack_position()) + 4096
  }

  /// Calls a function as compiled code does, arguments on the native stack.
  func call(_ name: String, _ arguments: [Word]) throws -> Word {
    let functions = run.program.program.foreignFunctions
    guard let position = functions.firstIndex(where: { $0.name == name }) else {
      throw MissingFunction(name: name)
    }
    return withUnsafeTemporaryAllocation(of: UInt64.self, capacity: arguments.count + 1) { words in
      for (index, argument) in arguments.enumerated() {
        words.initializeElement(at: index, to: argument.bits)
      }
      guard let start = words.baseAddress else { preconditionFailure("there is room for a word") }
      return run.state.callForeignFromCompiledCode(
        ForeignIndex(position), UnsafePointer(start), at: run.site)
    }
  }

  /// A run that makes one call with arguments drawn from a seed.
  func outcome(_ position: Int, seed: UInt64, isCompiled: Bool) throws -> Outcome {
    try begin()
    let function = run.program.program.foreignFunctions[position]
    var random = SeededGenerator(seed: seed)
    let hasCallback = function.parameters.contains {
      if case .callback = $0 { true } else { false }
    }
    let arguments = try function.parameters.map {
      try argument($0, hasCallback: hasCallback, &random)
    }
    let result =
      isCompiled ? try call(function.name, arguments) : try run.call(function.name, arguments)
    return try run.finish(result)
  }
}

// MARK: - Arguments

extension ForeignPair {
  /// - Parameter hasCallback: counts are small then, for they may be of calls.
  private func argument(
    _ type: ForeignType, hasCallback: Bool, _ random: inout SeededGenerator
  ) throws -> Word {
    switch type {
    case .i8, .i16, .i32, .i64, .u8, .u16, .u32, .u64, .f32, .f64, .bool, .pointer:
      return hasCallback && type.scalar.byteCount < 4 && type != .bool
        ? int(Int64(random.next() % 6)) : scalar(type.scalar, &random)
    case .cString:
      let texts = ["", "a", "\u{fc}x", "\u{1F600}", String(repeating: "long ", count: 100)]
      let text = texts[Int(random.next() % UInt64(texts.count))]
      return run.state.heap.makeString(Literal(text))
    case .structure(let schema):
      return try record(types.structure(schema), &random)
    case .callback(let parameters, let result):
      let stem =
        result == .bool
        ? "true" : parameters.last == .bool || random.next() % 4 == 0 ? "zero" : "last"
      return try run.function("\(stem)\(parameters.count)")
    }
  }

  private func record(
    _ structure: ForeignStructure, _ random: inout SeededGenerator
  ) throws -> Word {
    let heap = run.state.heap
    let outermost = heap.makeRecord(structure.schema, fieldCount: structure.fieldCount)
    var open = [outermost]
    for step in structure.steps {
      let record = open[open.count - 1]
      switch step {
      case .scalar(let type, let field, _):
        let word = scalar(type, &random)
        // The kind of a field of an integer type is int.
        record.fields[field] =
          type == .i64 || type == .u64 ? word.isInt ? word : int(7) : word
      case .enter(let schema, let fieldCount, let field):
        let inner = heap.makeRecord(schema, fieldCount: fieldCount)
        record.fields[field] = inner
        open.append(inner)
      case .leave: open.removeLast()
      }
    }
    return outermost
  }

  private func scalar(_ scalar: ForeignScalar, _ random: inout SeededGenerator) -> Word {
    let bits = random.next()
    let isEdge = random.next() % 3 == 0
    func integer(_ range: ClosedRange<Int64>) -> Word {
      let edges = [range.lowerBound, range.upperBound, 0, 1, range.lowerBound / 2]
      return isEdge
        ? int(edges[Int(bits % UInt64(edges.count))]) : int(Int64.random(in: range, using: &random))
    }
    func real(_ edges: [Double], _ other: Double) -> Word {
      number(isEdge ? edges[Int(bits % UInt64(edges.count))] : other)
    }
    switch scalar {
    case .i8: return integer(-0x80...0x7F)
    case .i16: return integer(-0x8000...0x7FFF)
    case .i32: return integer(-0x8000_0000...0x7FFF_FFFF)
    case .i64: return bits % 8 == 0 ? number(0x1p62) : integer(IntRange.minimum...IntRange.maximum)
    case .u8: return integer(0...0xFF)
    case .u16: return integer(0...0xFFFF)
    case .u32: return integer(0...0xFFFF_FFFF)
    case .u64: return bits % 8 == 0 ? number(0x1p63) : integer(0...IntRange.maximum)
    case .f32:
      return real(
        [0, -0.0, .infinity, .nan, 0x1p-149, 0x1.fffffep127, 1e300],
        Double(Float(bitPattern: UInt32(truncatingIfNeeded: bits & 0xBFFF_FFFF))))
    case .f64:
      return real(
        [0, -0.0, -.infinity, .nan, .leastNonzeroMagnitude, .greatestFiniteMagnitude],
        Double(bitPattern: bits & ~(1 << 62)))
    case .bool: return Word(bool: bits % 2 == 0)
    case .pointer: return bits % 8 == 0 ? .null : integer(0...IntRange.maximum)
    }
  }
}

import Bytecode
import CRuntime
import Testing

@testable import JIT

/// A run between `begin` and `finish`, whose functions are compiled or not, for tests that call what
/// compiled code calls.
private final class CallFixture {
  static let source = """
    func double(x: int) {
      LoadLocal x
      PushConst 2
      MulInt
      ReturnValue
    }
    func isOdd(x, i) {
      LoadLocal x
      PushConst 2
      ModInt
      PushConst 1
      EqInt
      ReturnValue
    }
    func sum(a, x, i) {
      LoadLocal a
      LoadLocal x
      Add
      LoadLocal i
      Add
      ReturnValue
    }
    func nothing() {
      Return
    }
    func quotient(x, y) {
      LoadLocal x
      LoadLocal y
      DivInt
      ReturnValue
    }
    func second(x, y) {
      LoadLocal y
      ReturnValue
    }
    main() {
      Halt
    }

    """

  let heap: HeapFixture
  var context: UnsafeMutablePointer<JITContext> { heap.state.context }
  private let compiled: CompiledUnit?

  init(isCompiled: Bool, source: String = CallFixture.source) throws {
    heap = try HeapFixture(source: source, recordsEvents: true)
    compiled =
      isCompiled
      ? try UnitCompiler().compileProgram(try verified(source)) : nil
    if let compiled { heap.state.install(compiled) }
  }

  /// Values in the form of results, and functions as `@name`.
  func operands(_ texts: [String]) throws -> [Word] {
    try texts.map { text in
      guard text.first == "@" else { return try heap.value(text) }
      let name = String(text.dropFirst())
      guard let index = heap.program.functions.firstIndex(where: { $0.name == name }) else {
        throw MissingFunction(name: name)
      }
      return Word(function: FunctionIndex(index))
    }
  }

  /// Calls an entry with operands in a row and one more word behind them.
  ///
  /// - Returns: the value, `traps NAME`, `exits NAME`, or `raised`.
  func call(
    _ texts: [String],
    _ entry: (UnsafeMutablePointer<JITContext>, UnsafeMutablePointer<UInt64>) -> UInt64
  ) throws -> String {
    var words = try operands(texts).map(\.bits) + [Word.null.bits]
    let bits = words.withUnsafeMutableBufferPointer { buffer in
      heap.run { buffer.baseAddress.map { entry(context, $0) } ?? 0 }
    }
    if bits == Word.sentinel.bits { return "raised" }
    guard bits >= TrapWord.first else {
      heap.state.heap.pinned.append(Word(bits: bits))
      return heap.show(Word(bits: bits))
    }
    switch bits & 0xFF {
    case RaiseWord.outOfFuel: return "exits outOfFuel"
    case RaiseWord.outOfMemory: return "exits outOfMemory"
    case let number: return "traps \(TrapKind(rawValue: UInt8(number))?.name ?? "?")"
    }
  }

  func callValue(_ texts: String...) throws -> String {
    try call(texts) { runCallValue($0, UInt32(texts.count - 1), $1) }
  }

  func callMethod(_ name: String, _ texts: String...) throws -> String {
    let position = try #require(heap.program.strings.firstIndex { $0.string == name })
    let method = MethodName(StringIndex(position), Builtin.named(name))
    return try call(texts) {
      runCallMethod($0, UInt32(texts.count - 1), method.bits, $1, nil)
    }
  }

  func walk(_ name: String, _ texts: String...) throws -> String {
    let builtin = try #require(Builtin.named(name))
    return try call(texts) { runWalk($0, UInt32(builtin.rawValue), $1, nil) }
  }
}

@Suite struct `Calls of compiled code through the runtime` {
  @Test(arguments: [false, true])
  func `call values`(isCompiled: Bool) throws {
    let fixture = try CallFixture(isCompiled: isCompiled)
    let (fuel, frames) = (fixture.context.pointee.fuel, fixture.context.pointee.frames_left)
    #expect(try fixture.callValue("@double", "21") == "42")
    #expect(try fixture.callValue("@sum", "1", "2", "3") == "6")
    #expect(try fixture.callValue("@nothing") == "unit")
    #expect(try fixture.callValue("@second", "[1]", "\"x\"") == "\"x\"")
    #expect(fixture.context.pointee.fuel == fuel - 4)
    #expect(fixture.context.pointee.frames_left == frames)
    #expect(fixture.heap.state.events.isEmpty)
  }

  @Test(arguments: [false, true])
  func `check in the order of the page`(isCompiled: Bool) throws {
    let fixture = try CallFixture(isCompiled: isCompiled)
    let context = fixture.context
    let frames = context.pointee.frames_left
    context.pointee.fuel = 0
    context.pointee.heap_charged = 1
    fixture.heap.state.heapLimit = 0
    context.pointee.heap_limit = 0
    context.pointee.frames_left = 0
    #expect(try fixture.callValue("5", "1") == "traps TypeError")
    #expect(try fixture.callValue("@double") == "traps ArityMismatch")
    #expect(try fixture.callValue("@double", "1.0", "2") == "traps ArityMismatch")
    #expect(try fixture.callValue("@double", "1.0") == "traps TypeError")
    #expect(try fixture.callValue("@double", "1") == "traps StackOverflow")
    context.pointee.frames_left = frames
    #expect(try fixture.callValue("@double", "1") == "exits outOfMemory")
    context.pointee.heap_charged = 0
    #expect(try fixture.callValue("@double", "1") == "exits outOfFuel")
    context.pointee.fuel = 1
    #expect(try fixture.callValue("@double", "1") == "2")
    #expect(context.pointee.fuel == 0)
    #expect(context.pointee.frames_left == frames)
  }

  @Test(arguments: [false, true])
  func `tell a raise of the callee from one at the call`(isCompiled: Bool) throws {
    let fixture = try CallFixture(isCompiled: isCompiled)
    let context = fixture.context
    let (stackTop, callsTop) = (fixture.heap.state.stackTop, fixture.heap.state.callsTop)
    #expect(try fixture.callValue("@quotient", "1", "0") == "raised")
    #expect(context.pointee.status == UInt32(JIT_STATUS_TRAPPED))
    #expect(context.pointee.trap_kind == UInt32(TrapKind.divisionByZero.rawValue))
    #expect(context.pointee.raise_function == 4)
    #expect(context.pointee.raise_offset == 2)
    #expect(context.pointee.raise_depth == 2)
    // A handler in compiled code may go on from here.
    #expect(fixture.heap.state.stackTop == stackTop)
    #expect(fixture.heap.state.callsTop == callsTop)
  }
}

@Suite struct `Walks of compiled code` {
  @Test(arguments: [false, true])
  func `give`(isCompiled: Bool) throws {
    let fixture = try CallFixture(isCompiled: isCompiled)
    let frames = fixture.context.pointee.frames_left
    let array = "IntArray [3, 4, 5]"
    #expect(try fixture.walk("map", array, "@double") == "[6, 8, 10]")
    #expect(try fixture.walk("filter", array, "@isOdd") == "IntArray [3, 5]")
    #expect(try fixture.walk("filter", "[3, 4.0, 5]", "@isOdd") == "[3, 5]")
    #expect(try fixture.walk("reduce", array, "@sum", "0.5") == "15.5")
    #expect(try fixture.walk("for_each", array, "@nothing") == "unit")
    #expect(try fixture.walk("find", array, "@isOdd") == "3")
    #expect(try fixture.walk("find", array, "@nothing") == "null")
    #expect(try fixture.walk("find_index", "[2, 4, 5]", "@isOdd") == "2")
    #expect(try fixture.walk("find_index", array, "@nothing") == "-1")
    #expect(try fixture.walk("some", array, "@isOdd") == "true")
    #expect(try fixture.walk("some", array, "@nothing") == "false")
    #expect(try fixture.walk("every", array, "@isOdd") == "false")
    #expect(try fixture.walk("every", array, "@second") == "false")
    #expect(try fixture.walk("every", "[]", "@nothing") == "true")
    #expect(fixture.context.pointee.frames_left == frames)
  }

  @Test(arguments: [false, true])
  func `charge what the page says and tell of each entry`(isCompiled: Bool) throws {
    let fixture = try CallFixture(isCompiled: isCompiled)
    let fuel = fixture.context.pointee.fuel
    _ = try fixture.walk("map", "IntArray [3, 4, 5]", "@double")
    #expect(fixture.context.pointee.fuel == fuel - 3)
    #expect(fixture.heap.charged == 16 + 3 * 8)
    _ = try fixture.walk("filter", "BoolArray [true, false]", "@second")
    #expect(fixture.heap.charged == 16 + 3 * 8 + 16 + 1)
    let entered = (double: FunctionIndex(0), second: FunctionIndex(5))
    #expect(
      fixture.heap.state.events
        == Array(repeating: .callBack(entered.double), count: 3)
        + Array(repeating: .callBack(entered.second), count: 2))
  }

  @Test(arguments: [false, true])
  func `check the callee once and its arguments at each call`(isCompiled: Bool) throws {
    let fixture = try CallFixture(isCompiled: isCompiled)
    let context = fixture.context
    #expect(try fixture.walk("map", "5", "@double") == "traps TypeError")
    #expect(try fixture.walk("map", "[]", "5") == "traps TypeError")
    #expect(try fixture.walk("map", "[]", "@sum") == "traps ArityMismatch")
    #expect(fixture.heap.charged == 0)
    let fuel = context.pointee.fuel
    #expect(try fixture.walk("map", "[1, 2, 3.0, 4]", "@double") == "traps TypeError")
    #expect(context.pointee.fuel == fuel - 2)
    #expect(try fixture.walk("reduce", "[1, 0]", "@quotient", "1") == "raised")
    #expect(context.pointee.raise_depth == 2)
  }

  @Test(arguments: [false, true])
  func `end where a charge does not fit`(isCompiled: Bool) throws {
    let fixture = try CallFixture(isCompiled: isCompiled)
    let context = fixture.context
    let frames = context.pointee.frames_left
    fixture.heap.state.heapLimit = 16 + 8
    context.pointee.heap_limit = 16 + 8
    #expect(try fixture.walk("map", "[1, 2]", "@double") == "exits outOfMemory")
    #expect(fixture.heap.charged == 16 + 8)
    #expect(context.pointee.frames_left == frames)
    fixture.heap.state.heapLimit = .max
    context.pointee.heap_limit = .max
    context.pointee.fuel = 1
    #expect(try fixture.walk("for_each", "[1, 2]", "@nothing") == "exits outOfFuel")
    context.pointee.frames_left = 0
    #expect(try fixture.walk("for_each", "[1, 2]", "@nothing") == "traps StackOverflow")
  }
}

@Suite struct `Method calls of compiled code` {
  private static let source = """
    schema Point { x: number, y: number }
    func f(a) {
      LoadLocal a
      ReturnValue
    }
    func Point.second(p, k: int) {
      LoadLocal k
      ReturnValue
    }
    func twice(x) {
      LoadLocal x
      LoadLocal x
      Add
      ReturnValue
    }
    main() {
      PushNull
      CallMethod second 0
      CallMethod map 0
      CallMethod len 0
      CallMethod go 0
      Halt
    }

    """

  @Test func `look the method up by its receiver`() throws {
    let fixture = try CallFixture(isCompiled: false, source: Self.source)
    let point = "Point {x: 1.0, y: 2.0}"
    #expect(try fixture.callMethod("second", point, "7") == "7")
    #expect(try fixture.callMethod("second", point, "7.5") == "traps TypeError")
    #expect(try fixture.callMethod("second", point) == "traps ArityMismatch")
    #expect(try fixture.callMethod("len", point) == "traps UnknownMember")
    #expect(try fixture.callMethod("len", "[1, 2]") == "2")
    #expect(try fixture.callMethod("len", "[1, 2]", "3") == "traps ArityMismatch")
    #expect(try fixture.callMethod("len", "5") == "traps UnknownMember")
    #expect(try fixture.callMethod("map", "[1, 2]", "@twice") == "[2, 4]")
    #expect(try fixture.callMethod("map", "\"a\"", "@twice") == "traps UnknownMember")
    #expect(try fixture.callMethod("go", "{go: @f}", "5") == "5")
    #expect(try fixture.callMethod("go", "{go: @f}") == "traps ArityMismatch")
    #expect(try fixture.callMethod("go", "{go: 1}") == "traps TypeError")
    #expect(try fixture.callMethod("go", "{a: 1}") == "traps UnknownMember")
  }
}

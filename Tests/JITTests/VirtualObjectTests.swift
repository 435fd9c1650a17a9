import Bytecode
import Testing

@testable import JIT

/// Objects that optimized code makes only where something needs them.
@Suite struct `Virtual objects` {
  /// A function's optimized code, with what it leaves behind at its points.
  private struct Made {
    let listing: String
    let points: [DeoptimizationPoint]

    init(_ body: String, before: String = "", parameters: String = "a, b") throws {
      let program = try assembled(
        "schema Pair { x, y }\nschema Typed { n: int }\n\(before)\n"
          + "func f(\(parameters)) {\n\(body.replacing(";", with: "\n"))\nReturnValue\n}\n"
          + "main() {\nPushNull\nHalt\n}")
      let index = try #require(program.program.functions.firstIndex { $0.name == "f" })
      let options = CompileOptions(keepsListings: true, isHooked: true)
      let feedback = program.program.functions.map { FunctionFeedback(bodyLength: $0.bodyLength) }
      let unit = try UnitCompiler(options: options).compile(
        functions: [FunctionIndex(index)], in: program, speculatingOn: feedback)
      listing = unit.intermediateCode ?? ""
      points = unit.deoptimizationPoints
    }

    var makesRecords: Bool {
      listing.contains("call i64 @tierproof_new_record")
        || listing.contains("call i64 @tierproof_make_virtual")
    }
    var makeCount: Int {
      listing.components(separatedBy: "call i64 @tierproof_make_virtual").count - 1
    }
  }

  private static let identity = "func id(v) {\nLoadLocal v\nReturnValue\n}"
  private static let foreign = "func opaque(v) {\nDebug\nLoadLocal v\nReturnValue\n}"
  private static let counter =
    "\nfunc count[mut n: int]() {\nLoadClosure n\nPushConst 1\nAddInt\nStoreClosure n\nReturn\n}"
  private static let pair = "LoadLocal a;LoadLocal b;NewTypedObject Pair"

  @Test func `are not made where only their parts are used`() throws {
    let made = try Made(
      "local p;\(Self.pair);StoreLocal p;LoadLocal p;PushConst 1;SetFieldTyped Pair.x;Pop;"
        + "LoadLocal p;GetProp .y")
    #expect(!made.makesRecords)
    #expect(!made.listing.contains("@tierproof_get_field"))
  }

  @Test func `are made once where something else gets them`() throws {
    let made = try Made("\(Self.pair);Dup;NewArray 2")
    #expect(made.makeCount == 1)
  }

  @Test func `are objects in the heap's next cell of their size`() throws {
    let program = try assembled(
      """
      func f(a) {
          PushConst "k"
          LoadLocal a
          NewObject 1
          Dup
          GetProp .k
          Pop
          Dup
          NewArray 2
          ReturnValue
      }
      main() {
          PushConst 1
          Call f
          Halt
      }
      """)
    // An object is virtual if its shape has been met at an access.
    let listing = try FunctionListing(
      of: FunctionIndex(0),
      optimizedBehind: Array(
        repeating: RunRequest(
          entry: program.program.mainIndex,
          limits: RunLimits(fuel: 100, depth: 10, heapBytes: 1_000)), count: 3), in: program)
    let text = listing.intermediateCode.map(\.text).joined(separator: "\n")
    #expect(text.contains("bump.next"))
    #expect(text.contains(".has.cell"))
    // Where the heap has to look for one, the runtime makes it.
    #expect(text.components(separatedBy: "call i64 @tierproof_make_virtual").count == 2)
    #expect(!(try Made("\(Self.pair);Dup;NewArray 2").listing.contains("bump.next")))
  }

  @Test func `go into inlined code and come back as they are`() throws {
    let made = try Made(
      "\(Self.pair);Call id;GetFieldTyped Pair.x", before: Self.identity)
    #expect(!made.makesRecords)
  }

  @Test func `are made for code that is not inlined`() throws {
    let made = try Made("\(Self.pair);Call opaque;GetFieldTyped Pair.x", before: Self.foreign)
    #expect(made.makeCount == 1)
  }

  @Test func `stay unmade where ways meet that have them unmade`() throws {
    let made = try Made(
      "local p;\(Self.pair);StoreLocal p;LoadLocal a;JumpIfTrue on;LoadLocal p;PushConst 1.5;"
        + "SetFieldTyped Pair.x;Pop;on:;LoadLocal p;GetFieldTyped Pair.x")
    #expect(!made.makesRecords)
  }

  @Test func `are made on each way where one gives them away`() throws {
    let made = try Made(
      "local p;\(Self.pair);StoreLocal p;LoadLocal a;JumpIfTrue on;LoadLocal p;"
        + "StoreModuleBinding kept;on:;LoadLocal p;GetFieldTyped Pair.x", before: "binding kept")
    #expect(made.makeCount == 2)
  }

  @Test func `are made before a loop, and anew in each of its rounds`() throws {
    let made = try Made(
      "local p;\(Self.pair);StoreLocal p;again:;LoadLocal p;GetFieldTyped Pair.x;JumpIfTrue again;"
        + "LoadLocal p")
    #expect(made.makeCount == 1)
    let inside = try Made(
      "local p;again:;\(Self.pair);StoreLocal p;LoadLocal p;GetFieldTyped Pair.x;JumpIfTrue again;"
        + "PushNull")
    #expect(!inside.makesRecords)
  }

  @Test func `are described once at points, with circles and with what they hold`() throws {
    let made = try Made(
      "local p, q;\(Self.pair);StoreLocal p;LoadLocal p;StoreLocal q;LoadLocal a;"
        + "BuiltinCall Some 1;LoadLocal p;NewTypedObject Pair;StoreLocal p;LoadLocal q;"
        + "LoadLocal p;SetFieldTyped Pair.y;Pop;PushConst 1;Call opaque;Pop;LoadLocal p;"
        + "GetFieldTyped Pair.x;LoadLocal q;GetFieldTyped Pair.x;NewArray 2",
      before: Self.foreign)
    let point = try #require(made.points.first { !$0.virtualObjects.isEmpty })
    #expect(point.virtualObjects.map(\.kind) == [.record, .some, .record])
    #expect(point.virtualObjects[0].fields == [.virtual(1), .virtual(2)])
    guard case .virtual(0) = point.virtualObjects[2].fields[1] else {
      Issue.record("the circle is open: \(point)")
      return
    }
    #expect(point.frames[0].locals.suffix(2) == [.virtual(0), .virtual(2)])
  }

  @Test func `keep what their fields declare`() throws {
    let made = try Made("LoadLocal a;NewTypedObject Typed;GetFieldTyped Typed.n")
    #expect(!made.makesRecords)
    #expect(made.listing.contains("call void @tierproof_raise"))
  }

  @Test func `are opened and tested where they are made`() throws {
    let made = try Made(
      "LoadLocal a;BuiltinCall Err 1;Dup;IsOk;Pop;Dup;IsErr;Pop;UnwrapErr")
    #expect(made.makeCount == 0)
    #expect(!made.listing.contains("call i64 @tierproof_builtin"))
  }

  @Test func `may be closures and the cells of what they share`() throws {
    let made = try Made(
      "local n: int, c;PushConst 1;StoreLocal n;BoxLocal n;MakeClosure count;StoreLocal c;"
        + "LoadLocal a;Call opaque;Pop;LoadLocal n", before: Self.foreign + Self.counter)
    #expect(!made.listing.contains("call i64 @tierproof_make_c"))
    #expect(made.makeCount == 0)
    let given = try Made(
      "local n: int;PushConst 1;StoreLocal n;BoxLocal n;MakeClosure count;Call opaque;Pop;"
        + "LoadLocal n", before: Self.foreign + Self.counter)
    #expect(given.makeCount == 2)
  }

  @Test func `go no further than the room for their fields`() throws {
    let many = Array(repeating: "\(Self.pair);StoreLocal p", count: 1).joined(separator: ";")
    let made = try Made("local p;\(many);LoadLocal p;GetFieldTyped Pair.x")
    #expect(!made.makesRecords)
    let nested = (0...Tuning.virtualFields / 2).map { _ in "LoadLocal a;Swap;NewTypedObject Pair" }
    let deep = try Made("LoadLocal b;\(nested.joined(separator: ";"))")
    #expect(deep.listing.contains("call i64 @tierproof_new_record"))
  }
}

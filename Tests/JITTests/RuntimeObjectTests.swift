import Bytecode
import Testing

@testable import JIT

@Suite struct `Runtime objects` {
  @Test(arguments: [false, true])
  func `read parts`(isStressed: Bool) throws {
    let fixture = try HeapFixture(isStressed: isStressed)
    for row in [
      #"GetProp [7, "x"] 1 => "x""#,
      "GetProp [7, 8] -1 => 8",
      "GetProp [7, 8] 1.0 => 8",
      "GetProp [7, 8] -0.0 => 7",
      "GetProp [7, 8] 2 => traps IndexOutOfBounds",
      "GetProp [7, 8] -3 => traps IndexOutOfBounds",
      "GetProp [] 0 => traps IndexOutOfBounds",
      "GetProp [7, 8] 0.5 => traps TypeError",
      "GetProp [7, 8] nan => traps TypeError",
      "GetProp [7, 8] null => traps TypeError",
      #"GetProp [7, 8] "length" => 2"#,
      #"GetProp [7, 8] "size" => traps UnknownMember"#,
      "GetProp IntArray [7, 8] 1 => 8",
      "GetProp FloatArray [7.0, -0.0] -1 => -0.0",
      "GetProp BoolArray [true, false] 1 => false",
      #"GetProp BoolArray [true, false] "length" => 2"#,
      #"GetProp "aé𝄞" 1 => "é" charged 18"#,
      #"GetProp "aé𝄞" -1 => "𝄞" charged 20"#,
      #"GetProp "abc" 1.0 => "b" charged 17"#,
      #"GetProp "abc" 3 => traps IndexOutOfBounds"#,
      #"GetProp "aé𝄞" "length" => 3"#,
      #"GetProp "abc" "x" => traps UnknownMember"#,
      #"GetProp "abc" true => traps TypeError"#,
      #"GetProp {a: 1, b: 2} "b" => 2"#,
      #"GetProp {a: 1, b: 2} "length" => 2"#,
      #"GetProp {a: 1, length: null} "length" => null"#,
      #"GetProp {a: 1} "none" => null"#,
      "GetProp {a: 1} 0 => traps TypeError",
      #"GetProp Point {x: 1.0, y: 2.0} "y" => 2.0"#,
      #"GetProp Point {x: 1.0, y: 2.0} "length" => null"#,
      #"GetProp Named {name: "n", x: 1, length: 5} "length" => 5"#,
      "GetProp Point {x: 1.0, y: 2.0} 0 => traps TypeError",
      #"GetProp Map {1: 2} "length" => 1"#,
      #"GetProp Map {1: 2} "x" => traps UnknownMember"#,
      "GetProp Map {1: 2} 1 => traps TypeError",
      #"GetProp 1..3 "length" => traps TypeError"#,
      #"GetProp null "length" => traps TypeError"#,
      "GetProp Some([1]) 0 => traps TypeError",
      #"GetProp @f "name" => traps TypeError"#,
      #"GetProp closure "name" => traps TypeError"#,
      "GetFieldTyped-Point.y Point {x: 1.0, y: 2.0} => 2.0",
      "GetFieldTyped-Point.y Named {name: null, x: 1, length: null} => null",
      "GetFieldTyped-Point.y {y: 1} => traps TypeError",
      "GetFieldTyped-Point.y 3 => traps TypeError",
    ] {
      try fixture.check(row)
    }
  }

  @Test(arguments: [false, true])
  func `store parts`(isStressed: Bool) throws {
    let fixture = try HeapFixture(isStressed: isStressed)
    for row in [
      #"SetProp [7, 8] -2 "x" => ["x", 8]"#,
      "SetProp [7, 8] 2 null => traps IndexOutOfBounds",
      #"SetProp [7, 8] "length" 0 => traps UnknownMember"#,
      "SetProp [7, 8] true 0 => traps TypeError",
      "SetProp IntArray [7, 8] 1 9.0 => IntArray [7, 9]",
      "SetProp IntArray [7, 8] 1 0x1p47 => traps TypeError",
      "SetProp IntArray [7, 8] 1 0.5 => traps TypeError",
      "SetProp IntArray [7, 8] 2 0.5 => traps IndexOutOfBounds",
      "SetProp IntArray [7, 8] null 0.5 => traps TypeError",
      "SetProp FloatArray [7.0] 0 3 => FloatArray [3.0]",
      "SetProp FloatArray [7.0] 0 nan => FloatArray [NaN]",
      "SetProp FloatArray [7.0] 0 true => traps TypeError",
      "SetProp BoolArray [true] 0 false => BoolArray [false]",
      "SetProp BoolArray [true] 0 0 => traps TypeError",
      #"SetProp "abc" 0 "x" => traps TypeError"#,
      #"SetProp "abc" "length" 1 => traps TypeError"#,
      #"SetProp {a: 1} "a" 2 => {a: 2}"#,
      #"SetProp {a: 1} "b" 2 => {a: 1, b: 2} charged 16"#,
      #"SetProp {a: 1} "length" 2 => {a: 1, length: 2} charged 16"#,
      "SetProp {a: 1} 0 2 => traps TypeError",
      #"SetProp Point {x: 1.0, y: 2.0} "x" 3.0 => Point {x: 3.0, y: 2.0}"#,
      #"SetProp Point {x: 1.0, y: 2.0} "x" 3 => traps TypeError"#,
      #"SetProp Point {x: 1.0, y: 2.0} "z" 3.0 => traps UnknownMember"#,
      #"SetProp Point {x: 1.0, y: 2.0} "length" 3.0 => traps UnknownMember"#,
      "SetProp Point {x: 1.0, y: 2.0} 0 3.0 => traps TypeError",
      #"SetProp Named {name: "n", x: 1, length: 5} "name" null => Named {name: null, x: 1, length: 5}"#,
      #"SetProp Map {1: 2} "length" 1 => traps TypeError"#,
      "SetProp Map {1: 2} 1 1 => traps TypeError",
      "SetProp 1..3 0 1 => traps TypeError",
      "SetProp null null null => traps TypeError",
      "SetFieldTyped-Point.x Point {x: 1.0, y: 2.0} 3.0 => Point {x: 3.0, y: 2.0}",
      "SetFieldTyped-Point.x Point {x: 1.0, y: 2.0} 3 => traps TypeError",
      "SetFieldTyped-Point.x Named {name: null, x: 1, length: null} [] => Named {name: null, x: [], length: null}",
      "SetFieldTyped-Point.x Nothing {} 1.0 => traps UnknownMember",
      "SetFieldTyped-Point.x {x: 1} 1.0 => traps TypeError",
    ] {
      try fixture.check(row)
    }
  }

  @Test(arguments: [false, true])
  func `are made and merged`(isStressed: Bool) throws {
    let fixture = try HeapFixture(isStressed: isStressed)
    for row in [
      "NewObject => {} charged 16",
      #"NewObject "b" 1 "a" 2 "b" 3 => {b: 3, a: 2} charged 48"#,
      #"NewObject "x y" [] "" 1 => {"x y": [], "": 1} charged 48"#,
      #"NewObject "a" 1 2 3 => traps TypeError"#,
      #"MergeObject {a: 1, b: 2} {c: 3, a: 4} => {a: 4, b: 2, c: 3} charged 64"#,
      "MergeObject {} {} => {} charged 16",
      "MergeObject {} Point {x: 1.0, y: 2.0} => traps TypeError",
      "MergeObject [] {} => traps TypeError",
      "NewTypedObject-Point 1.0 -0.0 => Point {x: 1.0, y: -0.0} charged 32",
      "NewTypedObject-Point 1.0 2 => traps TypeError",
      #"TypedMergeObject-Named {name: "n", x: 1} {x: 2} => Named {name: "n", x: 2, length: null} charged 40"#,
      "TypedMergeObject-Named Point {x: 1.0, y: 2.0} {} => Named {name: null, x: 1.0, length: null} charged 40",
      "TypedMergeObject-Named {x: 1} Named {name: null, x: null, length: 3} => Named {name: null, x: null, length: 3} charged 40",
      "TypedMergeObject-Named {name: 1} {} => traps TypeError",
      "TypedMergeObject-Named {name: 1} {name: null} => Named {name: null, x: null, length: null} charged 40",
      "TypedMergeObject-Named {} Map {} => traps TypeError",
      "TypedMergeObject-Named null {} => traps TypeError",
    ] {
      try fixture.check(row)
    }
  }

  @Test(arguments: [false, true])
  func `become dictionaries at their 65th key`(isStressed: Bool) throws {
    let fixture = try HeapFixture(isStressed: isStressed, recordsEvents: true)
    let object = try fixture.perform("NewObject", [])
    fixture.state.heap.pinned.append(object)
    for index in 0..<70 {
      let key = try fixture.value("\"k\(index)\"")
      _ = try fixture.perform("SetProp", [object, key, int(Int64(index))])
      #expect(object.isDictionary == (index >= 64))
    }
    #expect(fixture.charged == UInt64(16 + 70 * 16))
    #expect(fixture.state.events.count == 65)
    #expect(fixture.state.events.last == .becomeDictionary(.identity(.object, number: 0)))
    #expect(
      fixture.state.events.first == .createShape(parent: 0, key: Literal("k0"), number: 1))
    let key = try fixture.value("\"k3\"")
    _ = try fixture.perform("SetProp", [object, key, .null])
    #expect(try fixture.perform("GetProp", [object, key]) == .null)
    #expect(try fixture.perform("GetProp", [object, fixture.value("\"k69\"")]) == int(69))
    #expect(try fixture.perform("GetProp", [object, fixture.value("\"length\"")]) == int(70))
    let merged = try fixture.perform("MergeObject", [object, object])
    #expect(merged.isDictionary)
    #expect(fixture.charged == UInt64(2 * (16 + 70 * 16)))
    #expect(fixture.show(merged) == fixture.show(object))
  }

  @Test func `share the shapes of their keys`() throws {
    let fixture = try HeapFixture(recordsEvents: true)
    func shape(_ keys: String...) throws -> UInt32 {
      let words = try keys.flatMap { [try fixture.value("\"\($0)\""), Word.null] }
      return try fixture.perform("NewObject", words).shape
    }
    #expect(try shape() == 0)
    #expect(try shape("a", "b") == 2)
    #expect(try shape("a") == 1)
    #expect(try shape("b", "a") == 4)
    #expect(try shape("a", "b", "a") == 2)
    #expect(fixture.state.events.count == 4)
  }
}

@Suite struct `Runtime options` {
  @Test func `are made, tested and opened`() throws {
    let fixture = try HeapFixture()
    for row in [
      "Some null => Some(null) charged 16",
      "Ok [] => Ok([]) charged 16",
      "Err 1 => Err(1) charged 16",
      "IsOk Ok(1) => true",
      "IsOk Err(1) => false",
      "IsOk null => false",
      "IsErr Err(1) => true",
      "IsErr Some(1) => false",
      "UnwrapOk Ok(2) => 2",
      "UnwrapOk Err(2) => traps UnwrapFailed",
      "UnwrapOk 2 => traps UnwrapFailed",
      "UnwrapErr Err(2) => 2",
      "UnwrapErr Ok(2) => traps UnwrapFailed",
      "UnwrapErr null => traps UnwrapFailed",
      "UnwrapOption Some(Some(2)) => Some(2)",
      "UnwrapOption null => traps UnwrapFailed",
      "UnwrapOption Ok(2) => Ok(2)",
      "UnwrapOption unit => unit",
    ] {
      try fixture.check(row)
    }
  }
}

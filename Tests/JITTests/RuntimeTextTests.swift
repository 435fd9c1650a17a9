import Bytecode
import Testing

@testable import JIT

@Suite struct `Runtime strings` {
  @Test(arguments: [false, true])
  func `are concatenated`(isStressed: Bool) throws {
    let fixture = try HeapFixture(isStressed: isStressed)
    for row in [
      #"Add "a" "é" => "aé" charged 19"#,
      #"Add "" "" => "" charged 16"#,
      #"Add "a" "" => "a" charged 17"#,
      #"Add "n" -12 => "n-12" charged 20"#,
      #"Add "n" -140737488355328 => "n-140737488355328" charged 33"#,
      #"Add 0 "n" => "0n" charged 18"#,
      #"Add -0.0 "n" => "0n" charged 18"#,
      #"Add "n" 1e21 => "n1e+21" charged 22"#,
      #"Add nan "" => "NaN" charged 19"#,
      #"Add "n" true => traps TypeError"#,
      #"Add null "n" => traps TypeError"#,
      #"Add [] "n" => traps TypeError"#,
      #"Add "n" [] => traps TypeError"#,
    ] {
      try fixture.check(row)
    }
  }

  @Test(arguments: [false, true])
  func `grow piece by piece from every prefix`(isStressed: Bool) throws {
    let fixture = try HeapFixture(isStressed: isStressed)
    let piece = try fixture.value("\"é1\"")
    var text = try fixture.value("\"\"")
    var expected = ""
    for index in 0..<200 {
      let longer = try fixture.perform("Add", [text, piece])
      // The buffer behind a prefix is taken by the first string that grows it.
      let other = try fixture.perform("Add", [text, int(Int64(index))])
      #expect(other.literal.string == expected + "\(index)")
      expected += "é1"
      #expect(longer.literal.string == expected)
      #expect(longer.scalarCount == 2 * (index + 1))
      text = longer
    }
  }

  @Test(arguments: [false, true])
  func `are mapped, trimmed, split and searched`(isStressed: Bool) throws {
    let fixture = try HeapFixture(isStressed: isStressed)
    for row in [
      #"upper "aß@z{" => "ASS@Z{" charged 22"#,
      #"lower "ÀΣ[Z" => "àσ[z" charged 22"#,
      #"lower "İ" => "i̇" charged 19"#,
      "upper 1 => traps TypeError",
      #"trim " \t\u{a0}a b\u{3000}\u{85} " => "a b" charged 19"#,
      #"trim " \n " => "" charged 16"#,
      #"trim "\u{200b}a" => "​a" charged 20"#,
      #"trim "" => "" charged 16"#,
      #"split "a,b,,c" "," => ["a", "b", "", "c"] charged 115"#,
      #"split "," "," => ["", ""] charged 64"#,
      #"split "" "," => [""] charged 40"#,
      #"split "" "" => [] charged 16"#,
      #"split "aé" "" => ["a", "é"] charged 67"#,
      #"split "aaa" "aa" => ["", "a"] charged 65"#,
      #"split "abc" "abcd" => ["abc"] charged 43"#,
      #"split "a" 1 => traps TypeError"#,
      #"split null "," => traps TypeError"#,
      #"contains "héllo" "é" => true"#,
      #"contains "abc" "" => true"#,
      #"contains "" "a" => false"#,
      #"contains "abc" "cb" => false"#,
      #"contains ["a"] "a" => traps TypeError"#,
      #"starts_with "héllo" "hé" => true"#,
      #"starts_with "" "" => true"#,
      #"starts_with "a" "ab" => false"#,
      #"ends_with "héllo" "lo" => true"#,
      #"ends_with "a" "" => true"#,
      #"ends_with "a" "ba" => false"#,
      #"ends_with "a" null => traps TypeError"#,
      #"replace "aXbX" "X" "--" => "a--b--" charged 22"#,
      #"replace "aaa" "aa" "b" => "ba" charged 18"#,
      #"replace "abc" "" "x" => "abc" charged 19"#,
      #"replace "abc" "x" "y" => "abc" charged 19"#,
      #"replace "abc" "abc" "" => "" charged 16"#,
      #"replace "abc" "a" 1 => traps TypeError"#,
      #"char_code "aé𝄞" 2 => 119070"#,
      #"char_code "a" => 97"#,
      #"char_code "a" 1 => traps IndexOutOfBounds"#,
      #"char_code "a" -1 => traps IndexOutOfBounds"#,
      #"char_code "" => traps IndexOutOfBounds"#,
      #"char_code "a" "b" => traps TypeError"#,
      "char_code 5 9 => traps TypeError",
      #"from_char_code 97 => "a" charged 17"#,
      #"from_char_code 0x1F600 => "😀" charged 20"#,
      #"from_char_code 233.0 => "é" charged 18"#,
      "from_char_code 0xD800 => traps TypeError",
      "from_char_code 0x110000 => traps TypeError",
      "from_char_code -1 => traps TypeError",
      #"from_char_code "a" => traps TypeError"#,
    ] {
      try fixture.check(row)
    }
  }
}

@Suite struct `Runtime conversions` {
  @Test(arguments: [false, true])
  func `print values`(isStressed: Bool) throws {
    let fixture = try HeapFixture(isStressed: isStressed)
    for row in [
      #"to_string "a" => "a" charged 17"#,
      #"to_string -7 => "-7" charged 18"#,
      #"to_string 0.1 => "0.1" charged 19"#,
      #"to_string null => "null" charged 20"#,
      #"to_string [1, "x", -0.0] => "[1, \"x\", 0]" charged 27"#,
      #"to_string {a: 1, b c: 2, 1: 3} => "{a: 1, \"b c\": 2, \"1\": 3}" charged 40"#,
      #"to_string Map {1: "x", "k": true} => "Map {1: \"x\", \"k\": true}" charged 39"#,
      #"to_string Point {x: 1.0, y: 2.5} => "Point {x: 1, y: 2.5}" charged 36"#,
      #"to_string [1..2, 1..=2, Some(1), Ok(unit), Err("x")] => "[1..2, 1..=2, Some(1), Ok(unit), Err(\"x\")]" charged 58"#,
      #"to_string [@f, closure] => "[function f, closure f]" charged 39"#,
      #"to_string [[], IntArray [], FloatArray [], BoolArray [], {}, Map {}, Nothing {}] => "[[], IntArray [], FloatArray [], BoolArray [], {}, Map {}, Nothing {}]" charged 86"#,
      #"to_string ["\u{1}\t\\\u{7f}é"] => "[\"\\u{1}\\t\\\\\\u{7f}é\"]" charged 37"#,
      #"type_of 1 => "int" charged 19"#,
      #"type_of Point {x: 1.0, y: 1.0} => "Point" charged 21"#,
      #"type_of IntArray [] => "IntArray" charged 24"#,
      #"type_of unit => "unit" charged 20"#,
      #"type_of closure => "closure" charged 23"#,
    ] {
      try fixture.check(row)
    }
  }

  @Test func `read numbers`() throws {
    let fixture = try HeapFixture()
    for row in [
      "to_number 3 => 3.0",
      "to_number true => 1.0",
      "to_number false => 0.0",
      #"to_number "12" => 12.0"#,
      #"to_number " -1.5e3\n" => -1500.0"#,
      #"to_number "\u{a0}+.5E-1" => 0.05"#,
      #"to_number "5." => 5.0"#,
      #"to_number "-0" => -0.0"#,
      #"to_number "-Infinity" => -Infinity"#,
      #"to_number "+Infinity" => Infinity"#,
      #"to_number "1e400" => Infinity"#,
      #"to_number "9007199254740993" => 9007199254740992.0"#,
      #"to_number "2.4703282292062328e-324" => 5e-324"#,
      #"to_number "" => NaN"#,
      #"to_number "." => NaN"#,
      #"to_number ".e1" => NaN"#,
      #"to_number "1e" => NaN"#,
      #"to_number "1e+" => NaN"#,
      #"to_number "0x10" => NaN"#,
      #"to_number "1_000" => NaN"#,
      #"to_number "inf" => NaN"#,
      #"to_number "Infinityx" => NaN"#,
      #"to_number "+-1" => NaN"#,
      #"to_number "1 2" => NaN"#,
      #"to_number "1\u{0}" => NaN"#,
      "to_number null => traps TypeError",
      "to_number [] => traps TypeError",
      #"to_bool "" => false"#,
      "to_bool Err(1) => false",
      "to_bool {} => true",
      "to_bool Map {} => false",
      "to_bool nan => false",
    ] {
      try fixture.check(row)
    }
  }

  @Test func `test kinds`() throws {
    let fixture = try HeapFixture()
    let samples = [
      "null", "unit", "true", "1", "1.5", #""s""#, "[]", "IntArray []", "{}",
      "Point {x: 1.0, y: 1.0}", "Map {}", "1..2", "Some(1)", "Ok(1)", "Err(1)", "@f", "closure",
    ]
    let admitted: [(builtin: String, samples: Set<Int>)] = [
      ("is_null", [0]), ("is_bool", [2]), ("is_int", [3]), ("is_number", [3, 4]),
      ("is_string", [5]), ("is_array", [6, 7]), ("is_object", [8, 9]), ("is_function", [15, 16]),
    ]
    for (builtin, expected) in admitted {
      for (index, sample) in samples.enumerated() {
        try fixture.check("\(builtin) \(sample) => \(expected.contains(index))")
      }
    }
  }
}

@Suite struct `Runtime maps` {
  @Test(arguments: [false, true])
  func `answer by key`(isStressed: Bool) throws {
    let fixture = try HeapFixture(isStressed: isStressed)
    for row in [
      "Map => Map {} charged 16",
      #"get Map {"k": 1} "k" => 1"#,
      "get Map {1: 2} 1.0 => 2",
      "get Map {0: 2} -0.0 => 2",
      "get Map {1: 2} true => null",
      "get Map {0x1p47: 2} 0x1p47 => 2",
      "get Map {} nan => traps TypeError",
      "get Map {} null => traps TypeError",
      "get {} 1 => traps TypeError",
      "set Map {1: 2} 1.0 3 => Map {1: 3}",
      "set Map {1: 2} 0.5 3 => Map {1: 2, 0.5: 3} charged 24",
      "set Map {1: 2} 2.0 3 => Map {1: 2, 2: 3} charged 24",
      "set Map {} [] 3 => traps TypeError",
      "set [] 0 3 => traps TypeError",
      #"has Map {"k": null} "k" => true"#,
      "has Map {} true => false",
      "has Map {} nan => traps TypeError",
      "delete Map {1: 2} 1.0 => true",
      "delete Map {1: 2} 2 => false",
      "delete Map {1: 2} unit => traps TypeError",
      #"keys Map {"k": 1, 2: 3} => ["k", 2] charged 32"#,
      "values Map {} => [] charged 16",
      "values Map {1: [], 2: 3} => [[], 3] charged 32",
      "keys {a: 1} => traps TypeError",
    ] {
      try fixture.check(row)
    }
  }

  @Test(arguments: [false, true])
  func `keep the order of insertion through deletions`(isStressed: Bool) throws {
    let fixture = try HeapFixture(isStressed: isStressed)
    let map = try fixture.value("Map {}")
    var expected: [Int64] = []
    var generator = SeededGenerator(seed: 7)
    for _ in 0..<(isStressed ? 600 : 5_000) {
      let key = Int64.random(in: 0..<40, using: &generator)
      if Bool.random(using: &generator) {
        _ = try fixture.perform("set", [map, int(key), int(key)])
        if !expected.contains(key) { expected.append(key) }
      } else {
        let wasThere = try fixture.perform("delete", [map, int(key)])
        #expect(wasThere.bool == expected.contains(key))
        expected.removeAll { $0 == key }
      }
      guard let last = expected.last else { continue }
      let index = int(Int64(expected.count - 1))
      let pair = try fixture.perform("IterNext", [map, index])
      #expect(pair.element(0) == int(last))
    }
    let keys = try fixture.perform("keys", [map])
    #expect((0..<keys.arrayCount).map { keys.element($0).int } == expected)
    #expect(try fixture.perform("len", [map]) == int(Int64(expected.count)))
  }
}

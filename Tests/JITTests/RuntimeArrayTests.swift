import Bytecode
import Testing

@testable import JIT

@Suite struct `Runtime arrays` {
  @Test(arguments: [false, true])
  func `are made, grown and cut`(isStressed: Bool) throws {
    let fixture = try HeapFixture(isStressed: isStressed)
    for row in [
      "NewArray => [] charged 16",
      "NewArray 1 2.0 => [1, 2.0] charged 32",
      "NewTypedArray => [] charged 16",
      "NewTypedArray 1 2 => IntArray [1, 2] charged 32",
      "NewTypedArray 1 2.0 => FloatArray [1.0, 2.0] charged 32",
      "NewTypedArray 1.0 2 3 => FloatArray [1.0, 2.0, 3.0] charged 40",
      "NewTypedArray true false true => BoolArray [true, false, true] charged 19",
      "NewTypedArray true 1 => [true, 1] charged 32",
      "NewTypedArray 1 2.0 null => [1, 2.0, null] charged 40",
      "NewTypedArray null => [null] charged 24",
      "push [1] 2.0 => [1, 2.0] charged 8",
      "push IntArray [1] 2.0 => IntArray [1, 2] charged 8",
      "push IntArray [1] 0x1p47 => traps TypeError",
      "push FloatArray [] 2 => FloatArray [2.0] charged 8",
      "push BoolArray [] true => BoolArray [true] charged 1",
      "push BoolArray [] null => traps TypeError",
      "push {} 1 => traps TypeError",
      #"push "a" "b" => traps TypeError"#,
      "pop [1, 2] => 2",
      "pop [] => null",
      "pop BoolArray [true] => true",
      "pop Map {} => traps TypeError",
      "first [] => null",
      "first IntArray [4, 5] => 4",
      "last FloatArray [4.0, 5.0] => 5.0",
      #"last "abc" => traps TypeError"#,
      "reverse [] => [] charged 16",
      "reverse [1, null] => [null, 1] charged 32",
      "reverse BoolArray [true, false] => BoolArray [false, true] charged 18",
      #"reverse "ab" => traps TypeError"#,
    ] {
      try fixture.check(row)
    }
  }

  @Test(arguments: [false, true])
  func `are measured and sliced`(isStressed: Bool) throws {
    let fixture = try HeapFixture(isStressed: isStressed)
    for row in [
      #"len "aé𝄞" => 3"#,
      "len BoolArray [true, true] => 2",
      "len {a: 1} => 1",
      "len Map {1: 1, 2: 2} => 2",
      "len -2..3 => 5",
      "len -2..=3 => 6",
      "len 3..-2 => 0",
      "len Point {x: 1.0, y: 2.0} => traps TypeError",
      "len null => traps TypeError",
      "len Some([1]) => traps TypeError",
      "slice [1, 2, 3] 1 3 => [2, 3] charged 32",
      "slice [1, 2, 3] null null => [1, 2, 3] charged 40",
      "slice [1, 2, 3] -2 -1 => [2] charged 24",
      "slice [1, 2, 3] 2 1 => [] charged 16",
      "slice [1, 2, 3] -9 9.0 => [1, 2, 3] charged 40",
      "slice IntArray [1, 2, 3] 5 7 => IntArray [] charged 16",
      "slice BoolArray [true, false] 1 null => BoolArray [false] charged 17",
      #"slice "aé𝄞z" 1 3 => "é𝄞" charged 22"#,
      #"slice "abc" null null => "abc" charged 19"#,
      #"slice "abc" 3 null => "" charged 16"#,
      #"slice "abc" -1 null => "c" charged 17"#,
      "slice [1] 0.5 null => traps TypeError",
      "slice [1] null inf => traps TypeError",
      "slice [1] true null => traps TypeError",
      "slice {} null null => traps TypeError",
      "slice 1..3 null null => traps TypeError",
      "MakeRange 1 3.0 true => 1..=3 charged 24",
      "MakeRange 3 1 false => 3..1 charged 24",
      "MakeRange 0 0x1p47 false => traps TypeError",
      "MakeRange 0 140737488355327 true => traps TypeError",
      "MakeRange -1 140737488355327 false => traps TypeError",
      "MakeRange 0 140737488355327 false => 0..140737488355327 charged 24",
      "MakeRange 140737488355327 -140737488355328 true => 140737488355327..=-140737488355328 charged 24",
      "MakeRange 0 1 null => traps TypeError",
      "MakeRange 0.5 1 true => traps TypeError",
    ] {
      try fixture.check(row)
    }
  }

  @Test(arguments: [false, true])
  func `are iterated`(isStressed: Bool) throws {
    let fixture = try HeapFixture(isStressed: isStressed)
    for row in [
      "IterNext [7, 8] 1 => 8",
      "IterNext [7, 8] 2 => null",
      "IterDone [7, 8] 1 => false",
      "IterDone [7, 8] 2 => true",
      "IterNext BoolArray [true] 0 => true",
      #"IterNext "aé" 1 => "é" charged 18"#,
      #"IterNext "aé" 2 => null"#,
      "IterNext -3..9 2 => -1",
      "IterNext -3..9 12 => null",
      "IterDone -3..=9 12 => false",
      #"IterNext Map {"k": 1, 2: [3]} 1 => [2, [3]] charged 32"#,
      "IterDone Map {} 0 => true",
      "IterNext [7] -1 => traps TypeError",
      "IterNext [7] 0.0 => traps TypeError",
      "IterDone [7] null => traps TypeError",
      "IterNext {a: 1} 0 => traps TypeError",
      "IterDone null 0 => traps TypeError",
      "IterNext null -1 => traps TypeError",
    ] {
      try fixture.check(row)
    }
  }

  @Test(arguments: [false, true])
  func `are searched, joined and built by builtins`(isStressed: Bool) throws {
    let fixture = try HeapFixture(isStressed: isStressed)
    for row in [
      "includes [1, 2] 2.0 => true",
      "includes FloatArray [nan] nan => false",
      #"includes ["ab", Some("x")] Some("x") => true"#,
      "includes {} 1 => traps TypeError",
      "index_of IntArray [4, 5] 5 => 1",
      "index_of [[], null] [] => -1",
      "index_of [unit, null] null => 1",
      #"index_of "abc" "b" => traps TypeError"#,
      #"join [1, "x", [true, "y"], 2.5] ", " => "1, x, [true, \"y\"], 2.5" charged 38"#,
      #"join [] "," => "" charged 16"#,
      #"join FloatArray [1.0, 2.0] "" => "12" charged 18"#,
      "join [1] 2 => traps TypeError",
      #"join 1 "," => traps TypeError"#,
      "zip [1, 2] BoolArray [true] => [[1, true]] charged 56",
      "zip [] [1] => [] charged 16",
      "zip [1] {} => traps TypeError",
      "range 3 => IntArray [0, 1, 2] charged 40",
      "range -1 2.0 => IntArray [-1, 0, 1] charged 40",
      "range 0 => IntArray [] charged 16",
      "range 5 2 => IntArray [] charged 16",
      "range 0x1p47 => traps TypeError",
      "range 0 null => traps TypeError",
      "filled 2 1 => IntArray [1, 1] charged 32",
      "filled 2.0 1.5 => FloatArray [1.5, 1.5] charged 32",
      "filled 3 true => BoolArray [true, true, true] charged 19",
      "filled 2 null => [null, null] charged 32",
      "filled 0 1 => [] charged 16",
      "filled -3 1 => [] charged 16",
      "filled 0.5 1 => traps TypeError",
      "filled null 1 => traps TypeError",
    ] {
      try fixture.check(row)
    }
  }

  @Test(arguments: [false, true])
  func `are summed up from left to right`(isStressed: Bool) throws {
    let fixture = try HeapFixture(isStressed: isStressed)
    for row in [
      "sum IntArray [] => 0",
      "sum [] => 0.0",
      "sum FloatArray [] => 0.0",
      "sum [1, 2] => 3.0",
      "sum IntArray [140737488355327, 1, -1] => 140737488355327",
      "sum IntArray [140737488355327, 1] => 140737488355328.0",
      "sum FloatArray [1e16, 1.0, 1.0] => 10000000000000000.0",
      "sum [1, null] => traps TypeError",
      "sum BoolArray [] => traps TypeError",
      "sum 1 => traps TypeError",
      "mean IntArray [1, 2] => 1.5",
      "mean [] => null",
      "mean BoolArray [] => traps TypeError",
      "variance [1, 2.0, 3] => 0.6666666666666666",
      "variance IntArray [] => null",
      "std FloatArray [2.0, 4.0] => 1.0",
      "std [null] => traps TypeError",
      "min IntArray [3, 1, 2] => 1",
      "max [3, 1.0, 2] => 3.0",
      "max [] => null",
      "min FloatArray [0.0, -0.0] => -0.0",
      "min [1, nan] => NaN",
      "min BoolArray [] => traps TypeError",
      "max [null] => traps TypeError",
      "max [1] [2] => traps TypeError",
      "min {} => traps TypeError",
    ] {
      try fixture.check(row)
    }
  }

  @Test(arguments: [false, true])
  func `are combined as vectors`(isStressed: Bool) throws {
    let fixture = try HeapFixture(isStressed: isStressed)
    for row in [
      "vec_add FloatArray [1.0, 2.0] FloatArray [0.5, -2.0] => FloatArray [1.5, 0.0] charged 32",
      "vec_sub FloatArray [inf] inf => FloatArray [NaN] charged 24",
      "vec_mul FloatArray [1.5] 2 => FloatArray [3.0] charged 24",
      "vec_div FloatArray [1.0, 0.0] 0 => FloatArray [Infinity, NaN] charged 32",
      "vec_max FloatArray [-0.0, 1.0, 2.0] FloatArray [0.0, nan, 1.0] => FloatArray [0.0, NaN, 2.0] charged 40",
      "vec_min FloatArray [0.0] -0.0 => FloatArray [-0.0] charged 24",
      "vec_abs FloatArray [-0.0, nan, -3.0] => FloatArray [0.0, NaN, 3.0] charged 40",
      "vec_sqrt FloatArray [9.0, -1.0] => FloatArray [3.0, NaN] charged 32",
      "vec_sqrt FloatArray [] => FloatArray [] charged 16",
      "vec_add FloatArray [1.0] FloatArray [1.0, 2.0] => traps TypeError",
      "vec_add FloatArray [1.0] IntArray [1] => traps TypeError",
      "vec_add IntArray [1] 1 => traps TypeError",
      "vec_abs [1.0] => traps TypeError",
    ] {
      try fixture.check(row)
    }
  }
}

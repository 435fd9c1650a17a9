import Bytecode
import Testing

/// One instruction of each family of feedback, and a loop.
private let program = """
  schema S { x }

  func f(a, b) {
      LoadLocal a
      LoadLocal b
      Add
      ReturnValue
  }

  func r(ref p) {
      DerefLoad p
      ReturnValue
  }

  main(a, b) {
      PushConst 1
      PushConst 2
      Call f
      Pop
      LoadLocal a
      LoadLocal b
      GetProp
      Pop
  again:
      LoadLocal a
      GetProp .y
      Pop
      LoadLocal a
      CallMethod m 0
      JumpIfTrue again
      LoadLocal a
      GetFieldTyped S.x
      Halt
  }
  """

/// What the verifier says of a claim.
private func findings(claiming claim: String) throws -> [String] {
  try findings(of: program + "\nschedule {\n args (1, 2)\n feedback \(claim)\n}")
}

@Suite struct `Claims of feedback` {
  @Test(arguments: [
    "f at 2 = (int, number), (string, null)", "main at 2 = @f", "main at 6 = IntArray[int]",
    "main at 6 = {a}.a, {b}.?", "main at 6 = dictionary, int", "main at 9 = {x, y}.y, {x}.?",
    "main at 9 = S.?, int", "main at 12 = S.m, {x}.m, string.m, dictionary",
    "main at 12 = @f", "main at 13 = taken 3 not 0", "main at 8 = loop count 3",
    "main at 15 = S.x, {x}.x, {y}.?", "main at 0 = none", "main at 15 = megamorphic",
  ])
  func `fit instructions that may come to see it`(claim: String) throws {
    #expect(try findings(claiming: claim) == [])
  }

  @Test(arguments: [
    ("f at 1 = (int, int)", "operand at f+1"), ("main at 6 = (int, int)", "operand at main+6"),
    ("f at 2 = @f", "operand at f+2"), ("f at 2 = int", "operand at f+2"),
    ("main at 9 = {x, y}.x", "operand at main+9"), ("main at 9 = {x, y}.?", "operand at main+9"),
    ("main at 9 = {y, y}.y", "operand at main+9"),
    ("main at 9 = IntArray[int]", "operand at main+9"),
    ("main at 9 = S.x", "operand at main+9"), ("main at 12 = S.x", "operand at main+12"),
    ("main at 12 = string.n", "operand at main+12"),
    ("main at 12 = taken 1 not 1", "operand at main+12"),
    ("main at 9 = loop count 3", "operand at main+9"), ("main at 15 = S.?", "operand at main+15"),
    ("main at 2 = {x}.x", "operand at main+2"), ("main at 2 = (int, int), @f", "operand at main+2"),
    ("main at 12 = @main", "operand at main+12"), ("main at 12 = @r", "operand at main+12"),
    ("main at 12 = @f, @r", "operand at main+12"), ("main at 99 = none", "target"),
  ])
  func `are refused, with their place, where no execution gives it`(
    claim: String, expected: String
  ) throws {
    #expect(try findings(claiming: claim) == [expected])
  }
}

import Bytecode
import Testing

@testable import JIT

@Suite struct `Collections under tier 0` {
  private let tree = """
    func build(depth: int) {
      local left: object, right: object
      LoadLocal depth
      PushConst 0
      EqInt
      JumpIfFalse inner
      PushConst "value"
      PushConst 1
      NewObject 1
      ReturnValue
    inner:
      LoadLocal depth
      PushConst 1
      SubInt
      Call build
      StoreLocal left
      LoadLocal depth
      PushConst 1
      SubInt
      Call build
      StoreLocal right
      PushConst "value"
      LoadLocal left
      GetProp .value
      LoadLocal right
      GetProp .value
      AddInt
      PushConst "left"
      LoadLocal left
      PushConst "right"
      LoadLocal right
      NewObject 3
      ReturnValue
    }
    main(depth: int) {
      LoadLocal depth
      Call build
      GetProp .value
      Halt
    }
    """

  @Test(arguments: [(6, true), (15, false)])
  func `keep what frames hold`(_ depth: Int64, _ collectsAlways: Bool) throws {
    let program = try verified(tree)
    let session = try InterpreterEngine().prepare(program)
    let outcome = try session.run(
      RunRequest(
        entry: program.program.mainIndex, arguments: [.int(depth)],
        heapStress: HeapStress(
          collectsAtEveryAllocation: collectsAlways, poisonsFreedCells: collectsAlways)))
    #expect(outcome.ending == .returned(.int(1 << depth)))
  }
}

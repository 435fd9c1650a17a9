/// A program that uses every form of the text at least once.
enum SampleProgram {
  static let text = """
    program demo
    schema Point { x: number, y: number?, next: Point?, any }
    struct Pair { a: i32, b: f64, c: ptr, d: bool }
    struct Outer { pair: Pair }
    foreign hypot = "libm.so.6" hypot(f64, f64) -> f64
    foreign each = "fixture" each_pair(Pair, cstring, (i32, ptr) -> bool) -> Pair
    binding total: int
    binding state
    ; a comment with “quotes”

    func fib(n: int) {
        LoadLocal n
        PushConst 2
        LtInt
        JumpIfFalse recurse
        LoadLocal n
        ReturnValue
    recurse:
        LoadLocal n
        PushConst 1
        SubInt
        Call fib
        LoadLocal n
        PushConst 2
        SubInt
        Call fib
        Add
        ReturnValue
    }

    func adder[base, mut count: int](x) {
        local i: int, acc: Point?
        LoadClosure base
        StoreClosure count
        LoadLocal x
        StoreLocalTyped i i16
        ReturnValue
    }

    func bump(ref r: int) {
        DerefLoad r
        PushConst -0.0
        AddTyped u8
        DerefStore r
        Return
    }

    func g(p: Point) {
        LoadLocal p
        GetFieldTyped Point.x
        GetProp .x
        GetProp ."b c\\n\\u{1F600}"
        GetProp
        CallMethod push 1
        CallMethod "not a name" 0
        BuiltinCall print 1
        NewTypedObject Point
        LoadModuleBinding total
        NewArray 3
        CallForeign hypot
        MakeClosure adder
        PushConst @fib
        PushConst "text\\n\\u{1F600}\\u{1f}"
        PushConst nan
        PushConst -inf
        PushConst 1e21
        PushConst 0x1.8p3
        PushConst -0x10
        PushConst null
        PushConst true
    outer:
        LoopStart end next
        SetupTry 25
    25:
        Break
    next: 
        Continue
        LoopStart end2
    end2:
        LoopEnd
    end:
    also_end:
        LoopEnd
        Jump #-3
        Return
    }

    main(n: int) {
        LoadLocal n
        Call fib
        LoadLocal #0
        PushConst #99
        Halt
    }

    schedule {
        args (10) (20)
        fuel 100000
        heap 1000000
        depth 200
        tier fib baseline after 0
        deopt g at 12 in fib@9/g@4 kind kind operand 1 occurrence 1
        deopt g at 12 occurrence 2
        deopt g guard 3 occurrence 1
        exit fib at 9 occurrence 1
        osr main loop 0 iteration 2
        feedback fib at 12 = (int, number), @fib, {a, "b.c"}.a, Point.x
        feedback fib at 13 = Point.?, {a}.?, Point."x y", dictionary
        feedback fib at 14 = string.upper, IntArray[int], taken 3 not 4, loop count 5
        feedback fib at 15 = int, string."a.b"
        feedback fib at 16 = none
        feedback fib at 17 = megamorphic
        invalidate binding total at 40
        invalidate shape {a, b} at 40
        delay fib 25
        collect at 40
        chaos 3 seed 7
    }
    """

  /// A program that verifies.
  static let verified = """
    program sums
    binding total: int

    func fib(n: int) {
        LoadLocal n
        PushConst 2
        LtInt
        JumpIfFalse recurse
        LoadLocal n
        ReturnValue
    recurse:
        LoadLocal n
        PushConst 1
        SubInt
        Call fib
        LoadLocal n
        PushConst 2
        SubInt
        Call fib
        Add
        ReturnValue
    }

    func mean(a: number, b: number) {
        local sum: number
        LoadLocal a
        LoadLocal b
        AddNumberTrusted
        StoreLocal sum
        LoadLocal sum
        PushConst 2.0
        DivNumber
        ReturnValue
    }

    main(n: int) {
        local i: int, acc
        PushConst 0
        StoreLocal i
        PushConst 0
        StoreLocal acc
        LoopStart end next
    head:
        LoadLocal i
        LoadLocal n
        LtInt
        JumpIfTrue more
        Break
    more:
        LoadLocal i
        Call fib
        LoadLocal acc
        Add
        StoreLocal acc
        LoadLocal i
        PushConst 7
        BitAnd
        JumpIfFalse next
        LoadLocal acc
        CastWidth i32
        StoreModuleBinding total
    next:
        LoadLocal i
        PushConst 1
        Add
        StoreLocalTyped i i32
        Jump head
    end:
        LoopEnd
        LoadLocal acc
        PushConst 1e-3
        PushConst -0.5
        Call mean
        BuiltinCall print 2
        Pop
        LoadLocal acc
        Halt
    }

    schedule {
        args (10) (20)
        fuel 100000
        tier fib baseline after 3
    }
    """
}
